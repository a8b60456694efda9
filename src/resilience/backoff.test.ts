import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS, backoffMs } from './backoff.ts'
import { wait } from './clock.ts'

test('the longest wait doubles up to the cap, and the draw is even from 0', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (tries, draw) => {
        const ceiling = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (tries - 1))
        expect(backoffMs(tries, () => draw)).toBe(draw * ceiling)
      },
    ),
  )
})

test('a wait ends at its time, at once when aborted, and leaves no timer behind', async () => {
  const clock = new FakeClock()
  const aborter = new AbortController()
  let ended = 0
  const count = (): void => void (ended += 1)
  const waits = [
    wait(100, clock, new AbortController().signal).then(count),
    wait(1_000, clock, aborter.signal).then(count),
  ]
  clock.advance(100)
  await waits[0]
  expect(ended).toBe(1)
  aborter.abort()
  await Promise.all(waits)
  expect(ended).toBe(2)
  expect(clock.pendingTimers).toBe(0)
  await wait(1_000, clock, aborter.signal)
  expect(clock.pendingTimers).toBe(0)
})
