import { isFilled, type JsonObject, toText } from '../core/index.ts'

/** What one part of an answer is. */
export type AnswerPiece =
  | { readonly kind: 'text' | 'thinking'; readonly text: string; readonly signature: string | undefined }
  | { readonly kind: 'call'; readonly call: JsonObject; readonly signature: string | undefined }
  /** What Google's own tools did, media, and what is newer than this code: for this protocol alone. */
  | { readonly kind: 'other'; readonly name: string; readonly signature: string | undefined }

const ABOUT: ReadonlySet<string> = new Set(['thought', 'thoughtSignature', 'partMetadata', 'videoMetadata'])

/** `undefined` for a part that says nothing. */
export function readPiece(part: JsonObject): AnswerPiece | undefined {
  const { text, thought, thoughtSignature, functionCall } = part
  const signature = isFilled(thoughtSignature) ? thoughtSignature : undefined
  if (typeof functionCall === 'object' && functionCall !== null)
    return { kind: 'call', call: functionCall as JsonObject, signature }
  const name = Object.keys(part).find((key) => !ABOUT.has(key) && key !== 'text')
  if (name !== undefined) return { kind: 'other', name, signature }
  if (typeof text !== 'string' && signature === undefined) return undefined
  return { kind: thought === true ? 'thinking' : 'text', text: toText(text), signature }
}
