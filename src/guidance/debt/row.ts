import type { ClaimClass } from '../claims/index.ts'
import type { Moment } from '../facts/index.ts'

export type DebtCategory =
  | 'detection latency'
  | 'remediation recurrence'
  | 'customer-led detection'
  | 'capacity surprise'
  | 'fix-revert cycling'
  | 'communication debt'

export type DebtUnit = 'minutes' | 'days' | 'incidents' | 'percent growth' | 'changes'

/** One dated measurement behind a row. */
export interface DebtPoint {
  readonly at: Moment
  readonly value: number
}

export interface Trend {
  readonly direction: 'better' | 'worse' | 'steady' | 'unknown'
  readonly text: string
}

/** One indicator of what open loops have piled up. */
export interface DebtRow {
  readonly category: DebtCategory
  /** What is measured. */
  readonly indicator: string
  /** Null where no fact allows one. */
  readonly value: number | null
  readonly unit: DebtUnit
  /** The value for people: `19 minutes`, `up to 30 days`. */
  readonly shown: string
  readonly class: ClaimClass
  readonly evidence: string
  readonly facts: readonly string[]
  readonly trend: Trend
  /** Of a correlation. */
  readonly mechanism?: string
  readonly alternatives?: readonly string[]
}

export function unknownRow(row: Pick<DebtRow, 'category' | 'indicator' | 'unit' | 'class' | 'evidence'>): DebtRow {
  return { ...row, value: null, shown: 'not known', facts: [], trend: trendOf([], 'lower') }
}

/**
 * The last measurement against the median of those before it; a tenth of difference is none. Two measurements show a
 * direction and no more.
 */
export function trendOf(points: readonly DebtPoint[], better: 'lower' | 'higher'): Trend {
  const values = points.toSorted((a, b) => a.at.fromMs - b.at.fromMs).map(({ value }) => value)
  const last = values.at(-1)
  if (last === undefined || values.length < 2) return { direction: 'unknown', text: 'too few measurements for a trend' }
  const before = median(values.slice(0, -1))
  const difference = last - before
  const count = `${values.length} measurements`
  if (Math.abs(difference) <= Math.abs(before) / 10) return { direction: 'steady', text: `steady over ${count}` }
  return difference < 0 === (better === 'lower')
    ? { direction: 'better', text: `better in the last of ${count}` }
    : { direction: 'worse', text: `worse in the last of ${count}` }
}

/** How long each was after the one before; `dated` is in order. */
export function gapsBetween(dated: readonly { readonly at: Moment }[]): readonly DebtPoint[] {
  return dated.slice(1).map(({ at }, index) => ({ at, value: at.fromMs - (dated[index]?.at.fromMs ?? at.fromMs) }))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
