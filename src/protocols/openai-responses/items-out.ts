import {
  type CoreRequest,
  isJsonObject,
  jsonInput,
  type JsonObject,
  type Losses,
  type Message,
  type OpaquePart,
  type Part,
  type ToolCallPart,
  type ToolResultPart,
} from '../core/index.ts'
import type { CallIds } from './call-ids.ts'
import { renderParts, toContent } from './content-out.ts'
import { reasoningItem } from './reasoning-item.ts'
import { OPENAI_RESPONSES, type WireItem, type WirePart } from './wire.ts'

export interface ItemContext {
  readonly losses: Losses
  readonly ids: CallIds
  /** See `RenderOptions`. */
  readonly isOwn: (mark: string) => boolean
}

/** `instructions` and `input`. A system prompt of several parts is a message, which keeps them apart. */
export function renderInput(request: CoreRequest, context: ItemContext): JsonObject {
  const { system, messages } = request
  const { losses } = context
  if (messages.at(-1)?.role === 'assistant') return losses.refuse('prefill', `messages[${messages.length - 1}]`)
  const parts = renderParts(system, 'system', losses)
  const content = toContent(parts)
  const items = messages.flatMap((message, index) => renderMessage(message, `messages[${index}]`, context))
  if (parts.length === 0) return { input: items }
  if (typeof content === 'string') return { instructions: content, input: items }
  return { input: [{ type: 'message', role: 'system', content }, ...items] }
}

function renderMessage(message: Message, field: string, context: ItemContext): readonly WireItem[] {
  switch (message.role) {
    case 'assistant':
      return renderAssistant(message.content, field, context)
    case 'system':
      return renderPlain('system', message.content, field, context.losses)
    case 'user':
      return renderUser(message.content, field, context)
  }
}

// A message that consisted only of what had to be dropped goes with it.
function renderPlain(
  role: 'system' | 'user',
  content: readonly Part[],
  field: string,
  losses: Losses,
): readonly WireItem[] {
  const parts = renderParts(content, `${field}.content`, losses)
  return parts.length === 0 && content.length > 0 ? [] : [{ type: 'message', role, content: toContent(parts) }]
}

/** Results come first, right behind the calls that they answer. */
function renderUser(content: readonly Part[], field: string, context: ItemContext): readonly WireItem[] {
  const results = content.filter((part) => part.type === 'tool-result')
  const own = content.filter(isOwnItem)
  const rest = content.filter((part) => part.type !== 'tool-result' && !isOwnItem(part))
  const items = [...results.map((result) => renderResult(result, field, context)), ...own.map(toItem)]
  return rest.length === 0 && items.length > 0 ? items : [...items, ...renderPlain('user', rest, field, context.losses)]
}

function renderResult(result: ToolResultPart, field: string, { losses, ids }: ItemContext): WireItem {
  if (result.isError) losses.drop('tool-error')
  if (result.cache !== undefined) losses.drop('cache-control')
  const { callId, isCustom } = ids.result(result.callId)
  const output = toContent(renderParts(result.content, `${field}.content`, losses))
  return { type: isCustom ? 'custom_tool_call_output' : 'function_call_output', call_id: callId, output }
}

/** The model's turn, item by item in its order; texts next to each other are one message. */
function renderAssistant(content: readonly Part[], field: string, context: ItemContext): readonly WireItem[] {
  const items: WireItem[] = []
  let texts: WirePart[] = []
  const flush = (): void => {
    if (texts.length > 0) items.push({ type: 'message', role: 'assistant', content: toAssistantContent(texts) })
    texts = []
  }
  for (const [index, part] of content.entries()) {
    if (part.type === 'text' || part.type === 'refusal') {
      texts.push(renderAssistantText(part, context.losses))
      continue
    }
    const item = renderAssistantItem(part, `${field}.content[${index}]`, context)
    if (item === undefined) continue
    flush()
    items.push(item)
  }
  flush()
  return items
}

function renderAssistantText(part: Extract<Part, { type: 'text' | 'refusal' }>, losses: Losses): WirePart {
  if (part.type === 'refusal') return { type: 'refusal', refusal: part.text }
  if (part.cache !== undefined) losses.drop('cache-control')
  if (part.citations !== undefined && part.citations.length > 0) losses.drop('provider-content')
  return { type: 'output_text', text: part.text }
}

// As a string an assistant's text needs no id and no status, which the item of an answer has.
function toAssistantContent(texts: readonly WirePart[]): string | readonly WirePart[] {
  const [first] = texts
  return texts.length === 1 && typeof first?.text === 'string' ? first.text : texts
}

function renderAssistantItem(part: Part, field: string, context: ItemContext): WireItem | undefined {
  const { losses, ids, isOwn } = context
  switch (part.type) {
    case 'tool-call':
      return renderCall(part, context)
    case 'tool-result':
      return renderResult(part, field, { losses, ids, isOwn })
    case 'thinking':
      // Nothing is stored, so an id alone would name nothing.
      if (part.signature !== undefined && isOwn(part.signature))
        return reasoningItem(part.id !== undefined && isOwn(part.id) ? part.id : undefined, part.text, part.signature)
      losses.drop('thinking-history')
      return undefined
    case 'redacted-thinking':
      losses.drop('thinking-history')
      return undefined
    default:
      if (isOwnItem(part)) return toItem(part)
      // Pictures and files that a model made have no place in this protocol's history.
      losses.drop('provider-content')
      return undefined
  }
}

function renderCall(part: ToolCallPart, { losses, ids }: ItemContext): WireItem | undefined {
  if (part.kind === 'server') {
    losses.drop('provider-content')
    return undefined
  }
  if (part.cache !== undefined) losses.drop('cache-control')
  const { name, input } = part
  const call_id = ids.call(part.id, part.kind === 'custom')
  if (part.kind === 'custom') return { type: 'custom_tool_call', call_id, name, input }
  return { type: 'function_call', call_id, name, arguments: jsonInput(input) }
}

type OwnItem = Omit<OpaquePart, 'value'> & { readonly value: JsonObject }

function isOwnItem(part: Part): part is OwnItem {
  return part.type === 'opaque' && part.protocol === OPENAI_RESPONSES && isJsonObject(part.value)
}

function toItem({ kind, value }: OwnItem): WireItem {
  return { ...value, type: kind }
}
