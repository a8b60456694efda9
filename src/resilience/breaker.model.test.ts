import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { Breaker, FORGOTTEN_AFTER_MS, OUTCOME_WINDOW_MS } from './breaker.ts'
import type { Permit, Signal } from './breaker-state.ts'

/** The rules again, over lists of everything that happened: nothing expires, nothing is summed up, nothing is reset. */
class Model {
  nowMs = 0
  state: 'closed' | 'open' | 'probing' = 'closed'
  isHard = true
  epoch = 0
  level = 0
  waitMs = 0
  fromMs = 0
  sinceMs = 0
  hasChanged = false
  showsLife = false
  probe: Permit | undefined
  outcomes: { atMs: number; signal: Signal }[] = []
  readonly permits: Permit[] = []

  get streak(): number {
    let count = 0
    for (const { signal } of this.outcomes.toReversed()) {
      if (signal === 'success') break
      if (signal === 'failure') count += 1
    }
    return count
  }

  get isRateLow(): boolean {
    const bucket = (ms: number): number => Math.floor(ms / 2_000)
    const recent = this.outcomes.filter(({ atMs }) => bucket(this.nowMs) - bucket(atMs) < 15)
    return recent.length >= 50 && recent.filter(({ signal }) => signal === 'success').length / recent.length < 0.8
  }

  remainingMs(isLastResort: boolean): number {
    return Math.max(0, this.fromMs + (isLastResort ? Math.min(1_000, this.waitMs) : this.waitMs) - this.nowMs)
  }

  opensInMs(isLastResort: boolean): number {
    if (this.state === 'closed' || (isLastResort && (this.showsLife || !this.isHard))) return 0
    return this.remainingMs(isLastResort)
  }

  forget(): void {
    if (this.state === 'closed' || this.nowMs < this.fromMs + this.waitMs + 60_000) return
    this.close()
    this.outcomes = Array.from({ length: 4 }, () => ({ atMs: -1_000_000, signal: 'failure' as const }))
  }

  close(): void {
    this.epoch += 1
    this.outcomes = []
    this.showsLife = false
    this.change('closed')
  }

  open(isLonger: boolean, retryAfterMs: number): void {
    this.level = isLonger ? this.level + 1 : 0
    this.waitMs = Math.max(Math.min(30_000, 1_000 * 2 ** this.level), Math.min(30_000, retryAfterMs))
    this.fromMs = this.nowMs
    this.showsLife = false
    this.change('open')
  }

  change(state: Model['state']): void {
    this.state = state
    this.sinceMs = this.nowMs
    this.hasChanged = true
  }

  settle(permit: Permit, signal: Signal, retryAfterMs: number): void {
    if (permit.epoch !== this.epoch) return
    if (this.state === 'closed') {
      if (signal !== 'nothing') this.outcomes.push({ atMs: this.nowMs, signal })
      if (signal === 'success' || signal === 'nothing') return
      if (this.streak < 5 && !this.isRateLow) return
      this.isHard = this.streak >= 5
      this.epoch += 1
      this.outcomes = []
      this.open(this.hasChanged && this.nowMs - this.sinceMs < OUTCOME_WINDOW_MS, retryAfterMs)
      return
    }
    const isCurrent = this.state === 'probing' && permit === this.probe
    if (signal === 'success' && permit.isProbe) this.close()
    else if (signal === 'nothing' && isCurrent) {
      this.waitMs = 0
      this.change('open')
    } else if (signal !== 'nothing') {
      this.outcomes.push({ atMs: this.nowMs, signal })
      const shuts = signal === 'failure' && !this.isHard && this.streak >= 5
      if ((isCurrent && signal !== 'success') || (shuts && this.state === 'open')) {
        this.isHard ||= shuts
        this.open(true, retryAfterMs)
      }
    }
  }
}

interface Real {
  readonly clock: FakeClock
  readonly breaker: Breaker
}

const acquire = (isLastResort: boolean): Step<Model, Real> => ({
  name: `acquire${isLastResort ? ' as the last resort' : ''}`,
  act(model, { breaker }) {
    const isAdmitted = model.opensInMs(isLastResort) === 0
    const permit = breaker.acquire({ isLastResort })
    expect(permit !== undefined).toBe(isAdmitted)
    if (permit === undefined) return
    const isDue = model.state !== 'closed' && model.remainingMs(isLastResort) === 0
    expect(permit.isProbe).toBe(isDue || model.showsLife)
    expect(permit.epoch).toBe(model.epoch)
    model.permits.push(permit)
    if (!isDue) return
    model.probe = permit
    model.fromMs = model.nowMs
    if (model.state === 'open') model.change('probing')
  },
})

/** On a permit that was given before. */
const settle = (pick: number, signal: Signal, retryAfterMs: number): Step<Model, Real> => ({
  name: `settle ${pick} ${signal} ${retryAfterMs}`,
  act(model, { breaker }) {
    const permit = model.permits.splice(pick % Math.max(1, model.permits.length), 1)[0]
    if (permit === undefined) return
    breaker.settle(permit, signal, retryAfterMs)
    model.settle(permit, signal, retryAfterMs)
  },
})

const showLife = (pick: number): Step<Model, Real> => ({
  name: `life ${pick}`,
  act(model, { breaker }) {
    const permit = model.permits[pick % Math.max(1, model.permits.length)]
    if (permit === undefined) return
    breaker.onLife(permit)
    if (permit.isProbe && permit.epoch === model.epoch) model.showsLife = true
  },
})

/** An attempt from its begin to its end, many times. */
const series = (signals: readonly Signal[]): Step<Model, Real> => ({
  name: `series ${signals.join(' ')}`,
  async act(model, real) {
    for (const signal of signals) {
      model.forget()
      await acquire(true).act(model, real)
      const permit = model.permits.pop()
      if (permit === undefined) return
      real.breaker.settle(permit, signal)
      model.settle(permit, signal, 0)
    }
  },
})

const signal = fc.constantFrom<Signal>('success', 'failure', 'soft-failure', 'nothing')
const boundaries = [0, 1, 999, 1_000, 1_001, 1_999, 2_000, 29_999, 3_600_000]
const boundary = fc.constantFrom(...boundaries, OUTCOME_WINDOW_MS, FORGOTTEN_AFTER_MS - 1, FORGOTTEN_AFTER_MS)
const mixed = fc.constantFrom<Signal>('success', 'success', 'success', 'soft-failure', 'failure')

test('does what its rules say over any history, at every boundary, after any idle gap', () =>
  playHistories<Model, Real>({
    setUp: () => {
      const clock = new FakeClock()
      return { model: new Model(), real: { clock, breaker: new Breaker({ clock, random: () => 0 }) } }
    },
    steps: [
      fc.oneof(boundary, fc.integer({ min: 0, max: 5_000 })).map(advance<Model, Real>),
      fc.boolean().map(acquire),
      fc.boolean().map(acquire),
      fc.tuple(fc.nat(5), signal, fc.constantFrom(0, 0, 0, 7_000, 3_600_000)).map((each) => settle(...each)),
      fc.nat(5).map(showLife),
      fc.constantFrom(4, 5, 6).map((length) => series(Array.from({ length }, () => 'failure' as const))),
      fc.array(mixed, { maxLength: 70 }).map(series),
    ],
    check(model, { breaker }) {
      model.forget()
      expect(breaker.state).toBe(model.state)
      expect(breaker.sinceMs).toBe(model.sinceMs)
      for (const isLastResort of [true, false])
        expect(breaker.opensInMs({ isLastResort })).toBe(model.opensInMs(isLastResort))
    },
    longest: 60,
    count: 500,
  }))
