import type { Clock } from './clock.ts'

/** The limit is never lower, nor lower than the hard cap: Netflix Gradient2's minimum. */
export const LOWEST_LIMIT = 20
/** Never higher: Envoy adaptive concurrency's maximum. */
export const HIGHEST_LIMIT = 1_000
/** A window closes when it has so many samples (Envoy's 50), or `WINDOW_MS` with at least `LEAST_SAMPLES` (Netflix's 10). */
const MOST_SAMPLES = 50
const LEAST_SAMPLES = 10
const WINDOW_MS = 1_000
/** The long average follows over about so many windows: a tenth of Gradient2's 600, since ours are medians, not samples. */
const LONG_WINDOWS = 60
/** First events may take so much longer than usual before the limit shrinks: Gradient2's `rttTolerance`. */
const TOLERANCE = 1.5
/** Gradient2's bounds on the gradient, smoothing, and decay of the long average once it is above twice the short one. */
const LOWEST_GRADIENT = 0.5
const SMOOTHING = 0.2
const LONG_DECAY = 0.9

/**
 * A limit on attempts at once that follows time to first event, as Netflix's Gradient2 follows round-trip time: where first
 * events come later than they usually do, the platform is queueing, and fewer are sent. Not duration: that depends on how much
 * is written. Begins at the cap, so that it binds only where it has seen a reason; after an outage it begins at the lowest, and
 * doubles with each round trip until it is where it was.
 */
export class ConcurrencyLimit {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #samples: number[] = []
  #limit: number
  #cap: number
  #longMs: number | undefined
  #windowEndsAtMs: number
  #peak = 0
  /** Where the limit stood before an outage, while it is on its way back there. */
  #before: number | undefined

  constructor({ cap }: { readonly cap: number }, { clock }: { readonly clock: Pick<Clock, 'nowMs'> }) {
    this.#clock = clock
    this.#cap = Math.min(cap, HIGHEST_LIMIT)
    this.#limit = this.#cap
    this.#windowEndsAtMs = clock.nowMs() + WINDOW_MS
  }

  /** Whole attempts at once. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** A new configuration's cap; a limit that stood at the old one goes with it. */
  setCap(cap: number): void {
    const bounded = Math.min(cap, HIGHEST_LIMIT)
    if (bounded === this.#cap) return
    const moved = (limit: number): number => (limit >= this.#cap ? bounded : Math.min(limit, bounded))
    this.#limit = moved(this.#limit)
    if (this.#before !== undefined) this.#before = moved(this.#before)
    this.#cap = bounded
  }

  // ## After an outage: TCP's slow start (RFC 5681 §3.1)

  /** Everything fails: when it works again, not all that is asked for may come at once. */
  onOutage(): void {
    this.#before = Math.max(this.#limit, this.#before ?? 0)
    this.#limit = Math.min(this.#limit, this.#lowest)
    // What was slow before is no measure for what comes after.
    this.#beginWindow(this.#clock.nowMs())
  }

  /** An attempt shows content, or succeeds without having shown any: one more, so that each round trip doubles the limit. */
  onLife(): void {
    if (this.#before === undefined) return
    this.#limit = Math.min(this.#before, this.#limit + 1)
    if (this.#limit === this.#before) this.#before = undefined
  }

  get #lowest(): number {
    return Math.min(LOWEST_LIMIT, this.#cap)
  }

  /** `inFlight`: attempts at once, this one included, when it showed its first event. */
  onFirstEvent(firstEventMs: number, inFlight: number): void {
    if (!(firstEventMs >= 0)) return
    const nowMs = this.#clock.nowMs()
    // Too few samples before an idle gap are not made up for by those after it.
    if (nowMs >= this.#windowEndsAtMs + WINDOW_MS && this.#samples.length < LEAST_SAMPLES) this.#beginWindow(nowMs)
    this.#samples.push(firstEventMs)
    this.#peak = Math.max(this.#peak, inFlight)
    const { length } = this.#samples
    if (length < MOST_SAMPLES && (nowMs < this.#windowEndsAtMs || length < LEAST_SAMPLES)) return
    this.#update(medianOf(this.#samples), this.#peak)
    this.#beginWindow(nowMs)
  }

  #beginWindow(nowMs: number): void {
    this.#samples.length = 0
    this.#peak = 0
    this.#windowEndsAtMs = nowMs + WINDOW_MS
  }

  #update(shortMs: number, peak: number): void {
    const longMs = this.#longMs ?? shortMs
    this.#longMs = longMs + (shortMs - longMs) / LONG_WINDOWS
    // Recovered from slow times: the average may not need an hour to see it.
    if (this.#longMs > 2 * shortMs) this.#longMs *= LONG_DECAY
    const gradient = shortMs <= 0 ? 1 : Math.min(1, Math.max(LOWEST_GRADIENT, (TOLERANCE * longMs) / shortMs))
    const lowest = this.#lowest
    if (gradient === 1) {
      // What is far from used up proves nothing about more, and on its way back it grows faster than this.
      if (peak * 2 < this.#limit || this.#before !== undefined) return
    }
    // Late again: what it stood at before is too much.
    this.#before = undefined
    // A limit far above what runs would take minutes to matter: shrinking begins at twice what ran.
    const from = gradient === 1 ? this.#limit : Math.min(this.#limit, Math.max(lowest, 2 * peak))
    // Envoy's headroom: the square root of the limit.
    const target = from * gradient + Math.sqrt(from)
    const next = from * (1 - SMOOTHING) + target * SMOOTHING
    this.#limit = Math.min(this.#cap, Math.max(lowest, next))
  }
}

function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
