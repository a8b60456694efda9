import type { Clock } from './clock.ts'

/** Neighbouring buckets differ by this factor, so an estimate is at most so much too high, and never too low. */
export const BUCKET_RATIO = 1.1
const SMALLEST_MS = 1
/** Up to 10 minutes, the longest wait there is by default. */
const BUCKETS = Math.ceil(Math.log(600_000 / SMALLEST_MS) / Math.log(BUCKET_RATIO)) + 1
/** Fewer samples than this name no 95th percentile: the top one in twenty would be one sample. */
export const LEAST_LATENCIES = 20
/** Samples are forgotten between one and two of these after they came, ms. */
export const LATENCY_PERIOD_MS: number = 5 * 60_000

/**
 * The quantile of recent latencies, in bounded memory: two histograms with logarithmic buckets, of which the older is dropped
 * whole at each period's end.
 */
export class LatencyQuantile {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #quantile: number
  #current = new Uint32Array(BUCKETS)
  #previous = new Uint32Array(BUCKETS)
  #currentCount = 0
  #previousCount = 0
  #periodStartedAtMs: number

  constructor({ quantile }: { readonly quantile: number }, { clock }: { readonly clock: Pick<Clock, 'nowMs'> }) {
    this.#quantile = quantile
    this.#clock = clock
    this.#periodStartedAtMs = clock.nowMs()
  }

  add(latencyMs: number): void {
    if (!(latencyMs >= 0)) return
    this.#rotate()
    const bucket = bucketOf(latencyMs)
    this.#current[bucket] = (this.#current[bucket] ?? 0) + 1
    this.#currentCount += 1
  }

  /** Ms, the upper bound of its bucket; `undefined` where too little is known. */
  get valueMs(): number | undefined {
    this.#rotate()
    const count = this.#currentCount + this.#previousCount
    if (count < LEAST_LATENCIES) return undefined
    const rank = Math.ceil(count * this.#quantile)
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += (this.#current[bucket] ?? 0) + (this.#previous[bucket] ?? 0)
      if (seen >= rank) return SMALLEST_MS * BUCKET_RATIO ** bucket
    }
    return undefined
  }

  // A loop, not an `if`: after an idle gap both are stale.
  #rotate(): void {
    const nowMs = this.#clock.nowMs()
    for (let turns = 0; turns < 2 && nowMs - this.#periodStartedAtMs >= LATENCY_PERIOD_MS; turns++) {
      const emptied = this.#previous.fill(0)
      this.#previous = this.#current
      this.#previousCount = this.#currentCount
      this.#current = emptied
      this.#currentCount = 0
      this.#periodStartedAtMs += LATENCY_PERIOD_MS
    }
    // More periods than two have gone by: there is nothing left to drop.
    if (nowMs - this.#periodStartedAtMs >= LATENCY_PERIOD_MS) this.#periodStartedAtMs = nowMs
  }
}

/** Bucket *i* holds what is at most `SMALLEST_MS · BUCKET_RATIO^i`, and more than the one before. */
function bucketOf(latencyMs: number): number {
  if (latencyMs <= SMALLEST_MS) return 0
  // The tolerance keeps a bound itself in its own bucket, whatever the logarithm rounds to.
  const exact = Math.log(latencyMs / SMALLEST_MS) / Math.log(BUCKET_RATIO)
  return Math.min(BUCKETS - 1, Math.ceil(exact - 1e-9))
}
