import { DAY_MS, type IncidentTiming, MINUTE_MS, showSpan, unseen } from '../facts/index.ts'
import type { KnownFacts } from '../levels/index.ts'
import { busiestOverlap, showOverlap } from './overlap.ts'
import { type DebtRow, trendOf, unknownRow } from './row.ts'

/** How long faults served before the operator knew. */
export function detectionLatency(known: KnownFacts): DebtRow {
  const head = {
    category: 'detection latency',
    indicator: 'Longest time from the introduction of a fault to its detection',
    class: 'Fact',
  } as const
  const spans = known.timings.flatMap((timing) => unseen(timing) ?? [])
  const longest = spans.toSorted((a, b) => b.spanMs - a.spanMs)[0]
  const shortest = spans.toSorted((a, b) => a.spanMs - b.spanMs)[0]
  if (longest === undefined || shortest === undefined) {
    const evidence = 'Of no incident are both the introduction and an end known.'
    return unknownRow({ ...head, unit: 'days', evidence })
  }
  const isLong = longest.spanMs >= 2 * DAY_MS
  const bounds = spans.filter(({ isUpperBound }) => isUpperBound).length
  const overlap = busiestOverlap(known.timings)
  const evidence = [
    spans.length === 1
      ? `One incident can be measured: ${showSpan(longest.spanMs)}.`
      : `${spans.length} incidents can be measured: from ${showSpan(shortest.spanMs)} to ${showSpan(longest.spanMs)}.`,
    bounds === 0 ? '' : `In ${bounds} of them no detection is dated, so the time to the fix stands as an upper bound.`,
    overlap === undefined ? '' : `${showOverlap(overlap)}.`,
  ]
  return {
    ...head,
    value: round(longest.spanMs / (isLong ? DAY_MS : MINUTE_MS)),
    unit: isLong ? 'days' : 'minutes',
    shown: `${longest.isUpperBound ? 'up to ' : ''}${showSpan(longest.spanMs)}`,
    evidence: evidence.filter((part) => part !== '').join(' '),
    facts: spans.flatMap(({ from, to }) => [from.id, to.id]),
    trend: trendOf(
      spans.map(({ from, spanMs }) => ({ at: from.at, value: spanMs })),
      'lower',
    ),
  }
}

/** By how much users were ahead, in the latest incident that allows it to be measured. */
export function customerLed(known: KnownFacts): DebtRow {
  const head = {
    category: 'customer-led detection',
    indicator:
      'How far users were ahead of the operator’s first sign of knowing, in the latest incident that can be measured',
    unit: 'minutes',
    class: 'Fact',
  } as const
  const measured = known.timings
    .flatMap(({ userLead }) => userLead ?? [])
    .toSorted((a, b) => a.from.at.fromMs - b.from.at.fromMs)
  const latest = measured.at(-1)
  const led = known.timings.filter(({ usersFirst }) => usersFirst !== undefined)
  const counted = countLed(led, known)
  if (latest === undefined) {
    const facts = led.flatMap(({ usersFirst }) => usersFirst?.id ?? [])
    return {
      ...unknownRow({ ...head, evidence: counted }),
      facts,
      shown: led.length === 0 ? 'not known' : 'not measurable',
    }
  }
  const minutes = round(latest.spanMs / MINUTE_MS)
  const earlier = measured.slice(0, -1).map(({ spanMs }) => signed(spanMs))
  const evidence = [
    `${latest.from.text} (${latest.from.at.text}); ${latest.to.text} (${latest.to.at.text}).`,
    earlier.length === 0 ? '' : `Earlier: ${earlier.join(', ')}.`,
    counted,
  ]
  return {
    ...head,
    value: minutes,
    shown: signed(latest.spanMs),
    evidence: evidence.filter((part) => part !== '').join(' '),
    facts: [
      ...new Set([
        ...measured.toReversed().flatMap(({ from, to }) => [from.id, to.id]),
        ...led.flatMap(({ usersFirst }) => usersFirst?.id ?? []),
      ]),
    ],
    trend: trendOf(
      measured.map(({ from, spanMs }) => ({ at: from.at, value: spanMs })),
      'lower',
    ),
  }
}

function countLed(led: readonly IncidentTiming[], { timings }: KnownFacts): string {
  const ahead = timings.filter(({ ownFirst }) => ownFirst !== undefined).length
  if (led.length + ahead === 0) return 'Of no incident is it known who noticed first.'
  return `Users first in ${led.length}, the operator first in ${ahead} of ${timings.length} incidents; of the others it is not known.`
}

function signed(spanMs: number): string {
  return spanMs < 0 ? `operator ahead by ${showSpan(-spanMs)}` : `users ahead by ${showSpan(spanMs)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
