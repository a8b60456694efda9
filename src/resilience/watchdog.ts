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
  #pausedAtMs: number | undefined
  /** The timer was set while the idle time stood still. */
  #isIdleLeftOut = false

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
    // It came with what was read last; asking for the time once more would cost as much as the rest of this.
    this.#lastEventAtMs = this.#pausedAtMs ?? this.#clock.nowMs()
    // From here on the idle time counts, where there is one, and it may end before the first event was due.
    if (isFirst && this.#options.idleMs !== undefined) this.#rearm()
  }

  /**
   * Nobody reads while the client is not ready for more, and a silence that nobody listens to is not the provider's:
   * from here to `resume` the idle time stands still.
   */
  pause(): void {
    this.#pausedAtMs ??= this.#clock.nowMs()
  }

  resume(): void {
    if (this.#pausedAtMs === undefined) return
    if (this.#lastEventAtMs !== undefined) this.#lastEventAtMs += this.#clock.nowMs() - this.#pausedAtMs
    this.#pausedAtMs = undefined
    if (this.#isIdleLeftOut) this.#rearm()
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #rearm(): void {
    if (this.#cancelTimer === undefined) return
    this.#cancelTimer()
    this.#arm()
  }

  #arm(): void {
    this.#isIdleLeftOut = false
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
      if (this.#pausedAtMs === undefined) consider(this.#lastEventAtMs + idleMs, 'idle-timeout')
      else this.#isIdleLeftOut = true
    }
    return next
  }
}
