import { isJsonObject, type Json } from '../core/index.ts'

/** The text, or none where the value is something else. */
export function toText(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** A string, or the pieces with a `text` of which Mistral's thinking consists. */
export function joinTexts(value: Json | undefined): string {
  if (!Array.isArray(value)) return toText(value)
  const pieces: readonly Json[] = value
  return pieces.map((piece) => (isJsonObject(piece) ? toText(piece.text) : '')).join('')
}
