import { describe, expect, test } from 'bun:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import {
  Breaker,
  CONSECUTIVE_FAILURES,
  FORGOTTEN_AFTER_MS,
  LEAST_OUTCOMES,
  LOWEST_SUCCESS_RATE,
  OUTCOME_WINDOW_MS,
} from './breaker.ts'
import type { BreakerTransition, Permit, Signal } from './breaker-state.ts'
import { PROBE_BASE_MS, PROBE_CAP_MS } from './probe-backoff.ts'

const ONE_OF_MANY = { isLastResort: false }
const LAST_RESORT = { isLastResort: true }

function setUp(random = 0): {
  clock: FakeClock
  breaker: Breaker
  changes: BreakerTransition[]
  permit: (options?: { isLastResort: boolean }) => Permit
  outcome: (signal: Signal, times?: number, retryAfterMs?: number) => void
} {
  const clock = new FakeClock()
  const changes: BreakerTransition[] = []
  const breaker = new Breaker({ clock, random: () => random, onChange: (change) => changes.push(change) })
  const permit = (options = ONE_OF_MANY): Permit => {
    const given = breaker.acquire(options)
    if (given === undefined) throw new Error('not admitted')
    return given
  }
  const outcome = (signal: Signal, times = 1, retryAfterMs = 0): void => {
    for (let i = 0; i < times; i++) breaker.settle(permit(), signal, retryAfterMs)
  }
  return { clock, breaker, changes, permit, outcome }
}

describe('a closed breaker', () => {
  test('opens at the fifth failure in a row, not the fourth', () => {
    const { breaker, changes, outcome } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES - 1)
    outcome('success')
    outcome('failure', CONSECUTIVE_FAILURES - 1)
    expect(breaker.state).toBe('closed')
    expect(breaker.reason).toBeUndefined()
    outcome('failure')
    expect(changes).toEqual([{ from: 'closed', to: 'open', reason: 'consecutive-failures' }])
    expect(breaker.reason).toBe('consecutive-failures')
    expect(breaker.acquire(ONE_OF_MANY)).toBeUndefined()
  })

  test('a rate limit is no failure in a row, and what says nothing changes nothing', () => {
    const { breaker, outcome } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES - 1)
    outcome('soft-failure', 20)
    outcome('nothing', 200)
    expect(breaker.state).toBe('closed')
    outcome('failure')
    expect(breaker.state).toBe('open')
  })

  test('opens when the rate is below the lowest, with the least number of outcomes', () => {
    const { breaker, changes, outcome } = setUp()
    const failures = LEAST_OUTCOMES * (1 - LOWEST_SUCCESS_RATE)
    outcome('soft-failure', Math.round(failures))
    outcome('success', LEAST_OUTCOMES - Math.round(failures))
    expect(breaker.state).toBe('closed')
    outcome('soft-failure')
    expect(changes.at(-1)?.reason).toBe('success-rate')
  })

  test('opens on the rate at exactly the least number of outcomes, not one before', () => {
    const { breaker, outcome } = setUp()
    outcome('soft-failure', LEAST_OUTCOMES - 1)
    expect(breaker.state).toBe('closed')
    outcome('soft-failure')
    expect(breaker.state).toBe('open')
  })

  test('does not open at the lowest rate itself', () => {
    const { breaker, outcome } = setUp()
    outcome('success', 40)
    outcome('soft-failure', 10)
    expect(breaker.state).toBe('closed')
    outcome('soft-failure')
    expect(breaker.state).toBe('open')
  })

  test('hour-old failures do not count towards the rate', () => {
    const { breaker, clock, outcome } = setUp()
    outcome('soft-failure', LEAST_OUTCOMES - 1)
    clock.advance(3_600_000)
    outcome('soft-failure')
    expect(breaker.state).toBe('closed')
  })

  test('the window’s last moment counts, the next does not', () => {
    for (const [afterMs, state] of [
      [OUTCOME_WINDOW_MS - 1, 'open'],
      [OUTCOME_WINDOW_MS, 'closed'],
    ] as const) {
      const { breaker, clock, outcome } = setUp()
      outcome('soft-failure', LEAST_OUTCOMES - 1)
      clock.advance(afterMs)
      outcome('soft-failure')
      expect(breaker.state).toBe(state)
    }
  })
})

