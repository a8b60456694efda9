/** The longest wait that is drawn, ms, before the first repeated try; it doubles with each further one. */
export const BACKOFF_BASE_MS = 200
export const BACKOFF_CAP_MS = 5_000

/**
 * How long to wait before trying a platform again: full jitter, `random(0, min(cap, base·2ⁿ))`, as in "Exponential
 * Backoff And Jitter" of the AWS Architecture Blog. `tries`: how often it was tried already, ≥ 1. `random` in [0, 1).
 */
export function backoffMs(tries: number, random: () => number): number {
  return random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (tries - 1))
}
