import type { Usage } from '../../evidence/index.ts'
import { countOf, isJsonObject, type Json, type JsonObject } from '../core/index.ts'

/** A `usage` object; empty where there is none. `input_tokens` already contains the cached tokens. */
export function readUsage(value: Json | undefined): Usage {
  if (!isJsonObject(value)) return {}
  const input = isJsonObject(value.input_tokens_details) ? value.input_tokens_details : {}
  const output = isJsonObject(value.output_tokens_details) ? value.output_tokens_details : {}
  const inputTokens = countOf(value.input_tokens)
  const outputTokens = countOf(value.output_tokens)
  const cacheReadTokens = countOf(input.cached_tokens)
  const cacheWriteTokens = countOf(input.cache_write_tokens)
  const reasoningTokens = countOf(output.reasoning_tokens)
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cacheWriteTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  }
}

/** For a client. Both details are always there, as OpenAI's SDK types promise; what nobody counted is 0. */
export function renderUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0 } = usage
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }
}
