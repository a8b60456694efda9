import type { Usage } from '../../evidence/index.ts'
import { isJsonObject, type Json, type JsonObject } from '../core/index.ts'

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)

/**
 * A `usageMetadata`. `promptTokenCount` contains the cached tokens, and what Google's own tools found is counted beside
 * it; `candidatesTokenCount` is without the thoughts. Reports of a stream are to be merged before they are read: a later
 * one may leave out what an earlier one said.
 */
export function readUsage(value: Json | undefined): Usage {
  if (!isJsonObject(value)) return {}
  const inputTokens = sum(count(value.promptTokenCount), count(value.toolUsePromptTokenCount))
  const reasoningTokens = count(value.thoughtsTokenCount)
  const outputTokens = sum(count(value.candidatesTokenCount), reasoningTokens)
  const cacheReadTokens = count(value.cachedContentTokenCount)
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  }
}

const COUNTS = [
  'promptTokenCount',
  'toolUsePromptTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'cachedContentTokenCount',
] as const

/** One report upon another; only what `readUsage` reads, so that no stream can make it grow. */
export function mergeReports(earlier: JsonObject, later: JsonObject): JsonObject {
  return Object.fromEntries(COUNTS.map((name) => [name, later[name] ?? earlier[name]]))
}

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
