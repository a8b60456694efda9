import { expect, test } from 'bun:test'
import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { wait } from './clock.ts'

/** Those whom a wait can be cut short by. */
const ABORTERS = 2

interface Waiting {
  readonly dueAtMs: number
  readonly aborter: number
  hasEnded: boolean
}

class Model {
  nowMs = 0
  readonly aborted = new Set<number>()
  readonly all: Waiting[] = []

  pass(): void {
    for (const each of this.all) each.hasEnded ||= this.nowMs >= each.dueAtMs || this.aborted.has(each.aborter)
  }

  get open(): readonly Waiting[] {
    return this.all.filter(({ hasEnded }) => !hasEnded)
  }
}

class Real {
  readonly clock: FakeClock = new FakeClock()
  readonly aborters: readonly AbortController[] = Array.from({ length: ABORTERS }, () => new AbortController())
  /** How often each has ended. */
  readonly ends: number[] = []
}

const begin = (delayMs: number, aborter: number): Step<Model, Real> => ({
  name: `wait ${delayMs}, unless ${aborter} aborts`,
  act(model, { clock, aborters, ends }) {
    const ordinal = ends.push(0) - 1
    const { signal } = aborters[aborter] as AbortController
    void wait(delayMs, clock, signal).then(() => (ends[ordinal] = (ends[ordinal] ?? 0) + 1))
    model.all.push({ dueAtMs: model.nowMs + delayMs, aborter, hasEnded: false })
  },
})

const abort = (aborter: number): Step<Model, Real> => ({
  name: `${aborter} aborts`,
  act(model, { aborters }) {
    aborters[aborter]?.abort()
    model.aborted.add(aborter)
  },
})

/** At the moment that a wait is due, or just before or after it, with nothing in between. */
const abortAround = (pick: number, offMs: number): Step<Model, Real> => ({
  name: `abort ${offMs} ms from when ${pick} is due`,
  act(model, { clock, aborters }) {
    const waiting = model.open[pick % Math.max(1, model.open.length)]
    if (waiting === undefined || waiting.dueAtMs + offMs < model.nowMs) return
    clock.advance(waiting.dueAtMs + offMs - model.nowMs)
    aborters[waiting.aborter]?.abort()
    model.nowMs = waiting.dueAtMs + offMs
    model.aborted.add(waiting.aborter)
    seen.add(offMs < 0 ? 'cut short' : offMs === 0 ? 'aborted when it was due' : 'aborted later')
  },
})

/** What has to have happened in some history, or these prove nothing. */
const seen = new Set<string>()

test('waits end once, when they are due or aborted, and leave nothing behind, over any history', async () => {
  const aborter = fc.nat(ABORTERS - 1)
  await playHistories<Model, Real>({
    setUp: () => ({ model: new Model(), real: new Real() }),
    steps: [
      fc.tuple(fc.oneof(fc.constantFrom(-1, 0, 1, 100), fc.nat(10_000)), aborter).map((each) => begin(...each)),
      fc.tuple(fc.constantFrom(1, 2, 100, 5_000), aborter).map((each) => begin(...each)),
      fc.oneof(fc.constantFrom(0, 1, 99, 100, 86_400_000), fc.nat(1_000)).map(advance<Model, Real>),
      fc.tuple(fc.nat(5), fc.constantFrom(-1, 0, 1)).map((each) => abortAround(...each)),
      aborter.map(abort),
    ],
    async check(model, { clock, aborters, ends }) {
      model.pass()
      await Promise.resolve()
      await Promise.resolve()
      const { all, open } = model
      expect(ends).toEqual(all.map(({ hasEnded }) => Number(hasEnded)))
      expect(clock.pendingTimers).toBe(open.length)
      for (const [index, { signal }] of aborters.entries())
        expect(getEventListeners(signal, 'abort')).toHaveLength(open.filter((each) => each.aborter === index).length)
    },
    longest: 20,
    count: 200,
  })
  expect([...seen].toSorted()).toEqual(['aborted later', 'aborted when it was due', 'cut short'])
})
