import type { DocumentPath } from '../../yaml/index.ts'
import { type EventKind, isCertainlyBefore, type Moment, showMoment } from '../facts/index.ts'
import type { Complaint } from './complaint.ts'
import type { History, HistoryEvent } from './schema.ts'

/** What cannot be true together. A gap is no contradiction: nothing is demanded here, only held against the rest. */
export function checkContradictions(history: History): readonly Complaint[] {
  return [...periodComplaints(history), ...incidentComplaints(history), ...repairComplaints(history)]
}

/** What comes after what, whatever happens. */
const order: readonly { readonly earlier: EventKind; readonly later: readonly EventKind[] }[] = [
  {
    earlier: 'introduced',
    later: ['amplified', 'impact', 'user-report', 'detected', 'acknowledged', 'mitigated', 'fixed', 'resurfaced'],
  },
  { earlier: 'impact', later: ['user-report'] },
  { earlier: 'fixed', later: ['verified', 'resurfaced'] },
]

function incidentComplaints({ incidents, asOf }: History): readonly Complaint[] {
  const complaints: Complaint[] = []
  for (const [index, { events }] of incidents.entries()) {
    const pathOf = (event: HistoryEvent): DocumentPath => ['incidents', index, 'events', events.indexOf(event)]
    for (const { earlier, later } of order) {
      const start = earliest(events, earlier)
      if (start === undefined) continue
      for (const event of events) {
        if (!later.includes(event.kind) || !isCertainlyBefore(event.at, start.at)) continue
        const message = `${event.kind} (${showMoment(event.at)}) before ${earlier} (${showMoment(start.at)}): one of the two is wrong`
        complaints.push({ path: [...pathOf(event), 'at'], at: 'value', message })
      }
    }
    const introductions = events.filter(({ kind }) => kind === 'introduced')
    for (const event of introductions.slice(1)) {
      const message = 'this incident was introduced already; make it an incident of its own, or amplified'
      complaints.push({ path: [...pathOf(event), 'kind'], at: 'value', message })
    }
    const firsts = events.filter(({ first }) => first === true)
    for (const event of firsts) complaints.push(...firstComplaints(event, events, pathOf(event)))
    for (const event of events) {
      if (event.by !== undefined && event.kind !== 'detected')
        complaints.push({ path: [...pathOf(event), 'by'], at: 'key', message: 'only a detected event says by whom' })
      complaints.push(...lateComplaints(event.at, asOf, [...pathOf(event), 'at']))
    }
  }
  return complaints
}

function firstComplaints(
  event: HistoryEvent,
  events: readonly HistoryEvent[],
  path: DocumentPath,
): readonly Complaint[] {
  if (event.kind !== 'user-report')
    return [{ path: [...path, 'first'], at: 'key', message: 'only a user-report can be the first one' }]
  const earlier = events.find(
    (other) => other !== event && other.kind === 'user-report' && isCertainlyBefore(other.at, event.at),
  )
  if (earlier === undefined) return []
  const message = `this is not the first user report: there is one of ${showMoment(earlier.at)}`
  return [{ path: [...path, 'first'], at: 'key', message }]
}

function periodComplaints({ period, incidents, remediations, asOf }: History): readonly Complaint[] {
  if (period === undefined) return []
  const complaints: Complaint[] = [...lateComplaints(period.to, asOf, ['period', 'to'])]
  if (isCertainlyBefore(period.to, period.from))
    complaints.push({ path: ['period', 'to'], at: 'value', message: 'the period ends before it begins' })
  const described = { incidents: incidents.length, remediations: remediations?.length ?? 0 }
  for (const name of ['incidents', 'remediations'] as const) {
    const total = period[name]
    if (total !== undefined && total < described[name]) {
      const message = `the total is ${total}, but ${described[name]} ${name} are described; a total counts all`
      complaints.push({ path: ['period', name], at: 'value', message })
    }
  }
  return complaints
}

function repairComplaints({ remediations, demand, limitChanges, asOf }: History): readonly Complaint[] {
  const complaints: Complaint[] = []
  for (const [index, { promised, closed, state, due }] of (remediations ?? []).entries()) {
    const path = ['remediations', index]
    if (closed !== undefined && state !== 'closed')
      complaints.push({ path: [...path, 'closed'], at: 'key', message: `it has a day of closing, but is "${state}"` })
    for (const [name, moment] of [
      ['closed', closed],
      ['due', due],
    ] as const) {
      if (promised !== undefined && moment !== undefined && isCertainlyBefore(moment, promised))
        complaints.push({
          path: [...path, name],
          at: 'value',
          message: `${name} (${showMoment(moment)}) before promised (${showMoment(promised)}): one of the two is wrong`,
        })
    }
    if (closed !== undefined) complaints.push(...lateComplaints(closed, asOf, [...path, 'closed']))
  }
  for (const [index, { since }] of (demand ?? []).entries())
    complaints.push(...lateComplaints(since, asOf, ['demand', index, 'since']))
  for (const [index, { at }] of (limitChanges ?? []).entries())
    complaints.push(...lateComplaints(at, asOf, ['limitChanges', index, 'at']))
  return complaints
}

function lateComplaints(moment: Moment, asOf: Moment, path: DocumentPath): readonly Complaint[] {
  if (!isCertainlyBefore(asOf, moment)) return []
  const message = `${showMoment(moment)} lies after ${showMoment(asOf)}, up to which this history goes (asOf)`
  return [{ path, at: 'value', message }]
}

function earliest(events: readonly HistoryEvent[], kind: EventKind): HistoryEvent | undefined {
  let found: HistoryEvent | undefined
  for (const event of events)
    if (event.kind === kind && (found === undefined || event.at.toMs < found.at.toMs)) found = event
  return found
}
