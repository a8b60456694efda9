import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { RATE_WINDOW_MS, RateLimit } from './rate-limit.ts'

function setUp(startMs = 0): { clock: FakeClock; rate: RateLimit } {
  const clock = new FakeClock()
  clock.advance(startMs)
  return { clock, rate: new RateLimit({ clock }) }
}

describe('RateLimit', () => {
  test('takes as many as the limit, and says to the millisecond when the next one fits', () => {
    const { clock, rate } = setUp(300)
    for (let i = 0; i < 3; i++) {
      expect(rate.opensInMs(3)).toBe(0)
      rate.add()
    }
    expect([rate.used, rate.opensInMs(3)]).toEqual([3, 60_700])
    clock.advance(60_699)
    expect([rate.used, rate.opensInMs(3)]).toEqual([3, 1])
    clock.advance(1)
    expect([rate.used, rate.opensInMs(3)]).toEqual([0, 0])
  })

  test('what must leave first is what tells the time', () => {
    const { clock, rate } = setUp()
    rate.add(10)
    clock.advance(5_000)
    rate.add(50)
    clock.advance(5_000)
    rate.add(40)
    expect(rate.opensInMs(100)).toBe(51_000)
    expect(rate.opensInMs(100, 10)).toBe(51_000)
    expect(rate.opensInMs(100, 11)).toBe(56_000)
    expect(rate.opensInMs(100, 60)).toBe(56_000)
    expect(rate.opensInMs(100, 61)).toBe(61_000)
    expect(rate.opensInMs(101)).toBe(0)
  })

  test('what is more than the limit fits where nothing else counts', () => {
    const { clock, rate } = setUp()
    expect(rate.opensInMs(100, 1_000)).toBe(0)
    rate.add(1_000)
    expect(rate.opensInMs(100)).toBe(61_000)
    clock.advance(61_000)
    expect(rate.opensInMs(100, 1_000)).toBe(0)
  })

  test('another limit holds at once, and what is known stays', () => {
    const { rate } = setUp()
    for (let i = 0; i < 5; i++) rate.add()
    expect(rate.opensInMs(5)).toBeGreaterThan(0)
    expect(rate.opensInMs(6)).toBe(0)
    expect(rate.opensInMs(2)).toBeGreaterThan(0)
  })
})

/** Everything that ever was taken: nothing expires, nothing is summed up. */
interface Model {
  nowMs: number
  limit: number
  readonly taken: { readonly atMs: number; readonly cost: number }[]
}

interface Real {
  readonly clock: FakeClock
  readonly rate: RateLimit
}

const usedAt = ({ taken }: Model, nowMs: number): number =>
  taken
    .filter(({ atMs }) => Math.floor(nowMs / 1_000) - Math.floor(atMs / 1_000) <= 60)
    .reduce((sum, { cost }) => sum + cost, 0)

const LARGEST = 20

const take = (wanted: number): Step<Model, Real> => ({
  name: `take ${wanted}`,
  act(model, { rate }) {
    if (rate.opensInMs(model.limit, wanted) > 0) return
    const cost = Math.min(wanted, model.limit)
    rate.add(cost)
    model.taken.push({ atMs: model.nowMs, cost })
  },
})

const reload = (limit: number): Step<Model, Real> => ({
  name: `limit ${limit}`,
  act(model) {
    model.limit = limit
  },
})

const boundary = fc.constantFrom(0, 1, 999, 1_000, 1_001, 59_999, 60_000, 60_001, 60_999, 61_000, 61_001, 3_600_000)

test('any history: no minute has more than the limit, and the time it tells is exact', () =>
  playHistories<Model, Real>({
    // Not on the grid of seconds.
    setUp: () => ({ model: { nowMs: 1_300, limit: 10, taken: [] }, real: setUp(1_300) }),
    steps: [
      fc.oneof(boundary, fc.integer({ min: 0, max: 20_000 })).map(advance<Model, Real>),
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 })).map(take),
      fc.constant(1).map(take),
      fc.integer({ min: 1, max: LARGEST }).map(reload),
    ],
    check(model, { rate }) {
      expect(rate.used).toBe(usedAt(model, model.nowMs))
      for (const cost of [1, 7]) {
        const inMs = rate.opensInMs(model.limit, cost)
        const fits = (nowMs: number): boolean => usedAt(model, nowMs) + Math.min(cost, model.limit) <= model.limit
        expect(fits(model.nowMs + inMs)).toBe(true)
        if (inMs > 0) expect(fits(model.nowMs + inMs - 1)).toBe(false)
      }
      // The promise: no minute, wherever it begins, has more than the limit that held, in what was let through.
      const minute = model.taken.filter(({ atMs }) => atMs > model.nowMs - RATE_WINDOW_MS)
      expect(minute.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(LARGEST)
    },
    longest: 60,
    count: 500,
  }))

test('a clock that goes back is taken to stand still', () => {
  let nowMs = 100_000
  const rate = new RateLimit({ clock: { nowMs: () => nowMs } })
  rate.add()
  nowMs = 0
  rate.add()
  expect([rate.used, rate.opensInMs(3)]).toEqual([2, 0])
  expect(rate.opensInMs(2)).toBeGreaterThan(0)
  nowMs = 161_000
  expect(rate.used).toBe(0)
})
