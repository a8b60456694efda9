import { type Checked, isJsonObject, type JsonObject, type RequestProblem } from '../core/index.ts'

// Readers for one field of a client's request. Null counts as absent throughout, as it does at OpenAI. A problem
// names the field and the kinds of value, never the value: it may be a piece of the prompt.

class FieldProblem extends Error {
  readonly problem: RequestProblem

  constructor(problem: RequestProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** Ends the surrounding `checked` with this problem. `came` overrides the description of the value. */
export function reject(field: string, expected: string, value: unknown, came: string = describe(value)): never {
  throw new FieldProblem({ field, message: `expected ${expected}, got ${came}` })
}

/** What `read` returns, or the problem that one of the readers found in it. */
export function checked<T>(read: () => T): Checked<T> {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    if (error instanceof FieldProblem) return { ok: false, problem: error.problem }
    throw error
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return value === '' ? 'an empty string' : `a ${typeof value}`
}

export function readString(value: unknown, field: string): string {
  return typeof value === 'string' ? value : reject(field, 'a string', value)
}

export function readName(value: unknown, field: string): string {
  return typeof value === 'string' && value !== '' ? value : reject(field, 'a string that is not empty', value)
}

export function readObject(value: unknown, field: string): JsonObject {
  return isJsonObject(value) ? value : reject(field, 'an object', value)
}

export function readList(value: unknown, field: string): readonly unknown[] {
  return Array.isArray(value) ? value : reject(field, 'a list', value)
}

/** The reader's result, or `undefined` where the field is absent or null. */
export function optional<T>(value: unknown, field: string, read: (value: unknown, field: string) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value, field)
}

export function readBoolean(value: unknown, field: string): boolean {
  return typeof value === 'boolean' ? value : reject(field, 'true or false', value)
}

export function readNumber(value: unknown, field: string): number {
  return typeof value === 'number' ? value : reject(field, 'a number', value)
}

export function readInteger(value: unknown, field: string): number {
  return Number.isSafeInteger(value) ? (value as number) : reject(field, 'a whole number', value)
}

export function readCount(value: unknown, field: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number
  return reject(field, 'a whole number of at least 1', value, typeof value === 'number' ? 'another number' : undefined)
}
