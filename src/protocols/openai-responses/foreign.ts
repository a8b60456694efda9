import { isJsonObject, type Json, type JsonObject, mayMention } from '../core/index.ts'
import { isMadeItemId } from './item-ids.ts'
import { toMark } from './reasoning-item.ts'

/** Only answers, and what was made of them, have these. */
const MARK_FIELD = /"(?:encrypted_content|id)"/

/**
 * The request without what other platforms made and only they can read: their reasoning, and the ids under which they
 * may have stored an item. What their own tools did goes with its id, since such an item is nothing without one; the
 * client's calls and every text stay.
 */
export function withoutForeign(body: JsonObject, text: string, isForeign: (mark: string) => boolean): JsonObject {
  const { input } = body
  if (!mayMention(text, MARK_FIELD) || !Array.isArray(input)) return body
  const items: readonly Json[] = input
  const kept = items.map((item) => withoutMarks(item, isForeign)).filter((item) => item !== undefined)
  return kept.length === items.length && kept.every((item, index) => item === items[index])
    ? body
    : { ...body, input: kept }
}

/** The same item, one without its id, or nothing. */
function withoutMarks(item: Json, isForeign: (mark: string) => boolean): Json | undefined {
  if (!isJsonObject(item)) return item
  const { type, id, encrypted_content: encrypted, ...rest } = item
  const hasForeignId = typeof id === 'string' && (isMadeItemId(id) || isForeign(id))
  const hasForeignContent = typeof encrypted === 'string' && isForeign(toMark(encrypted))
  if (type === 'reasoning') return hasForeignId || hasForeignContent ? undefined : item
  if (!hasForeignId) return item
  if (PROVIDER_ITEMS.has(type)) return undefined
  return {
    ...(type !== undefined && { type }),
    ...rest,
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
  }
}

/** What a provider's own tools did. */
const PROVIDER_ITEMS: ReadonlySet<Json | undefined> = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_call',
  'mcp_list_tools',
])
