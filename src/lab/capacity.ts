import type { Sleep } from './connection.ts'

/** How much a provider can do at once; what is more waits in line, first come, first served. */
export interface Capacity {
  /** Requests that are worked on at once. */
  readonly slots: number
  /** How long one occupies its slot, ms. */
  readonly serviceMs: number
  /** The slots that are left between two times since the beginning. */
  readonly squeezed?: { readonly fromMs: number; readonly untilMs: number; readonly slots: number }
}

export interface CapacityDeps {
  /** Since the beginning, ms. */
  readonly elapsedMs: () => number
  readonly sleep: Sleep
}

const NEVER_ABORTED = new AbortController().signal

/**
 * A line before a provider's slots. Nobody leaves it: a request whose client has gone is worked on all the same when its turn
 * comes, as behind the queues of real serving stacks. That is what makes an overload feed itself: clients that give up
 * and ask again leave work behind that nobody wants any more.
 */
export class WaitingLine {
  readonly #capacity: Capacity
  readonly #deps: CapacityDeps
  readonly #waiting: (() => void)[] = []
  #head = 0
  #busy = 0

  constructor(capacity: Capacity, deps: CapacityDeps) {
    this.#capacity = capacity
    this.#deps = deps
  }

  /** Resolves when it is this request's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#admit()
    })
  }

  #admit(): void {
    while (this.#busy < this.#slots) {
      const next = this.#waiting[this.#head]
      if (next === undefined) break
      this.#head += 1
      this.#busy += 1
      next()
      void this.#deps.sleep(this.#capacity.serviceMs, NEVER_ABORTED).then(() => {
        this.#busy -= 1
        this.#admit()
      })
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0
      this.#head = 0
    }
  }

  get #slots(): number {
    const { slots, squeezed } = this.#capacity
    const nowMs = this.#deps.elapsedMs()
    return squeezed !== undefined && nowMs >= squeezed.fromMs && nowMs < squeezed.untilMs ? squeezed.slots : slots
  }
}

/** A limit on requests as providers have it: a bucket that holds a quarter of a minute’s worth and refills evenly. */
export class RateLimit {
  readonly #perMinute: number
  readonly #elapsedMs: () => number
  #tokens: number
  #filledAtMs = 0

  constructor(requestsPerMinute: number, { elapsedMs }: Pick<CapacityDeps, 'elapsedMs'>) {
    this.#perMinute = requestsPerMinute
    this.#elapsedMs = elapsedMs
    this.#tokens = this.#burst
  }

  /** Takes one request; else how long until there is room for one, whole seconds. */
  take(): { readonly isTaken: true } | { readonly isTaken: false; readonly retryAfterSeconds: number } {
    const nowMs = this.#elapsedMs()
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#filledAtMs) * this.#perMinute) / 60_000)
    this.#filledAtMs = nowMs
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return { isTaken: true }
    }
    return { isTaken: false, retryAfterSeconds: Math.ceil(((1 - this.#tokens) * 60) / this.#perMinute) }
  }

  get #burst(): number {
    return Math.max(1, this.#perMinute / 4)
  }
}
