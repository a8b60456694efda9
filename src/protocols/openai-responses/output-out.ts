import { isJsonObject, type OpaquePart, type Part, type ToolCallPart } from '../core/index.ts'
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
    const item = renderItem(part, ids)
    if (item === undefined) continue
    flush()
    items.push(item)
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

// Pictures, what other providers' own tools did, what only another protocol understands: nothing a client could act on.
function renderItem(part: Part, ids: ItemIds): WireItem | undefined {
  switch (part.type) {
    case 'thinking':
      return reasoningItem(part.id ?? ids.next('rs'), part.text, part.signature)
    case 'redacted-thinking':
    case 'tool-call':
    case 'opaque':
      return renderWhole(part, ids)
    default:
      return undefined
  }
}

type Whole = Extract<Part, { type: 'redacted-thinking' }> | ToolCallPart | OpaquePart

/** An item that comes in one piece; nothing where a client has no use for it. */
export function renderWhole(part: Whole, ids: ItemIds): WireItem | undefined {
  switch (part.type) {
    case 'redacted-thinking':
      return redactedItem(ids.next('rs'), part.data)
    case 'tool-call':
      return renderCall(part, ids)
    case 'opaque':
      return part.protocol === OPENAI_RESPONSES && isJsonObject(part.value)
        ? { ...part.value, type: part.kind }
        : undefined
  }
}

// Calls that the provider ran itself are over; a client that saw them would run them again.
function renderCall({ kind, id, name, input }: ToolCallPart, ids: ItemIds): WireItem | undefined {
  if (kind === 'server') return undefined
  const call = { call_id: id, name, status: 'completed' }
  if (kind === 'custom') return { type: 'custom_tool_call', id: ids.next('ctc'), ...call, input }
  return { type: 'function_call', id: ids.next('fc'), ...call, arguments: input.trim() === '' ? '{}' : input }
}
