import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { ConcurrencyLimit, HIGHEST_LIMIT, LOWEST_LIMIT } from './concurrency-limit.ts'

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
  test('it begins at the lowest, doubles with each round trip, and is then where it was', () => {
    const { limit } = setUp()
    limit.onLife()
    expect(limit.limit).toBe(200)
    limit.onOutage()
    const trips = [limit.limit]
    while (limit.limit < 200) {
      for (let shown = limit.limit; shown > 0; shown--) limit.onLife()
      trips.push(limit.limit)
    }
    expect(trips).toEqual([20, 40, 80, 160, 200])
    limit.onLife()
    expect(limit.limit).toBe(200)
  })

  test('a second one on the way back is no lower goal', () => {
    const { limit } = setUp()
    limit.onOutage()
    for (let i = 0; i < 30; i++) limit.onLife()
    limit.onOutage()
    expect(limit.limit).toBe(20)
    for (let i = 0; i < 500; i++) limit.onLife()
    expect(limit.limit).toBe(200)
  })

  test('first events that come late end the way back', () => {
    const { limit, seconds } = setUp()
    seconds(10, 400, 100)
    limit.onOutage()
    for (let i = 0; i < 60; i++) limit.onLife()
    expect(limit.limit).toBe(80)
    seconds(1, 4_000, 80)
    const shrunk = limit.limit
    expect(shrunk).toBeLessThan(80)
    limit.onLife()
    expect(limit.limit).toBe(shrunk)
  })

  test('first events that come as usual leave the way back as it is, and what came before is not counted', () => {
    const { clock, limit, seconds } = setUp()
    seconds(10, 400, 20)
    for (let i = 0; i < 9; i++) limit.onFirstEvent(9_000, 20)
    limit.onOutage()
    clock.advance(1_000)
    limit.onFirstEvent(9_000, 20)
    expect(limit.limit).toBe(20)
    seconds(3, 400, 20)
    expect(limit.limit).toBe(20)
    limit.onLife()
    expect(limit.limit).toBe(21)
  })

  test('a new cap moves where it goes', () => {
    const { limit } = setUp()
    limit.onOutage()
    limit.setCap(50)
    for (let i = 0; i < 500; i++) limit.onLife()
    expect(limit.limit).toBe(50)
    limit.onOutage()
    limit.setCap(10)
    expect(limit.limit).toBe(10)
    limit.onLife()
    expect(limit.limit).toBe(10)
    limit.setCap(300)
    expect(limit.limit).toBe(300)
  })

  test('a cap below the lowest is neither lowered nor grown', () => {
    const { limit } = setUp(5)
    limit.onOutage()
    expect(limit.limit).toBe(5)
    limit.onLife()
    expect(limit.limit).toBe(5)
  })
})
