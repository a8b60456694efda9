import { type JsonObject, objectsIn, type Part, toText } from '../core/index.ts'
import type { WireItem } from './wire.ts'

/**
 * Another provider's redacted thinking in `encrypted_content`, the only place in which a client keeps such a thing; this
 * tells it from a signature when it comes back.
 */
const REDACTED = 'redacted-thinking:'

/** Between the paragraphs of a summary, which the core has as one text. */
export const PARAGRAPH = '\n\n'

/** Nothing where the item neither says anything nor can be handed back. */
export function readReasoning(item: JsonObject): readonly Part[] {
  const encrypted = toText(item.encrypted_content)
  if (encrypted.startsWith(REDACTED)) return [{ type: 'redacted-thinking', data: encrypted.slice(REDACTED.length) }]
  // Hosts of open models write the thinking itself into `content`; OpenAI gives a summary of it.
  const text = [...objectsIn(item.summary), ...objectsIn(item.content)].map((part) => toText(part.text))
  const said = text.filter((each) => each !== '').join(PARAGRAPH)
  const id = toText(item.id)
  if (said === '' && encrypted === '') return []
  return [
    {
      type: 'thinking',
      text: said,
      ...(encrypted !== '' && { signature: encrypted }),
      ...(id !== '' && { id }),
    },
  ]
}

/** What a mark in `encrypted_content` is at its maker. */
export function toMark(encrypted: string): string {
  return encrypted.startsWith(REDACTED) ? encrypted.slice(REDACTED.length) : encrypted
}

/** `id` may be left out of a request, where it names nothing that is stored. */
export function reasoningItem(id: string | undefined, text: string, signature: string | undefined): WireItem {
  return {
    type: 'reasoning',
    ...(id !== undefined && { id }),
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    ...(signature !== undefined && { encrypted_content: signature }),
  }
}

export function redactedItem(id: string, data: string): WireItem {
  return { type: 'reasoning', id, summary: [], encrypted_content: `${REDACTED}${data}` }
}
