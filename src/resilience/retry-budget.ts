import type { Clock } from './clock.ts'
import { RollingWindow } from './rolling-window.ts'

/** Of the requests of the window, so many may be tried again: Finagle's and Envoy's 20 %. */
export const RETRY_RATIO = 0.2
/** So many retries a second may be made however few the requests are: Finagle's `minRetriesPerSec`. */
export const RETRY_FLOOR_PER_SECOND = 10
/** Over which requests and retries are counted, ms: Finagle's `ttl`. */
export const BUDGET_WINDOW_MS = 10_000
const BUDGET_BUCKETS = 10

/**
 * Bounds what retries and hedges add to the load: per window, a share of the requests, and a floor so that a quiet service
 * can retry at all. Where everything planned has been failing for long, retries only prolong the outage, and there is none.
 */
export class RetryBudget {
  readonly #requests: RollingWindow
  readonly #retries: RollingWindow

  constructor(deps: { readonly clock: Pick<Clock, 'nowMs'> }) {
    const window = { windowMs: BUDGET_WINDOW_MS, bucketCount: BUDGET_BUCKETS }
    this.#requests = new RollingWindow(window, deps)
    this.#retries = new RollingWindow(window, deps)
  }

  /** A request that is not itself a client's retry: those earn nothing. */
  onRequest(): void {
    this.#requests.add()
  }

  /** Takes one retry from the budget; false, and nothing taken, where it does not suffice. */
  withdraw({ isDark }: { readonly isDark: boolean }): boolean {
    if (isDark || this.#excess > 0) return false
    this.#retries.add()
    return true
  }

  /** Until so many retries are counted no longer that one more can be taken, ms; 0: now. Later where requests go with them. */
  get refillsInMs(): number {
    const excess = this.#excess
    return excess > 0 ? this.#retries.leavesInMs(excess) : 0
  }

  /** Of the window. */
  get requests(): number {
    return this.#requests.total
  }

  get retries(): number {
    return this.#retries.total
  }

  /** What has to go before one more can be taken. */
  get #excess(): number {
    const allowed = RETRY_RATIO * this.#requests.total + (RETRY_FLOOR_PER_SECOND * BUDGET_WINDOW_MS) / 1_000
    return this.#retries.total + 1 - allowed
  }
}