describe('an open breaker', () => {
  test('admits one probe when the wait is over, not a moment before, and no second beside it', () => {
    const { breaker, clock, changes, outcome, permit } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    clock.advance(PROBE_BASE_MS - 1)
    expect(breaker.acquire(ONE_OF_MANY)).toBeUndefined()
    expect(breaker.opensInMs(ONE_OF_MANY)).toBe(1)
    clock.advance(1)
    expect(permit().isProbe).toBe(true)
    expect(breaker.state).toBe('probing')
    expect(breaker.acquire(ONE_OF_MANY)).toBeUndefined()
    expect(changes.at(-1)).toEqual({ from: 'open', to: 'probing', reason: 'probe' })
  })

  test('a probe’s success closes it; its failure doubles the wait, up to the cap', () => {
    const { breaker, clock, changes, outcome } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    let waitMs = PROBE_BASE_MS
    for (let i = 0; i < 8; i++) {
      expect(breaker.opensInMs(ONE_OF_MANY)).toBe(waitMs)
      clock.advance(waitMs)
      outcome('failure')
      expect(changes.at(-1)).toEqual({ from: 'probing', to: 'open', reason: 'probe-failed' })
      waitMs = Math.min(PROBE_CAP_MS, waitMs * 2)
    }
    clock.advance(waitMs)
    outcome('success')
    expect(breaker.state).toBe('closed')
    expect(changes.at(-1)).toEqual({ from: 'probing', to: 'closed', reason: 'probe-succeeded' })
    expect(breaker.sinceMs).toBe(clock.nowMs())
  })

  test('jitter takes up to half of the wait', () => {
    const { breaker, outcome } = setUp(0.5)
    outcome('failure', CONSECUTIVE_FAILURES)
    expect(breaker.opensInMs(ONE_OF_MANY)).toBe(0.75 * PROBE_BASE_MS)
  })

  test('a rate limit during the probe keeps it open', () => {
    const { breaker, clock, outcome } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    clock.advance(PROBE_BASE_MS)
    outcome('soft-failure')
    expect(breaker.state).toBe('open')
    expect(breaker.opensInMs(ONE_OF_MANY)).toBe(2 * PROBE_BASE_MS)
  })

  test('what the platform asked for is waited for, up to the cap', () => {
    for (const [retryAfterMs, waitMs] of [
      [10, PROBE_BASE_MS],
      [7_000, 7_000],
      [3_600_000, PROBE_CAP_MS],
    ] as const) {
      const { breaker, outcome } = setUp()
      outcome('failure', CONSECUTIVE_FAILURES, retryAfterMs)
      expect(breaker.opensInMs(ONE_OF_MANY)).toBe(waitMs)
    }
  })

  test('a probe that is abandoned makes room for the next at once, and does not lengthen the wait', () => {
    const { breaker, clock, outcome, permit } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    clock.advance(PROBE_BASE_MS)
    outcome('nothing')
    expect(breaker.state).toBe('open')
    expect(breaker.reason).toBe('probe-without-result')
    breaker.settle(permit(), 'failure')
    expect(breaker.opensInMs(ONE_OF_MANY)).toBe(2 * PROBE_BASE_MS)
  })

  test('a probe that takes longer than the wait is joined by another; the old one’s failure changes nothing', () => {
    const { breaker, clock, outcome, permit } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    clock.advance(PROBE_BASE_MS)
    const slow = permit()
    clock.advance(PROBE_BASE_MS - 1)
    expect(breaker.acquire(ONE_OF_MANY)).toBeUndefined()
    clock.advance(1)
    const next = permit()
    breaker.settle(slow, 'failure')
    breaker.settle(slow, 'nothing')
    breaker.settle(slow, 'soft-failure')
    expect(breaker.state).toBe('probing')
    breaker.settle(next, 'success')
    expect(breaker.state).toBe('closed')
  })

  test('the old probe’s success is a success', () => {
    const { breaker, clock, outcome, permit } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    clock.advance(PROBE_BASE_MS)
    const slow = permit()
    clock.advance(PROBE_BASE_MS)
    permit()
    breaker.settle(slow, 'success')
    expect(breaker.state).toBe('closed')
  })

  test('attempts from before it opened or closed tell of a time that is over', () => {
    const { breaker, clock, outcome, permit } = setUp()
    const early = Array.from({ length: 20 }, () => permit())
    outcome('failure', CONSECUTIVE_FAILURES)
    breaker.settle(early.pop() ?? permit(), 'success')
    expect(breaker.state).toBe('open')
    clock.advance(PROBE_BASE_MS)
    const probe = permit()
    breaker.settle(probe, 'success')
    for (const each of early) breaker.settle(each, 'failure')
    breaker.settle(probe, 'failure')
    expect(breaker.state).toBe('closed')
    outcome('failure', CONSECUTIVE_FAILURES - 1)
    expect(breaker.state).toBe('closed')
  })

  test('closing starts the counts anew', () => {
    const { breaker, clock, outcome } = setUp()
    outcome('soft-failure', LEAST_OUTCOMES)
    clock.advance(PROBE_BASE_MS)
    outcome('success')
    outcome('failure', CONSECUTIVE_FAILURES - 1)
    outcome('soft-failure', LEAST_OUTCOMES - CONSECUTIVE_FAILURES)
    expect(breaker.state).toBe('closed')
    outcome('soft-failure')
    expect(breaker.reason).toBe('success-rate')
  })

  test('successes from before it opened do not hide what comes after it closed', () => {
    const { breaker, clock, outcome } = setUp()
    outcome('success', 400)
    outcome('failure', CONSECUTIVE_FAILURES)
    clock.advance(PROBE_BASE_MS)
    outcome('success')
    outcome('soft-failure', LEAST_OUTCOMES)
    expect(breaker.state).toBe('open')
  })

  test('a relapse soon after closing waits longer; a later one begins anew', () => {
    for (const [afterMs, waitMs] of [
      [OUTCOME_WINDOW_MS - 1, 4 * PROBE_BASE_MS],
      [OUTCOME_WINDOW_MS, PROBE_BASE_MS],
    ] as const) {
      const { breaker, clock, outcome } = setUp()
      outcome('failure', CONSECUTIVE_FAILURES)
      clock.advance(PROBE_BASE_MS)
      outcome('failure')
      clock.advance(2 * PROBE_BASE_MS)
      outcome('success')
      clock.advance(afterMs)
      outcome('failure', CONSECUTIVE_FAILURES)
      expect(breaker.opensInMs(ONE_OF_MANY)).toBe(waitMs)
    }
  })

  test('nobody having tried for long, it is forgotten, but the first failure opens it again', () => {
    const { breaker, clock, changes, outcome } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    clock.advance(PROBE_BASE_MS + FORGOTTEN_AFTER_MS - 1)
    expect(breaker.state).toBe('open')
    clock.advance(1)
    expect(breaker.state).toBe('closed')
    expect(changes.at(-1)).toEqual({ from: 'open', to: 'closed', reason: 'forgotten' })
    outcome('failure')
    expect(breaker.state).toBe('open')
  })

  test('being forgotten shows in whatever is asked first', () => {
    for (const read of [
      (breaker: Breaker) => breaker.reason === 'forgotten',
      (breaker: Breaker) => breaker.sinceMs === 100_000,
      (breaker: Breaker) => breaker.acquire(ONE_OF_MANY)?.isProbe === false,
      (breaker: Breaker) => breaker.opensInMs(ONE_OF_MANY) === 0 && breaker.state === 'closed',
    ]) {
      const { breaker, clock, outcome } = setUp()
      outcome('failure', CONSECUTIVE_FAILURES)
      clock.advance(100_000)
      expect(read(breaker)).toBe(true)
    }
  })
})

