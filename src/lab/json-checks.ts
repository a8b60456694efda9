/** A JSON object of which nothing is known yet. */
export type JsonRecord = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isRecordList(value: unknown): value is readonly JsonRecord[] {
  return Array.isArray(value) && value.every(isRecord)
}

export function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** The value as a record, or an empty one. */
export function recordOr(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}

/** The value as a string, or an empty one. */
export function stringOr(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What a value is, in the words that providers use in their messages. */
export function describeType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
