import type { WireContent } from './wire.ts'

/**
 * What Google documents for a call that no model of its own made (https://ai.google.dev/gemini-api/docs/thought-signatures):
 * in the place of a signature it keeps the request from being refused.
 */
export const PLACEHOLDER_SIGNATURE = 'skip_thought_signature_validator'

/**
 * The contents with a placeholder for each step of the current turn whose first call is not signed; models since 3
 * refuse the request otherwise. Later calls of a step are never signed, and earlier turns are not looked at. A turn
 * begins with what the user says: results, whatever stands beside them, only go on with it.
 */
export function withPlaceholders(contents: readonly WireContent[]): readonly WireContent[] {
  const begins = contents.findLastIndex(
    ({ role, parts }) => role === 'user' && parts.every(({ functionResponse }) => functionResponse === undefined),
  )
  return contents.map((content, index) => (index > begins ? withPlaceholder(content) : content))
}

function withPlaceholder(content: WireContent): WireContent {
  const first = content.parts.findIndex(({ functionCall }) => functionCall !== undefined)
  if (first === -1 || content.parts[first]?.thoughtSignature !== undefined) return content
  const sign = { thoughtSignature: PLACEHOLDER_SIGNATURE }
  return { ...content, parts: content.parts.map((part, index) => (index === first ? { ...part, ...sign } : part)) }
}
