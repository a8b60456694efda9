import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { UsageLimit } from './usage-limit.ts'

function setUp(): { clock: FakeClock; usage: UsageLimit } {
  const clock = new FakeClock()
  return { clock, usage: new UsageLimit({ clock }) }
}

describe('UsageLimit', () => {
  test('what was used counts from its end, for a minute', () => {
    const { clock, usage } = setUp()
    const held = usage.begin()
    clock.advance(30_000)
    expect([held, usage.used, usage.opensInMs(100)]).toEqual([0, 0, 0])
    usage.end(held, 100)
    expect([usage.used, usage.opensInMs(100)]).toEqual([100, 61_000])
    clock.advance(60_999)
    expect(usage.opensInMs(100)).toBe(1)
    clock.advance(1)
    expect([usage.used, usage.opensInMs(100)]).toEqual([0, 0])
  })

  test('what has not ended counts as what is usual, so that many at once do not pass', () => {
    const { clock, usage } = setUp()
    usage.end(usage.begin(), 30)
    clock.advance(61_000)
    const held: number[] = []
    while (usage.opensInMs(100) === 0) held.push(usage.begin())
    expect([held, usage.used]).toEqual([[30, 30, 30], 90])
    // When one of them ends nobody knows.
    expect(usage.opensInMs(100)).toBe(1_000)
    usage.end(30, 10)
    expect([usage.used, usage.opensInMs(100)]).toEqual([70, 0])
  })

  test('what is usual follows slowly', () => {
    const { usage } = setUp()
    usage.end(usage.begin(), 80)
    expect(usage.begin()).toBe(80)
    usage.end(80, 160)
    expect(usage.begin()).toBe(90)
  })

  test('nothing that was usual still needs room for one', () => {
    const { usage } = setUp()
    usage.end(usage.begin(), 0)
    expect(usage.opensInMs(1)).toBe(0)
    usage.end(0, 1)
    expect(usage.opensInMs(1)).toBe(61_000)
    // And no more than for one.
    expect(usage.opensInMs(2)).toBe(0)
  })

  test('one that is more than the limit may begin where nothing else counts, and is waited for', () => {
    const { clock, usage } = setUp()
    usage.end(usage.begin(), 500)
    expect(usage.opensInMs(100)).toBe(61_000)
    clock.advance(61_000)
    expect(usage.opensInMs(100)).toBe(0)
    const held = usage.begin()
    expect(held).toBe(500)
    expect(usage.opensInMs(100)).toBe(1_000)
    usage.end(held, 5)
    // 452 is usual by now, so a whole limit has to be free.
    expect(usage.opensInMs(100)).toBe(61_000)
  })

  test('the longer of two waits is told', () => {
    const { clock, usage } = setUp()
    usage.end(usage.begin(), 60)
    clock.advance(500)
    usage.begin()
    expect(usage.opensInMs(100)).toBe(60_500)
  })
})

/** All that ever ended, and all that has not: nothing expires, nothing is summed up. */
interface Model {
  nowMs: number
  limit: number
  readonly running: number[]
  readonly ended: { readonly atMs: number; readonly used: number }[]
}

interface Real {
  readonly clock: FakeClock
  readonly usage: UsageLimit
}

const sum = (each: readonly number[]): number => each.reduce((total, one) => total + one, 0)

const usedAt = ({ ended }: Model, nowMs: number): number =>
  sum(ended.filter(({ atMs }) => Math.floor(nowMs / 1_000) - Math.floor(atMs / 1_000) <= 60).map(({ used }) => used))

/** The first as it was, and each one after it an eighth of the way. */
const usual = ({ ended }: Model): number | undefined =>
  ended.reduce<number | undefined>(
    (before, { used }) => (before === undefined ? used : before + (used - before) / 8),
    undefined,
  )

const begin: Step<Model, Real> = {
  name: 'begin',
  act(model, { usage }) {
    if (usage.opensInMs(model.limit) > 0) return
    const held = usage.begin()
    expect(held).toBe(Math.round(usual(model) ?? 0))
    model.running.push(held)
  },
}

const end = (used: number): Step<Model, Real> => ({
  name: `end with ${used}`,
  canHappen: ({ running }) => running.length > 0,
  act(model, { usage }) {
    usage.end(model.running.shift() ?? 0, used)
    model.ended.push({ atMs: model.nowMs, used })
  },
})

const reload = (limit: number): Step<Model, Real> => ({
  name: `limit ${limit}`,
  act(model) {
    model.limit = limit
  },
})

test('any history: what counts is what was used within the minute and what is held, and the time it tells is exact', async () => {
  const seen = new Set<string>()
  await playHistories<Model, Real>({
    setUp: () => {
      const clock = new FakeClock()
      return {
        model: { nowMs: 0, limit: 500, running: [], ended: [] },
        real: { clock, usage: new UsageLimit({ clock }) },
      }
    },
    steps: [
      fc.oneof(fc.nat(20_000), fc.constantFrom(0, 1, 999, 1_000, 60_999, 61_000, 3_600_000)).map(advance<Model, Real>),
      fc.constant(begin),
      fc.constant(begin),
      fc.oneof(fc.nat(1_000), fc.constantFrom(0, 1, 100)).map(end),
      fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.constantFrom(1, 100, 500)).map(reload),
    ],
    check(model, { usage }) {
      const { limit, nowMs } = model
      const held = sum(model.running)
      expect(usage.used).toBe(usedAt(model, nowMs) + held)
      const cost = Math.min(limit, Math.max(1, usual(model) ?? 0))
      const fits = (atMs: number, without: number): boolean => usedAt(model, atMs) + without + cost <= limit
      const inMs = usage.opensInMs(limit)
      if (fits(nowMs, held)) {
        expect(inMs).toBe(0)
        seen.add('open')
      } else if (fits(nowMs, 0)) {
        // Only what is held is in the way, and when it ends nobody knows.
        expect(inMs).toBe(1_000)
        seen.add('held')
      } else {
        expect([fits(nowMs + inMs - 1, 0), fits(nowMs + inMs, 0)]).toEqual([false, true])
        seen.add('used up')
      }
    },
    longest: 80,
    count: 300,
  })
  expect([...seen].toSorted()).toEqual(['held', 'open', 'used up'])
})
