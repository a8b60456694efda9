import type { Usage } from '../../evidence/index.ts'
import { countOf, isJsonObject, type JsonObject } from '../core/index.ts'

/** A `usage` object; `undefined` where there is none. `prompt_tokens` already contains the cached tokens. */
export function readUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const input = isJsonObject(value.prompt_tokens_details) ? value.prompt_tokens_details : {}
  const output = isJsonObject(value.completion_tokens_details) ? value.completion_tokens_details : {}
  const inputTokens = countOf(value.prompt_tokens)
  const outputTokens = countOf(value.completion_tokens)
  // DeepSeek has its own name for it; Hugging Face's router writes it without the details object.
  const cacheReadTokens =
    countOf(input.cached_tokens) ?? countOf(value.prompt_cache_hit_tokens) ?? countOf(value.cached_tokens)
  const cacheWriteTokens = countOf(input.cache_write_tokens)
  const reasoningTokens = countOf(output.reasoning_tokens)
  // Assigned one by one: five spreads cost more than the rest of the function.
  const usage: { -readonly [Key in keyof Usage]: Usage[Key] } = {}
  if (inputTokens !== undefined) usage.inputTokens = inputTokens
  if (outputTokens !== undefined) usage.outputTokens = outputTokens
  if (cacheReadTokens !== undefined) usage.cacheReadTokens = cacheReadTokens
  if (cacheWriteTokens !== undefined) usage.cacheWriteTokens = cacheWriteTokens
  if (reasoningTokens !== undefined) usage.reasoningTokens = reasoningTokens
  return usage
}

/** The usage of a whole answer or of one chunk: its `usage`, or `x_groq.usage`, where Groq alone puts it in streams. */
export function usageOf(body: JsonObject): Usage | undefined {
  return readUsage(body.usage) ?? (isJsonObject(body.x_groq) ? readUsage(body.x_groq.usage) : undefined)
}

/** A `usage` object for a client. Its three totals are always there, as OpenAI's SDK types promise. */
export function renderUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage
  const cached = cacheReadTokens !== undefined || cacheWriteTokens !== undefined
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cached && {
      prompt_tokens_details: {
        ...(cacheReadTokens !== undefined && { cached_tokens: cacheReadTokens }),
        ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }),
      },
    }),
    ...(reasoningTokens !== undefined && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  }
}
