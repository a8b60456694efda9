import { type Json, type JsonObject, parseJson } from '../../src/protocols/core/index.ts'
import type { Answer, ScriptedCall } from './answers.ts'
import type { WireOptions } from './chat-wire.ts'
import type { EventPart, WireAnswer, WireEvent } from './wire-event.ts'

const STOP = { end: 'end_turn', tools: 'tool_use', limit: 'max_tokens' } as const
const ERROR = { type: 'error', error: { type: 'api_error', message: 'The server had an error while it answered.' } }

/** An answer as Anthropic's Messages has it, streamed and whole. */
export function toAnthropicWire(answer: Answer, { model }: Pick<WireOptions, 'model'>): WireAnswer {
  const message = { id: 'msg_scripted', type: 'message', role: 'assistant', model, stop_sequence: null }
  const opening = { ...message, content: [], stop_reason: null, usage: { input_tokens: 11, output_tokens: 1 } }
  const hasText = answer.text.length > 0
  const events: WireEvent[] = [
    event('opening', { type: 'message_start', message: opening }),
    event('opening', { type: 'ping' }),
    ...(hasText ? textBlock(answer.text) : []),
    ...answer.calls.flatMap((call, index) => callBlock(call, index + (hasText ? 1 : 0))),
    event('stop', {
      type: 'message_delta',
      delta: { stop_reason: STOP[answer.stop], stop_sequence: null },
      usage: { output_tokens: 22 },
    }),
    event('terminal', { type: 'message_stop' }),
  ]
  const content = [
    ...(hasText ? [{ type: 'text', text: answer.text.join('') }] : []),
    ...answer.calls.map(({ id, name, ...call }) => ({ type: 'tool_use', id, name, input: wholeInput(call) })),
  ]
  const usage = { input_tokens: 11, output_tokens: 22 }
  const bodyWith = (stop_reason: string | null): string => JSON.stringify({ ...message, content, stop_reason, usage })
  const body = bodyWith(STOP[answer.stop])
  const unfinishedBody = bodyWith(null)
  return { events, body, unfinishedBody, errorEvent: event('stop', ERROR).text, errorBody: JSON.stringify(ERROR) }
}

function event(part: EventPart, data: JsonObject & { readonly type: string }): WireEvent {
  return { part, text: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n` }
}

function textBlock(pieces: readonly string[]): readonly WireEvent[] {
  return [
    event('text', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...pieces.map((text) =>
      event('text', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    ),
    event('text', { type: 'content_block_stop', index: 0 }),
  ]
}

function callBlock({ id, name, pieces }: ScriptedCall, index: number): readonly WireEvent[] {
  return [
    event('call', { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name, input: {} } }),
    ...pieces.map((piece) =>
      event('input', { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: piece } }),
    ),
    event('call', { type: 'content_block_stop', index }),
  ]
}

/** The API parses the model's words itself; of a call that a limit cut it has nothing to show. */
function wholeInput({ pieces, isCut }: Pick<ScriptedCall, 'pieces' | 'isCut'>): Json {
  const text = pieces.join('')
  if (isCut === true || text === '') return {}
  // Words that are no JSON are passed on as they are, as gateways that imitate the API have done.
  return parseJson(text) ?? text
}
