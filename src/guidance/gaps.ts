import type { Gap } from './diagnosis.ts'
import type { KnownFacts } from './levels/index.ts'

/** What the description does not say and the diagnosis could use. A gap is no error; it caps. */
export function gapsOf(known: KnownFacts): readonly Gap[] {
  return [...recordGaps(known), ...incidentGaps(known)]
}

function recordGaps(known: KnownFacts): readonly Gap[] {
  const { facts } = known
  const gaps: Gap[] = []
  const gap = (text: string): void => void gaps.push({ about: 'The record', text })
  if (known.platforms === undefined) gap('Which platforms serve is not stated, so nothing can be proven complete.')
  const totals = { incidents: 'incidents', remediations: 'promised repairs', changes: 'production changes' } as const
  for (const [name, words] of Object.entries(totals))
    if (facts.period?.[name as keyof typeof totals] === undefined)
      gap(`How many ${words} there were in the whole period is not stated, so no share of them can be proven.`)
  if (facts.costs.length === 0) gap('No cost has been declared. None is estimated.')
  const untracked = facts.remediations.filter(
    ({ owner, due, state }) => state !== 'closed' && (owner === undefined || due === undefined),
  )
  if (untracked.length > 0)
    gap(`${untracked.length} promised repairs that are not known to be closed have no known owner or due date.`)
  return gaps
}

function incidentGaps({ timings }: KnownFacts): readonly Gap[] {
  return timings.flatMap((timing) => {
    const missing = [
      timing.introduced === undefined ? 'when the fault came in' : undefined,
      timing.ownDetection === undefined ? 'when the operator itself detected it' : undefined,
      timing.usersFirst === undefined && timing.ownFirst === undefined ? 'who noticed first' : undefined,
      timing.firstFix === undefined ? 'when it was fixed' : undefined,
      timing.incident.cause === undefined || timing.incident.cause.kind === 'unknown' ? 'its cause' : undefined,
    ].filter((part) => part !== undefined)
    return missing.length === 0 ? [] : [{ about: timing.incident.title, text: `Not known: ${missing.join('; ')}.` }]
  })
}