describe('a last resort', () => {
  test('is let through a low success rate, and its luck closes nothing for the others', () => {
    const { breaker, outcome } = setUp()
    outcome('soft-failure', LEAST_OUTCOMES)
    expect(breaker.acquire(ONE_OF_MANY)).toBeUndefined()
    const pass = breaker.acquire(LAST_RESORT)
    expect(pass?.isProbe).toBe(false)
    if (pass !== undefined) breaker.settle(pass, 'success')
    expect(breaker.state).toBe('open')
  })

  test('five failures in a row shut that door too, and a success between them does not', () => {
    const { breaker, changes, outcome } = setUp()
    outcome('soft-failure', LEAST_OUTCOMES)
    const pass = (signal: Signal): void => {
      const permit = breaker.acquire(LAST_RESORT)
      if (permit !== undefined) breaker.settle(permit, signal)
    }
    for (let i = 0; i < CONSECUTIVE_FAILURES - 1; i++) pass('failure')
    pass('success')
    for (let i = 0; i < CONSECUTIVE_FAILURES - 1; i++) pass('failure')
    expect(breaker.acquire(LAST_RESORT)).toBeDefined()
    pass('failure')
    expect(changes.at(-1)).toEqual({ from: 'open', to: 'open', reason: 'consecutive-failures' })
    expect(breaker.acquire(LAST_RESORT)).toBeUndefined()
    expect(breaker.opensInMs(ONE_OF_MANY)).toBe(2 * PROBE_BASE_MS)
  })

  test('failures from before it opened are not in the row', () => {
    const { breaker, outcome } = setUp()
    outcome('soft-failure', LEAST_OUTCOMES - CONSECUTIVE_FAILURES)
    outcome('failure', CONSECUTIVE_FAILURES - 1)
    outcome('soft-failure')
    expect(breaker.reason).toBe('success-rate')
    const pass = breaker.acquire(LAST_RESORT)
    if (pass !== undefined) breaker.settle(pass, 'failure')
    expect(breaker.acquire(LAST_RESORT)).toBeDefined()
  })

  test('is let through after a single failed probe too', () => {
    const { breaker, clock, outcome } = setUp()
    outcome('soft-failure', LEAST_OUTCOMES)
    clock.advance(PROBE_BASE_MS)
    outcome('failure')
    expect(breaker.opensInMs(ONE_OF_MANY)).toBe(2 * PROBE_BASE_MS)
    expect(breaker.opensInMs(LAST_RESORT)).toBe(0)
  })

  test('failures in a row that end with a probe’s shut the door too', () => {
    const { breaker, clock, outcome } = setUp()
    outcome('soft-failure', LEAST_OUTCOMES)
    for (let i = 0; i < CONSECUTIVE_FAILURES; i++) {
      clock.advance(PROBE_CAP_MS)
      expect(breaker.opensInMs(LAST_RESORT)).toBe(0)
      outcome('failure')
    }
    expect(breaker.opensInMs(LAST_RESORT)).toBe(PROBE_BASE_MS)
  })

  test('after failures in a row is probed at the first wait’s pace, however long the others wait', () => {
    const { breaker, clock, outcome, permit } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    for (let i = 0; i < 20; i++) {
      clock.advance(PROBE_BASE_MS - 1)
      expect(breaker.acquire(LAST_RESORT)).toBeUndefined()
      clock.advance(1)
      breaker.settle(permit(LAST_RESORT), 'failure')
    }
    expect(breaker.opensInMs(ONE_OF_MANY)).toBe(PROBE_CAP_MS)
    expect(breaker.opensInMs(LAST_RESORT)).toBe(PROBE_BASE_MS)
  })

  test('need not wait for the proof once a probe shows content, until that fails', () => {
    const { breaker, clock, outcome, permit } = setUp()
    outcome('failure', CONSECUTIVE_FAILURES)
    breaker.onLife({ isProbe: true, epoch: 0, id: 1 })
    breaker.onLife({ isProbe: false, epoch: 1, id: 1 })
    clock.advance(PROBE_BASE_MS)
    const probe = permit()
    expect(breaker.acquire(LAST_RESORT)).toBeUndefined()
    breaker.onLife(probe)
    expect(breaker.acquire(ONE_OF_MANY)).toBeUndefined()
    const beside = permit(LAST_RESORT)
    expect(beside.isProbe).toBe(true)
    breaker.settle(probe, 'failure')
    expect(breaker.acquire(LAST_RESORT)).toBeUndefined()
    breaker.settle(beside, 'success')
    expect(breaker.state).toBe('closed')
    // Of the time that is over.
    outcome('failure', CONSECUTIVE_FAILURES)
    expect(breaker.acquire(LAST_RESORT)).toBeUndefined()
  })
})
