import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { ConcurrencyLimit, HIGHEST_LIMIT, LOWEST_LIMIT, RAMP_MS } from './concurrency-limit.ts'

function setUp(cap = 200): {
  clock: FakeClock
  limit: ConcurrencyLimit
  /** Windows of a second with ten first events each. */
  seconds: (count: number, firstEventMs: number, inFlight: number) => void
} {
  const clock = new FakeClock()
  const limit = new ConcurrencyLimit({ cap }, { clock })
  const seconds = (count: number, firstEventMs: number, inFlight: number): void => {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < 10; j++) {
        clock.advance(100)
        limit.onFirstEvent(firstEventMs, inFlight)
      }
    }
  }
  return { clock, limit, seconds }
}

describe('ConcurrencyLimit', () => {
  test('begins at the cap, and there is a highest', () => {
    expect(setUp(200).limit.limit).toBe(200)
    expect(setUp(Number.POSITIVE_INFINITY).limit.limit).toBe(HIGHEST_LIMIT)
  })

  test('first events that come as usual change nothing', () => {
    const { limit, seconds } = setUp()
    seconds(50, 400, 190)
    seconds(50, 590, 190)
    expect(limit.limit).toBe(200)
  })

  test('shrinks when they take longer than usual, at once to where it matters, and not below the lowest', () => {
    const { limit, seconds } = setUp()
    seconds(10, 400, 40)
    seconds(1, 4_000, 40)
    expect(limit.limit).toBeLessThan(80)
    expect(limit.limit).toBeGreaterThan(60)
    const before = limit.limit
    seconds(1, 4_000, 40)
    expect(limit.limit).toBeLessThan(before)
    seconds(6, 4_000, 5)
    expect(limit.limit).toBe(LOWEST_LIMIT)
  })

  test('shrinks by exactly the gradient, smoothed, with the headroom', () => {
    const { limit, seconds } = setUp()
    seconds(1, 400, 100)
    seconds(1, 1_200, 100)
    // From 200: gradient 1.5·400/1200 = 0.5, headroom √200, a fifth of the way.
    expect(limit.limit).toBe(Math.floor(200 * 0.8 + (200 * 0.5 + Math.sqrt(200)) * 0.2))
  })

  test('grows again when they come as usual, only while it is used', () => {
    const { limit, seconds } = setUp()
    seconds(10, 400, 40)
    seconds(10, 4_000, 20)
    const low = limit.limit
    seconds(30, 400, 5)
    expect(limit.limit).toBe(low)
    seconds(1, 400, low)
    expect([low, limit.limit]).toEqual([20, 21])
    seconds(400, 400, 200)
    expect(limit.limit).toBe(200)
  })

  test('what stays slow becomes usual', () => {
    const { limit, seconds } = setUp()
    seconds(10, 400, 100)
    seconds(20, 1_200, 100)
    expect(limit.limit).toBeLessThan(100)
    seconds(300, 1_200, 200)
    expect(limit.limit).toBe(200)
  })

  test('what was slow and is quick again is usual soon', () => {
    const { limit, seconds } = setUp()
    seconds(10, 4_000, 100)
    seconds(25, 400, 100)
    seconds(1, 1_600, 100)
    expect(limit.limit).toBeLessThan(200)
  })

  test('a window needs ten samples and a second, or fifty samples', () => {
    const { clock, limit, seconds } = setUp()
    seconds(1, 400, 100)
    for (let i = 0; i < 49; i++) limit.onFirstEvent(4_000, 100)
    expect(limit.limit).toBe(200)
    limit.onFirstEvent(4_000, 100)
    expect(limit.limit).toBeLessThan(200)
    const other = setUp()
    other.seconds(1, 400, 100)
    other.clock.advance(1_000)
    for (let i = 0; i < 9; i++) other.limit.onFirstEvent(4_000, 100)
    expect(other.limit.limit).toBe(200)
    other.limit.onFirstEvent(4_000, 100)
    expect(other.limit.limit).toBeLessThan(200)
    clock.advance(1)
  })

  test('the first window is a second long too', () => {
    const { clock, limit } = setUp()
    clock.advance(999)
    for (let i = 0; i < 10; i++) limit.onFirstEvent(4_000, 100)
    for (let i = 0; i < 40; i++) limit.onFirstEvent(400, 100)
    clock.advance(1_000)
    for (let i = 0; i < 10; i++) limit.onFirstEvent(1_000, 100)
    expect(limit.limit).toBeLessThan(200)
  })

  test('a window that was short of samples goes on within the second after it, and no longer', () => {
    for (const [afterMs, isUsed] of [
      [1_999, true],
      [2_000, false],
    ] as const) {
      const { clock, limit, seconds } = setUp()
      seconds(1, 400, 100)
      for (let i = 0; i < 9; i++) limit.onFirstEvent(4_000, 100)
      clock.advance(afterMs)
      limit.onFirstEvent(4_000, 100)
      expect(limit.limit < 200).toBe(isUsed)
    }
  })

  test('what ran at once is counted anew in each window', () => {
    const { limit, seconds } = setUp()
    seconds(1, 400, 100)
    seconds(1, 4_000, 100)
    seconds(1, 4_000, 30)
    // From twice 30: 60·0.8 + (60·0.5 + √60)·0.2.
    expect(limit.limit).toBe(55)
  })

  test('a limit that is half used may grow, one that is less may not', () => {
    for (const [inFlight, grows] of [
      [10, false],
      [11, true],
    ] as const) {
      const { limit, seconds } = setUp()
      seconds(3, 400, 10)
      seconds(3, 4_000, 10)
      expect(limit.limit).toBe(20)
      seconds(3, 400, inFlight)
      expect(limit.limit > 20).toBe(grows)
    }
  })

  test('exactly half is half', () => {
    for (const [inFlight, next] of [
      [9, 20],
      [10, 21],
    ] as const) {
      const { limit, seconds } = setUp()
      seconds(3, 400, 10)
      seconds(3, 4_000, 10)
      // The first window grows it by a fraction or not at all, the second by another one.
      seconds(1, 400, inFlight)
      seconds(1, 400, 11)
      expect(limit.limit).toBe(next)
    }
  })

  test('first events that take no time at all change nothing', () => {
    const { limit, seconds } = setUp()
    seconds(3, 0, 100)
    seconds(1, 0.5, 100)
    expect(limit.limit).toBeLessThan(200)
    const other = setUp()
    other.seconds(20, 0, 200)
    expect(other.limit.limit).toBe(200)
  })

  test('too few samples before an idle gap are forgotten', () => {
    const { clock, limit, seconds } = setUp()
    seconds(1, 400, 100)
    for (let i = 0; i < 9; i++) limit.onFirstEvent(4_000, 100)
    clock.advance(3_600_000)
    limit.onFirstEvent(4_000, 100)
    expect(limit.limit).toBe(200)
    clock.advance(999)
    for (let i = 0; i < 9; i++) limit.onFirstEvent(4_000, 100)
    expect(limit.limit).toBe(200)
    clock.advance(1)
    limit.onFirstEvent(4_000, 100)
    expect(limit.limit).toBeLessThan(200)
  })

  test('the median decides: a minority of outliers does not', () => {
    const { clock, limit, seconds } = setUp()
    seconds(1, 400, 100)
    for (let i = 0; i < 10; i++) {
      clock.advance(100)
      limit.onFirstEvent(i < 5 ? 60_000 : 400, 100)
    }
    expect(limit.limit).toBeLessThan(200)
    const other = setUp()
    other.seconds(1, 400, 100)
    for (let i = 0; i < 10; i++) {
      other.clock.advance(100)
      other.limit.onFirstEvent(i < 4 ? 60_000 : 400, 100)
    }
    expect(other.limit.limit).toBe(200)
  })

  test('a cap below the lowest limit is the limit; a new cap is followed', () => {
    const { limit, seconds } = setUp(3)
    seconds(10, 400, 3)
    seconds(10, 9_000, 3)
    expect(limit.limit).toBe(3)
    limit.setCap(50)
    expect(limit.limit).toBe(50)
    limit.setCap(Number.POSITIVE_INFINITY)
    expect(limit.limit).toBe(HIGHEST_LIMIT)
    seconds(3, 60_000, 30)
    const shrunk = limit.limit
    limit.setCap(500)
    expect(limit.limit).toBe(shrunk)
    limit.setCap(10)
    expect(limit.limit).toBe(10)
  })

  test('stays within its bounds whatever comes', () => {
    const sample = fc.record({
      afterMs: fc.constantFrom(0, 1, 100, 1_000, 100_000),
      firstEventMs: fc.oneof(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.constantFrom(0, Number.NaN, -1, Number.POSITIVE_INFINITY),
      ),
      inFlight: fc.integer({ min: 0, max: 5_000 }),
    })
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 300 }), fc.integer({ min: 1, max: 2_000 }), (samples, cap) => {
        const { clock, limit } = setUp(cap)
        for (const { afterMs, firstEventMs, inFlight } of samples) {
          clock.advance(afterMs)
          limit.onFirstEvent(firstEventMs, inFlight)
          expect(limit.limit).toBeGreaterThanOrEqual(Math.min(LOWEST_LIMIT, cap))
          expect(limit.limit).toBeLessThanOrEqual(Math.min(cap, HIGHEST_LIMIT))
        }
      }),
    )
  })
})

