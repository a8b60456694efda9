import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../../test/support/histories.ts'
import type { KeptAnswer } from './kept-answer.ts'
import { MemoryAnswerStore } from './memory-answer-store.ts'

const answer = (exchange: string, bytes = 0): KeptAnswer => ({
  exchange,
  platform: 'a/x',
  verdict: 'complete',
  degraded: undefined,
  identity: 'i',
  form: 'whole',
  bytes: new Uint8Array(bytes),
  completion: 'strict',
})
/** What the store says that one of these costs: its bytes, its id and the entry itself. */
const costOf = (id: string, bytes: number): number => bytes + 512 + 2 * id.length

const LIMIT_BYTES = 4_000
const CAPACITY = 5

interface Entry {
  readonly id: string
  readonly exchange: string
  readonly cost: number
  readonly untilMs: number
}

/** The rules again, over a list of all that is there, oldest first. */
class Model {
  nowMs = 0
  limitBytes = LIMIT_BYTES
  entries: Entry[] = []

  live(): Entry[] {
    return this.entries.filter(({ untilMs }) => this.nowMs < untilMs)
  }

  get bytes(): number {
    return this.entries.reduce((sum, { cost }) => sum + cost, 0)
  }

  fit(): void {
    while (this.bytes > this.limitBytes || this.entries.length > CAPACITY) this.entries.shift()
  }
}

interface Real {
  readonly clock: FakeClock
  readonly store: MemoryAnswerStore
}

const IDS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven']

let ordinal = 0

const put = (id: string, bytes: number, forMs: number): Step<Model, Real> => ({
  name: `put ${id} ${bytes} for ${forMs}`,
  async act(model, { store }) {
    const exchange = `e${ordinal++}`
    await store.put(id, answer(exchange, bytes), forMs)
    const cost = costOf(id, bytes)
    model.entries = model.entries.filter((entry) => entry.id !== id)
    if (cost > model.limitBytes) return
    model.entries.push({ id, exchange, cost, untilMs: model.nowMs + forMs })
    model.fit()
  },
})

const remove = (id: string): Step<Model, Real> => ({
  name: `remove ${id}`,
  async act(model, { store }) {
    await store.remove(id)
    model.entries = model.entries.filter((entry) => entry.id !== id)
  },
})

const pass = (ms: number): Step<Model, Real> => ({
  name: `advance ${ms}`,
  async act(model, real) {
    await advance<Model, Real>(ms).act(model, real)
    real.store.sweep()
  },
})

const limit = (bytes: number): Step<Model, Real> => ({
  name: `limit ${bytes}`,
  act(model, { store }) {
    store.limitBytes = bytes
    model.limitBytes = bytes
    model.fit()
  },
})

const id = fc.constantFrom(...IDS)
const durations = fc.constantFrom(1, 999, 1_000, 1_001, 60_000)

describe('the memory store', () => {
  test('keeps what fits, for its time, over any history', () =>
    playHistories<Model, Real>({
      setUp: () => {
        const clock = new FakeClock()
        const store = new MemoryAnswerStore({ limitBytes: LIMIT_BYTES, capacity: CAPACITY }, { clock })
        return { model: new Model(), real: { clock, store } }
      },
      steps: [
        fc.tuple(id, fc.constantFrom(0, 10, 1_000, 3_400, 3_482, 5_000), durations).map((each) => put(...each)),
        fc.tuple(id, fc.constantFrom(0, 10, 1_000), durations).map((each) => put(...each)),
        id.map(remove),
        fc.oneof(durations, fc.constantFrom(0, 59_999, 86_400_000)).map(pass),
        fc.constantFrom(100, 1_500, LIMIT_BYTES, LIMIT_BYTES).map(limit),
      ],
      async check(model, { store }) {
        // What has expired may still be there, and takes room until it is looked for.
        expect(store.size).toBeLessThanOrEqual(CAPACITY)
        expect(store.bytes).toBeLessThanOrEqual(model.limitBytes)
        for (const each of IDS) {
          const expected = model.live().find((entry) => entry.id === each)?.exchange
          expect((await store.get(each))?.exchange).toBe(expected as string)
        }
        // Now all of them were looked for.
        model.entries = model.live()
        expect([store.size, store.bytes]).toEqual([model.entries.length, model.bytes])
      },
      longest: 60,
      count: 300,
    }))

  test('lets go of what has expired without being asked for it', async () => {
    const clock = new FakeClock()
    const store = new MemoryAnswerStore({ limitBytes: 1_000_000 }, { clock })
    await store.put('long', answer('l', 100), 60_000)
    await store.put('short', answer('s', 100), 2_000)
    clock.advance(1_999)
    store.sweep()
    expect(store.size).toBe(2)
    clock.advance(1_000)
    store.sweep()
    expect([store.size, store.bytes]).toEqual([1, costOf('long', 100)])
  })

  test('stays within its bounds under a million keys', async () => {
    const clock = new FakeClock()
    const limitBytes = 8 * 1_048_576
    const store = new MemoryAnswerStore({ limitBytes }, { clock })
    Bun.gc(true)
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 1_000_000; i++)
      await store.put(`client ${i % 1_000} key ${i}`, answer(`fs_${i}`, 1_000), 86_400_000)
    Bun.gc(true)
    expect(store.size).toBeLessThanOrEqual(10_000)
    expect(store.bytes).toBeLessThanOrEqual(limitBytes)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(3 * limitBytes)
  }, 30_000)
})
