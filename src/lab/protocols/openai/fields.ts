import type { JsonRecord } from '../../json-checks.ts'
import { invalidParameter, wrongType } from './errors.ts'

/** A boolean field, false when it is missing or null. */
export function readBoolean(body: JsonRecord, key: string): boolean {
  const value = body[key] ?? false
  if (typeof value !== 'boolean') throw wrongType(key, 'a boolean', value)
  return value
}

/** A number within its bounds, both included; throws OpenAI's refusal of any other. */
export function readNumber(
  body: JsonRecord,
  key: string,
  min: number,
  max: number,
  whole: boolean,
): number | undefined {
  const value = body[key] ?? undefined
  if (value === undefined) return undefined
  const kind = whole ? 'integer' : 'decimal'
  if (typeof value !== 'number' || (whole && !Number.isInteger(value))) {
    throw wrongType(key, whole ? 'an integer' : 'a decimal', value)
  }
  if (value < min || value > max) {
    const [side, sign, bound, code] =
      value < min ? ['below minimum', '>=', min, 'below_min_value'] : ['above maximum', '<=', max, 'above_max_value']
    throw invalidParameter(
      `Invalid '${key}': ${kind} ${side} value. Expected a value ${sign} ${bound}, but got ${value} instead.`,
      key,
      `${kind}_${code}`,
    )
  }
  return value
}

/** One of some words. */
export function readWord(value: unknown, param: string, words: readonly string[]): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && words.includes(value)) return value
  const quoted = words.map((word) => `'${word}'`)
  throw invalidParameter(
    `Invalid value: '${String(value)}'. Supported values are: ${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1) ?? ''}.`,
    param,
    'invalid_value',
  )
}
