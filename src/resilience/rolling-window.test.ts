import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { RollingWindow } from './rolling-window.ts'

describe('RollingWindow', () => {
  test('counts up to the exact end of its window and no longer', () => {
    const clock = new FakeClock()
    const window = new RollingWindow({ windowMs: 1_000, bucketCount: 10 }, { clock })
    window.add(2)
    expect(window.leavesInMs(1)).toBe(1_000)
    clock.advance(999)
    expect(window.total).toBe(2)
    expect(window.leavesInMs(1)).toBe(1)
    clock.advance(1)
    expect(window.total).toBe(0)
    expect(window.leavesInMs(1)).toBe(0)
  })

  test('nothing is left of what was cleared, nor owed for it', () => {
    const clock = new FakeClock()
    const window = new RollingWindow({ windowMs: 1_000, bucketCount: 10 }, { clock })
    window.add(5)
    window.clear()
    expect([window.total, window.leavesInMs(1)]).toEqual([0, 0])
    clock.advance(1_000)
    expect(window.total).toBe(0)
  })

  test('when the oldest leaves is said of now, whatever was asked before', () => {
    const clock = new FakeClock()
    const window = new RollingWindow({ windowMs: 1_000, bucketCount: 10 }, { clock })
    window.add()
    clock.advance(950)
    window.add()
    clock.advance(100)
    expect(window.leavesInMs(1)).toBe(850)
  })

  test('an idle gap empties every bucket, not one', () => {
    const clock = new FakeClock()
    const window = new RollingWindow({ windowMs: 1_000, bucketCount: 10 }, { clock })
    for (let i = 0; i < 99; i++) {
      window.add()
      clock.advance(10)
    }
    expect(window.total).toBe(99)
    clock.advance(3_600_000)
    window.add()
    expect(window.total).toBe(1)
  })

  test('a clock that goes back is taken to stand still', () => {
    let nowMs = 5_000
    const window = new RollingWindow({ windowMs: 1_000, bucketCount: 10 }, { clock: { nowMs: () => nowMs } })
    window.add()
    nowMs = 3_000
    window.add()
    expect(window.total).toBe(2)
    nowMs = 5_999
    expect(window.total).toBe(2)
    nowMs = 6_000
    expect(window.total).toBe(0)
  })

  test('equals a list of everything that was added, whatever the times', () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 99, 100, 101, 999, 1_000, 1_001, 100_000)),
      count: fc.integer({ min: 0, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (steps, bucketCount) => {
        const clock = new FakeClock()
        const bucketMs = 100
        const window = new RollingWindow({ windowMs: bucketMs * bucketCount, bucketCount }, { clock })
        const added: { bucket: number; count: number }[] = []
        for (const { afterMs, count } of steps) {
          clock.advance(afterMs)
          const now = Math.floor(clock.nowMs() / bucketMs)
          window.add(count)
          added.push({ bucket: now, count })
          const counted = added.filter((each) => now - each.bucket < bucketCount && each.count > 0)
          expect(window.total).toBe(counted.reduce((sum, each) => sum + each.count, 0))
          const oldest = counted[0]
          const leaves = oldest === undefined ? 0 : (oldest.bucket + bucketCount) * bucketMs - clock.nowMs()
          expect(window.leavesInMs(1)).toBe(leaves)
        }
        window.clear()
        expect(window.total).toBe(0)
      }),
    )
  })
})
