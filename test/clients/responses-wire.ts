import type { JsonObject } from '../../src/protocols/core/index.ts'
import type { Answer, ScriptedCall } from './answers.ts'
import type { WireOptions } from './chat-wire.ts'
import type { EventPart, WireAnswer, WireEvent } from './wire-event.ts'

const USAGE = {
  input_tokens: 11,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 22,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 33,
}
const ERROR = { code: 'server_error', message: 'The server had an error while it answered.', param: null }

/** An answer as OpenAI's Responses has it, streamed and whole. */
export function toResponsesWire(answer: Answer, { model }: Pick<WireOptions, 'model'>): WireAnswer {
  const response = { id: 'resp_scripted', object: 'response', created_at: 1_790_000_000, model, error: null, tools: [] }
  const opening = { ...response, status: 'in_progress', incomplete_details: null, output: [], usage: null }
  const isLimited = answer.stop === 'limit'
  const message = messageItem(answer.text, isLimited && answer.calls.length === 0)
  const output = [...(answer.text.length > 0 ? [message] : []), ...answer.calls.map(callItem)]
  const status = isLimited ? 'incomplete' : 'completed'
  const details = isLimited ? { reason: 'max_output_tokens' } : null
  const whole = { ...response, status, incomplete_details: details, output, usage: USAGE }
  const parts: readonly (readonly [EventPart, JsonObject & { readonly type: string }])[] = [
    ['opening', { type: 'response.created', response: opening }],
    ['opening', { type: 'response.in_progress', response: opening }],
    ...(answer.text.length > 0 ? textEvents(answer.text, message) : []),
    ...answer.calls.flatMap((call, index) => callEvents(call, index + (answer.text.length > 0 ? 1 : 0))),
    // One event is both stop reason and end.
    ['stop', { type: `response.${status}`, response: whole }],
  ]
  const events = parts.map(([part, data], number): WireEvent => event(part, { ...data, sequence_number: number }))
  const errorEvent = event('stop', { type: 'error', sequence_number: 0, ...ERROR }).text
  return { events, body: JSON.stringify(whole), errorEvent, errorBody: JSON.stringify({ error: ERROR }) }
}

function event(part: EventPart, data: JsonObject & { readonly type: string }): WireEvent {
  return { part, text: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n` }
}

type Part = readonly [EventPart, JsonObject & { readonly type: string }]

function messageItem(pieces: readonly string[], isCut: boolean): JsonObject {
  const content = [{ type: 'output_text', text: pieces.join(''), annotations: [], logprobs: [] }]
  return { type: 'message', id: 'msg_1', status: isCut ? 'incomplete' : 'completed', role: 'assistant', content }
}

function textEvents(pieces: readonly string[], item: JsonObject): readonly Part[] {
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] }
  const text = pieces.join('')
  return [
    [
      'text',
      { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    ],
    ['text', { type: 'response.content_part.added', ...place, part }],
    ...pieces.map((delta): Part => ['text', { type: 'response.output_text.delta', ...place, delta, logprobs: [] }]),
    ['text', { type: 'response.output_text.done', ...place, text, logprobs: [] }],
    ['text', { type: 'response.content_part.done', ...place, part: { ...part, text } }],
    ['text', { type: 'response.output_item.done', output_index: 0, item }],
  ]
}

function callItem({ id, name, kind, pieces, isCut }: ScriptedCall): JsonObject {
  const input = pieces.join('')
  const status = isCut === true ? 'incomplete' : 'completed'
  if (kind === 'custom') return { type: 'custom_tool_call', id: `ctc_${id}`, call_id: id, name, input, status }
  return { type: 'function_call', id: `fc_${id}`, call_id: id, name, arguments: input, status }
}

function callEvents(call: ScriptedCall, index: number): readonly Part[] {
  const item = callItem(call)
  const isCustom = call.kind === 'custom'
  const field = isCustom ? 'input' : 'arguments'
  const type = isCustom ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
  const place = { item_id: item.id ?? '', output_index: index }
  const added = { ...item, status: 'in_progress', [field]: '' }
  return [
    ['call', { type: 'response.output_item.added', output_index: index, item: added }],
    ...call.pieces.map((delta): Part => ['input', { type: `${type}.delta`, ...place, delta }]),
    ['call', { type: `${type}.done`, ...place, name: call.name, [field]: call.pieces.join('') }],
    ['call', { type: 'response.output_item.done', output_index: index, item }],
  ]
}