describe('after an outage', () => {
  /** The limit every 100 ms. */
  const course = (limit: ConcurrencyLimit, clock: FakeClock, count: number): readonly number[] =>
    Array.from({ length: count }, () => {
      const now = limit.limit
      clock.advance(100)
      return now
    })

  test('it is the lowest until something shows life, and grows by the same factor until it is where it was', () => {
    const { clock, limit } = setUp(1_000)
    limit.onLife()
    expect(limit.limit).toBe(1_000)
    limit.onOutage()
    expect(course(limit, clock, 3)).toEqual([20, 20, 20])
    limit.onLife()
    expect(course(limit, clock, 12)).toEqual([20, 29, 43, 64, 95, 141, 209, 309, 457, 676, 1_000, 1_000])
  })

  test('a later sign of life begins nothing anew, another outage does', () => {
    const { clock, limit } = setUp()
    limit.onOutage()
    limit.onLife()
    clock.advance(200)
    limit.onLife()
    expect(limit.limit).toBe(43)
    limit.onOutage()
    clock.advance(5_000)
    expect(limit.limit).toBe(20)
  })

  test('where nobody was let through at the first sign of life, it grows from when everybody is', () => {
    const { clock, limit } = setUp()
    limit.onOutage()
    limit.onLife()
    clock.advance(5_000)
    limit.onRecovery(1)
    expect(limit.limit).toBe(20)
    clock.advance(100)
    expect(limit.limit).toBe(29)
  })

  test('where it grows already, it goes on growing as it did', () => {
    const { clock, limit } = setUp(1_000)
    limit.onOutage()
    limit.onLife()
    const began = course(limit, clock, 3)
    limit.onRecovery(60)
    expect([...began, ...course(limit, clock, 8)]).toEqual([20, 29, 43, 64, 95, 141, 209, 309, 457, 676, 1_000])
  })

  test('that kept nobody away, what runs may go on and double at once', () => {
    const { clock, limit } = setUp()
    limit.onRecovery(60)
    expect(limit.limit).toBe(120)
    clock.advance(100)
    expect(limit.limit).toBe(177)
    const { limit: full } = setUp()
    full.onRecovery(150)
    expect(full.limit).toBe(200)
    const { limit: empty } = setUp()
    empty.onRecovery(1)
    expect(empty.limit).toBe(20)
  })

  test('is over for good: a limit that grows later is its own', () => {
    const { clock, limit, seconds } = setUp(1_000)
    seconds(10, 400, 20)
    for (let i = 0; i < 20; i++) seconds(1, 4_000, 20)
    expect(limit.limit).toBeLessThan(30)
    limit.onOutage()
    limit.onLife()
    clock.advance(RAMP_MS)
    expect(limit.limit).toBeLessThan(30)
    limit.setCap(900)
    limit.setCap(1_000)
    seconds(200, 400, 1_000)
    expect(limit.limit).toBeGreaterThan(100)
  })

  test('a cap below the lowest stays', () => {
    const { clock, limit } = setUp(5)
    limit.onOutage()
    expect(limit.limit).toBe(5)
    limit.onLife()
    clock.advance(50)
    expect(limit.limit).toBe(5)
  })

  test('never lets more through than without it, nor ever fewer than the lowest, and is over after RAMP_MS', () => {
    const step = fc.oneof(
      fc.constantFrom('outage', 'life', 'recovery').map((what) => ({ what, ms: 0 })),
      fc.integer({ min: 0, max: 2 * RAMP_MS }).map((ms) => ({ what: 'advance', ms })),
      fc.constantFrom(RAMP_MS - 1, RAMP_MS, RAMP_MS + 1, 3_600_000).map((ms) => ({ what: 'advance', ms })),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.array(step, { maxLength: 40 }), (cap, steps) => {
        const { clock, limit } = setUp(cap)
        let aliveAtMs: number | undefined = Number.NEGATIVE_INFINITY
        for (const { what, ms } of steps) {
          if (what === 'outage') {
            limit.onOutage()
            aliveAtMs = undefined
          } else if (what === 'life') {
            limit.onLife()
            aliveAtMs ??= clock.nowMs()
          } else if (what === 'recovery') {
            limit.onRecovery(0)
            aliveAtMs = clock.nowMs()
          } else clock.advance(ms)
          const { limit: now } = limit
          expect(now).toBeLessThanOrEqual(Math.min(cap, HIGHEST_LIMIT))
          expect(now).toBeGreaterThanOrEqual(Math.min(cap, LOWEST_LIMIT))
          if (aliveAtMs === undefined) expect(now).toBe(Math.min(cap, LOWEST_LIMIT))
          else if (clock.nowMs() - aliveAtMs >= RAMP_MS) expect(now).toBe(Math.min(cap, HIGHEST_LIMIT))
        }
      }),
    )
  })
})
