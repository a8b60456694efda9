import { hashText } from '../random.ts'

const MARKER = 'end-of-answer-'
const DIGITS = 10

// In JSON the checksum is a property of this name, over the JSON of the other properties in their order.
const CHECKSUM_PROPERTY = 'checksum'

/** The digits that prove a text whole: they depend on every character before them. */
export function checksumOf(text: string): string {
  return hashText(text).toString(36).padStart(DIGITS, '0').slice(-DIGITS)
}

/** The final words of an answer that proves itself: ` end-of-answer-<checksum>.` */
export function checksumEnding(text: string): string {
  return ` ${MARKER}${checksumOf(text)}.`
}

/**
 * Whether a text is whole by its own final words, whatever the transport said. A text that was never asked to prove
 * itself is not whole.
 */
export function isWholeText(text: string): boolean {
  const at = text.lastIndexOf(` ${MARKER}`)
  return at !== -1 && text.slice(at) === checksumEnding(text.slice(0, at))
}

/** Fills the `checksum` property of an object whose schema has one; other objects are returned as they are. */
export function withChecksum(value: unknown): unknown {
  if (!isRecord(value) || !(CHECKSUM_PROPERTY in value)) return value
  const { [CHECKSUM_PROPERTY]: _, ...rest } = value
  return { ...rest, [CHECKSUM_PROPERTY]: checksumOf(JSON.stringify(rest)) }
}

/** Whether an object proves itself whole by its `checksum` property. */
export function isWholeObject(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { [CHECKSUM_PROPERTY]: claimed, ...rest } = value
  return claimed === checksumOf(JSON.stringify(rest))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
