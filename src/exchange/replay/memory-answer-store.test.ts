import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
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

abstract class Step implements fc.AsyncCommand<Model, Real> {
  check(): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real)
    // What has expired may still be there, and takes room until it is looked for.
    const { store } = real
    expect(store.size).toBeLessThanOrEqual(CAPACITY)
    expect(store.bytes).toBeLessThanOrEqual(model.limitBytes)
    for (const id of IDS) {
      const expected = model.live().find((entry) => entry.id === id)?.exchange
      expect((await store.get(id))?.exchange).toBe(expected as string)
    }
    // Now all of them were looked for.
    model.entries = model.live()
    expect([store.size, store.bytes]).toEqual([model.entries.length, model.bytes])
  }

  abstract act(model: Model, real: Real): Promise<void>
  abstract toString(): string
}

let ordinal = 0

class Put extends Step {
  readonly id: string
  readonly bytes: number
  readonly forMs: number
  constructor(id: string, bytes: number, forMs: number) {
    super()
    this.id = id
    this.bytes = bytes
    this.forMs = forMs
  }
  async act(model: Model, { store }: Real): Promise<void> {
    const exchange = `e${ordinal++}`
    await store.put(this.id, answer(exchange, this.bytes), this.forMs)
    const cost = costOf(this.id, this.bytes)
    model.entries = model.entries.filter(({ id }) => id !== this.id)
    if (cost > model.limitBytes) return
    model.entries.push({ id: this.id, exchange, cost, untilMs: model.nowMs + this.forMs })
    model.fit()
  }
  toString(): string {
    return `put ${this.id} ${this.bytes} for ${this.forMs}`
  }
}

class Remove extends Step {
  readonly id: string
  constructor(id: string) {
    super()
    this.id = id
  }
  async act(model: Model, { store }: Real): Promise<void> {
    await store.remove(this.id)
    model.entries = model.entries.filter(({ id }) => id !== this.id)
  }
  toString(): string {
    return `remove ${this.id}`
  }
}

class Advance extends Step {
  readonly ms: number
  constructor(ms: number) {
    super()
    this.ms = ms
  }
  act(model: Model, { clock, store }: Real): Promise<void> {
    clock.advance(this.ms)
    model.nowMs += this.ms
    store.sweep()
    return Promise.resolve()
  }
  toString(): string {
    return `advance ${this.ms}`
  }
}

class Limit extends Step {
  readonly bytes: number
  constructor(bytes: number) {
    super()
    this.bytes = bytes
  }
  act(model: Model, { store }: Real): Promise<void> {
    store.limitBytes = this.bytes
    model.limitBytes = this.bytes
    model.fit()
    return Promise.resolve()
  }
  toString(): string {
    return `limit ${this.bytes}`
  }
}

const id = fc.constantFrom(...IDS)
const durations = fc.constantFrom(1, 999, 1_000, 1_001, 60_000)
const steps = [
  fc.tuple(id, fc.constantFrom(0, 10, 1_000, 3_400, 3_482, 5_000), durations).map((each) => new Put(...each)),
  fc.tuple(id, fc.constantFrom(0, 10, 1_000), durations).map((each) => new Put(...each)),
  id.map((each) => new Remove(each)),
  fc.oneof(durations, fc.constantFrom(0, 59_999, 86_400_000)).map((ms) => new Advance(ms)),
  fc.constantFrom(100, 1_500, LIMIT_BYTES, LIMIT_BYTES).map((bytes) => new Limit(bytes)),
]

describe('the memory store', () => {
  test('keeps what fits, for its time, over any history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: 60, size: 'max' }), async (commands) => {
        const clock = new FakeClock()
        const store = new MemoryAnswerStore({ limitBytes: LIMIT_BYTES, capacity: CAPACITY }, { clock })
        await fc.asyncModelRun(() => ({ model: new Model(), real: { clock, store } }), commands)
      }),
      { numRuns: 300 },
    )
  })

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
