import type { Incident, IncidentEvent } from './incident.ts'
import { betweenMs, compareMoments, isCertainlyBefore, type Moment } from './moment.ts'

export interface Resurfacing {
  readonly fixed: IncidentEvent
  readonly resurfaced: IncidentEvent
  readonly afterMs: number
}

/** Between two events of an incident. */
export interface Interval {
  readonly from: IncidentEvent
  readonly to: IncidentEvent
  readonly spanMs: number
}

/** Who knew when: the few events of an incident that the checks ask for. */
export interface IncidentTiming {
  readonly incident: Incident
  /** All its events in order; dates of equal standing keep the order of the description. */
  readonly events: readonly IncidentEvent[]
  readonly introduced: IncidentEvent | undefined
  readonly amplified: IncidentEvent | undefined
  readonly userReport: IncidentEvent | undefined
  /** By the operator's own people or machines. */
  readonly ownDetection: IncidentEvent | undefined
  /** By its machines. */
  readonly automaticDetection: IncidentEvent | undefined
  /** The first sign that the operator knows: a status post, an acknowledgement. */
  readonly publicResponse: IncidentEvent | undefined
  readonly firstFix: IncidentEvent | undefined
  readonly resurfacings: readonly Resurfacing[]
  /** Those who use the service knew before the operator did, as far as can be told. */
  readonly usersFirst: IncidentEvent | undefined
  /** The operator is proven to have known no later than the first user. */
  readonly ownFirst: IncidentEvent | undefined
  /** From the first user report to the operator's first sign of knowing; negative when the operator came first. Instants only. */
  readonly userLead: Interval | undefined
}

export function timingOf(incident: Incident): IncidentTiming {
  const events = incident.events.toSorted((a, b) => compareMoments(a.at, b.at))
  const first = (test: (event: IncidentEvent) => boolean): IncidentEvent | undefined => events.find(test)
  const ownDetection = first(isOwnDetection)
  const publicResponse = first(({ kind }) => kind === 'acknowledged' || kind === 'communicated')
  const userReport = first(({ kind }) => kind === 'user-report')
  const byUsers = first(({ kind, by }) => kind === 'detected' && (by === 'users' || by === 'third-party'))
  const knew = ownDetection ?? publicResponse
  return {
    incident,
    events,
    introduced: first(({ kind }) => kind === 'introduced'),
    amplified: first(({ kind }) => kind === 'amplified'),
    userReport,
    ownDetection,
    automaticDetection: first(isAutomatic),
    publicResponse,
    firstFix: first(({ kind }) => kind === 'fixed'),
    resurfacings: resurfacings(events),
    usersFirst: usersFirst({ userReport, byUsers, ownDetection, publicResponse }),
    ownFirst: ownFirst(events),
    userLead: knew === undefined ? undefined : exact(userReport, knew),
  }
}

/** From the introduction to its detection by a machine, where both are known. */
export function automaticLatency({ introduced, automaticDetection }: IncidentTiming): Interval | undefined {
  return introduced === undefined || automaticDetection === undefined
    ? undefined
    : interval(introduced, automaticDetection)
}

/**
 * How long it went unseen: from the introduction to the operator's own detection or, where none is dated, to the first
 * fix, which is an upper bound.
 */
export function unseen(timing: IncidentTiming): (Interval & { readonly isUpperBound: boolean }) | undefined {
  const { introduced, ownDetection, events } = timing
  if (introduced === undefined) return undefined
  if (ownDetection !== undefined) return { ...interval(introduced, ownDetection), isUpperBound: false }
  // A mitigation may help only some; it stands in where no fix is dated.
  const end = timing.firstFix ?? events.find(({ kind }) => kind === 'mitigated')
  return end === undefined ? undefined : { ...interval(introduced, end), isUpperBound: true }
}

function isOwnDetection({ kind, by }: IncidentEvent): boolean {
  return kind === 'detected' && (by === 'monitoring' || by === 'evaluation' || by === 'staff')
}

function isAutomatic({ kind, by }: IncidentEvent): boolean {
  return kind === 'detected' && (by === 'monitoring' || by === 'evaluation')
}

function usersFirst({
  userReport,
  byUsers,
  ownDetection,
  publicResponse,
}: Readonly<Record<'userReport' | 'byUsers' | 'ownDetection' | 'publicResponse', IncidentEvent | undefined>>):
  | IncidentEvent
  | undefined {
  const own = ownDetection?.at
  if (byUsers !== undefined && (own === undefined || !isCertainlyBefore(own, byUsers.at))) return byUsers
  const knew = own ?? publicResponse?.at
  return userReport !== undefined && knew !== undefined && isCertainlyBefore(userReport.at, knew)
    ? userReport
    : undefined
}

// An earlier report may have been left out, so only one that is said to be the first, or the moment from which users were
// affected at all, proves that a detection led.
function ownFirst(events: readonly IncidentEvent[]): IncidentEvent | undefined {
  const ends = events.filter(({ kind, first }) => kind === 'impact' || (kind === 'user-report' && first === true))
  return events.find((event) => isOwnDetection(event) && ends.some(({ at }) => event.at.toMs <= at.fromMs))
}

function resurfacings(events: readonly IncidentEvent[]): readonly Resurfacing[] {
  const found: Resurfacing[] = []
  let fixed: IncidentEvent | undefined
  for (const event of events) {
    if (event.kind === 'fixed') fixed = event
    else if (event.kind === 'resurfaced' && fixed !== undefined) {
      found.push({ fixed, resurfaced: event, afterMs: betweenMs(fixed.at, event.at) })
      fixed = undefined
    }
  }
  return found
}

function exact(from: IncidentEvent | undefined, to: IncidentEvent): Interval | undefined {
  if (from === undefined || !isInstant(from.at) || !isInstant(to.at)) return undefined
  return interval(from, to)
}

function interval(from: IncidentEvent, to: IncidentEvent): Interval {
  return { from, to, spanMs: betweenMs(from.at, to.at) }
}

function isInstant({ precision }: Moment): boolean {
  return precision === 'instant'
}
