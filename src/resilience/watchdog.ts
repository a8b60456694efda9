import type { Clock } from './clock.ts'

export type Expiry = 'first-event-timeout' | 'idle-timeout' | 'total-timeout' | 'deadline'

export interface WatchdogOptions {
  /** From `start` to the first event with content; `undefined` where the answer is not streamed. */
  readonly firstEventMs: number | undefined
  /** Between events, once there was content; `undefined` where the answer is not streamed. */
  readonly idleMs: number | undefined
  /** From `start` to the attempt's end. */
  readonly totalMs: number
  /** On the clock's monotonic time: the exchange's deadline, whoever's attempt is running. */
  readonly deadlineAtMs: number
}

/**
 * Watches over one attempt's deadlines with one timer, which is moved only when it fires: an event costs a
 * subtraction, not a timer.
 */
export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #clock: Clock
  readonly #onExpiry: (expiry: Expiry) => void
  #startedAtMs = 0
  #lastEventAtMs: number | undefined
  #cancelTimer: (() => void) | undefined
  #isWaiting = true

  constructor(options: WatchdogOptions, { clock, onExpiry }: { clock: Clock; onExpiry: (expiry: Expiry) => void }) {
    this.#options = options
    this.#clock = clock
    this.#onExpiry = onExpiry
  }

  start(): void {
    this.#startedAtMs = this.#clock.nowMs()
    this.#arm()
  }

  /** An event has come. `hasContent`: the answer's content has begun, with it or before it. */
  onEvent(hasContent: boolean): void {
    if (!hasContent) return
    const isFirst = this.#lastEventAtMs === undefined
    this.#lastEventAtMs = this.#clock.nowMs()
    // From here on the idle time counts, and it may end before the first event was due.
    if (isFirst && this.#cancelTimer !== undefined) {
      this.#cancelTimer()
      this.#arm()
    }
  }

  /**
   * Whether an event is being waited for. While the client is not ready for more nobody reads, and a silence that is
   * not listened to is not the provider's: the idle time counts from when reading goes on.
   */
  isWaiting(waiting: boolean): void {
    this.#isWaiting = waiting
    if (waiting && this.#lastEventAtMs !== undefined) this.#lastEventAtMs = this.#clock.nowMs()
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #arm(): void {
    const { atMs } = this.#next()
    this.#cancelTimer = this.#clock.setTimer(() => this.#onTimer(), Math.max(0, atMs - this.#clock.nowMs()))
  }

  #onTimer(): void {
    const { atMs, expiry } = this.#next()
    if (this.#clock.nowMs() < atMs) {
      this.#arm()
      return
    }
    this.#cancelTimer = undefined
    this.#onExpiry(expiry)
  }

  /** What expires next as things stand. */
  #next(): { atMs: number; expiry: Expiry } {
    const { firstEventMs, idleMs, totalMs, deadlineAtMs } = this.#options
    let next: { atMs: number; expiry: Expiry } = { atMs: deadlineAtMs, expiry: 'deadline' }
    const consider = (atMs: number, expiry: Expiry): void => {
      if (atMs < next.atMs) next = { atMs, expiry }
    }
    consider(this.#startedAtMs + totalMs, 'total-timeout')
    if (this.#lastEventAtMs === undefined) {
      if (firstEventMs !== undefined) consider(this.#startedAtMs + firstEventMs, 'first-event-timeout')
    } else if (idleMs !== undefined) {
      const sinceMs = this.#isWaiting ? this.#lastEventAtMs : this.#clock.nowMs()
      consider(sinceMs + idleMs, 'idle-timeout')
    }
    return next
  }
}
