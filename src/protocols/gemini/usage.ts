import type { Usage } from '../../evidence/index.ts'
import { countOf, isJsonObject, type Json, type JsonObject } from '../core/index.ts'

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)

/**
 * A `usageMetadata`. `promptTokenCount` contains the cached tokens, and what Google's own tools found is counted beside
 * it; `candidatesTokenCount` is without the thoughts. Reports of a stream are to be merged before they are read: a later
 * one may leave out what an earlier one said.
 */
export function readUsage(value: Json | undefined): Usage {
  if (!isJsonObject(value)) return {}
  const inputTokens = sum(countOf(value.promptTokenCount), countOf(value.toolUsePromptTokenCount))
  const reasoningTokens = countOf(value.thoughtsTokenCount)
  const outputTokens = sum(countOf(value.candidatesTokenCount), reasoningTokens)
  const cacheReadTokens = countOf(value.cachedContentTokenCount)
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  }
}

/** What `readUsage` reads. */
export const USAGE_COUNTS: readonly string[] = [
  'promptTokenCount',
  'toolUsePromptTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'cachedContentTokenCount',
]

/** A `usageMetadata` for a client, with the counts that every answer of Gemini has. */
export function renderUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, reasoningTokens } = usage
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: Math.max(0, outputTokens - (reasoningTokens ?? 0)),
    totalTokenCount: inputTokens + outputTokens,
    ...(cacheReadTokens !== undefined && { cachedContentTokenCount: cacheReadTokens }),
    ...(reasoningTokens !== undefined && { thoughtsTokenCount: reasoningTokens }),
  }
}
