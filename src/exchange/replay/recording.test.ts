import { describe, expect, test } from 'bun:test'
import { Allowance, LARGEST_KEPT_BYTES, Recording } from './recording.ts'
import { Slots } from '../../collections/index.ts'

const piece = (length: number): Uint8Array => new Uint8Array(length)

describe('a recording', () => {
  test('gives its client every piece once, and keeps all of them', () => {
    const allowance = new Allowance(100)
    const recording = new Recording(allowance)
    recording.push(piece(1))
    recording.push(piece(2))
    expect([recording.next()?.length, recording.isRead]).toEqual([1, false])
    recording.push(piece(3))
    expect([recording.next()?.length, recording.next()?.length, recording.next()]).toEqual([2, 3, undefined])
    expect(recording.isRead).toBe(true)
    expect([recording.whole.length, recording.byteLength, allowance.usedBytes]).toEqual([3, 6, 6])
    recording.release()
    expect(allowance.usedBytes).toBe(0)
  })

  test.each([
    ['too large by itself', LARGEST_KEPT_BYTES * 2, [LARGEST_KEPT_BYTES, 1]],
    ['more than there is room for', 10, [6, 5]],
  ])('that is %s keeps only what its client has not read', (_, limitBytes, lengths) => {
    const allowance = new Allowance(limitBytes)
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
    const allowance = new Allowance(10)
    const [one, other] = [new Recording(allowance), new Recording(allowance)]
    one.push(piece(6))
    other.push(piece(5))
    expect([one.isLost, other.isLost]).toEqual([false, true])
    one.release()
    expect(allowance.take(10)).toBe(true)
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
