import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { RetryBudget } from './retry-budget.ts'

/** Everything that ever happened: nothing expires, nothing is summed up. What counts is of this second or one of the nine before. */
class Model {
  nowMs = 0
  /** The latest there has been, s: a clock that goes back is taken to stand still. */
  second = 0
  readonly requests: number[] = []
  readonly retries: number[] = []

  pass(): void {
    this.second = Math.max(this.second, Math.floor(this.nowMs / 1_000))
  }

  within(each: readonly number[], second = this.second): number {
    return each.filter((at) => at > second - 10).length
  }

  /** 20 % of the requests, and 10 a second however few they are. */
  isAffordable(second = this.second): boolean {
    return this.within(this.retries, second) + 1 <= 0.2 * this.within(this.requests, second) + 100
  }
}

interface Real {
  readonly clock: MovedClock
  readonly budget: RetryBudget
}

/** One that goes back as well, which the fake clock of everything else does not. */
class MovedClock {
  ms = 0
  nowMs(): number {
    return this.ms
  }
  advance(ms: number): void {
    this.ms += ms
  }
}
