import { isFilled, isJsonObject, type Json, type JsonObject, listOf, mayMention } from '../core/index.ts'
import { PLACEHOLDER_SIGNATURE } from './signatures.ts'
import { camelCased } from './wire.ts'

/** Only with one of these is anything of the history bound to the platform that made it. */
const BOUND = /"thought_?signature"/i

/**
 * The request without what another platform signed. Its thoughts go, and what its own tools did; its function calls get
 * the placeholder that models since 3 take in the place of a signature. What has no signature, or one whose maker is not
 * known, stays: the provider knows its own.
 */
export function withoutForeign(body: JsonObject, text: string, isForeign: (mark: string) => boolean): JsonObject {
  const { contents } = body
  if (!mayMention(text, BOUND) || !Array.isArray(contents)) return body
  const turns = contents as readonly Json[]
  const foreign = findForeign(turns, isForeign)
  if (foreign.size === 0) return body
  return { ...body, contents: turns.map((content) => withoutForeignParts(content, foreign)) }
}

function partsOf(content: Json | undefined): readonly Json[] {
  return isJsonObject(content) ? listOf(content.parts) : []
}

/**
 * The parts with a foreign signature. A signed thought is often the end of one that was streamed in pieces, which its
 * client keeps as parts, or even contents, of their own: they are the same thought.
 */
function findForeign(contents: readonly Json[], isForeign: (mark: string) => boolean): ReadonlySet<JsonObject> {
  const foreign = new Set<JsonObject>()
  let thought: JsonObject[] = []
  for (const wire of contents.flatMap(partsOf)) {
    const part = isJsonObject(wire) ? camelCased(wire) : {}
    const signature = part.thoughtSignature
    const isMarked = typeof signature === 'string' && isForeign(signature)
    if (isMarked && isJsonObject(wire))
      for (const each of part.thought === true ? [...thought, wire] : [wire]) foreign.add(each)
    if (part.thought === true && typeof signature !== 'string' && isJsonObject(wire)) thought.push(wire)
    else thought = []
  }
  return foreign
}

function withoutForeignParts(content: Json, foreign: ReadonlySet<JsonObject>): Json {
  const parts = partsOf(content)
  if (!isJsonObject(content) || !parts.some((part) => isJsonObject(part) && foreign.has(part))) return content
  const kept = parts.flatMap((part): readonly Json[] =>
    isJsonObject(part) && foreign.has(part) ? withoutSignature(part) : [part],
  )
  return { ...content, parts: kept.length === 0 ? [{ text: NOTHING_LEFT }] : kept }
}

/** Google refuses a content without parts. */
const NOTHING_LEFT = '…'

function withoutSignature(part: JsonObject): readonly JsonObject[] {
  const { thoughtSignature: _, thought_signature: _snake, ...rest } = part
  const { functionCall, text, thought } = camelCased(rest)
  if (functionCall !== undefined) return [{ ...rest, thoughtSignature: PLACEHOLDER_SIGNATURE }]
  // Text is the client's to read, whoever thought before it was written.
  return isFilled(text) && thought !== true ? [rest] : []
}
