import type { JsonSchema } from './prompt.ts'
import type { Random } from '../random.ts'

const DEPTH_LIMIT = 8
const OPTIONAL_PROPERTY_ODDS = 0.7

export interface SchemaValueOptions {
  readonly random: Random
  /** Words for strings without a narrower rule. */
  readonly words: () => string
}

/**
 * A value that satisfies a JSON Schema, in the keywords that tools use: `type`, `enum`, `const`,
 * `properties`, `required`, `items`, bounds, formats, `anyOf`, `oneOf`, `allOf` and local `$ref`. `pattern` and conditionals are not
 * read.
 */
export function valueOf(schema: JsonSchema, options: SchemaValueOptions): unknown {
  return generate(schema, schema, options, 0)
}

function generate(schema: JsonSchema, root: JsonSchema, options: SchemaValueOptions, depth: number): unknown {
  const { random } = options
  const within = (part: unknown): unknown => generate(asSchema(part), root, options, depth + 1)
  if (depth > DEPTH_LIMIT) return null
  if (typeof schema['$ref'] === 'string') return within(resolve(schema['$ref'], root))
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return random.pick(schema['enum'] as unknown[])
  const { allOf, ...rest } = schema
  if (Array.isArray(allOf)) return within(mergeAll([rest, ...allOf.map((part) => deref(asSchema(part), root))]))
  const branches = schema['anyOf'] ?? schema['oneOf']
  // The first branch, so that a recursive type ends where its author put the simple case first.
  if (Array.isArray(branches)) return within(branches[0])
  switch (typeNameOf(schema)) {
    case 'object':
      return objectOf(schema, options, within)
    case 'array':
      return arrayOf(schema, options, within)
    case 'integer':
      return numberOf(schema, random, 1)
    case 'number':
      return numberOf(schema, random, 0.25)
    case 'boolean':
      return random.next() < 0.5
    case 'null':
      return null
    default:
      return stringOf(schema, options)
  }
}

function objectOf(schema: JsonSchema, { random }: SchemaValueOptions, within: (part: unknown) => unknown): unknown {
  const properties = asSchema(schema['properties'])
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [])
  const value: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(properties)) {
    if (required.has(name) || random.next() < OPTIONAL_PROPERTY_ODDS) value[name] = within(part)
  }
  for (const name of required) {
    // Required without a rule of its own: anything will do.
    if (typeof name === 'string' && !(name in value)) value[name] = within({ type: 'string' })
  }
  return value
}

function arrayOf(schema: JsonSchema, { random }: SchemaValueOptions, within: (part: unknown) => unknown): unknown {
  const minimum = numberAt(schema, 'minItems') ?? 1
  const maximum = Math.max(minimum, Math.min(numberAt(schema, 'maxItems') ?? 3, minimum + 2))
  const prefix = Array.isArray(schema['prefixItems']) ? (schema['prefixItems'] as unknown[]) : []
  const length = Math.max(prefix.length, random.integer(minimum, maximum))
  const items = Array.from({ length }, (_, index) => within(prefix[index] ?? schema['items']))
  return schema['uniqueItems'] === true ? [...new Set(items)] : items
}

function numberOf(schema: JsonSchema, random: Random, grain: number): number {
  const step = numberAt(schema, 'multipleOf') ?? grain
  const exclusiveLow = numberAt(schema, 'exclusiveMinimum')
  const exclusiveHigh = numberAt(schema, 'exclusiveMaximum')
  const low = exclusiveLow !== undefined ? exclusiveLow + step / 2 : numberAt(schema, 'minimum')
  const high = exclusiveHigh !== undefined ? exclusiveHigh - step / 2 : numberAt(schema, 'maximum')
  const from = Math.ceil((low ?? Math.min(0, (high ?? 0) - 100 * step)) / step)
  const to = high === undefined ? from + 100 : Math.max(from, Math.floor(high / step))
  return random.integer(from, Math.min(to, from + 10_000)) * step
}

function stringOf(schema: JsonSchema, { random, words }: SchemaValueOptions): string {
  const day = String(random.integer(1, 28)).padStart(2, '0')
  switch (schema['format']) {
    case 'date':
      return `2026-06-${day}`
    case 'time':
      return `09:${day}:00Z`
    case 'date-time':
      return `2026-06-${day}T09:30:00Z`
    case 'email':
      return `${random.identifier(6).toLowerCase()}@example.com`
    case 'uri':
    case 'url':
      return `https://example.com/${random.identifier(6)}`
    case 'uuid':
      return '00000000-0000-4000-8000-000000000000'.replace(/0/g, () => random.integer(0, 15).toString(16))
    default: {
      const minimum = numberAt(schema, 'minLength') ?? 0
      const maximum = numberAt(schema, 'maxLength') ?? Number.POSITIVE_INFINITY
      return words().padEnd(minimum, 'x').slice(0, maximum)
    }
  }
}

function typeNameOf(schema: JsonSchema): unknown {
  const type = schema['type']
  // ['string', 'null'] and its like: the first name that is not null.
  if (Array.isArray(type)) return (type as unknown[]).find((name) => name !== 'null') ?? 'null'
  if (type !== undefined) return type
  if ('properties' in schema || 'required' in schema) return 'object'
  return 'items' in schema ? 'array' : 'string'
}

function mergeAll(parts: readonly JsonSchema[]): JsonSchema {
  const merged: Record<string, unknown> = Object.assign({}, ...parts)
  merged['properties'] = Object.assign({}, ...parts.map((part) => asSchema(part['properties'])))
  merged['required'] = parts.flatMap((part) => (Array.isArray(part['required']) ? (part['required'] as unknown[]) : []))
  return merged
}

function deref(schema: JsonSchema, root: JsonSchema): JsonSchema {
  return typeof schema['$ref'] === 'string' ? asSchema(resolve(schema['$ref'], root)) : schema
}

function resolve(reference: string, root: JsonSchema): unknown {
  let at: unknown = root
  for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    at = asSchema(at)[step.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return at
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {}
}

function numberAt(schema: JsonSchema, key: string): number | undefined {
  const value = schema[key]
  return typeof value === 'number' ? value : undefined
}
