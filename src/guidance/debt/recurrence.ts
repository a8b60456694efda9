import { type Incident, MINUTE_MS, type Moment, showMoment, showSpan } from '../facts/index.ts'
import type { KnownFacts } from '../levels/index.ts'
import { type DebtRow, gapsBetween, trendOf, unknownRow } from './row.ts'

/** Failures of one class that come back in another quarter. */
export interface Recurrence {
  readonly class: string
  readonly incidents: readonly { readonly incident: Incident; readonly at: Moment }[]
}

export function recurrences({ timings }: KnownFacts): readonly Recurrence[] {
  const byClass = new Map<string, { incident: Incident; at: Moment }[]>()
  for (const { incident, events } of timings) {
    const at = events[0]?.at
    if (at === undefined) continue
    const list = byClass.get(incident.class) ?? []
    list.push({ incident, at })
    byClass.set(incident.class, list)
  }
  return [...byClass]
    .map(([name, incidents]) => ({ class: name, incidents: incidents.toSorted((a, b) => a.at.fromMs - b.at.fromMs) }))
    .filter(({ incidents }) => new Set(incidents.map(({ at }) => quarter(at))).size > 1)
    .toSorted((a, b) => b.incidents.length - a.incidents.length)
}

export function remediationRecurrence(known: KnownFacts): DebtRow {
  const head = {
    category: 'remediation recurrence',
    indicator: 'Incidents of the class that came back most often, across quarters',
    unit: 'incidents',
    class: 'Correlation',
  } as const
  const [most] = recurrences(known)
  if (most === undefined)
    return unknownRow({ ...head, evidence: 'No class of failure is known to have come back in another quarter.' })
  const { remediations } = known.facts
  const closed = remediations.filter(({ state }) => state === 'closed').length
  return {
    ...head,
    value: most.incidents.length,
    shown: `${most.incidents.length} incidents of one class`,
    evidence: `Class “${most.class}”: ${most.incidents.map(({ incident, at }) => `${incident.title} (${showMoment(at)})`).join('; ')}.`,
    facts: most.incidents.map(({ incident }) => incident.id),
    trend: trendOf(gapsBetween(most.incidents), 'higher'),
    mechanism: `Repairs promised after one incident may not have been at work before the next: ${closed} of ${remediations.length} known promises are known to be closed.`,
    alternatives: [
      'The failures may share a class and not a cause.',
      'More traffic or more changes may bring more failures of every class.',
    ],
  }
}

/** A fix that did not hold. */
export function fixRevertCycling({ timings }: KnownFacts): DebtRow {
  const head = {
    category: 'fix-revert cycling',
    indicator: 'Shortest time from a fix to the fault’s return',
    unit: 'minutes',
    class: 'Fact',
  } as const
  const cycles = timings.flatMap(({ resurfacings }) => resurfacings).toSorted((a, b) => a.afterMs - b.afterMs)
  const shortest = cycles[0]
  if (shortest === undefined)
    return unknownRow({ ...head, evidence: 'No fault is known to have come back after its fix.' })
  return {
    ...head,
    value: Math.round(shortest.afterMs / MINUTE_MS),
    shown: `back after ${showSpan(shortest.afterMs)}`,
    evidence: `${cycles.length === 1 ? 'One fix' : `${cycles.length} fixes`} did not hold; the shortest held from ${showMoment(shortest.fixed.at)} to ${showMoment(shortest.resurfaced.at)}.`,
    facts: cycles.flatMap(({ fixed, resurfaced }) => [fixed.id, resurfaced.id]),
    trend: trendOf(
      cycles.map(({ fixed, afterMs }) => ({ at: fixed.at, value: afterMs })),
      'higher',
    ),
  }
}

function quarter({ fromMs }: Moment): string {
  const date = new Date(fromMs)
  return `${date.getUTCFullYear()} Q${Math.floor(date.getUTCMonth() / 3) + 1}`
}
