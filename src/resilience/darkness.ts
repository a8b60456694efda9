import type { Clock } from './clock.ts'

/** So long without a success, while it fails, makes a platform dark, ms. */
export const DARK_AFTER_MS = 10_000
/** A failure older than this says nothing any more, ms. */
export const DARK_UNTIL_MS: number = 5 * 60_000

/**
 * Whether a platform has only failed for the last `DARK_AFTER_MS`. Silence is not failure: a platform that nobody asked for an
 * hour is not dark when its first request fails, or a quiet service could never retry.
 */
export class Darkness {
  readonly #clock: Pick<Clock, 'nowMs'>
  /** The first failure since the last success. */
  #failingSinceMs: number | undefined
  #lastFailureMs = 0

  constructor({ clock }: { readonly clock: Pick<Clock, 'nowMs'> }) {
    this.#clock = clock
  }

  onSuccess(): void {
    this.#failingSinceMs = undefined
  }

  onFailure(): void {
    const nowMs = this.#clock.nowMs()
    if (this.#failingSinceMs === undefined || nowMs - this.#lastFailureMs >= DARK_UNTIL_MS) this.#failingSinceMs = nowMs
    this.#lastFailureMs = nowMs
  }

  get isDark(): boolean {
    if (this.#failingSinceMs === undefined) return false
    const nowMs = this.#clock.nowMs()
    return nowMs - this.#failingSinceMs >= DARK_AFTER_MS && nowMs - this.#lastFailureMs < DARK_UNTIL_MS
  }
}
