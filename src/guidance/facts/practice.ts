import type { Moment } from './moment.ts'
import type { Sourced } from './source.ts'

/** Whether a practice is really there. Only `in-place` counts for a level; `partial` where a level says so. */
export const practiceStates = ['in-place', 'partial', 'announced', 'absent'] as const
export type PracticeState = (typeof practiceStates)[number]

export const changeKinds = ['deployment', 'configuration', 'routing', 'limits'] as const
export type ChangeKind = (typeof changeKinds)[number]

interface PracticeBase extends Sourced {
  readonly id: string
  readonly text: string
  readonly state: PracticeState
  readonly since?: Moment | undefined
}

/** What "good" is. */
export interface Standard extends PracticeBase {
  readonly kind: 'standard'
  readonly covers: readonly ('output-quality' | 'availability')[]
  readonly written?: boolean | undefined
  /** It states tolerances that a machine can check. */
  readonly measurable?: boolean | undefined
  readonly versioned?: boolean | undefined
  /** A change that breaks it cannot be served. */
  readonly enforced?: boolean | undefined
  readonly refinedBy?: 'evidence' | 'hand' | 'nothing' | undefined
}

/** What a change must pass before it serves. */
export interface Gate extends PracticeBase {
  readonly kind: 'gate'
  readonly enforced?: boolean | undefined
  readonly platforms?: 'all' | 'some' | undefined
  readonly changes?: readonly ChangeKind[] | undefined
  readonly blocksOn?: readonly ('open-signal' | 'overdue-remediation')[] | undefined
}

/** A test of output quality: where it runs, and when. */
export interface Evaluation extends PracticeBase {
  readonly kind: 'evaluation'
  readonly runsOn: 'before-deployment' | 'beside-production' | 'production-traffic'
  readonly when: 'per-change' | 'periodic' | 'continuous'
  readonly platforms?: readonly string[] | undefined
}

export interface Monitoring extends PracticeBase {
  readonly kind: 'monitoring'
  readonly watches: readonly ('infrastructure' | 'errors' | 'output-quality')[]
  /** It alerts by itself. */
  readonly automatic?: boolean | undefined
}

/** Whether engineers can examine quality in production, and what that does to privacy. */
export interface Observability extends PracticeBase {
  readonly kind: 'observability'
  readonly access: 'content' | 'content-free' | 'blocked'
}

export interface CapacityPlanning extends PracticeBase {
  readonly kind: 'capacity-planning'
  readonly forecast?: boolean | undefined
}

export interface ChangeNotice extends PracticeBase {
  readonly kind: 'change-notice'
  readonly applies: 'always' | 'sometimes' | 'never'
}

/** How the sensitivity of detectors and evaluations is set. */
export interface Threshold extends PracticeBase {
  readonly kind: 'threshold'
  readonly adjustedBy: 'evidence' | 'hand' | 'nothing'
}

export type Practice =
  | Standard
  | Gate
  | Evaluation
  | Monitoring
  | Observability
  | CapacityPlanning
  | ChangeNotice
  | Threshold

export type PracticeKind = Practice['kind']
