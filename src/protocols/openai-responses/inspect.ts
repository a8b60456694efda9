import {
  type Checked,
  checked,
  FieldError,
  isJsonObject,
  type JsonObject,
  listOf,
  optional,
  readBoolean,
  readModel,
  type RequestFacts,
} from '../core/index.ts'
import { isThinkingEffort } from '../openai/index.ts'

/** What the plan needs to know of a request; everything else is left to the provider or to the translation. */
export function inspectRequest(body: JsonObject): Checked<RequestFacts> {
  return checked(() => readFacts(body))
}

export function readFacts(body: JsonObject): RequestFacts {
  const background = optional(body.background, 'background', readBoolean) ?? false
  if (background)
    throw new FieldError(
      'background',
      'expected false or nothing, got true: such an answer is made after the response has ended, where nobody can prove it complete; ask for it in the foreground, streamed or not',
    )
  return {
    model: readModel(body.model),
    stream: optional(body.stream, 'stream', readBoolean) ?? false,
    reasoning: asksForReasoning(body),
    choices: 1,
    structured: asksForStructure(body),
    tools: listOf(body.tools).length > 0,
    session: typeof body.prompt_cache_key === 'string' ? body.prompt_cache_key : undefined,
  }
}

function asksForStructure({ text }: JsonObject): boolean {
  const format = isJsonObject(text) ? text.format : undefined
  return isJsonObject(format) && format.type !== 'text'
}

// Never a problem: a wrong guess only sets a longer time-out.
function asksForReasoning({ reasoning }: JsonObject): boolean {
  if (!isJsonObject(reasoning)) return false
  if (typeof reasoning.effort === 'string') return isThinkingEffort(reasoning.effort)
  return typeof reasoning.summary === 'string' || typeof reasoning.generate_summary === 'string'
}
