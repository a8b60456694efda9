import type { Clock } from './clock.ts'

/** linkerd2-proxy's probe backoff begins here, ms, and doubles with each opening and each failed probe. */
export const PROBE_BASE_MS = 1_000
/** Longest wait for a probe, ms: Envoy's `base_ejection_time`. Providers are down for minutes, and come back at once. */
export const PROBE_CAP_MS = 30_000
/** linkerd2-proxy's jitter. It shortens, so that the cap is the longest wait there is. */
export const PROBE_JITTER = 0.5

/** When a platform that is kept out may be tried again: `cap(base · 2ⁿ)`, less up to half of it by chance. */
export class ProbeBackoff {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #random: () => number
  /** How often the wait has been doubled. */
  #level = 0
  #waitMs = 0
  #fromMs = 0

  constructor({ clock, random }: { readonly clock: Pick<Clock, 'nowMs'>; readonly random: () => number }) {
    this.#clock = clock
    this.#random = random
  }

  /** The wait begins. `isLonger`: than the one before. `retryAfterMs`: what the platform asked for, kept to within the cap. */
  pause({ isLonger, retryAfterMs }: { readonly isLonger: boolean; readonly retryAfterMs: number }): void {
    this.#level = isLonger ? this.#level + 1 : 0
    const longest = Math.min(PROBE_CAP_MS, PROBE_BASE_MS * 2 ** this.#level)
    this.#waitMs = Math.max(longest * (1 - PROBE_JITTER * this.#random()), Math.min(retryAfterMs, PROBE_CAP_MS))
    this.#fromMs = this.#clock.nowMs()
  }

  /** A probe begins: the next one has to wait as long again, in case this one takes longer. */
  restart(): void {
    this.#fromMs = this.#clock.nowMs()
  }

  /** The next probe need not wait. */
  end(): void {
    this.#waitMs = 0
  }

  /** Until the next probe, ms; 0: now. A last resort waits no longer than the first wait. */
  remainingMs({ isLastResort }: { readonly isLastResort: boolean }): number {
    const waitMs = isLastResort ? Math.min(this.#waitMs, PROBE_BASE_MS) : this.#waitMs
    return Math.max(0, this.#fromMs + waitMs - this.#clock.nowMs())
  }

  /** How long the next probe has been due, ms; negative: not yet. */
  get overdueMs(): number {
    return this.#clock.nowMs() - this.#fromMs - this.#waitMs
  }
}
