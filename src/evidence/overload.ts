/**
 * Why an attempt was made. `hedge`: beside another one that was silent for long. `seam`: to go on with a text that the client
 * has the beginning of.
 */
export type AttemptCause = 'first' | 'retry' | 'hedge' | 'seam'

/**
 * What keeps a request from a platform, or from being tried again. `concurrency`, `requests-per-minute`, `tokens-per-minute`: the
 * provider's declared limits; `adaptive-concurrency`: the one that follows its time to first event.
 */
export type Limiter =
  | 'breaker'
  | 'concurrency'
  | 'requests-per-minute'
  | 'tokens-per-minute'
  | 'adaptive-concurrency'
  | 'retry-budget'

/** Which limit of its own a client has reached. `client-repeats`: the same request too often. */
export type ClientLimiter =
  | 'client-concurrency'
  | 'client-requests-per-minute'
  | 'client-tokens-per-minute'
  | 'client-repeats'

/** A platform that would have come first and was gone around, which costs no attempt. */
export interface Diversion {
  readonly platform: string
  readonly by: Limiter
}
