import type { Clock } from '../../src/resilience/index.ts'

/** Time that passes only when told to; timers fire in order, at their time. */
export class FakeClock implements Clock {
  #nowMs = 0
  #nextId = 0
  readonly #timers = new Map<number, { readonly atMs: number; readonly callback: () => void }>()

  nowMs(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return 1_800_000_000_000 + this.#nowMs
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    const id = this.#nextId++
    this.#timers.set(id, { atMs: this.#nowMs + delayMs, callback })
    return () => this.#timers.delete(id)
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const due = [...this.#timers]
        .filter(([, { atMs }]) => atMs <= untilMs)
        .toSorted(([, a], [, b]) => a.atMs - b.atMs)[0]
      if (due === undefined) break
      this.#nowMs = Math.max(this.#nowMs, due[1].atMs)
      this.#timers.delete(due[0])
      due[1].callback()
    }
    this.#nowMs = untilMs
  }
}
