import type { CascadeArrow, SystemState } from './cascade/index.ts'
import type { Claim, Refusal } from './claims/index.ts'
import type { DebtRow } from './debt/index.ts'
import type { Account, Cost, EventKind, Facts, Moment, Source } from './facts/index.ts'
import type { Assessments, KnownFacts, Loop } from './levels/index.ts'
import type { Signature } from './signature/index.ts'
import type { Step } from './steps/index.ts'

/** One line of the timeline. */
export interface TimelineEntry {
  readonly id: string
  readonly at: Moment
  readonly kind: EventKind | 'limit-change' | 'demand' | 'observation' | 'promise'
  readonly text: string
  readonly sources: readonly string[]
  /** None of them is the operator's own. */
  readonly isReported: boolean
  readonly incident?: string | undefined
  readonly accounts?: readonly Account[] | undefined
}

/** Something that would be needed to know more. */
export interface Gap {
  readonly about: string
  readonly text: string
}

/** Where two sources say different things of the same; both stand. */
export interface Dispute {
  readonly about: string
  readonly stands: { readonly text: string; readonly sources: readonly string[] }
  readonly others: readonly { readonly text: string; readonly sources: readonly string[] }[]
}

export interface Diagnosis {
  readonly subject: Facts['subject']
  readonly asOf: Moment
  readonly assessments: Assessments
  readonly bindingConstraint: Loop
  readonly order: readonly Loop[]
  readonly systemState: SystemState
  readonly cascade: readonly CascadeArrow[]
  readonly signature: Signature
  readonly steps: readonly Step[]
  readonly debt: readonly DebtRow[]
  readonly costs: readonly Cost[]
  readonly timeline: readonly TimelineEntry[]
  readonly claims: readonly Claim[]
  readonly refused: readonly Refusal[]
  readonly gaps: readonly Gap[]
  readonly disputes: readonly Dispute[]
  readonly sources: readonly Source[]
  /** What it was all drawn from. */
  readonly known: KnownFacts
}
