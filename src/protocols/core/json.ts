import { hasTooManyContainers } from './json-containers.ts'

/** A parsed JSON value. Objects are read by own key only; nothing here walks a prototype. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether a JSON text may have what the pattern finds: names in it may be written with escapes (`"\u0069d"`), and then
 * only the parsed value tells.
 */
export function mayMention(text: string, pattern: RegExp): boolean {
  return pattern.test(text) || text.includes('\\u')
}

export const isFilled = (value: Json | undefined): value is string => typeof value === 'string' && value !== ''

/** The text, or none where the value is something else. */
export function toText(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The entries, or none where the value is no list. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

/** The objects among them. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return listOf(value).filter(isJsonObject)
}

/** Something that stands where text should and is none; null is nothing at all. */
export function isNoText(value: Json | undefined): boolean {
  return value !== undefined && value !== null && typeof value !== 'string'
}

/** The text as a JSON value, or `undefined` where it is not JSON (JSON itself cannot be `undefined`), or has more in it than may be. */
export function parseJson(text: string): Json | undefined {
  if (hasTooManyContainers(text)) return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    // The reason belongs to whoever wrote the text; callers name it in their own words.
    return undefined
  }
}
