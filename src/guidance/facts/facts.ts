import type { OfferedClaim } from './offered-claim.ts'
import type { Incident } from './incident.ts'
import type { Moment } from './moment.ts'
import type { Practice } from './practice.ts'
import type { Source, Sourced } from './source.ts'

export interface Subject {
  readonly name: string
  readonly product?: string | undefined
  /** All that serve the model; a gate or an evaluation is complete when it covers them. */
  readonly platforms?: readonly string[] | undefined
}

/**
 * How much there was to know of: totals for the whole period, whether described here or not. A share is always a share of
 * these, so leaving something out of the description cannot make a level higher.
 */
export interface Period extends Sourced {
  readonly from: Moment
  readonly to: Moment
  readonly incidents?: number | undefined
  readonly remediations?: number | undefined
  readonly changes?: number | undefined
}

export interface Remediation extends Sourced {
  readonly id: string
  readonly text: string
  readonly incidents: readonly string[]
  readonly promised?: Moment | undefined
  readonly owner?: string | undefined
  readonly due?: Moment | undefined
  readonly state: 'open' | 'partial' | 'closed' | 'unknown'
  readonly closed?: Moment | undefined
}

/** Growth of demand that was known, with the time from which it could be seen. */
export interface Demand extends Sourced {
  readonly id: string
  readonly text: string
  readonly since: Moment
  readonly growthPercent: number
}

/** A change of limits or policy that callers feel. */
export interface LimitChange extends Sourced {
  readonly id: string
  readonly at: Moment
  readonly text: string
  readonly announced: 'before' | 'with' | 'after' | 'never'
}

/** What an incident has cost, as somebody who must know has declared it. */
export interface Cost extends Sourced {
  readonly id: string
  readonly text: string
  readonly amount: number
  readonly currency: string
  readonly incident?: string | undefined
}

/** Something that is known and fits nowhere else. */
export interface Observation extends Sourced {
  readonly id: string
  readonly text: string
  readonly at?: Moment | undefined
  readonly accounts?: readonly { readonly text: string; readonly sources: readonly string[] }[] | undefined
}

/** All that a diagnosis may know. Whoever supplies it: a history in a file today, Fullstop's own evidence later. */
export interface Facts {
  readonly subject: Subject
  /** The day up to which these facts go. Nothing is compared with the clock. */
  readonly asOf: Moment
  readonly period?: Period | undefined
  readonly sources: readonly Source[]
  readonly incidents: readonly Incident[]
  readonly practices: readonly Practice[]
  readonly remediations: readonly Remediation[]
  readonly demand: readonly Demand[]
  readonly limitChanges: readonly LimitChange[]
  readonly costs: readonly Cost[]
  readonly observations: readonly Observation[]
  /** What others conclude from them; each passes the rules or is refused. */
  readonly claims: readonly OfferedClaim[]
}
