export type BreakerState = 'closed' | 'open' | 'probing'

/**
 * What an attempt says of its platform. `failure` counts for both signals; `soft-failure` (a rate limit) lowers the success
 * rate but is not a failure in a row, and keeps a breaker open when it ends a probe; `nothing` says nothing.
 */
export type Signal = 'success' | 'failure' | 'soft-failure' | 'nothing'

/** Why a breaker changed. */
export type BreakerReason =
  | 'consecutive-failures'
  | 'success-rate'
  /** A probe begins; it failed; it succeeded. */
  | 'probe'
  | 'probe-failed'
  | 'probe-succeeded'
  /** It ended without saying anything of the platform. */
  | 'probe-without-result'
  /** Nobody tried for long after the probe was due. */
  | 'forgotten'

export interface BreakerTransition {
  readonly from: BreakerState
  readonly to: BreakerState
  readonly reason: BreakerReason
}

/** Leave to try the platform once; handed back with the outcome. */
export interface Permit {
  /** Its success closes the breaker. */
  readonly isProbe: boolean
  /** Openings and closings before it was given. */
  readonly epoch: number
  readonly id: number
}

export interface AcquireOptions {
  /** Nothing else of the route can be tried. */
  readonly isLastResort: boolean
}
