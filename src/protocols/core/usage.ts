import type { Usage } from '../../evidence/index.ts'
import type { JsonObject } from './json.ts'

/** A reported count, or `undefined` for one that makes no sense: a bad report must not fail a good answer. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** The same, where only a whole number makes sense. */
export function wholeCountOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? countOf(value) : undefined
}

/** Usage of a later report over an earlier one: what the later one says wins. */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  return { ...earlier, ...later }
}

/**
 * The same for reports as the wire has them, where counts can be read only together: a later one may repeat some of those
 * that an earlier one gave. Nothing but these counts is kept, so that no stream can make it grow.
 */
export function mergeReports(counts: readonly string[], earlier: JsonObject, later: JsonObject): JsonObject {
  return Object.fromEntries(counts.map((name) => [name, later[name] ?? earlier[name]]))
}

/** What two attempts were billed together, as far as their providers said. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum: { -readonly [Count in keyof Usage]: number } = { ...one }
  for (const [name, count] of Object.entries(other) as [keyof Usage, number | undefined][])
    if (count !== undefined) sum[name] = (sum[name] ?? 0) + count
  return sum
}
