import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { RetryBudget } from './retry-budget.ts'

/** How many in each second, ever: nothing expires, nothing is summed up. */
type Log = Map<number, number>

class Model {
  nowMs = 0
  readonly requests: Log = new Map()
  readonly retries: Log = new Map()
  #latest = 0

  /** A clock that goes back is taken to stand still. */
  get second(): number {
    this.#latest = Math.max(this.#latest, Math.floor(this.nowMs / 1_000))
    return this.#latest
  }

  add(log: Log, count: number): void {
    log.set(this.second, (log.get(this.second) ?? 0) + count)
  }

  /** What counts in a second: what was in it and in the nine before. */
  counted(log: Log, second = this.second): number {
    return Array.from({ length: 10 }, (_, ago) => log.get(second - ago) ?? 0).reduce((sum, count) => sum + count, 0)
  }

  /** Whether one more is within 20 % of the requests of now and 10 a second, when no retries are left but a later second's. */
  isAffordable(second = this.second): boolean {
    return this.counted(this.retries, second) + 1 <= 0.2 * this.counted(this.requests) + 10 * 10
  }

  get refillsInMs(): number {
    if (this.isAffordable()) return 0
    const later = Array.from({ length: 10 }, (_, index) => this.second + 1 + index)
    return (later.find((second) => this.isAffordable(second)) ?? Number.NaN) * 1_000 - this.nowMs
  }
}

interface Real {
  readonly clock: FakeClock
  readonly budget: RetryBudget
}

/** What has to have happened in some history, or these prove nothing. */
const seen = new Set<string>()

function withdrawOne(model: Model, { budget }: Real, isDark: boolean): boolean {
  const isAllowed = !isDark && model.isAffordable()
  expect(budget.withdraw({ isDark })).toBe(isAllowed)
  if (isAllowed) model.add(model.retries, 1)
  if (isDark) seen.add('nothing in the dark')
  else if (!isAllowed) seen.add(model.counted(model.requests) === 0 ? 'the floor is spent' : 'the share is spent')
  else if (model.counted(model.retries) > 100) seen.add('more than the floor')
  return isAllowed
}

const request = (count: number): Step<Model, Real> => ({
  name: `${count} requests`,
  act(model, { budget }) {
    for (let i = 0; i < count; i++) budget.onRequest()
    model.add(model.requests, count)
  },
})

const withdraw = (count: number, isDark: boolean): Step<Model, Real> => ({
  name: `${count} retries${isDark ? ' in the dark' : ''}`,
  act(model, real) {
    for (let i = 0; i < count; i++) withdrawOne(model, real, isDark)
  },
})

const drain: Step<Model, Real> = {
  name: 'retries until there are no more',
  act(model, real) {
    while (withdrawOne(model, real, false));
  },
}

/** So many in each of so many seconds, as under a steady load. */
const load = (seconds: number, requests: number, retries: number): Step<Model, Real> => ({
  name: `${seconds} seconds of ${requests} requests and ${retries} retries`,
  async act(model, real) {
    for (let i = 0; i < seconds; i++) {
      await request(requests).act(model, real)
      await withdraw(retries, false).act(model, real)
      await advance<Model, Real>(1_000).act(model, real)
    }
  },
})

/** To the moment at which the budget says that there is more, or to just before it. */
const awaitRefill = (earlyMs: number): Step<Model, Real> => ({
  name: `advance to ${earlyMs} before more can be taken`,
  async act(model, real) {
    const { refillsInMs } = real.budget
    if (refillsInMs <= earlyMs) return
    seen.add('a refill was waited for')
    await advance<Model, Real>(refillsInMs - earlyMs).act(model, real)
  },
})

const boundary = fc.constantFrom(0, 1, 999, 1_000, 1_001, 8_999, 9_000, 9_999, 10_000, 10_001)
const takes = fc.tuple(fc.constantFrom(1, 2, 30, 99, 100, 101), fc.constantFrom(false, false, false, true))
const loads = fc.tuple(fc.constantFrom(1, 5, 12), fc.constantFrom(0, 10, 100), fc.constantFrom(0, 1, 15, 40))

test('does what its rules say over any history, at every boundary, after any idle gap, whatever the clock does', async () => {
  await playHistories<Model, Real>({
    setUp: () => {
      const clock = new FakeClock()
      return { model: new Model(), real: { clock, budget: new RetryBudget({ clock }) } }
    },
    steps: [
      fc.oneof(boundary, fc.integer({ min: 0, max: 4_000 })).map(advance<Model, Real>),
      fc.constantFrom(-1, -1_000, -1_000, 3_600_000).map(advance<Model, Real>),
      fc.constantFrom(1, 4, 5, 6, 50, 500, 500).map(request),
      takes.map((each) => withdraw(...each)),
      fc.constant(drain),
      loads.map((each) => load(...each)),
      fc.constantFrom(0, 1).map(awaitRefill),
    ],
    check(model, { budget }) {
      expect([budget.requests, budget.retries]).toEqual([model.counted(model.requests), model.counted(model.retries)])
      expect(budget.refillsInMs).toBe(model.refillsInMs)
      const oldest = [...model.retries.keys()].find((second) => second > model.second - 10) ?? Number.NaN
      if (model.nowMs + model.refillsInMs > (oldest + 10) * 1_000) seen.add('more than the oldest has to leave')
    },
    longest: 40,
    count: 200,
  })
  expect([...seen].toSorted()).toEqual([
    'a refill was waited for',
    'more than the floor',
    'more than the oldest has to leave',
    'nothing in the dark',
    'the floor is spent',
    'the share is spent',
  ])
})
