import { isJsonObject, type Json, type JsonObject, mayMention } from '../core/index.ts'

/** Blocks of the history that are bound to the platform which made them. */
const BOUND_BLOCK = /"(?:redacted_)?thinking"/

/**
 * The request without thinking that another platform signed. Blocks whose maker is not known stay: the provider knows
 * its own. A turn that would be empty keeps a mark of its place, since turns must alternate.
 */
export function withoutForeign(body: JsonObject, text: string, isForeign: (mark: string) => boolean): JsonObject {
  const messages = body['messages']
  if (!mayMention(text, BOUND_BLOCK) || !Array.isArray(messages)) return body
  const kept = (messages as readonly Json[]).map((message) => withoutForeignBlocks(message, isForeign))
  return kept.every((message, index) => message === messages[index]) ? body : { ...body, messages: kept }
}

function withoutForeignBlocks(message: Json, isForeign: (mark: string) => boolean): Json {
  if (!isJsonObject(message) || message['role'] !== 'assistant' || !Array.isArray(message['content'])) return message
  const content = message['content'] as readonly Json[]
  const kept = content.filter((block) => !isForeignBlock(block, isForeign))
  if (kept.length === content.length) return message
  return { ...message, content: kept.length === 0 ? [{ type: 'text', text: NOTHING_LEFT }] : kept }
}

/** Anthropic refuses a turn without content. */
const NOTHING_LEFT = '…'

function isForeignBlock(block: Json, isForeign: (mark: string) => boolean): boolean {
  if (!isJsonObject(block)) return false
  const mark =
    block['type'] === 'thinking'
      ? block['signature']
      : block['type'] === 'redacted_thinking'
        ? block['data']
        : undefined
  return typeof mark === 'string' && isForeign(mark)
}
