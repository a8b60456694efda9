import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { BoundedStore } from './bounded-store.ts'

const ENTRY_BYTES = 256
const cost = (key: string, bytes: number): number => bytes + 2 * key.length + ENTRY_BYTES

test('is what a list would be that is cut from its oldest end, in number, bytes and time', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const step = fc.oneof(
    fc.record({
      do: fc.constant('set' as const),
      key,
      bytes: fc.nat(1_200),
      forMs: fc.integer({ min: 1, max: 5_000 }),
    }),
    fc.record({ do: fc.constant('delete' as const), key }),
    fc.record({ do: fc.constant('advance' as const), ms: fc.nat(3_000) }),
  )
  const limits = fc.record({
    capacity: fc.integer({ min: 1, max: 4 }),
    limitBytes: fc.integer({ min: 300, max: 3_000 }),
  })
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 60 }), ({ capacity, limitBytes }, steps) => {
      const clock = new FakeClock()
      const store = new BoundedStore<number>({ capacity, limitBytes }, { nowMs: () => clock.nowMs() })
      let list: { key: string; value: number; bytes: number; untilMs: number }[] = []
      for (const [value, each] of steps.entries()) {
        if (each.do === 'advance') clock.advance(each.ms)
        if (each.do === 'delete') {
          store.delete(each.key)
          list = list.filter((entry) => entry.key !== each.key)
        }
        if (each.do === 'set') {
          const bytes = cost(each.key, each.bytes)
          list = list.filter((entry) => entry.key !== each.key)
          expect(store.set(each.key, value, each)).toBe(bytes <= limitBytes)
          if (bytes <= limitBytes) {
            list.push({ key: each.key, value, bytes, untilMs: clock.nowMs() + each.forMs })
            expect(store.get(each.key)).toBe(value)
          }
        }
        expect(store.size).toBeLessThanOrEqual(capacity)
        expect(store.bytes).toBeLessThanOrEqual(limitBytes)
        for (const name of ['a', 'b', 'c', 'd', 'e']) {
          const found = store.get(name)
          const listed = list.find((entry) => entry.key === name)
          const isValid = listed !== undefined && clock.nowMs() < listed.untilMs
          // What was put there last is there, unless the bounds took it; nothing else ever is.
          if (found !== undefined) expect([found === listed?.value, isValid]).toEqual([true, true])
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('what has expired is given to nobody, and its memory is free with the next use', () => {
  const clock = new FakeClock()
  const store = new BoundedStore<string>({ capacity: 10, limitBytes: 10_000 }, { nowMs: () => clock.nowMs() })
  store.set('long', 'a', { forMs: 60_000, bytes: 10 })
  store.set('short', 'b', { forMs: 1_000, bytes: 10 })
  clock.advance(999)
  expect(store.get('short')).toBe('b')
  clock.advance(1)
  expect(store.get('other')).toBeUndefined()
  expect([store.size, store.bytes]).toEqual([1, cost('long', 10)])
  store.clear()
  expect([store.get('long'), store.bytes]).toEqual([undefined, 0])
})

test('stays within its bounds under a million keys', () => {
  const store = new BoundedStore<number>({ capacity: 1_000, limitBytes: 1_000_000 }, { nowMs: () => 0 })
  for (let i = 0; i < 1_000_000; i++) store.set(`key ${i}`, i, { forMs: 1_000, bytes: 100 })
  expect(store.size).toBe(1_000)
  expect(store.get('key 999999')).toBe(999_999)
})
