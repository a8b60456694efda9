/**
 * Why an attempt was made. `hedge`: beside another one that was silent for long. `seam`: to go on with a text that the client
 * has the beginning of.
 */
export type AttemptCause = 'first' | 'retry' | 'hedge' | 'seam'

/**
 * What keeps a request from a platform, or from being tried again. `concurrency`: the provider's declared limit;
 * `adaptive-concurrency`: the one that follows its time to first event.
 */
export type Limiter = 'breaker' | 'concurrency' | 'adaptive-concurrency' | 'retry-budget'

/** A platform that would have come first and was gone around, which costs no attempt. */
export interface Diversion {
  readonly platform: string
  readonly by: Limiter
}
