import { describe, expect, test } from 'bun:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { REPEAT_WINDOW_MS, Repeats } from './repeats.ts'

describe('Repeats', () => {
  test('counts failures of the same body from the same client, within the window from the last one', () => {
    const clock = new FakeClock()
    const repeats = new Repeats({ clock })
    expect(repeats.of('x', 'body')).toBe(0)
    repeats.onFailure('x', 'body')
    clock.advance(REPEAT_WINDOW_MS - 1)
    repeats.onFailure('x', 'body')
    clock.advance(REPEAT_WINDOW_MS - 1)
    expect(repeats.of('x', 'body')).toBe(2)
    expect([repeats.of('y', 'body'), repeats.of('x', 'bodz')]).toEqual([0, 0])
    clock.advance(1)
    expect(repeats.of('x', 'body')).toBe(0)
    repeats.onFailure('x', 'body')
    expect(repeats.of('x', 'body')).toBe(1)
  })

  test('tells long conversations apart by their ends and their length', () => {
    const repeats = new Repeats({ clock: new FakeClock() })
    const long = 'conversation '.repeat(10_000)
    repeats.onFailure('x', `${long}one`)
    expect(repeats.of('x', `${long}two`)).toBe(0)
    expect(repeats.of('x', `${long} one`)).toBe(0)
    expect(repeats.of('x', `${long}one`)).toBe(1)
  })

  test('remembers no more than its capacity, however many keys there are', () => {
    const repeats = new Repeats({ clock: new FakeClock() }, 100)
    for (let i = 0; i < 1_000; i++) repeats.onFailure('x', `body ${i}`)
    const remembered = Array.from({ length: 1_000 }, (_, i) => repeats.of('x', `body ${i}`)).filter(
      (count) => count > 0,
    )
    expect(remembered.length).toBe(100)
  })
})
