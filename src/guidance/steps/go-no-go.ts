import { automaticLatency, HOUR_MS, showSpan, unseen } from '../facts/index.ts'
import { idsOf, type KnownFacts, type Loop } from '../levels/index.ts'

export interface GoNoGo {
  readonly metric: string
  readonly target: string
  readonly current: string
  /** Null where the facts allow no answer. A step is not done without one. */
  readonly met: boolean | null
  readonly facts: readonly string[]
}

/** What must be true before the next step begins. */
export function goNoGo(loop: Loop, known: KnownFacts): readonly GoNoGo[] {
  switch (loop) {
    case 'signal':
      return [timeToDetection(known)]
    case 'cadence':
      return [ungatedChanges(known), repairsKept(known)]
    case 'guidance':
      return [missedIssues(known)]
  }
}

function timeToDetection(known: KnownFacts): GoNoGo {
  const head = {
    metric: 'Mean time from the introduction of a fault to its detection by a machine',
    target: 'under 1 hour',
  }
  const latencies = known.timings.flatMap((timing) => automaticLatency(timing) ?? [])
  if (latencies.length > 0) {
    const mean = latencies.reduce((sum, { spanMs }) => sum + spanMs, 0) / latencies.length
    const total = known.total('incidents')
    const isComplete = total !== undefined && latencies.length >= total
    const coverage = isComplete
      ? ''
      : ` (measured in ${latencies.length} of ${total ?? known.timings.length} incidents)`
    return {
      ...head,
      current: `${showSpan(mean)}${coverage}`,
      // A mean over the incidents that machines did find says nothing of those they did not.
      met: mean >= HOUR_MS ? false : isComplete ? true : null,
      facts: latencies.flatMap(({ from, to }) => [from.id, to.id]),
    }
  }
  const spans = known.timings.flatMap((timing) => unseen(timing) ?? []).toSorted((a, b) => a.spanMs - b.spanMs)
  const [shortest] = spans
  const longest = spans.at(-1)
  if (shortest === undefined || longest === undefined) return { ...head, current: 'not known', met: null, facts: [] }
  return {
    ...head,
    current: `no detection by a machine is known; faults served for ${shortest === longest ? '' : `${showSpan(shortest.spanMs)} to `}${showSpan(longest.spanMs)}`,
    met: false,
    facts: spans.flatMap(({ from, to }) => [from.id, to.id]),
  }
}

function ungatedChanges(known: KnownFacts): GoNoGo {
  const head = { metric: 'Production changes without a validation gate complete over all platforms', target: '0' }
  const { changes } = known
  const ungated = changes.filter(({ validated }) => validated !== 'all-platforms')
  const total = known.total('changes')
  if (ungated.length > 0) return { ...head, current: `at least ${ungated.length}`, met: false, facts: idsOf(ungated) }
  if (total !== undefined && changes.length >= total && total > 0)
    return { ...head, current: `0 of ${total}`, met: true, facts: idsOf(changes) }
  return {
    ...head,
    current: changes.length === 0 ? 'not known' : `0 known, of ${total ?? 'an unknown number of'} changes`,
    met: null,
    facts: idsOf(changes),
  }
}

function repairsKept(known: KnownFacts): GoNoGo {
  const head = { metric: 'Promised repairs closed within their due date', target: '100 %' }
  const { remediations } = known.facts
  const total = known.total('remediations') ?? remediations.length
  if (total === 0) return { ...head, current: 'none is known', met: null, facts: [] }
  const inTime = known.keptRepairs
  const closed = remediations.filter(({ state }) => state === 'closed').length
  return {
    ...head,
    current: `${Math.round((100 * inTime.length) / total)} % (${inTime.length} of ${total} known to be in time, ${closed} known to be closed)`,
    met: inTime.length >= total,
    facts: idsOf(remediations),
  }
}

function missedIssues(known: KnownFacts): GoNoGo {
  const head = { metric: 'Quality issues that users reported and no evaluation had flagged', target: '0' }
  const missed = known.timings.flatMap(({ usersFirst }) => usersFirst ?? [])
  if (missed.length > 0)
    return {
      ...head,
      current: `${missed.length} of ${known.timings.length} incidents described`,
      met: false,
      facts: idsOf(missed),
    }
  const total = known.total('incidents')
  const led = known.timings.flatMap(({ ownFirst }) => ownFirst ?? [])
  const isProven = total !== undefined && total > 0 && led.length >= total
  return { ...head, current: isProven ? '0' : 'not known', met: isProven ? true : null, facts: idsOf(led) }
}
