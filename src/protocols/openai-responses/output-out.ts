import {
  isClientCall,
  isJsonObject,
  jsonInput,
  type OpaquePart,
  type Part,
  type RedactedThinkingPart,
  type ThinkingPart,
  type ToolCallPart,
} from '../core/index.ts'
import { renderCitation } from './citations.ts'
import type { ItemIds } from './item-ids.ts'
import { reasoningItem, redactedItem } from './reasoning-item.ts'
import { OPENAI_RESPONSES, type WireItem, type WirePart } from './wire.ts'

type MessagePart = Extract<Part, { type: 'text' | 'refusal' }>

const isMessagePart = (part: Part): part is MessagePart => part.type === 'text' || part.type === 'refusal'

/** The items of an answer. Texts next to each other are one message. */
export function renderOutput(content: readonly Part[], ids: ItemIds): readonly WireItem[] {
  const items: WireItem[] = []
  let texts: WirePart[] = []
  const flush = (): void => {
    if (texts.length > 0) items.push(messageItem(ids.next('msg'), texts))
    texts = []
  }
  for (const part of content) {
    if (isMessagePart(part)) {
      texts.push(renderMessagePart(part))
      continue
    }
    if (!hasPlace(part)) continue
    flush()
    items.push(part.type === 'thinking' ? renderThinking(part, ids) : renderWhole(part, ids))
  }
  flush()
  return items
}

export function messageItem(id: string, content: readonly WirePart[], status = 'completed'): WireItem {
  return { type: 'message', id, status, role: 'assistant', content }
}

function renderMessagePart(part: MessagePart): WirePart {
  if (part.type === 'refusal') return { type: 'refusal', refusal: part.text }
  const annotations = (part.citations ?? []).flatMap((citation) => {
    const rendered = renderCitation(citation, part.text.length)
    return rendered === undefined ? [] : [rendered]
  })
  return textPart(part.text, annotations)
}

export function textPart(text: string, annotations: WirePart['annotations']): WirePart {
  return { type: 'output_text', annotations, logprobs: [], text }
}

type Whole = RedactedThinkingPart | ToolCallPart | OpaquePart

/**
 * Whether an answer of this protocol has a place for it. It has none for pictures, for what other providers' own tools
 * did, and for what only another protocol understands: nothing that a client could act on.
 */
export function hasPlace(part: Part): part is ThinkingPart | Whole {
  switch (part.type) {
    case 'thinking':
    case 'redacted-thinking':
      return true
    case 'tool-call':
      // A client that saw the provider's own would run them again.
      return isClientCall(part)
    case 'opaque':
      return part.protocol === OPENAI_RESPONSES && isJsonObject(part.value)
    default:
      return false
  }
}

function renderThinking({ id, text, signature }: ThinkingPart, ids: ItemIds): WireItem {
  return reasoningItem(id ?? ids.next('rs'), text, signature)
}

/** An item that comes in one piece, and has a place. */
export function renderWhole(part: Whole, ids: ItemIds): WireItem {
  switch (part.type) {
    case 'redacted-thinking':
      return redactedItem(ids.next('rs'), part.data)
    case 'tool-call':
      return renderCall(part, ids)
    case 'opaque':
      return { ...(isJsonObject(part.value) && part.value), type: part.kind }
  }
}

function renderCall({ kind, id, name, input }: ToolCallPart, ids: ItemIds): WireItem {
  const call = { call_id: id, name, status: 'completed' }
  if (kind === 'custom') return { type: 'custom_tool_call', id: ids.next('ctc'), ...call, input }
  return { type: 'function_call', id: ids.next('fc'), ...call, arguments: jsonInput(input) }
}
