import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { ConcurrencyLimit } from './concurrency-limit.ts'

interface FirstEvent {
  readonly ms: number
  readonly inFlight: number
}

/** What may come is all of it but for a lid, which grows fiftyfold a second from where it begins; not yet begun, it stays. */
interface Lid {
  readonly from: number
  growsFromMs: number | undefined
}

/**
 * The rules again. Of first events only medians are kept, all of them, and what is usual is told from them anew each time. The
 * clock is monotonic: it stands still or jumps ahead.
 */
class Model {
  nowMs = 0
  cap = 200
  /** What first events have made of the cap. */
  open = 200
  lid: Lid | undefined
  windowFromMs = 0
  window: FirstEvent[] = []
  readonly medians: number[] = []

  get lowest(): number {
    return Math.min(20, this.cap)
  }

  get lidNow(): number {
    if (this.lid === undefined) return Number.POSITIVE_INFINITY
    const { from, growsFromMs } = this.lid
    return growsFromMs === undefined ? from : from * 50 ** ((this.nowMs - growsFromMs) / 1_000)
  }

  /** Asking for it takes off a lid that has grown to where it keeps nobody out. */
  get limit(): number {
    const limit = Math.floor(Math.min(this.open, this.lidNow))
    if (this.lid?.growsFromMs !== undefined && this.lidNow >= this.open) this.lid = undefined
    return limit
  }

  /** An average that follows over sixty windows, and by a tenth at once where it is more than twice what came last. */
  get usualMs(): number | undefined {
    return this.medians.reduce<number | undefined>((usual, median) => {
      const next = usual === undefined ? median : usual + (median - usual) / 60
      return next > 2 * median ? next * 0.9 : next
    }, undefined)
  }

  onFirstEvent(event: FirstEvent): void {
    const openMs = this.nowMs - this.windowFromMs
    if (openMs >= 2_000 && this.window.length < 10) {
      if (this.window.length > 0) seen.add('too few before a gap were forgotten')
      this.beginWindow()
    }
    this.window.push(event)
    const { length } = this.window
    if (length === 50) seen.add('fifty closed a window')
    else if (length >= 10 && this.nowMs - this.windowFromMs >= 1_000) seen.add('a second closed a window')
    else return
    this.close()
    this.beginWindow()
  }

  beginWindow(): void {
    this.windowFromMs = this.nowMs
    this.window = []
  }

  close(): void {
    const times = this.window.map(({ ms }) => ms)
    // The least that more than half of them do not exceed.
    const median = Math.min(...times.filter((ms) => times.filter((other) => other <= ms).length * 2 > times.length))
    const most = Math.max(...this.window.map(({ inFlight }) => inFlight))
    const usual = this.usualMs ?? median
    this.medians.push(median)
    const isSlow = (1.5 * usual) / median < 1
    const share = isSlow ? Math.max(0.5, (1.5 * usual) / median) : 1
    // As usual, it grows where at least half of it is used; slow, it shrinks from what ran, twice.
    if (!isSlow && most < this.open / 2) return
    const from = isSlow ? Math.min(this.open, Math.max(2 * most, this.lowest)) : this.open
    const next = from * 0.8 + (from * share + Math.sqrt(from)) * 0.2
    seen.add(isSlow ? 'slow times' : 'usual times, used')
    if (isSlow && share === 0.5) seen.add('very slow times')
    this.open = Math.min(this.cap, Math.max(this.lowest, next))
  }
}

interface Real {
  readonly clock: FakeClock
  readonly limit: ConcurrencyLimit
}

/** What has to have happened in some history, or these prove nothing. */
const seen = new Set<string>()

/** Alike, one after another, `everyMs` apart. */
const firstEvents = (count: number, event: FirstEvent, everyMs: number): Step<Model, Real> => ({
  name: `${count} first events after ${event.ms} ms of ${event.inFlight} at once, every ${everyMs} ms`,
  async act(model, real) {
    for (let i = 0; i < count; i++) {
      await advance<Model, Real>(everyMs).act(model, real)
      real.limit.onFirstEvent(event.ms, event.inFlight)
      model.onFirstEvent(event)
    }
  },
})

