import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
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

test('any history: what counts is what was used within the minute and what is held, and nothing is held in the end', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('begin'), n: fc.constant(0) }),
    fc.record({ what: fc.constant('end'), n: fc.nat(1_000) }),
    fc.record({
      what: fc.constant('advance'),
      n: fc.oneof(fc.nat(20_000), fc.constantFrom(60_999, 61_000, 3_600_000)),
    }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 2_000 }), (steps, limit) => {
      const { clock, usage } = setUp()
      const running: number[] = []
      const ended: { atMs: number; used: number }[] = []
      const recent = (): number =>
        ended
          .filter(({ atMs }) => Math.floor(clock.nowMs() / 1_000) - Math.floor(atMs / 1_000) <= 60)
          .reduce((sum, { used }) => sum + used, 0)
      const end = (used: number): void => {
        const held = running.shift()
        if (held === undefined) return
        usage.end(held, used)
        ended.push({ atMs: clock.nowMs(), used })
      }
      for (const { what, n } of steps) {
        if (what === 'begin' && usage.opensInMs(limit) === 0) running.push(usage.begin())
        else if (what === 'end') end(n)
        else if (what === 'advance') clock.advance(n)
        expect(usage.used).toBe(recent() + running.reduce((sum, held) => sum + held, 0))
        // Over the limit nothing begins, whatever it costs.
        if (usage.used >= limit) expect(usage.opensInMs(limit)).toBeGreaterThan(0)
      }
      while (running.length > 0) end(1)
      clock.advance(61_000)
      expect([usage.used, usage.opensInMs(limit)]).toEqual([0, 0])
    }),
    { numRuns: 300 },
  )
})
