import type { Checked, JsonObject, RequestFacts } from '../core/index.ts'
import { checked, optional, readBoolean, readString, unexpected } from './fields.ts'
import { asksForReasoning } from './reasoning.ts'

const LONGEST_MODEL = 256

/** What the plan needs, and no more: where client and provider both speak Anthropic, the provider judges the rest. */
export function inspectRequest(body: JsonObject): Checked<RequestFacts> {
  return checked(() => readFacts(body))
}

export function readFacts(body: JsonObject): RequestFacts {
  const model = readString(body['model'], 'model')
  if (model === '') throw unexpected('model', `a model name of 1 to ${LONGEST_MODEL} characters`, 'an empty one')
  if (model.length > LONGEST_MODEL)
    throw unexpected('model', `a model name of 1 to ${LONGEST_MODEL} characters`, `${model.length}`)
  const stream = optional(body['stream'], 'stream', readBoolean) ?? false
  return { model, stream, reasoning: asksForReasoning(body), choices: 1 }
}
