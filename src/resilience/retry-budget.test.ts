import { describe, expect, test } from 'bun:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { BUDGET_WINDOW_MS, RETRY_FLOOR_PER_SECOND, RetryBudget } from './retry-budget.ts'

const FLOOR = (RETRY_FLOOR_PER_SECOND * BUDGET_WINDOW_MS) / 1_000
const LIT = { isDark: false }

function drain(budget: RetryBudget): number {
  let taken = 0
  while (budget.withdraw(LIT)) taken += 1
  return taken
}

describe('RetryBudget', () => {
  test('has its floor without a request, and a share of the requests on top, to the one', () => {
    const budget = new RetryBudget({ clock: new FakeClock() })
    expect(drain(budget)).toBe(FLOOR)
    for (let i = 0; i < 4; i++) budget.onRequest()
    expect(budget.withdraw(LIT)).toBe(false)
    budget.onRequest()
    expect(drain(budget)).toBe(1)
    expect([budget.requests, budget.retries]).toEqual([5, FLOOR + 1])
  })

  test('gives nothing in the dark, and takes nothing for it', () => {
    const budget = new RetryBudget({ clock: new FakeClock() })
    for (let i = 0; i < 100; i++) budget.onRequest()
    expect(budget.withdraw({ isDark: true })).toBe(false)
    expect(budget.retries).toBe(0)
    expect(budget.refillsInMs).toBe(0)
  })

  test('says when more can be taken, and it can then, not before', () => {
    const clock = new FakeClock()
    const budget = new RetryBudget({ clock })
    clock.advance(300)
    drain(budget)
    const waitMs = budget.refillsInMs
    expect(waitMs).toBe(BUDGET_WINDOW_MS - 300)
    const other = new RetryBudget({ clock })
    for (let i = 0; i < FLOOR - 1; i++) other.withdraw(LIT)
    expect(other.refillsInMs).toBe(0)
    other.withdraw(LIT)
    expect(other.refillsInMs).toBe(waitMs)
    clock.advance(waitMs - 1)
    expect(budget.withdraw(LIT)).toBe(false)
    clock.advance(1)
    expect(budget.refillsInMs).toBe(0)
    expect(drain(budget)).toBe(FLOOR)
  })

  test('an idle hour earns nothing beyond the window', () => {
    const clock = new FakeClock()
    const budget = new RetryBudget({ clock })
    for (let i = 0; i < 1_000; i++) budget.onRequest()
    clock.advance(3_600_000)
    expect(drain(budget)).toBe(FLOOR)
  })
})
