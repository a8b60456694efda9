import { type Account, compareMoments, showMoment } from './facts/index.ts'
import type { KnownFacts } from './levels/index.ts'
import type { Dispute, TimelineEntry } from './diagnosis.ts'

/** Everything that has a date, in order. */
export function timelineOf({ facts, catalogue }: KnownFacts): readonly TimelineEntry[] {
  const entries: Omit<TimelineEntry, 'isReported'>[] = []
  for (const { id: incident, events } of facts.incidents)
    for (const { id, at, kind, text, sources, accounts } of events)
      entries.push({ id, at, kind, text, sources, incident, accounts })
  for (const { id, at, text, sources } of facts.limitChanges)
    entries.push({ id, at, kind: 'limit-change', text, sources })
  for (const { id, since, text, sources } of facts.demand)
    entries.push({ id, at: since, kind: 'demand', text, sources })
  for (const { id, at, text, sources } of facts.observations)
    if (at !== undefined) entries.push({ id, at, kind: 'observation', text, sources })
  for (const { id, promised, text, sources } of facts.remediations)
    if (promised !== undefined) entries.push({ id, at: promised, kind: 'promise', text: `Promised: ${text}`, sources })
  return entries
    .map((entry) => ({ ...entry, isReported: !catalogue.hasPrimary(entry.sources) }))
    .sort((a, b) => compareMoments(a.at, b.at))
}

/** Where sources differ. */
export function disputesOf({ facts }: KnownFacts): readonly Dispute[] {
  const disputes: Dispute[] = []
  for (const { title, events } of facts.incidents)
    for (const { at, text, sources, accounts = [] } of events) {
      if (accounts.length === 0) continue
      disputes.push({
        about: title,
        stands: { text: `${showMoment(at)}: ${text}`, sources },
        others: accounts.map((account) => ({ text: showAccount(account), sources: account.sources })),
      })
    }
  for (const { text, sources, accounts = [] } of facts.observations)
    if (accounts.length > 0) disputes.push({ about: 'Observation', stands: { text, sources }, others: accounts })
  return disputes
}

function showAccount({ at, share, text }: Account): string {
  const parts = [at === undefined ? undefined : showMoment(at), share?.text].filter((part) => part !== undefined)
  return parts.length === 0 ? text : `${parts.join(', ')}: ${text}`
}
