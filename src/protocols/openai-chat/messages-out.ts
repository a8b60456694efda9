import {
  type CoreRequest,
  isClientCall,
  jsonInput,
  type Losses,
  type Message,
  type Part,
  type ToolCallPart,
  type ToolResultPart,
} from '../core/index.ts'
import { renderParts, toContent } from './content-out.ts'
import type { WireMessage, WirePart, WireToolCall } from './wire.ts'

/** Stands in a tool message whose result is images or files alone, which only a user message can carry. */
const MEDIA_FOLLOWS = '(The result is attached to the next message.)'

/** The conversation: one `system` message first, which every host knows (`developer` only OpenAI does). */
export function renderMessages(request: CoreRequest, losses: Losses): readonly WireMessage[] {
  const { system, messages } = request
  if (messages.at(-1)?.role === 'assistant') return losses.refuse('prefill', `messages[${messages.length - 1}]`)
  const head: readonly WireMessage[] =
    system.length === 0 ? [] : [{ role: 'system', content: toContent(renderParts(system, 'system', losses)) }]
  return [...head, ...messages.flatMap((message, index) => renderMessage(message, `messages[${index}]`, losses))]
}

function renderMessage(message: Message, field: string, losses: Losses): readonly WireMessage[] {
  switch (message.role) {
    case 'assistant':
      return renderAssistant(message.content, field, losses)
    case 'system':
      return renderPlain('system', message.content, field, losses)
    case 'user':
      return renderUser(message.content, field, losses)
  }
}

// A message that consisted only of what had to be dropped goes with it.
function renderPlain(
  role: 'system' | 'user',
  content: readonly Part[],
  field: string,
  losses: Losses,
): readonly WireMessage[] {
  const parts = renderParts(content, `${field}.content`, losses)
  return parts.length === 0 && content.length > 0 ? [] : [{ role, content: toContent(parts) }]
}

/** Tool results come first: OpenAI wants them right behind the calls that they answer. */
function renderUser(content: readonly Part[], field: string, losses: Losses): readonly WireMessage[] {
  const results = content.filter((part) => part.type === 'tool-result')
  if (results.length === 0) return renderPlain('user', content, field, losses)
  const rest = content.filter((part) => part.type !== 'tool-result')
  const media: WirePart[] = []
  const tools = results.map((result) => renderResult(result, field, media, losses))
  const parts = [...media, ...renderParts(rest, `${field}.content`, losses)]
  return parts.length === 0 ? tools : [...tools, { role: 'user', content: toContent(parts) }]
}

/** The `tool` message; images and files of the result are added to `media`. */
function renderResult(result: ToolResultPart, field: string, media: WirePart[], losses: Losses): WireMessage {
  if (result.isError) losses.drop('tool-error')
  if (result.cache !== undefined) losses.drop('cache-control')
  const parts = renderParts(result.content, `${field}.content`, losses)
  const texts = parts.filter((part) => part.type === 'text')
  const others = parts.filter((part) => part.type !== 'text')
  media.push(...others)
  const isMediaOnly = texts.length === 0 && others.length > 0
  return { role: 'tool', tool_call_id: result.callId, content: isMediaOnly ? MEDIA_FOLLOWS : toContent(texts) }
}

function renderAssistant(content: readonly Part[], field: string, losses: Losses): readonly WireMessage[] {
  const calls = content.filter(isClientCall)
  const refusals = content.flatMap((part) => (part.type === 'refusal' ? [part.text] : []))
  const audio = content.find(
    (part) => part.type === 'opaque' && part.protocol === 'openai-chat' && part.kind === 'audio',
  )
  const parts = renderParts(
    content.filter((part) => part.type !== 'refusal' && part !== audio && !isClientCall(part)),
    `${field}.content`,
    losses,
  )
  const texts = parts.filter((part) => part.type === 'text')
  // Pictures and files that a model made have no place in this protocol's history.
  if (texts.length < parts.length) losses.drop('provider-content')
  if (calls.some((call) => call.cache !== undefined)) losses.drop('cache-control')
  const hasMore = refusals.length > 0 || audio !== undefined || calls.length > 0
  if (texts.length === 0 && !hasMore && content.length > 0) return []
  return [
    {
      role: 'assistant',
      content: texts.length === 0 && hasMore ? null : toContent(texts),
      ...(refusals.length > 0 && { refusal: refusals.join('\n') }),
      ...(audio?.type === 'opaque' && { audio: audio.value }),
      ...(calls.length > 0 && { tool_calls: calls.map(renderToolCall) }),
    },
  ]
}

export function renderToolCall({ kind, id, name, input }: ToolCallPart): WireToolCall {
  if (kind === 'custom') return { id, type: 'custom', custom: { name, input } }
  return { id, type: 'function', function: { name, arguments: jsonInput(input) } }
}
