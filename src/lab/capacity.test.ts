import { expect, test } from 'bun:test'
import { RateLimit, WaitingLine } from './capacity.ts'
import { VirtualTime } from './virtual/virtual-time.ts'

const never = new AbortController().signal

/** When each of the requests, made at these times, had its turn. */
async function turns(
  atMs: readonly number[],
  squeezed?: { fromMs: number; untilMs: number; slots: number },
): Promise<number[]> {
  const time = new VirtualTime()
  const line = new WaitingLine(
    { slots: 2, serviceMs: 100, ...(squeezed !== undefined && { squeezed }) },
    { elapsedMs: () => time.nowMs(), sleep: time.sleep },
  )
  const turn = async (ms: number): Promise<number> => {
    await time.sleep(ms, never)
    await line.turn()
    return time.nowMs()
  }
  return time.run(Promise.all(atMs.map(turn)))
}

test('as many as there are slots are worked on, the others wait in order', async () => {
  expect(await turns([0, 10, 20, 30, 40, 300])).toEqual([0, 10, 100, 110, 200, 300])
})

test('squeezed, it works off its line slower, until that is over', async () => {
  expect(await turns([0, 0, 0, 0, 0], { fromMs: 50, untilMs: 150, slots: 1 })).toEqual([0, 0, 100, 200, 200])
})

test('a bucket holds a quarter of a minute’s worth, refills evenly, and says when there is room', () => {
  let nowMs = 0
  const limit = new RateLimit(60, { elapsedMs: () => nowMs })
  const taken = (): number => {
    let count = 0
    while (limit.take().isTaken) count += 1
    return count
  }
  expect(taken()).toBe(15)
  expect(limit.take()).toEqual({ isTaken: false, retryAfterSeconds: 1 })
  nowMs += 2_500
  expect(taken()).toBe(2)
  nowMs += 3_600_000
  expect(taken()).toBe(15)
})
