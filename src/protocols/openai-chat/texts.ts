import { isJsonObject, isNoText, type Json, type JsonObject, toText } from '../core/index.ts'

/** A string, or the pieces with a `text` of which Mistral's thinking consists. */
export function joinTexts(value: Json | undefined): string {
  if (!Array.isArray(value)) return toText(value)
  const pieces: readonly Json[] = value
  return pieces.map((piece) => (isJsonObject(piece) ? toText(piece.text) : '')).join('')
}

/** Whether a call is one of the client's own tools, which cannot be made without a name. */
export function needsName({ type }: JsonObject): boolean {
  return type === undefined || type === null || type === '' || type === 'function' || type === 'custom'
}

/** Whether a message or delta has something else where its text should be, which would be lost. Mistral sends pieces. */
export function holdsNoText({ content, refusal }: JsonObject): boolean {
  if (isNoText(refusal)) return true
  if (!Array.isArray(content)) return isNoText(content)
  const pieces: readonly Json[] = content
  return pieces.some((piece) => isJsonObject(piece) && isNoText(piece.text))
}
