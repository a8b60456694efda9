import {
  argumentsOf,
  type CoreResponse,
  isClientCall,
  isJsonObject,
  jsonInput,
  type JsonObject,
  type Part,
  type ToolCallPart,
  UNSAID_STOP,
} from '../core/index.ts'
import { renderCitation } from './citations.ts'
import { renderStop } from './stop-reason.ts'
import { renderUsage } from './usage.ts'
import { ANTHROPIC, toMessageId, type WireBlock, type WireMessage } from './wire.ts'

/** A finished answer as a Messages client knows it. Anthropic has one answer: further choices have no place. */
export function renderResponse(response: CoreResponse): JsonObject {
  const { content, stop } = response.choices[0] ?? { content: [], stop: UNSAID_STOP }
  const message: WireMessage = {
    id: toMessageId(response.id),
    type: 'message',
    role: 'assistant',
    model: response.model,
    content: withoutLateSignature(content.flatMap((part) => renderAnswerPart(part) ?? [])),
    stop_reason: renderStop(stop, {
      hasCalls: content.some(isClientCall),
      hasRefusal: content.some(({ type }) => type === 'refusal'),
    }),
    stop_sequence: stop.sequence ?? null,
    stop_details: null,
    usage: renderUsage(response.usage),
  }
  return message
}

/** Thinking of which there is only the signature: Gemini signs its last text in this way. */
function isBareSignature(block: WireBlock): boolean {
  return block.type === 'thinking' && block['thinking'] === ''
}

/**
 * An answer ends with what it says. Agents take the last block for the result, and with a bare signature there Claude
 * Code has an empty one. Nothing that the provider asks for is lost: Gemini wants signatures of calls back, not of texts.
 */
function withoutLateSignature(content: readonly WireBlock[]): readonly WireBlock[] {
  return content.slice(0, content.findLastIndex((block) => !isBareSignature(block)) + 1)
}

/**
 * One part of an answer as a block, or `undefined` where Anthropic's answers have none: media, what other providers'
 * own tools did, what only another protocol understands. The client can act on none of it.
 */
export function renderAnswerPart(part: Part): WireBlock | undefined {
  switch (part.type) {
    case 'text': {
      const citations = part.citations?.map(renderCitation).filter((citation) => citation !== undefined) ?? []
      // Left out like everywhere in Anthropic's own answers: some clients take null for a fault.
      return { type: 'text', text: part.text, ...(citations.length > 0 && { citations }) }
    }
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'tool-call':
      if (!isClientCall(part)) return undefined
      return { type: 'tool_use', id: part.id, name: part.name, input: argumentsOf(part) }
    case 'thinking':
      return { type: 'thinking', thinking: part.text, signature: part.signature ?? '' }
    case 'redacted-thinking':
      return { type: 'redacted_thinking', data: part.data }
    case 'opaque':
      return part.protocol === ANTHROPIC && isJsonObject(part.value) ? { ...part.value, type: part.kind } : undefined
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
    case 'tool-result':
      return undefined
  }
}

/** A call's arguments as JSON text, as the model wrote it; see `argumentsOf`. */
export function toInputText(part: ToolCallPart): string {
  if (part.kind === 'custom') return JSON.stringify({ input: part.input })
  return jsonInput(part.input)
}
