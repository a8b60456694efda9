import type { Json, JsonObject } from '../../src/protocols/core/index.ts'
import type { Answer, ScriptedCall } from './answers.ts'
import type { EventPart, WireAnswer, WireEvent } from './wire-event.ts'

const FINISH = { end: 'stop', tools: 'tool_calls', limit: 'length' } as const
const USAGE = { prompt_tokens: 11, completion_tokens: 22, total_tokens: 33 }
const ERROR = JSON.stringify({
  error: { message: 'The server had an error while it answered.', type: 'server_error', param: null, code: null },
})

export interface WireOptions {
  readonly model: string
  readonly includeUsage: boolean
}

/** An answer as OpenAI's Chat Completions has it, streamed and whole. */
export function toChatWire(answer: Answer, { model, includeUsage }: WireOptions): WireAnswer {
  const base = { id: 'chatcmpl-scripted', created: 1_790_000_000, model }
  const event = (part: EventPart, fields: JsonObject): WireEvent => ({
    part,
    text: `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...fields })}\n\n`,
  })
  const delta = (part: EventPart, wire: JsonObject, finish: string | null = null): WireEvent =>
    event(part, { choices: [{ index: 0, delta: wire, finish_reason: finish }] })
  const events: WireEvent[] = [
    delta('opening', { role: 'assistant', content: '' }),
    ...answer.text.map((content) => delta('text', { content })),
    ...answer.calls.flatMap((call, index) => [
      delta('call', { tool_calls: [{ index, ...toCall(call, '') }] }),
      ...call.pieces.map((piece) => delta('input', { tool_calls: [{ index, ...toPiece(call, piece) }] })),
    ]),
    delta('stop', {}, FINISH[answer.stop]),
    ...(includeUsage ? [event('stop', { choices: [], usage: USAGE })] : []),
    { part: 'terminal', text: 'data: [DONE]\n\n' },
  ]
  const message = {
    role: 'assistant',
    content: answer.text.length === 0 ? null : answer.text.join(''),
    refusal: null,
    ...(answer.calls.length > 0 && { tool_calls: answer.calls.map((call) => toCall(call, call.pieces.join(''))) }),
  }
  const bodyWith = (finish_reason: string | null): string => {
    const choices = [{ index: 0, message, logprobs: null, finish_reason }]
    return JSON.stringify({ ...base, object: 'chat.completion', choices, usage: USAGE })
  }
  const body = bodyWith(FINISH[answer.stop])
  const unfinishedBody = bodyWith(null)
  return { events, body, unfinishedBody, errorEvent: `data: ${ERROR}\n\n`, errorBody: ERROR }
}

function toCall({ id, name, kind }: ScriptedCall, input: string): { readonly [key: string]: Json } {
  return kind === 'custom'
    ? { id, type: 'custom', custom: { name, input } }
    : { id, type: 'function', function: { name, arguments: input } }
}

function toPiece({ kind }: ScriptedCall, piece: string): { readonly [key: string]: Json } {
  return kind === 'custom' ? { custom: { input: piece } } : { function: { arguments: piece } }
}
