import {
  type CoreResponse,
  type CoreStop,
  isJsonObject,
  type Json,
  type JsonObject,
  type Part,
  parseJson,
  type ToolCallPart,
} from '../core/index.ts'
import { renderCitation } from './citations.ts'
import { renderStop } from './stop-reason.ts'
import { renderUsage } from './usage.ts'
import { ANTHROPIC, toMessageId, type WireBlock, type WireMessage } from './wire.ts'

/** A provider that is declared to say no more than that the answer is whole gives no reason. */
export const UNSAID_STOP: CoreStop = { kind: 'end', raw: undefined }

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
      if (part.kind === 'server') return undefined
      return { type: 'tool_use', id: part.id, name: part.name, input: toInput(part) }
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

export function isClientCall(part: Part): part is ToolCallPart {
  return part.type === 'tool-call' && part.kind !== 'server'
}

/**
 * A call's arguments as JSON. Free text becomes `{"input": …}`: an Anthropic client has declared no free-form tool, but
 * must be able to read one. Throws for JSON arguments that don't parse: no answer with such a call is finished.
 */
function toInput(part: ToolCallPart): Json {
  if (part.kind === 'custom') return { input: part.input }
  const input = parseJson(part.input.trim() === '' ? '{}' : part.input)
  if (input === undefined) throw new Error(`the arguments of a finished call of ${part.name} are not JSON`)
  return input
}

/** The same as JSON text, as the model wrote it. */
export function toInputText(part: ToolCallPart): string {
  if (part.kind === 'custom') return JSON.stringify({ input: part.input })
  return part.input.trim() === '' ? '{}' : part.input
}
