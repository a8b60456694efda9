import { showMoment, type IncidentTiming, type Moment } from '../facts/index.ts'

export interface Overlap {
  readonly count: number
  readonly from: Moment
  readonly to: Moment
}

/** When most faults were in production at the same time, each from its introduction to its first fix. */
export function busiestOverlap(timings: readonly IncidentTiming[]): Overlap | undefined {
  const edges = timings.flatMap(({ introduced, firstFix }) =>
    introduced === undefined || firstFix === undefined
      ? []
      : [
          { at: introduced.at, ms: introduced.at.fromMs, change: 1 },
          { at: firstFix.at, ms: firstFix.at.toMs, change: -1 },
        ],
  )
  edges.sort((a, b) => a.ms - b.ms || b.change - a.change)
  let open = 0
  let best: Overlap | undefined
  for (const [index, edge] of edges.entries()) {
    open += edge.change
    const next = edges[index + 1]
    if (edge.change > 0 && open > 1 && next !== undefined && open > (best?.count ?? 1))
      best = { count: open, from: edge.at, to: next.at }
  }
  return best
}

export function showOverlap({ count, from, to }: Overlap): string {
  return `${count} faults were in production at the same time from ${showMoment(from)} to ${showMoment(to)}`
}
