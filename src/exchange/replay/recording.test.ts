import { describe, expect, test } from 'bun:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { Allowance, STALLED_MS } from './allowance.ts'
import { LARGEST_KEPT_BYTES, Recording } from './recording.ts'
import { Slots } from '../../collections/index.ts'

const piece = (length: number): Uint8Array => new Uint8Array(length)

describe('a recording', () => {
  test('gives its client every piece once, and keeps all of them', () => {
    const allowance = new Allowance(100, { clock: new FakeClock() })
    const recording = new Recording(allowance)
    recording.push(piece(1))
    recording.push(piece(2))
    expect([recording.next()?.length, recording.isRead]).toEqual([1, false])
    recording.push(piece(3))
    expect([recording.next()?.length, recording.next()?.length, recording.next()]).toEqual([2, 3, undefined])
    expect(recording.isRead).toBe(true)
    expect([recording.whole.length, recording.byteLength, allowance.usedBytes]).toEqual([3, 6, 6])
    recording.end()
    expect(allowance.usedBytes).toBe(0)
  })

  test.each([
    ['too large by itself', LARGEST_KEPT_BYTES * 2, [LARGEST_KEPT_BYTES, 1]],
    ['more than there is room for', 10, [6, 5]],
  ])('that is %s keeps only what its client has not read', (_, limitBytes, lengths) => {
    const allowance = new Allowance(limitBytes, { clock: new FakeClock() })
    const recording = new Recording(allowance)
    recording.push(piece(lengths[0] ?? 0))
    expect(recording.isLost).toBe(false)
    recording.next()
    recording.push(piece(lengths[1] ?? 0))
    expect([recording.isLost, allowance.usedBytes, recording.whole.length]).toEqual([true, 0, 1])
    recording.push(piece(7))
    expect([recording.next()?.length, recording.next()?.length, recording.next()]).toEqual([lengths[1], 7, undefined])
    expect([recording.whole.length, recording.isRead]).toEqual([0, true])
  })

  test('shares its room with all others', () => {
    const allowance = new Allowance(10, { clock: new FakeClock() })
    const [one, other] = [new Recording(allowance), new Recording(allowance)]
    one.push(piece(6))
    other.push(piece(5))
    expect([one.isLost, other.isLost]).toEqual([false, true])
    one.end()
    // Its client has it still to read.
    expect(allowance.take(10)).toBe(false)
    expect(one.next()?.length).toBe(6)
    expect(allowance.take(10)).toBe(true)
  })

  test('counts what its client has not read until it has, whatever became of it', () => {
    for (const end of ['end', 'lose'] as const) {
      const allowance = new Allowance(100, { clock: new FakeClock() })
      const recording = new Recording(allowance)
      for (const length of [1, 2, 3]) recording.push(piece(length))
      recording.next()
      recording[end]()
      recording.end()
      expect(allowance.usedBytes).toBe(5)
      // What comes behind the end of a lost one goes straight through.
      if (end === 'lose') recording.push(piece(50))
      const read = [recording.next()?.length, recording.next()?.length]
      expect([read, allowance.usedBytes]).toEqual([[2, 3], 0])
      expect([recording.next()?.length, recording.isRead]).toEqual([end === 'lose' ? 50 : undefined, true])
      expect(allowance.usedBytes).toBe(0)
    }
  })

  test('whose client has gone holds nothing behind its end', () => {
    const allowance = new Allowance(100, { clock: new FakeClock() })
    const [before, behind] = [new Recording(allowance), new Recording(allowance)]
    for (const each of [before, behind]) each.push(piece(9))
    before.leave()
    expect(allowance.usedBytes).toBe(18)
    before.end()
    behind.end()
    expect(allowance.usedBytes).toBe(9)
    behind.leave()
    expect(allowance.usedBytes).toBe(0)
  })

  test('whose client has stalled behind its end makes room for others, and says so', () => {
    const clock = new FakeClock()
    const allowance = new Allowance(10, { clock })
    const [stalled, slow, fresh] = [new Recording(allowance), new Recording(allowance), new Recording(allowance)]
    const dropped: string[] = []
    stalled.onDropped = () => dropped.push('stalled')
    slow.onDropped = () => dropped.push('slow')
    for (const each of [stalled, slow]) for (let i = 0; i < 2; i++) each.push(piece(2))
    stalled.end()
    slow.end()
    clock.advance(STALLED_MS - 1)
    slow.next()
    fresh.push(piece(5))
    expect([dropped, fresh.isLost]).toEqual([[], true])
    clock.advance(1)
    const next = new Recording(allowance)
    next.push(piece(5))
    expect([dropped, next.isLost, allowance.usedBytes]).toEqual([['stalled'], false, 7])
    expect([stalled.isDropped, stalled.isRead, stalled.next()]).toEqual([true, false, undefined])
    expect([slow.isDropped, slow.next()?.length, slow.isRead]).toEqual([false, 2, true])
    // One that is being recorded for others is in nobody's way.
    clock.advance(STALLED_MS)
    expect([allowance.take(6), next.isDropped, allowance.usedBytes]).toEqual([false, false, 5])
  })
})

describe('slots', () => {
  test('are bounded in all and for each owner, and given back once', () => {
    const slots = new Slots({ total: 3, perOwner: 2 })
    const first = slots.take('a')
    expect(slots.take('a')).toBeDefined()
    expect(slots.take('a')).toBeUndefined()
    expect(slots.take('b')).toBeDefined()
    expect(slots.take('c')).toBeUndefined()
    first?.()
    first?.()
    expect(slots.count).toBe(2)
    expect(slots.take('c')).toBeDefined()
    expect(slots.take('a')).toBeUndefined()
  })
})
