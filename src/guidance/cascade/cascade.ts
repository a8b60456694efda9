import { isCertainlyBefore, type IncidentTiming, showSpan, betweenMs } from '../facts/index.ts'
import { type Assessments, idsOf, type KnownFacts, type Level, type Loop } from '../levels/index.ts'

export interface CascadeArrow {
  readonly from: Loop
  readonly to: Loop
  readonly name: string
  /** How the one loop, being open, opens the other; with the facts of this history. */
  readonly mechanism: string
  readonly facts: readonly string[]
}

/** From here on a loop closes by itself, and opens no other. */
const CLOSED_FROM: Level = 4

/** Which open loop opens which other, where facts show it. No facts, no arrow. */
export function findCascade(known: KnownFacts, assessments: Assessments): readonly CascadeArrow[] {
  const isOpen = (loop: Loop): boolean => assessments[loop].level < CLOSED_FROM
  return [
    ...(isOpen('signal') && isOpen('cadence') ? blindCadence(known) : []),
    ...(isOpen('cadence') && isOpen('guidance') ? unenforcedGuidance(known) : []),
    ...(isOpen('signal') && isOpen('guidance') ? staticGuidance(known) : []),
  ]
}

// Signal → Cadence: a rhythm that cannot see goes on, over a fault that is already there.
function blindCadence({ timings }: KnownFacts): readonly CascadeArrow[] {
  const blind = timings.filter(isAmplifiedUnseen)
  const worst = blind[0]
  const cycles = timings.flatMap(({ resurfacings }) => resurfacings)
  if (worst?.introduced === undefined || worst.amplified === undefined) {
    const cycle = cycles[0]
    if (cycle === undefined) return []
    const mechanism = `Without evidence of how answers came out, a fix cannot be told from no fix: one was called done and the fault was back after ${showSpan(cycle.afterMs)}.`
    return [
      {
        from: 'signal',
        to: 'cadence',
        name: 'Blind rhythm',
        mechanism,
        facts: cycles.flatMap(({ fixed, resurfaced }) => [fixed.id, resurfaced.id]),
      },
    ]
  }
  const span = showSpan(betweenMs(worst.introduced.at, worst.amplified.at))
  const mechanism = `Without evidence of how answers come out, a routine change cannot know that it meets a fault: ${span} after the fault came in, “${worst.amplified.text.replace(/\.$/, '')}”, and nothing of the operator’s own had noticed it.`
  return [
    {
      from: 'signal',
      to: 'cadence',
      name: 'Blind rhythm',
      mechanism,
      facts: [
        ...blind.flatMap(({ introduced, amplified }) => [introduced?.id ?? [], amplified?.id ?? []].flat()),
        ...cycles.map(({ resurfaced }) => resurfaced.id),
      ],
    },
  ]
}

function isAmplifiedUnseen({ introduced, amplified, ownDetection }: IncidentTiming): boolean {
  if (introduced === undefined || amplified === undefined) return false
  return ownDetection === undefined || !isCertainlyBefore(ownDetection.at, amplified.at)
}

// Cadence → Guidance: a standard is as real as the occasion that applies it.
function unenforcedGuidance(known: KnownFacts): readonly CascadeArrow[] {
  const standards = known.inPlace('standard')
  const changes = known.changes.filter(({ validated }) => validated !== 'all-platforms')
  const open = known.facts.remediations.filter(({ state }) => state !== 'closed')
  if (standards.length === 0 || changes.length + open.length === 0) return []
  const shown = [
    changes.length === 0 ? undefined : `${changes.length} known changes served without being tried on every platform`,
    open.length === 0
      ? undefined
      : `${open.length} of ${known.facts.remediations.length} known promises are not known to be kept`,
  ].filter((part) => part !== undefined)
  return [
    {
      from: 'cadence',
      to: 'guidance',
      name: 'Standards without an occasion',
      mechanism: `A standard holds only when a fixed occasion applies it. Here it is stated, but ${shown.join(', and ')}: whether it is applied depends on who is there.`,
      facts: [...idsOf(standards), ...idsOf(changes), ...idsOf(open)],
    },
  ]
}

// Signal → Guidance: what is never measured is never refined.
function staticGuidance(known: KnownFacts): readonly CascadeArrow[] {
  const standards = known.inPlace('standard')
  const evaluations = known.inPlace('evaluation')
  const missed = known.timings.flatMap(({ usersFirst }) => usersFirst ?? [])
  if (standards.length === 0 || missed.length === 0) return []
  const what = evaluations.length === 0 ? 'the standard has' : 'the standard and its evaluations have'
  return [
    {
      from: 'signal',
      to: 'guidance',
      name: 'No evidence to learn from',
      mechanism: `What is never measured is never refined: in ${missed.length} incidents users found what ${what} not caught, and no evidence of the operator’s own came back to make them sharper.`,
      facts: [...idsOf(standards), ...idsOf(evaluations), ...idsOf(missed)],
    },
  ]
}
