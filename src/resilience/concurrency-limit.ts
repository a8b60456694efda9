import type { Clock } from './clock.ts'
import { PROBE_BASE_MS } from './probe-backoff.ts'

/** The limit is never lower, unless the cap is: Netflix Gradient2's minimum. */
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
 * From the first sign of life after an outage until everything may come again, ms, growing by the same factor all the time, as
 * Envoy's slow start grows what a host gets: recovery is delayed by a probe's shortest wait at most, however long answers take.
 */
export const RAMP_MS: number = PROBE_BASE_MS

/**
 * A limit on attempts at once that follows time to first event, as Netflix's Gradient2 follows round-trip time: where first
 * events come later than they usually do, the platform is queueing, and fewer are sent. Not duration: that depends on how much
 * is written. Begins at the cap, so that it binds only where it has seen a reason; after an outage it
 * begins at the lowest and is back within `RAMP_MS`.
 */
export class ConcurrencyLimit {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #samples: number[] = []
  #limit: number
  #cap: number
  #longMs: number | undefined
  #windowEndsAtMs: number
  #peak = 0
  /** After an outage, while it is lower than the limit: what it begins at, and since when it grows. */
  #ramp: { readonly from: number; readonly sinceMs: number | undefined } | undefined

  constructor({ cap }: { readonly cap: number }, { clock }: { readonly clock: Pick<Clock, 'nowMs'> }) {
    this.#clock = clock
    this.#cap = Math.min(cap, HIGHEST_LIMIT)
    this.#limit = this.#cap
    this.#windowEndsAtMs = clock.nowMs() + WINDOW_MS
  }

  /** Whole attempts at once. */
  get limit(): number {
    return Math.floor(Math.min(this.#limit, this.#ramped))
  }

  /** A new configuration's cap; a limit that stood at the old one goes with it. */
  setCap(cap: number): void {
    const bounded = Math.min(cap, HIGHEST_LIMIT)
    this.#limit = this.#limit >= this.#cap ? bounded : Math.min(this.#limit, bounded)
    this.#cap = bounded
  }

  // ## Everything => Held at the lowest => Growing => Everything

  /** Everything fails: when it works again, not all that is asked for may come at once. */
  onOutage(): void {
    this.#ramp = { from: LOWEST_LIMIT, sinceMs: undefined }
  }

  /** An attempt that began since shows content, or succeeds. */
  onLife(): void {
    if (this.#ramp === undefined || this.#ramp.sinceMs !== undefined) return
    this.#ramp = { from: this.#ramp.from, sinceMs: this.#clock.nowMs() }
  }

  /**
   * Everybody may come again. What runs by now may double at once, where it is not growing already. `inFlight`: attempts at
   * once.
   */
  onRecovery(inFlight: number): void {
    const from = Math.max(LOWEST_LIMIT, Math.min(2 * inFlight, this.#ramped))
    this.#ramp = { from, sinceMs: this.#clock.nowMs() }
  }

  get #ramped(): number {
    if (this.#ramp === undefined) return HIGHEST_LIMIT
    const { from, sinceMs } = this.#ramp
    if (sinceMs === undefined) return from
    const ramped = from * (HIGHEST_LIMIT / LOWEST_LIMIT) ** ((this.#clock.nowMs() - sinceMs) / RAMP_MS)
    // It is asked for every request.
    if (ramped >= this.#limit) this.#ramp = undefined
    return ramped
  }

  /** `inFlight`: attempts at once, this one included, when it showed its first event. */
  onFirstEvent(firstEventMs: number, inFlight: number): void {
    if (!Number.isFinite(firstEventMs) || firstEventMs < 0) return
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
    const isUsual = gradient === 1
    // What is far from used up proves nothing about more.
    if (isUsual && peak * 2 < this.#limit) return
    // A limit far above what runs would take minutes to matter: shrinking begins at twice what ran.
    const from = isUsual ? this.#limit : Math.min(this.#limit, Math.max(LOWEST_LIMIT, 2 * peak))
    // Envoy's headroom: the square root of the limit.
    const target = from * gradient + Math.sqrt(from)
    const next = from * (1 - SMOOTHING) + target * SMOOTHING
    this.#limit = Math.min(this.#cap, Math.max(LOWEST_LIMIT, next))
  }
}

function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
