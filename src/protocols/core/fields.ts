import { isJsonObject, type Json, type JsonObject } from './json.ts'
import type { Checked, RequestProblem } from './protocol.ts'

// Readers for one field of somebody's JSON, shared by all protocols. Null counts as absent throughout, as it does at
// every provider.

/**
 * A field that is not what it must be, or that cannot be carried. Thrown only inside a protocol, so that code which
 * walks nested content reads as what it does; `checked` at each door turns it into an outcome.
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

/** Ends the surrounding `checked` with this problem. `came` overrides the description of the value. */
export function reject(field: string, expected: string, value: unknown, came: string = describe(value)): never {
  throw unexpected(field, expected, came)
}

/** What `read` returns, or the problem that one of the readers found in it. */
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
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  return value === '' ? 'an empty string' : `a ${typeof value}`
}

/** The reader's result, or `undefined` where the field is absent or null. */
export function optional<T>(value: unknown, field: string, read: (value: unknown, field: string) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value, field)
}

export function readString(value: unknown, field: string): string {
  return typeof value === 'string' ? value : reject(field, 'a string', value)
}

export function readName(value: unknown, field: string): string {
  return typeof value === 'string' && value !== '' ? value : reject(field, 'a string that is not empty', value)
}

export function readBoolean(value: unknown, field: string): boolean {
  return typeof value === 'boolean' ? value : reject(field, 'true or false', value)
}

/** JSON text such as `1e999` parses to infinity, which JSON cannot write again. */
export function readNumber(value: unknown, field: string): number {
  if (typeof value !== 'number') return reject(field, 'a number', value)
  return Number.isFinite(value) ? value : reject(field, 'a finite number', value, 'one out of range')
}

export function readInteger(value: unknown, field: string): number {
  return Number.isSafeInteger(value) ? (value as number) : reject(field, 'a whole number', value)
}

/** A whole number of at least `least`. */
function readFrom(least: number, value: unknown, field: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number
  const came = typeof value === 'number' ? String(value) : describe(value)
  return reject(field, `a whole number of at least ${least}`, value, came)
}

export function readCount(value: unknown, field: string): number {
  return readFrom(1, value, field)
}

export function readCountOrZero(value: unknown, field: string): number {
  return readFrom(0, value, field)
}

export function readObject(value: unknown, field: string): JsonObject {
  return isJsonObject(value) ? value : reject(field, 'an object', value)
}

export function readArray(value: unknown, field: string): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : reject(field, 'an array', value)
}

/** The longest model name that anybody has, in characters. */
const LONGEST_MODEL = 256

export function readModel(value: unknown): string {
  if (typeof value !== 'string' || value === '') return reject('model', 'the name of a model', value)
  if (value.length <= LONGEST_MODEL) return value
  return reject('model', `a name of at most ${LONGEST_MODEL} characters`, value, `one of ${value.length}`)
}

/** The entries of an object that `known` does not name and that say something, for `CoreRequest.unknown`. */
export function noteUnknown(
  object: JsonObject,
  known: ReadonlySet<string>,
  prefix: string,
  unknown: Map<string, Json>,
): void {
  for (const [key, value] of Object.entries(object))
    if (!known.has(key) && value !== undefined && value !== null) unknown.set(prefix + key, value)
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The object without the fields that are `undefined`. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>
}
