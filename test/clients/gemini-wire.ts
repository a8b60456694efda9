import { type Json, type JsonObject, parseJson } from '../../src/protocols/core/index.ts'
import type { Answer, ScriptedCall } from './answers.ts'
import type { WireAnswer, WireEvent } from './wire-event.ts'

const USAGE = { promptTokenCount: 11, candidatesTokenCount: 22, totalTokenCount: 33 }
const ERROR = JSON.stringify({
  error: { code: 500, message: 'The server had an error while it answered.', status: 'INTERNAL' },
})

/**
 * An answer as Gemini has it, streamed and whole. Its stop reason is all the terminal evidence there is, and its calls
 * come whole: the last event is the terminal one, and no event has a piece of an input.
 */
export function toGeminiWire(answer: Answer, { model }: { readonly model: string }): WireAnswer {
  const base = { modelVersion: model, responseId: 'gemini-scripted' }
  const finishReason = answer.stop === 'limit' ? 'MAX_TOKENS' : 'STOP'
  const chunk = (parts: readonly JsonObject[], finish?: string): JsonObject => ({
    candidates: [
      { content: { role: 'model', parts }, index: 0, ...(finish !== undefined && { finishReason: finish }) },
    ],
    usageMetadata: USAGE,
    ...base,
  })
  const event = (part: WireEvent['part'], wire: JsonObject): WireEvent => ({
    part,
    text: `data: ${JSON.stringify(wire)}\r\n\r\n`,
  })
  const calls = answer.calls.map(toPart)
  const parts = [...(answer.text.length > 0 ? [{ text: answer.text.join('') }] : []), ...calls]
  return {
    events: [
      ...answer.text.map((text) => event('text', chunk([{ text }]))),
      ...calls.map((call) => event('call', chunk([call]))),
      event('terminal', chunk([{ text: '' }], finishReason)),
    ],
    body: JSON.stringify(chunk(parts, finishReason)),
    unfinishedBody: JSON.stringify(chunk(parts)),
    errorEvent: `data: ${ERROR}\r\n\r\n`,
    errorBody: ERROR,
  }
}

/** The API parses the model's words itself; of a call that a limit cut it has nothing to show but the name. */
function toPart({ name, pieces, isCut }: ScriptedCall): { readonly functionCall: JsonObject } {
  const text = pieces.join('')
  const args: Json = isCut === true || text === '' ? {} : (parseJson(text) ?? text)
  return { functionCall: { name, args } }
}
