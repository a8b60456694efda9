import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { type Expiry, Watchdog, type WatchdogOptions } from './watchdog.ts'

interface Expired {
  readonly expiry: Expiry
  readonly atMs: number
}

/** Everything that happened and when; what expires is told from that alone. */
class Model {
  nowMs = 0
  options: WatchdogOptions | undefined
  startedAtMs = 0
  contentAtMs: number | undefined
  readonly pauses: { readonly fromMs: number; toMs: number }[] = []
  isStopped = false
  readonly expired: Expired[] = []

  get isRunning(): boolean {
    return this.options !== undefined && !this.isStopped && this.expired.length === 0
  }

  get isPaused(): boolean {
    return this.pauses.at(-1)?.toMs === Number.POSITIVE_INFINITY
  }

  /** How long somebody has listened since the last content. */
  silenceMs(contentAtMs: number): number {
    const unheard = this.pauses.map(({ fromMs, toMs }) =>
      Math.max(0, Math.min(toMs, this.nowMs) - Math.max(fromMs, contentAtMs)),
    )
    return this.nowMs - contentAtMs - unheard.reduce((sum, ms) => sum + ms, 0)
  }

  /** Whatever is the first of these; at the same time, whatever stands first. */
  get next(): Expired {
    const { firstEventMs, idleMs, totalMs, deadlineAtMs } = this.options as WatchdogOptions
    const all: Expired[] = [
      { expiry: 'deadline', atMs: deadlineAtMs },
      { expiry: 'total-timeout', atMs: this.startedAtMs + totalMs },
    ]
    const { contentAtMs } = this
    if (contentAtMs === undefined && firstEventMs !== undefined)
      all.push({ expiry: 'first-event-timeout', atMs: this.startedAtMs + firstEventMs })
    if (contentAtMs !== undefined && idleMs !== undefined && !this.isPaused)
      all.push({ expiry: 'idle-timeout', atMs: this.nowMs + idleMs - this.silenceMs(contentAtMs) })
    return all.toSorted((a, b) => a.atMs - b.atMs)[0] as Expired
  }
}

interface Real {
  readonly clock: FakeClock
  readonly expired: Expired[]
  watchdog: Watchdog | undefined
}

/** What has to have happened in some history, or these prove nothing. */
const seen = new Set<string>()

const start = (options: WatchdogOptions): Step<Model, Real> => ({
  name: `start ${JSON.stringify(options)}`,
  canHappen: (model) => model.options === undefined,
  act(model, real) {
    const { clock, expired } = real
    const onExpiry = (expiry: Expiry): unknown => expired.push({ expiry, atMs: clock.nowMs() })
    real.watchdog = new Watchdog(options, { clock, onExpiry })
    real.watchdog.start()
    model.options = options
    model.startedAtMs = model.nowMs
  },
})

const event = (hasContent: boolean): Step<Model, Real> => ({
  name: `event with${hasContent ? '' : 'out'} content`,
  act(model, { watchdog }) {
    watchdog?.onEvent(hasContent)
    if (hasContent && watchdog !== undefined) model.contentAtMs = model.nowMs
  },
})

const pause: Step<Model, Real> = {
  name: 'pause',
  act(model, { watchdog }) {
    watchdog?.pause()
    if (watchdog === undefined || model.isPaused) return
    model.pauses.push({ fromMs: model.nowMs, toMs: Number.POSITIVE_INFINITY })
  },
}

const resume: Step<Model, Real> = {
  name: 'resume',
  act(model, { watchdog }) {
    watchdog?.resume()
    const last = model.pauses.at(-1)
    if (last !== undefined && model.isPaused) last.toMs = model.nowMs
  },
}

const stop: Step<Model, Real> = {
  name: 'stop',
  act(model, { watchdog }) {
    watchdog?.stop()
    model.isStopped = watchdog !== undefined
  },
}

const pass = (ms: number): Step<Model, Real> => ({
  name: `advance ${ms}`,
  async act(model, real) {
    const next = model.isRunning ? model.next : undefined
    if (next !== undefined && next.atMs <= model.nowMs + ms) {
      model.expired.push({ ...next, atMs: Math.max(next.atMs, model.nowMs) })
      seen.add(next.expiry)
      if (next.expiry === 'idle-timeout' && model.pauses.length > 0) seen.add('idle after a pause')
    }
    await advance<Model, Real>(ms).act(model, real)
  },
})

/** To the moment at which something expires as things stand, or to just before it. */
const passUntilDue = (earlyMs: number): Step<Model, Real> => ({
  name: `advance to ${earlyMs} before it expires`,
  canHappen: (model) => model.isRunning && model.next.atMs - earlyMs >= model.nowMs,
  act: (model, real) => pass(model.next.atMs - earlyMs - model.nowMs).act(model, real),
})

const options = fc.record({
  firstEventMs: fc.constantFrom(undefined, 1_000, 5_000),
  idleMs: fc.constantFrom(undefined, 500, 1_000, 3_000),
  totalMs: fc.constantFrom(5_000, 20_000),
  deadlineAtMs: fc.constantFrom(0, 5_000, 20_000, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
})

test('what expires, and when, is what its rules say over any history, at every boundary', async () => {
  await playHistories<Model, Real>({
    setUp: () => ({ model: new Model(), real: { clock: new FakeClock(), expired: [], watchdog: undefined } }),
    steps: [
      options.map(start),
      options.map(start),
      fc.constantFrom(true, true, false).map(event),
      fc.constantFrom(pause, resume),
      fc.constantFrom(pause, resume),
      fc.constantFrom(0, 1, 499, 500, 501, 1_000, 2_999, 3_000, 86_400_000).map(pass),
      fc.nat(700).map(pass),
      fc.constantFrom(0, 1).map(passUntilDue),
      fc.constantFrom(stop, event(true), event(true)),
    ],
    check(model, { clock, expired }) {
      expect(expired).toEqual(model.expired)
      expect(clock.pendingTimers).toBe(model.isRunning ? 1 : 0)
    },
    longest: 40,
    count: 400,
  })
  expect([...seen].toSorted()).toEqual([
    'deadline',
    'first-event-timeout',
    'idle after a pause',
    'idle-timeout',
    'total-timeout',
  ])
})
