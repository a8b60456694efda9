import { FieldViolations } from './errors.ts'
import { isRecord } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'

/** How a field of a message is written in JSON. Nobody looks into a `struct`, an object, or into `any` value. */
export type ProtoField =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'struct' | 'any'; readonly isList: boolean }
  | { readonly kind: 'message'; readonly isList: boolean; readonly fields: () => ProtoMessage }
  | { readonly kind: 'map'; readonly isList: false; readonly fields: () => ProtoMessage }

/** The fields of a message by their camelCase names. */
export type ProtoMessage = Readonly<Record<string, ProtoField>>

type Violation = { readonly field: string; readonly description: string }

/** Fields of one simple type, their names parted by blanks. */
export function scalars(kind: 'string' | 'number' | 'boolean' | 'any', names: string): ProtoMessage {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, { kind, isList: false }]))
}

export const list = (kind: 'string' | 'number' | 'any'): ProtoField => ({ kind, isList: true })
export const struct: ProtoField = { kind: 'struct', isList: false }
export const message = (fields: () => ProtoMessage): ProtoField => ({ kind: 'message', isList: false, fields })
export const messages = (fields: () => ProtoMessage): ProtoField => ({ kind: 'message', isList: true, fields })
export const mapOf = (fields: () => ProtoMessage): ProtoField => ({ kind: 'map', isList: false, fields })

/**
 * Reads a message as Google's JSON parser does: names in camelCase or snake_case, unknown names and wrong shapes
 * refused, all of them in one error. The result has camelCase names.
 */
export function readMessage(value: JsonRecord, fields: ProtoMessage): JsonRecord {
  const violations: Violation[] = []
  const read = readFields(value, fields, '', violations)
  if (violations.length > 0) throw new FieldViolations(violations)
  return read
}

function readFields(value: JsonRecord, fields: ProtoMessage, at: string, violations: Violation[]): JsonRecord {
  const read: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const name = toCamelCase(key)
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined) {
      violate(violations, at, `Invalid JSON payload received. Unknown name "${key}"${where(at)}: Cannot find field.`)
    } else if (item !== null) {
      read[name] = readField(item, field, { key, at }, violations)
    }
  }
  return read
}

function readField(
  value: unknown,
  field: ProtoField,
  { key, at }: { readonly key: string; readonly at: string },
  violations: Violation[],
): unknown {
  const path = `${at === '' ? '' : `${at}.`}${toSnakeCase(key)}`
  if (field.isList) {
    // A single value where a list belongs is taken as a list of one.
    const items: readonly unknown[] = Array.isArray(value) ? value : [value]
    return items.map((item, index) => readOne(item, field, `${path}[${index}]`, violations))
  }
  if (Array.isArray(value) && field.kind !== 'any') {
    const problem = `Unknown name "${key}"${where(at)}: Proto field is not repeating, cannot start list.`
    violate(violations, at, `Invalid JSON payload received. ${problem}`)
    return undefined
  }
  return readOne(value, field, path, violations)
}

function readOne(value: unknown, field: ProtoField, path: string, violations: Violation[]): unknown {
  switch (field.kind) {
    case 'any':
      return value
    case 'message':
      if (isRecord(value)) return readFields(value, field.fields(), path, violations)
      break
    case 'map':
      if (isRecord(value)) {
        const entries = Object.entries(value).map(([key, item], index) => {
          const read = isRecord(item) ? readFields(item, field.fields(), `${path}[${index}].value`, violations) : item
          return [key, read]
        })
        return Object.fromEntries(entries) as unknown
      }
      break
    case 'struct':
      if (isRecord(value)) return value
      break
    case 'number':
      // 64-bit numbers are strings in JSON, so that both forms are read everywhere.
      if (typeof value === 'number') return value
      if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
      break
    case 'string':
    case 'boolean':
      if (typeof value === field.kind) return value
      break
  }
  violate(violations, path, `Invalid value at '${path}' (${TYPE_NAMES[field.kind]}), ${JSON.stringify(value)}`)
  return undefined
}

const TYPE_NAMES = {
  string: 'TYPE_STRING',
  number: 'TYPE_INT32',
  boolean: 'TYPE_BOOL',
  struct: 'TYPE_MESSAGE',
  message: 'TYPE_MESSAGE',
  map: 'TYPE_MESSAGE',
} as const

function violate(violations: Violation[], field: string, description: string): void {
  violations.push({ field, description })
}

function where(at: string): string {
  return at === '' ? '' : ` at '${at}'`
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
