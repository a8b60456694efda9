import type { Usage } from '../../evidence/index.ts'
import { isJsonObject, type JsonObject, wholeCountOf } from '../core/index.ts'

/**
 * Anthropic counts cached input beside `input_tokens`; the core counts it inside. A field that is absent or null stays
 * absent. Partial reports of a stream are to be merged before they are read: one may repeat the input without its
 * cached share.
 */
export function readUsage(value: unknown): Usage {
  if (!isJsonObject(value)) return {}
  const input = wholeCountOf(value['input_tokens'])
  const cacheReadTokens = wholeCountOf(value['cache_read_input_tokens'])
  const cacheWriteTokens = wholeCountOf(value['cache_creation_input_tokens'])
  const outputTokens = wholeCountOf(value['output_tokens'])
  const details = value['output_tokens_details']
  const reasoningTokens = isJsonObject(details) ? wholeCountOf(details['thinking_tokens']) : undefined
  return {
    ...(input !== undefined && { inputTokens: input + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cacheWriteTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  }
}

/** What `readUsage` reads. */
export const USAGE_COUNTS: readonly string[] = [
  'input_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens',
  'output_tokens_details',
]

/** Anthropic's usage object; SDKs add the counts up, so what the provider did not say is 0. */
export function renderUsage(usage: Usage): JsonObject {
  const cacheReadTokens = usage.cacheReadTokens ?? 0
  const cacheWriteTokens = usage.cacheWriteTokens ?? 0
  return {
    input_tokens: Math.max(0, (usage.inputTokens ?? 0) - cacheReadTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    output_tokens: usage.outputTokens ?? 0,
    ...(usage.reasoningTokens !== undefined && { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  }
}
