import { isJsonObject, type Json, type JsonObject } from '../core/index.ts'
import { camelCased } from './wire.ts'

// Google's schemas are a dialect of OpenAPI 3.0's (https://ai.google.dev/api/caching#Schema). The core speaks JSON
// Schema, which Google takes as well, in fields of its own: so only this direction is needed.

/** Counts, which proto3's JSON writes as strings since they are 64 bits wide. */
const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
])

/** A schema of Google's dialect as JSON Schema. One that is JSON Schema already stays the same in meaning. */
export function toJsonSchema(schema: JsonObject): JsonObject {
  const { nullable, propertyOrdering, ...rest } = camelCased(schema)
  const entries = Object.entries(rest).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : convert(name, value),
  )
  const converted: JsonObject = Object.fromEntries(entries)
  const { properties } = converted
  const ordered =
    isJsonObject(properties) && Array.isArray(propertyOrdering)
      ? { ...converted, properties: inOrder(properties, propertyOrdering as readonly Json[]) }
      : converted
  return nullable === true ? withNull(ordered) : ordered
}

type Entries = readonly (readonly [string, Json])[]

function convert(name: string, value: Json): Entries {
  switch (name) {
    case 'type':
      if (typeof value !== 'string') return [[name, value]]
      return value === 'TYPE_UNSPECIFIED' ? [] : [[name, value.toLowerCase()]]
    case 'format':
      // `enum` only says that there is one.
      return value === 'enum' ? [] : [[name, value]]
    case 'example':
      return [['examples', [value]]]
    case 'items':
    case 'additionalProperties':
      return [[name, convertAny(value)]]
    case 'anyOf':
    case 'prefixItems':
      return [[name, Array.isArray(value) ? (value as readonly Json[]).map(convertAny) : value]]
    case 'properties':
    case '$defs':
      return [[name, convertEach(value)]]
    // Proto's names cannot have the sign.
    case 'defs':
      return [['$defs', convertEach(value)]]
    case 'ref':
      return [['$ref', value]]
    default:
      return [[name, COUNTS.has(name) && typeof value === 'string' ? Number(value) : value]]
  }
}

function convertAny(value: Json): Json {
  return isJsonObject(value) ? toJsonSchema(value) : value
}

/** The names are the caller's own, and stay as they are. */
function convertEach(value: Json): Json {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, convertAny(each ?? {})]))
}

/** JSON Schema has no order of properties but the one in which they stand. */
function inOrder(properties: JsonObject, names: readonly Json[]): JsonObject {
  const first = names.filter((name): name is string => typeof name === 'string' && Object.hasOwn(properties, name))
  const rest = Object.keys(properties).filter((name) => !first.includes(name))
  return Object.fromEntries([...first, ...rest].map((name) => [name, properties[name]]))
}

function withNull(schema: JsonObject): JsonObject {
  const { type, anyOf, enum: values } = schema
  return {
    ...schema,
    ...(typeof type === 'string' && type !== 'null' && { type: [type, 'null'] }),
    ...(type === undefined && Array.isArray(anyOf) && { anyOf: [...(anyOf as readonly Json[]), { type: 'null' }] }),
    ...(Array.isArray(values) && { enum: [...(values as readonly Json[]), null] }),
  }
}
