import { type Checked, isJsonObject, type Json, type JsonObject, type RequestProblem } from '../core/index.ts'

/**
 * A field that is not what it must be, or that cannot be carried. Thrown only inside this module, so that code which
 * walks nested blocks reads as what it does; `checked` at each door turns it into an outcome.
 */
export class FieldError extends Error {
  readonly problem: RequestProblem

  constructor(field: string, message: string) {
    super(`${field}: ${message}`)
    this.problem = { field, message }
  }
}

/** `expected` and `came` hold names and types, never a value: values are prompts. */
export function unexpected(field: string, expected: string, came: string): FieldError {
  return new FieldError(field, `expected ${expected}, got ${came}`)
}

export function checked<T>(read: () => T): Checked<T> {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    if (error instanceof FieldError) return { ok: false, problem: error.problem }
    // The engine's own limit on recursion, when it writes a value again that is nested thousands of levels deep.
    if (error instanceof RangeError)
      return { ok: false, problem: { field: 'body', message: 'is nested too deeply to be translated' } }
    throw error
  }
}

/** What came, by type alone. */
export function describe(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  return `a ${typeof value}`
}

type Read<T> = (value: Json | undefined, field: string) => T

/** Anthropic's optional fields may be null. */
export function optional<T>(value: Json | undefined, field: string, read: Read<T>): T | undefined {
  return value === undefined || value === null ? undefined : read(value, field)
}

export const readString: Read<string> = (value, field) => {
  if (typeof value !== 'string') throw unexpected(field, 'a string', describe(value))
  return value
}

export const readBoolean: Read<boolean> = (value, field) => {
  if (typeof value !== 'boolean') throw unexpected(field, 'true or false', describe(value))
  return value
}

/** JSON text such as `1e999` parses to infinity, which JSON cannot write again. */
export const readNumber: Read<number> = (value, field) => {
  if (typeof value !== 'number') throw unexpected(field, 'a number', describe(value))
  if (!Number.isFinite(value)) throw unexpected(field, 'a finite number', 'one out of range')
  return value
}

export const readCount: Read<number> = (value, field) => {
  const count = readNumber(value, field)
  if (!Number.isSafeInteger(count) || count < 0) throw unexpected(field, 'a whole number from 0 up', String(count))
  return count
}

export const readObject: Read<JsonObject> = (value, field) => {
  if (!isJsonObject(value)) throw unexpected(field, 'an object', describe(value))
  return value
}

export const readArray: Read<readonly Json[]> = (value, field) => {
  if (!Array.isArray(value)) throw unexpected(field, 'an array', describe(value))
  return value as readonly Json[]
}

/** The entries of an object that `known` does not name and that say something, for `CoreRequest.unknown`. */
export function noteUnknown(
  object: JsonObject,
  known: ReadonlySet<string>,
  prefix: string,
  unknown: Map<string, Json>,
): void {
  for (const [key, value] of Object.entries(object)) {
    if (!known.has(key) && value !== undefined && value !== null) unknown.set(prefix + key, value)
  }
}
