import { type Json, type JsonObject, parseJson } from '../../src/protocols/core/index.ts'
import type { Answer, ScriptedCall } from './answers.ts'
import type { WireOptions } from './chat-wire.ts'
import type { EventPart, WireAnswer, WireEvent } from './wire-event.ts'

const USAGE = { promptTokenCount: 11, candidatesTokenCount: 22, totalTokenCount: 33 }
const ERROR = JSON.stringify({
  error: { code: 500, message: 'The server had an error while it answered.', status: 'INTERNAL' },
})

/** An answer as Gemini has it, streamed and whole. Its calls come whole, and there is no sentinel. */
export function toGeminiWire(answer: Answer, { model }: Pick<WireOptions, 'model'>): WireAnswer {
  const base = { modelVersion: model, responseId: 'scripted' }
  const chunk = (
    part: EventPart,
    parts: readonly JsonObject[],
    more: JsonObject = {},
    usage: JsonObject = {},
  ): WireEvent => ({
    part,
    text: `data: ${JSON.stringify({ candidates: [{ content: { parts, role: 'model' }, ...more, index: 0 }], ...usage, ...base })}\r\n\r\n`,
  })
  const finishReason = answer.stop === 'limit' ? 'MAX_TOKENS' : 'STOP'
  const calls = answer.calls.map(callPart)
  const events: WireEvent[] = [
    { part: 'opening', text: `data: ${JSON.stringify({ usageMetadata: { promptTokenCount: 11 }, ...base })}\r\n\r\n` },
    ...answer.text.map((text) => chunk('text', [{ text }])),
    ...calls.map((call) => chunk('input', [call])),
    chunk('stop', [{ text: '' }], { finishReason }, { usageMetadata: USAGE }),
  ]
  const parts = [...(answer.text.length > 0 ? [{ text: answer.text.join('') }] : []), ...calls]
  const candidates = [{ content: { parts, role: 'model' }, finishReason, index: 0 }]
  const body = JSON.stringify({ candidates, usageMetadata: USAGE, ...base })
  return { events, body, errorEvent: `data: ${ERROR}\r\n\r\n`, errorBody: ERROR }
}

function callPart({ id, name, ...call }: ScriptedCall): JsonObject {
  return { functionCall: { id, name, args: argumentsOf(call) } }
}

/** The API parses the model's words itself; of a call that a limit cut it has nothing to show. */
function argumentsOf({ pieces, isCut }: Pick<ScriptedCall, 'pieces' | 'isCut'>): Json {
  const text = pieces.join('')
  if (isCut === true || text === '') return {}
  return parseJson(text) ?? text
}
