import type { Clock } from './clock.ts'
import { RateLimit } from './rate-limit.ts'

/** How much one more weighs in what is usual: TCP's for round-trip times (RFC 6298, α). */
const WEIGHT = 1 / 8
/** When something ends nobody knows, ms. */
const END_EXPECTED_IN_MS = 1_000

/**
 * A rate limit on what is only known once it is over, as tokens are. Until then each counts as what was usual lately, so that many
 * at once cannot all pass below the limit; at its end what it really was counts, from then on for a minute. The first ones, of which
 * nothing is known, count as nothing until they end, and one that was more than expected is made up for by waiting.
 */
export class UsageLimit {
  readonly #rate: RateLimit
  #held = 0
  #usual: number | undefined

  constructor(deps: { readonly clock: Pick<Clock, 'nowMs'> }) {
    this.#rate = new RateLimit(deps)
  }

  /** What counts now: what was used within the minute, and what is held for those that have not ended. */
  get used(): number {
    return this.#rate.used + this.#held
  }

  /** Until another one may begin, ms; 0: now. Exact, as long as it does not hang on when others end. */
  opensInMs(limit: number): number {
    // One that is more than the whole limit may begin where nothing else counts.
    const cost = Math.min(limit, Math.max(1, this.#usual ?? 0))
    if (this.used + cost <= limit) return 0
    return this.#rate.opensInMs(limit, cost) || END_EXPECTED_IN_MS
  }

  /** One begins; what is held for it, to be handed back at its end. */
  begin(): number {
    const held = Math.round(this.#usual ?? 0)
    this.#held += held
    return held
  }

  /** `used`: what it was. */
  end(held: number, used: number): void {
    this.#held -= held
    this.#rate.add(used)
    this.#usual = this.#usual === undefined ? used : this.#usual + (used - this.#usual) * WEIGHT
  }
}
