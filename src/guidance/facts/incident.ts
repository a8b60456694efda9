import type { Moment } from './moment.ts'
import type { Sourced } from './source.ts'

export const eventKinds = [
  'introduced',
  'amplified',
  'impact',
  'user-report',
  'detected',
  'acknowledged',
  'mitigated',
  'fixed',
  'resurfaced',
  'verified',
  'communicated',
] as const
export type EventKind = (typeof eventKinds)[number]

/** Who noticed first. `monitoring` and `evaluation` need nobody to look. */
export const detectors = ['monitoring', 'evaluation', 'staff', 'users', 'third-party'] as const
export type Detector = (typeof detectors)[number]

/** On how many of its platforms a change was tried before it served. */
export const validations = ['none', 'some-platforms', 'all-platforms'] as const
export type Validation = (typeof validations)[number]

/** A share of requests or users, as it was published: `<0.0004%` is an upper bound. */
export interface Share {
  readonly text: string
  readonly ratio: number
  readonly isUpperBound: boolean
}

/** What another source says about the same event. Shown beside it; levels and debt rest on the event itself. */
export interface Account extends Sourced {
  readonly at?: Moment | undefined
  readonly share?: Share | undefined
  readonly text: string
}

export interface IncidentEvent extends Sourced {
  readonly id: string
  readonly at: Moment
  readonly kind: EventKind
  readonly text: string
  readonly by?: Detector | undefined
  /** Of a user report: nobody reported it earlier. Only then can a detection be proven to have come first. */
  readonly first?: boolean | undefined
  readonly share?: Share | undefined
  readonly platforms?: readonly string[] | undefined
  readonly validated?: Validation | undefined
  readonly accounts?: readonly Account[] | undefined
}

export const causeKinds = ['change', 'defect', 'demand', 'dependency', 'unknown'] as const
export type CauseKind = (typeof causeKinds)[number]

export interface Cause extends Sourced {
  readonly kind: CauseKind
  readonly text: string
  readonly status: 'confirmed' | 'reported' | 'suspected'
}

export interface AffectedPlatform {
  readonly name: string
  readonly share?: Share | undefined
}

export interface Incident extends Sourced {
  readonly id: string
  readonly title: string
  /** The kind of failure, in the operator's own words; incidents that share it are a recurrence. */
  readonly class: string
  readonly platforms?: readonly AffectedPlatform[] | undefined
  readonly models?: readonly string[] | undefined
  readonly cause?: Cause | undefined
  readonly events: readonly IncidentEvent[]
}
