import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { RecordedAnswer } from './recorded-answer.ts'

/** The answer of a recorded stream as its provider would have sent it in one body, spelled with spaces that nobody needs. */
export function bodyOf(protocol: ProtocolName, answer: RecordedAnswer): Uint8Array {
  const body =
    protocol === 'gemini' ? generationOf(answer) : protocol === 'anthropic' ? messageOf(answer) : completionOf(answer)
  return new TextEncoder().encode(JSON.stringify(body, undefined, 1))
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
      prompt_tokens_details: { cached_tokens: usage.cacheRead },
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
      candidatesTokenCount: usage.output,
      totalTokenCount: usage.input + usage.output,
      ...(usage.cacheRead > 0 && { cachedContentTokenCount: usage.cacheRead }),
    },
    modelVersion: model,
    responseId: id,
  }
}
