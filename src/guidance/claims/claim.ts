interface ClaimBase {
  readonly id: string
  readonly text: string
  /** What it is said on, by source id. Of a derived claim: the sources of all facts it stands on. */
  readonly sources: readonly string[]
  /** The facts it stands on, by id. */
  readonly basedOn: readonly string[]
}

/** Said by a source. `isReported`: by none of the operator's own, so the reader is told that it is reported. */
export interface FactClaim extends ClaimBase {
  readonly class: 'Fact'
  readonly isReported: boolean
}

/** A pattern across facts. The mechanism is a hypothesis, and there are others. */
export interface CorrelationClaim extends ClaimBase {
  readonly class: 'Correlation'
  readonly mechanism: string
  readonly alternatives: readonly string[]
}

/** What follows from facts, with the steps. */
export interface InferenceClaim extends ClaimBase {
  readonly class: 'Inference'
  readonly reasoning: string
}

/** Somebody's assessment. It never feeds a level. */
export interface OpinionClaim extends ClaimBase {
  readonly class: 'Opinion'
  readonly assessedBy: string
  readonly alternatives: readonly string[]
}

export type Claim = FactClaim | CorrelationClaim | InferenceClaim | OpinionClaim
export type ClaimClass = Claim['class']

export interface Refusal {
  readonly id: string
  readonly text: string
  readonly rule: RuleName
  /** What the rule asks for, and what was found instead. */
  readonly why: string
}

export type RuleName =
  | 'fabricated-correlation'
  | 'invented-mechanism'
  | 'unsubstantiated-root-cause'
  | 'speculative-financial-model'
  | 'fact-without-source'
  | 'fact-not-marked-reported'
  | 'unknown-source'
  | 'unknown-fact'
  | 'correlation-without-facts'
  | 'correlation-without-mechanism'
  | 'correlation-without-alternatives'
  | 'correlation-states-cause'
  | 'inference-without-reasoning'
  | 'inference-without-facts'
  | 'inference-on-opinion'
  | 'opinion-not-framed'
