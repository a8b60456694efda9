import type { Clock } from './clock.ts'

export interface RollingWindowOptions {
  /** How far back is counted, ms. */
  readonly windowMs: number
  /** Memory, and how exact the far end is: it moves in steps of `windowMs / bucketCount`. */
  readonly bucketCount: number
}

/**
 * Counts over the trailing `windowMs`. Time is cut into buckets on the clock's own grid: what was added in bucket *i* counts
 * up to the end of bucket *i + bucketCount − 1*. A clock that goes back is taken to stand still.
 */
export class RollingWindow {
  readonly #bucketMs: number
  readonly #buckets: Float64Array
  readonly #clock: Pick<Clock, 'nowMs'>
  /** The newest bucket's number on the grid. */
  #newest: number
  #total = 0

  constructor({ windowMs, bucketCount }: RollingWindowOptions, { clock }: { clock: Pick<Clock, 'nowMs'> }) {
    this.#bucketMs = windowMs / bucketCount
    this.#buckets = new Float64Array(bucketCount)
    this.#clock = clock
    this.#newest = this.#bucketNow()
  }

  add(count = 1): void {
    this.#expire()
    const slot = this.#newest % this.#buckets.length
    this.#buckets[slot] = (this.#buckets[slot] ?? 0) + count
    this.#total += count
  }

  get total(): number {
    this.#expire()
    return this.#total
  }

  /** Until `amount` of what is counted, or all of it where that is less, is counted no longer, ms; 0 where nothing is. */
  leavesInMs(amount: number): number {
    this.#expire()
    const { length } = this.#buckets
    let left = 0
    let leavesInMs = 0
    for (let number = this.#newest - length + 1; number <= this.#newest; number++) {
      const count = number < 0 ? 0 : (this.#buckets[number % length] ?? 0)
      if (count === 0) continue
      leavesInMs = (number + length) * this.#bucketMs - this.#clock.nowMs()
      left += count
      if (left >= amount) break
    }
    return leavesInMs
  }

  clear(): void {
    this.#buckets.fill(0)
    this.#total = 0
  }

  // A loop, not an `if`: after an idle gap every bucket may be stale, and dropping only one would let hour-old failures
  // count. More steps than there are buckets would only empty them again.
  #expire(): void {
    const now = this.#bucketNow()
    const { length } = this.#buckets
    for (let number = Math.max(this.#newest, now - length) + 1; number <= now; number++) {
      this.#total -= this.#buckets[number % length] ?? 0
      this.#buckets[number % length] = 0
    }
    if (now > this.#newest) this.#newest = now
  }

  #bucketNow(): number {
    return Math.floor(this.#clock.nowMs() / this.#bucketMs)
  }
}
