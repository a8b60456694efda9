import type { Clock } from './clock.ts'
import { RollingWindow } from './rolling-window.ts'

/** Over which a rate is counted, ms. */
export const RATE_WINDOW_MS = 60_000
/** How exact the minute's far end is, ms; what leaves late is counted for so long too much. */
const BUCKET_MS = 1_000

/**
 * At most so much in any `RATE_WINDOW_MS`: a sliding window, as Cloudflare counts (blog.cloudflare.com/counting-things-a-lot-of-different-things),
 * but of whole seconds in place of an estimate. Whatever algorithm counts on the other side (a fixed minute, a sliding one, a bucket
 * that is refilled), nothing that passes here is too much there. The limit is passed in, so that another one holds at once.
 */
export class RateLimit {
  readonly #window: RollingWindow

  constructor(deps: { readonly clock: Pick<Clock, 'nowMs'> }) {
    // One bucket more than the minute has: nothing is forgotten before its minute is over.
    const windowMs = RATE_WINDOW_MS + BUCKET_MS
    this.#window = new RollingWindow({ windowMs, bucketCount: windowMs / BUCKET_MS }, deps)
  }

  /** What counts now. */
  get used(): number {
    return this.#window.total
  }

  /** Until so much more fits below the limit, ms; 0: now. What is more than the limit fits where nothing else counts. */
  opensInMs(limit: number, cost = 1): number {
    const excess = this.used + Math.min(cost, limit) - limit
    return excess > 0 ? this.#window.leavesInMs(excess) : 0
  }

  add(cost = 1): void {
    this.#window.add(cost)
  }
}
