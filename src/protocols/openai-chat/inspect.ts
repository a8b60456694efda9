import {
  type Checked,
  checked,
  isJsonObject,
  type Json,
  type JsonObject,
  listOf,
  mayMention,
  objectsIn,
  optional,
  readBoolean,
  readCount,
  readModel,
  type RequestFacts,
  type StateReference,
} from '../core/index.ts'
import { isThinkingEffort } from '../openai/index.ts'

/** What the plan needs to know of a request; everything else is left to the provider or to the translation. */
export function inspectRequest(body: JsonObject): Checked<RequestFacts> {
  return checked((): RequestFacts => ({
    model: readModel(body.model),
    stream: optional(body.stream, 'stream', readBoolean) ?? false,
    reasoning: asksForReasoning(body),
    choices: optional(body.n, 'n', readCount) ?? 1,
    structured: isJsonObject(body.response_format) && body.response_format.type !== 'text',
    tools: listOf(body.tools).length > 0 || listOf(body.functions).length > 0,
    session: typeof body.prompt_cache_key === 'string' ? body.prompt_cache_key : undefined,
  }))
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

/** Names things in OpenAI's own stores: files, and answers in sound. */
const STATE_FIELD = /"file_id"|"audio"/

/** Files and spoken answers of the history, which only the account has that stored them. */
export function findState(body: JsonObject, text: string): readonly StateReference[] {
  if (!mayMention(text, STATE_FIELD) || !Array.isArray(body.messages)) return []
  return (body.messages as readonly Json[]).flatMap((message, index) => {
    if (!isJsonObject(message)) return []
    const field = `messages[${index}]`
    const files = objectsIn(message.content).flatMap(({ file }) => (isJsonObject(file) ? [file.file_id] : []))
    const spoken = isJsonObject(message.audio) ? [message.audio.id] : []
    return [
      ...files.flatMap((id) => (typeof id === 'string' ? [{ field: `${field}.content`, id }] : [])),
      ...spoken.flatMap((id) => (typeof id === 'string' ? [{ field: `${field}.audio`, id }] : [])),
    ]
  })
}
