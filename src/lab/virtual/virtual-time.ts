import type { Sleep } from '../connection.ts'
import { OtherThreads } from './other-threads.ts'

/**
 * Turns of the event loop after which everything that can go on without the clock has gone on. Nothing in a virtual world
 * uses a socket, so all that runs between two timers is microtasks, of which each turn drains all, and digests.
 */
const SETTLING_TURNS = 2

/** The wall clock's beginning, ms: any will do, as long as it is always the same. */
const START_OF_RECORDS_MS = 1_800_000_000_000

interface Timer {
  readonly atMs: number
  readonly ordinal: number
  readonly callback: () => void
  isCancelled: boolean
}

/**
 * Time that passes only while everybody waits for it: the next timer is due at once when nothing else can go on. An hour of a
 * drill takes seconds, and the same seed gives the same run. Has the shape of a clock that the gateway is built with.
 */
export class VirtualTime {
  #nowMs = 0
  #ordinal = 0
  /** A binary heap, the earliest first. */
  readonly #timers: Timer[] = []

  /** Monotonic, ms since the beginning of this world. */
  nowMs(): number {
    return this.#nowMs
  }

  /** Since the epoch, ms; the same in every world. */
  wallMs(): number {
    return START_OF_RECORDS_MS + this.#nowMs
  }

  /** Calls once after `delayMs`; the result cancels. */
  setTimer(callback: () => void, delayMs: number): () => void {
    const timer: Timer = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      ordinal: (this.#ordinal += 1),
      callback,
      isCancelled: false,
    }
    this.#push(timer)
    return () => {
      timer.isCancelled = true
    }
  }

  /** Waits; resolves early when the signal aborts. */
  readonly sleep: Sleep = (durationMs, signal) => {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const cancel = this.setTimer(done, durationMs)
      signal?.addEventListener('abort', done)
    })
  }

  /** Lets time pass until the promise is settled. Rejects where it waits for something that no timer will bring. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isOver = false
    const over = promise.finally(() => {
      isOver = true
    })
    // Its rejection is thrown below; until then it must not count as unhandled.
    over.catch(() => undefined)
    const threads = new OtherThreads()
    threads.watch()
    try {
      for (;;) {
        await settle(threads)
        if (isOver) return await over
        const next = this.#pop()
        if (next === undefined) throw new Error('Everybody waits, and no timer is set: this would never end.')
        this.#nowMs = next.atMs
        next.callback()
      }
    } finally {
      threads.release()
    }
  }

  // ## The heap

  #push(timer: Timer): void {
    const timers = this.#timers
    let at = timers.push(timer) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = timers[above]
      if (parent === undefined || isBefore(parent, timer)) break
      timers[at] = parent
      at = above
    }
    timers[at] = timer
  }

  #pop(): Timer | undefined {
    for (;;) {
      const first = this.#timers[0]
      const last = this.#timers.pop()
      if (first === undefined || last === undefined) return undefined
      if (first !== last) this.#sink(last)
      if (!first.isCancelled) return first
    }
  }

  #sink(timer: Timer): void {
    const timers = this.#timers
    let at = 0
    for (;;) {
      const left = timers[2 * at + 1]
      const right = timers[2 * at + 2]
      const isRight = left !== undefined && right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (child === undefined || isBefore(timer, child)) break
      timers[at] = child
      at = 2 * at + (isRight ? 2 : 1)
    }
    timers[at] = timer
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.ordinal < b.ordinal)
}

async function settle(threads: OtherThreads): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
    if (!threads.isBusy) continue
    await threads.idle()
    turn = -1
  }
}