/** Time alone never lowers it. */
const pass = (ms: number): Step<Model, Real> => ({
  name: `advance ${ms}`,
  async act(model, real) {
    const before = real.limit.limit
    await advance<Model, Real>(ms).act(model, real)
    expect(real.limit.limit).toBeGreaterThanOrEqual(before)
  },
})

const various = (events: readonly FirstEvent[]): Step<Model, Real> => ({
  name: `first events ${events.map(({ ms, inFlight }) => `${ms}/${inFlight}`).join(' ')}`,
  async act(model, real) {
    for (const event of events) await firstEvents(1, event, 25).act(model, real)
  },
})

/** What is no time says nothing. */
const nonsense = (ms: number): Step<Model, Real> => ({
  name: `first event after ${ms} ms`,
  act(_, { limit }) {
    limit.onFirstEvent(ms, 1_000)
  },
})

const setCap = (cap: number): Step<Model, Real> => ({
  name: `cap ${cap}`,
  act(model, { limit }) {
    limit.setCap(cap)
    const bounded = Math.min(cap, 1_000)
    // What stood at the old one goes with it.
    model.open = model.open === model.cap ? bounded : Math.min(model.open, bounded)
    model.cap = bounded
  },
})

const outage: Step<Model, Real> = {
  name: 'outage',
  act(model, { limit }) {
    limit.onOutage()
    model.lid = { from: 20, growsFromMs: undefined }
  },
}

const life: Step<Model, Real> = {
  name: 'life',
  act(model, { limit }) {
    limit.onLife()
    if (model.lid !== undefined) model.lid.growsFromMs ??= model.nowMs
  },
}

const recover = (inFlight: number): Step<Model, Real> => ({
  name: `recovery with ${inFlight} at once`,
  act(model, { limit }) {
    limit.onRecovery(inFlight)
    model.lid = { from: Math.max(20, Math.min(2 * inFlight, model.lidNow)), growsFromMs: model.nowMs }
  },
})

const ms = fc.constantFrom(0, 1, 200, 400, 599, 600, 601, 800, 1_200, 4_000, 60_000)
const inFlight = fc.constantFrom(0, 1, 9, 10, 11, 40, 99, 100, 101, 500, 2_000)
const event = fc.record({ ms, inFlight })
const wild = fc.record({ ms: fc.double({ min: 0, max: 1e6, noNaN: true }), inFlight: fc.nat(2_000) })
const boundary = fc.constantFrom(0, 1, 999, 1_000, 1_001, 1_999, 2_000, 2_001, 3_600_000)

test('does what its rules say over any history, at every boundary, after any idle gap', async () => {
  await playHistories<Model, Real>({
    setUp: () => {
      const clock = new FakeClock()
      return { model: new Model(), real: { clock, limit: new ConcurrencyLimit({ cap: 200 }, { clock }) } }
    },
    steps: [
      fc.oneof(boundary, fc.nat(1_500)).map(pass),
      fc
        .tuple(fc.constantFrom(1, 9, 10, 49, 50, 51, 100), event, fc.constantFrom(0, 20, 100, 111, 500))
        .map((each) => firstEvents(...each)),
      fc.tuple(fc.constantFrom(10, 20, 100), event, fc.constant(100)).map((each) => firstEvents(...each)),
      fc.array(fc.oneof(event, wild), { minLength: 1, maxLength: 60 }).map(various),
      fc.constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY).map(nonsense),
      fc.constantFrom(1, 5, 19, 20, 21, 50, 200, 200, 1_000, 1_001, Number.POSITIVE_INFINITY).map(setCap),
      fc.constantFrom(outage, life, life),
      inFlight.map(recover),
    ],
    check(model, { limit: real }) {
      const { lid, open, limit } = model
      if (lid !== undefined) seen.add(model.lid === undefined ? 'a lid came off' : 'a lid held')
      expect(real.limit).toBe(limit)
      // Whatever the rules are.
      expect(limit).toBeGreaterThanOrEqual(Math.min(20, model.cap))
      expect(limit).toBeLessThanOrEqual(Math.min(model.cap, 1_000, open))
    },
    longest: 40,
    count: 300,
  })
  expect([...seen].toSorted()).toEqual([
    'a lid came off',
    'a lid held',
    'a second closed a window',
    'fifty closed a window',
    'slow times',
    'too few before a gap were forgotten',
    'usual times, used',
    'very slow times',
  ])
})
