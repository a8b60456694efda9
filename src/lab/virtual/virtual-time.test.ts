import { expect, test } from 'bun:test'
import { VirtualTime } from './virtual-time.ts'

const never = new AbortController().signal

test('time passes only while everybody waits, and in order', async () => {
  const time = new VirtualTime()
  const seen: string[] = []
  const waits = [300, 100, 200, 100].map(async (ms, index) => {
    await time.sleep(ms, never)
    seen.push(`${index} at ${time.nowMs()}`)
    await time.sleep(50, never)
    seen.push(`${index} again at ${time.nowMs()}`)
  })
  await time.run(Promise.all(waits))
  expect(seen).toEqual([
    '1 at 100',
    '3 at 100',
    '1 again at 150',
    '3 again at 150',
    '2 at 200',
    '2 again at 250',
    '0 at 300',
    '0 again at 350',
  ])
  expect(time.nowMs()).toBe(350)
  expect(time.wallMs() - new VirtualTime().wallMs()).toBe(350)
})

test('many timers in any order fire in theirs, cancelled ones never, and an aborted sleep ends at once', async () => {
  const time = new VirtualTime()
  const fired: number[] = []
  const delays = Array.from({ length: 500 }, (_, index) => (index * 7919) % 1009)
  const cancels = delays.map((delay) => time.setTimer(() => fired.push(delay), delay))
  for (const [index, cancel] of cancels.entries()) if (index % 3 === 0) cancel()
  const stop = new AbortController()
  let wokeAtMs = -1
  const sleeper = time.sleep(10_000, stop.signal).then(() => {
    wokeAtMs = time.nowMs()
  })
  time.setTimer(() => stop.abort(), 500)
  await time.run(Promise.all([sleeper, time.sleep(2_000, never)]))
  expect(fired).toEqual(delays.filter((_, index) => index % 3 !== 0).toSorted((a, b) => a - b))
  expect(wokeAtMs).toBe(500)
  expect(time.nowMs()).toBe(2_000)
})

test('what no timer will bring is an error, and a rejection comes through', async () => {
  const time = new VirtualTime()
  await expect(time.run(new Promise(() => undefined))).rejects.toThrow('no timer is set')
  await expect(time.run(Promise.reject(new Error('as it was')))).rejects.toThrow('as it was')
})

test('work that takes many turns without the clock is over before the next timer', async () => {
  const time = new VirtualTime()
  let turns = 0
  const work = async (): Promise<number> => {
    const stream = new ReadableStream({
      pull: async (controller) => {
        await Promise.resolve()
        turns += 1
        controller.enqueue(new Uint8Array(10))
        if (turns === 2_000) controller.close()
      },
    })
    await new Response(stream.pipeThrough(new TransformStream())).arrayBuffer()
    return time.nowMs()
  }
  time.setTimer(() => undefined, 5)
  expect(await time.run(work())).toBe(0)
  expect(turns).toBe(2_000)
})

test('no time passes while another thread computes a digest, and the digests of others are left as they were', async () => {
  const time = new VirtualTime()
  const original = crypto.subtle.digest
  const digests = async (): Promise<number> => {
    // Only what begins while time is run is seen.
    await Promise.resolve()
    for (let round = 0; round < 20; round += 1) await crypto.subtle.digest('SHA-256', new Uint8Array(1_000_000))
    return time.nowMs()
  }
  for (let ms = 1; ms < 100; ms += 1) time.setTimer(() => undefined, ms)
  expect(await time.run(Promise.all([digests(), digests()]))).toEqual([0, 0])
  expect(crypto.subtle.digest).toBe(original)
})
