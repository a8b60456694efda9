import { type CoreChoice, type CoreResponse, isClientCall, type JsonObject, type Part } from '../core/index.ts'
import { renderCitations } from './annotations-out.ts'
import { renderToolCall } from './messages-out.ts'
import { renderFinishReason } from './stop-reason.ts'
import { renderUsage } from './usage.ts'
import type { WireAnnotation } from './wire.ts'

const ID_PREFIX = 'chatcmpl-'

/** An id as OpenAI's look, since clients and logs tell them apart by the prefix. */
export function toCompletionId(id: string): string {
  return id.startsWith(ID_PREFIX) ? id : `${ID_PREFIX}${id}`
}

/** A `chat.completion` for a client. `created` is 0 where the provider gave no time. */
export function renderResponse(response: CoreResponse): JsonObject {
  return {
    id: toCompletionId(response.id),
    object: 'chat.completion',
    created: response.created ?? 0,
    model: response.model,
    choices: response.choices.map(renderChoice),
    usage: renderUsage(response.usage),
  }
}

function renderChoice({ content, stop }: CoreChoice, index: number): JsonObject {
  const { text, annotations } = renderTexts(content)
  const refusal = join(content, 'refusal')
  const thinking = join(content, 'thinking')
  // Calls that the provider ran itself are over; a client that saw them would run them again.
  const calls = content.filter(isClientCall)
  return {
    index,
    message: {
      role: 'assistant',
      content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
      refusal: refusal === '' ? null : refusal,
      ...(thinking !== '' && { reasoning_content: thinking }),
      ...(annotations.length > 0 && { annotations }),
      ...(calls.length > 0 && { tool_calls: calls.map(renderToolCall) }),
    },
    logprobs: null,
    finish_reason: renderFinishReason(stop, { toolCalls: calls.length > 0, refusal: refusal !== '' }),
  }
}

function renderTexts(content: readonly Part[]): { text: string; annotations: readonly WireAnnotation[] } {
  let text = ''
  const annotations: WireAnnotation[] = []
  for (const part of content) {
    if (part.type !== 'text') continue
    annotations.push(...renderCitations(part.citations ?? [], text.length, part.text.length))
    text += part.text
  }
  return { text, annotations }
}

function join(content: readonly Part[], type: 'refusal' | 'thinking'): string {
  return content.map((part) => (part.type === type ? part.text : '')).join('')
}
