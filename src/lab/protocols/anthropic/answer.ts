import { signatureOf } from './signature.ts'
import type { Answer, AnswerPart, AnswerStop } from '../../model/answer.ts'
import { piecesOf } from '../../pieces.ts'
import type { RenderContext, WireEvent } from '../provider-protocol.ts'
import type { Random } from '../../random.ts'

const STOP_REASONS: Readonly<Record<AnswerStop, string>> = {
  end: 'end_turn',
  tools: 'tool_use',
  limit: 'max_tokens',
  context: 'model_context_window_exceeded',
  'stop-sequence': 'stop_sequence',
  refusal: 'refusal',
  aborted: 'abort',
}

/** The answer as a stream of events. */
export function toAnthropicEvents(answer: Answer, context: RenderContext): WireEvent[] {
  const { random } = context
  const event = (type: string, fields: object, kind: WireEvent['kind'] = 'other'): WireEvent => ({
    // The real API pads the objects with a random number of spaces before the closing brace.
    text: `event: ${type}\ndata: ${JSON.stringify({ type, ...fields }).slice(0, -1)}${' '.repeat(random.integer(0, 15))}}\n\n`,
    kind,
  })
  const events = [
    event('message_start', { message: messageOf([], null, null, usageAtStart(answer), context) }, 'start'),
  ]
  for (const [index, part] of visibleParts(answer).entries()) {
    events.push(event('content_block_start', { index, content_block: emptyBlock(part, random) }))
    if (index === 0) events.push({ text: 'event: ping\ndata: {"type": "ping"}\n\n', kind: 'other' })
    for (const delta of deltasOf(part, context)) events.push(event('content_block_delta', { index, delta }, 'content'))
    events.push(event('content_block_stop', { index }))
  }
  const delta = {
    stop_reason: STOP_REASONS[answer.stop],
    stop_sequence: answer.stopSequence ?? null,
    stop_details: stopDetails(answer),
  }
  events.push(event('message_delta', { delta, usage: usageAtEnd(answer) }))
  events.push(event('message_stop', {}, 'terminal'))
  return events
}

/** The answer as one JSON body. */
export function toAnthropicBody(answer: Answer, context: RenderContext): string {
  const content = visibleParts(answer).map((part) => wholeBlock(part, answer.stop, context))
  const message = messageOf(
    content,
    STOP_REASONS[answer.stop],
    answer.stopSequence ?? null,
    usageWhole(answer),
    context,
  )
  return JSON.stringify({ ...message, stop_details: stopDetails(answer) })
}

function messageOf(
  content: readonly object[],
  stopReason: string | null,
  stopSequence: string | null,
  usage: object,
  { model, random }: RenderContext,
): object {
  return {
    model: model.id,
    id: `msg_01${random.identifier(22)}`,
    type: 'message',
    role: 'assistant',
    content,
    stop_reason: stopReason,
    stop_sequence: stopSequence,
    stop_details: null,
    usage,
  }
}

// A refusal has no block of its own: it is told by the stop reason.
function visibleParts(answer: Answer): readonly AnswerPart[] {
  return answer.parts.filter((part) => part.kind !== 'refusal' && part.tokens.length > 0)
}

function emptyBlock(part: AnswerPart, random: Random): object {
  if (part.kind === 'thinking') return { type: 'thinking', thinking: '', signature: '' }
  if (part.kind === 'tool') return { type: 'tool_use', id: toolId(random), name: part.name, input: {} }
  return { type: 'text', text: '' }
}

function wholeBlock(part: AnswerPart, stop: AnswerStop, { random, platform }: RenderContext): object {
  const text = part.tokens.join('')
  if (part.kind === 'thinking') return { type: 'thinking', thinking: text, signature: signatureOf(text, platform) }
  if (part.kind === 'tool') return { type: 'tool_use', id: toolId(random), name: part.name, input: inputOf(text, stop) }
  return { type: 'text', text }
}

function deltasOf(part: AnswerPart, { random, platform }: RenderContext): object[] {
  const text = part.tokens.join('')
  const pieces = piecesOf(part.tokens, random, 4)
  if (part.kind === 'thinking') {
    const thoughts = pieces.map((thinking) => ({ type: 'thinking_delta', thinking }))
    return [...thoughts, { type: 'signature_delta', signature: signatureOf(text, platform) }]
  }
  if (part.kind === 'tool') {
    // Arguments begin with an empty piece, and empty arguments have no other.
    const shown = text === '{}' ? [''] : ['', ...pieces]
    return shown.map((piece) => ({ type: 'input_json_delta', partial_json: piece }))
  }
  return pieces.map((piece) => ({ type: 'text_delta', text: piece }))
}

// A limit inside the arguments leaves an empty object, as the real API does; broken arguments are shown as they are.
function inputOf(text: string, stop: AnswerStop): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return stop === 'limit' || stop === 'context' ? {} : text
  }
}

function toolId(random: Random): string {
  return `toolu_01${random.identifier(22)}`
}

function stopDetails(answer: Answer): object | null {
  return answer.stop === 'refusal' ? { type: 'refusal', category: 'general_harms', explanation: null } : null
}

function inputUsage(answer: Answer): object {
  return { input_tokens: answer.inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
}

function usageAtStart(answer: Answer): object {
  return { ...usageWhole(answer), output_tokens: 1 }
}

function usageWhole(answer: Answer): object {
  return {
    ...inputUsage(answer),
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: answer.outputTokens,
    service_tier: 'standard',
    inference_geo: 'global',
  }
}

// Cumulative: the last `message_delta` has the whole usage.
function usageAtEnd(answer: Answer): object {
  const details = answer.thinkingTokens > 0 ? { output_tokens_details: { thinking_tokens: answer.thinkingTokens } } : {}
  return { ...inputUsage(answer), output_tokens: answer.outputTokens, ...details }
}
