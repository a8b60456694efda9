import { type Checked, isJsonObject, type JsonObject, type RequestFacts } from '../core/index.ts'
import { checked, optional, readBoolean, readCount, reject } from './fields.ts'

const MODEL_LENGTH_LIMIT = 256

/** What the plan needs to know of a request; everything else is left to the provider or to the translation. */
export function inspectRequest(body: JsonObject): Checked<RequestFacts> {
  return checked((): RequestFacts => ({
    model: readModel(body.model),
    stream: optional(body.stream, 'stream', readBoolean) ?? false,
    reasoning: asksForReasoning(body),
    choices: optional(body.n, 'n', readCount) ?? 1,
  }))
}

export function readModel(value: unknown): string {
  if (typeof value !== 'string' || value === '') reject('model', 'the name of a model', value)
  if (value.length <= MODEL_LENGTH_LIMIT) return value
  return reject('model', `a name of at most ${MODEL_LENGTH_LIMIT} characters`, value, `one of ${value.length}`)
}

// Never a problem: what a host calls reasoning differs, and a wrong guess only sets a longer time-out.
function asksForReasoning(body: JsonObject): boolean {
  const effort = body.reasoning_effort
  if (typeof effort === 'string') return isThinkingEffort(effort)
  // OpenRouter
  if (isJsonObject(body.reasoning)) {
    if (body.reasoning.enabled === false) return false
    return typeof body.reasoning.effort !== 'string' || isThinkingEffort(body.reasoning.effort)
  }
  // DeepSeek, Z.ai
  return isJsonObject(body.thinking) && typeof body.thinking.type === 'string' && body.thinking.type !== 'disabled'
}

function isThinkingEffort(effort: string): boolean {
  return effort !== 'none' && effort !== 'minimal'
}
