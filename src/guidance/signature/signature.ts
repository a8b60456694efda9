import { type IncidentEvent, type IncidentTiming, isCertainlyBefore } from '../facts/index.ts'
import { recurrences } from '../debt/index.ts'
import type { KnownFacts } from '../levels/index.ts'

export const stageNames = ['change', 'gap', 'amplified', 'users first', 'reactive fix', 'promise', 'repeat'] as const
export type StageName = (typeof stageNames)[number]

export interface Stage {
  readonly name: StageName
  /** The facts that show it; none where it is not known. */
  readonly facts: readonly string[]
}

export interface SignatureMatch {
  readonly incident: string
  readonly title: string
  readonly stages: readonly Stage[]
  /** How many of the stages are shown. */
  readonly shown: number
}

/** The same course of events, again and again: change → gap → amplified → users first → reactive fix → promise → repeat. */
export interface Signature {
  readonly isRecurring: boolean
  readonly matches: readonly SignatureMatch[]
  readonly text: string
}

/** What makes an incident one of the pattern: users knew first, and the repair followed them. */
const CORE: readonly StageName[] = ['users first', 'reactive fix']
/** One such incident is an incident. */
const RECURRING_FROM = 2

export function findSignature(known: KnownFacts): Signature {
  const repeated = new Map(
    recurrences(known).flatMap(({ incidents }) =>
      incidents.slice(0, -1).map(({ incident }, index) => [incident.id, incidents[index + 1]?.incident.id] as const),
    ),
  )
  const matches = known.timings
    .map((timing) => match(timing, known, repeated.get(timing.incident.id)))
    .filter(({ stages }) => CORE.every((name) => stages.some((stage) => stage.name === name && stage.facts.length > 0)))
  const isRecurring = matches.length >= RECURRING_FROM
  const whole = matches.filter(({ shown }) => shown === stageNames.length).length
  const text = isRecurring
    ? `The same course is found in ${matches.length} of ${known.timings.length} incidents: users knew first, and the repair followed them. ${whole === 0 ? 'None shows' : whole === 1 ? 'One shows' : `${whole} show`} every stage.`
    : matches.length === 1
      ? 'One incident took this course; a signature needs two.'
      : 'No incident is known to have taken this course.'
  return { isRecurring, matches, text }
}

function match(timing: IncidentTiming, { facts }: KnownFacts, next: string | undefined): SignatureMatch {
  const { incident, introduced, amplified, usersFirst, resurfacings } = timing
  const repairs = facts.remediations.filter(({ incidents }) => incidents.includes(incident.id))
  const back = resurfacings.map(({ resurfaced }) => resurfaced.id)
  const stages: readonly Stage[] = [
    { name: 'change', facts: ids(introduced) },
    { name: 'gap', facts: gapFacts(timing) },
    { name: 'amplified', facts: ids(amplified) },
    { name: 'users first', facts: ids(usersFirst) },
    { name: 'reactive fix', facts: usersFirst === undefined ? [] : ids(fixAfter(timing, usersFirst)) },
    { name: 'promise', facts: repairs.map(({ id }) => id) },
    { name: 'repeat', facts: next === undefined ? back : [...back, next] },
  ]
  return {
    incident: incident.id,
    title: incident.title,
    stages,
    shown: stages.filter((stage) => stage.facts.length > 0).length,
  }
}

// The change served, and nothing of the operator's own noticed before users did or something made it worse.
function gapFacts({ introduced, amplified, usersFirst, ownDetection }: IncidentTiming): readonly string[] {
  const end = usersFirst ?? amplified
  if (introduced === undefined || end === undefined) return []
  const noticed = ownDetection !== undefined && isCertainlyBefore(ownDetection.at, end.at)
  return noticed ? [] : [introduced.id, end.id]
}

function fixAfter({ events }: IncidentTiming, reported: IncidentEvent): IncidentEvent | undefined {
  return events.find(
    ({ kind, at }) => (kind === 'fixed' || kind === 'mitigated') && !isCertainlyBefore(at, reported.at),
  )
}

function ids(event: IncidentEvent | undefined): readonly string[] {
  return event === undefined ? [] : [event.id]
}
