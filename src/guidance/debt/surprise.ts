import { causeId, type Demand, type Incident, isCertainlyBefore, type Moment, showMoment } from '../facts/index.ts'
import type { KnownFacts } from '../levels/index.ts'
import { type DebtRow, gapsBetween, trendOf, unknownRow } from './row.ts'

/** Growth from which on a shortage is no surprise. */
const FORESEEABLE_GROWTH_PERCENT = 20

interface Surprise {
  readonly incident: Incident
  readonly at: Moment
  readonly demand: Demand
}

/** Demand that could be seen coming, and was met as a surprise. */
export function capacitySurprise({ facts, timings }: KnownFacts): DebtRow {
  const head = {
    category: 'capacity surprise',
    indicator: 'Growth of demand that was visible before an incident put down to demand',
    unit: 'percent growth',
    class: 'Fact',
  } as const
  const surprises = timings.flatMap(({ incident, events }): readonly Surprise[] => {
    const at = events[0]?.at
    if (incident.cause?.kind !== 'demand' || at === undefined) return []
    const demand = facts.demand
      .filter(({ since, growthPercent }) => growthPercent >= FORESEEABLE_GROWTH_PERCENT && isCertainlyBefore(since, at))
      .toSorted((a, b) => b.growthPercent - a.growthPercent)[0]
    return demand === undefined ? [] : [{ incident, at, demand }]
  })
  const latest = surprises.toSorted((a, b) => a.at.fromMs - b.at.fromMs).at(-1)
  if (latest === undefined)
    return unknownRow({
      ...head,
      evidence: 'No incident that was put down to demand is known to have been preceded by visible growth.',
    })
  const { incident, at, demand } = latest
  return {
    ...head,
    value: demand.growthPercent,
    shown: `+${demand.growthPercent} % visible since ${showMoment(demand.since)}`,
    evidence: `${incident.title} (${showMoment(at)}) was put down to demand: ${incident.cause?.text ?? ''} Known before: ${demand.text}`,
    facts: surprises.flatMap((surprise) => [surprise.incident.id, causeId(surprise.incident.id), surprise.demand.id]),
    trend: trendOf(
      surprises.map((surprise) => ({ at: surprise.at, value: surprise.demand.growthPercent })),
      'lower',
    ),
  }
}

/** Changes that callers had to find out for themselves. */
export function communicationDebt({ facts }: KnownFacts): DebtRow {
  const head = {
    category: 'communication debt',
    indicator: 'Changes to limits or policy that were not announced beforehand',
    unit: 'changes',
    class: 'Fact',
  } as const
  const silent = facts.limitChanges
    .filter(({ announced }) => announced !== 'before')
    .toSorted((a, b) => a.at.fromMs - b.at.fromMs)
  if (silent.length === 0)
    return unknownRow({ ...head, evidence: 'No change to limits or policy is known to have come unannounced.' })
  return {
    ...head,
    value: silent.length,
    shown: silent.length === 1 ? '1 unannounced change' : `${silent.length} unannounced changes`,
    evidence: `${silent.map(({ at, text }) => `${showMoment(at)}: ${text}`).join('; ')} (${silent.length} of ${facts.limitChanges.length} known changes.)`,
    facts: silent.map(({ id }) => id),
    trend: trendOf(gapsBetween(silent), 'higher'),
  }
}
