import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { RecordedAnswer } from './recorded-answer.ts'

const BODIES: Readonly<Record<ProtocolName, (answer: RecordedAnswer) => object>> = {
  anthropic: messageOf,
  'openai-chat': completionOf,
  'openai-responses': responseOf,
  gemini: generationOf,
}

/** The answer of a recorded stream as its provider would have sent it in one body, spelled with spaces that nobody needs. */
export function bodyOf(protocol: ProtocolName, answer: RecordedAnswer): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(BODIES[protocol](answer), undefined, 1))
}

function messageOf({ id, model, text, thinking, calls, stop, usage }: RecordedAnswer): object {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [
      ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: 'c2ln' }]),
      ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
      ...calls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: call.arguments })),
    ],
    stop_reason: stop,
    stop_sequence: null,
    usage: {
      input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
      cache_read_input_tokens: usage.cacheRead,
      cache_creation_input_tokens: usage.cacheWrite,
      output_tokens: usage.output,
      output_tokens_details: { thinking_tokens: usage.reasoning },
    },
  }
}

function completionOf({ id, model, text, thinking, refusal, calls, stop, usage }: RecordedAnswer): object {
  const message = {
    role: 'assistant',
    content: text === '' ? null : text,
    refusal: refusal === '' ? null : refusal,
    ...(thinking !== '' && { reasoning_content: thinking }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      })),
    }),
  }
  return {
    id,
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message, logprobs: null, ...(stop !== null && { finish_reason: stop }) }],
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
    },
  }
}

function responseOf({ id, model, text, thinking, refusal, calls, stop, usage }: RecordedAnswer): object {
  const content = [
    ...(text === '' ? [] : [{ type: 'output_text', text, annotations: [], logprobs: [] }]),
    ...(refusal === '' ? [] : [{ type: 'refusal', refusal }]),
  ]
  return {
    id,
    object: 'response',
    created_at: 1_700_000_000,
    model,
    status: stop === 'completed' ? 'completed' : 'incomplete',
    incomplete_details: stop === 'completed' ? null : { reason: stop },
    output: [
      ...(thinking === ''
        ? []
        : [{ type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: thinking }] }]),
      ...(content.length === 0
        ? []
        : [{ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content }]),
      ...calls.map((call, index) => ({
        type: 'function_call',
        id: `fc_${index}`,
        call_id: call.id,
        name: call.name,
        arguments: JSON.stringify(call.arguments),
        status: 'completed',
      })),
    ],
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: usage.reasoning },
      total_tokens: usage.input + usage.output,
    },
  }
}

function generationOf({ id, model, text, thinking, calls, stop, usage }: RecordedAnswer): object {
  const parts = [
    ...(thinking === '' ? [] : [{ text: thinking, thought: true }]),
    ...(text === '' ? [] : [{ text }]),
    ...calls.map((call) => ({
      functionCall: { ...(call.id !== '' && { id: call.id }), name: call.name, args: call.arguments },
    })),
  ]
  return {
    candidates: [{ content: { parts, role: 'model' }, ...(stop !== null && { finishReason: stop }), index: 0 }],
    usageMetadata: {
      promptTokenCount: usage.input,
      candidatesTokenCount: usage.output - usage.reasoning,
      thoughtsTokenCount: usage.reasoning,
      totalTokenCount: usage.input + usage.output,
      ...(usage.cacheRead > 0 && { cachedContentTokenCount: usage.cacheRead }),
    },
    modelVersion: model,
    responseId: id,
  }
}
