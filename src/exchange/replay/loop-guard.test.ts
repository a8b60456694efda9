import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../../test/support/histories.ts'
import { ANSWERS_BEFORE_REST, LOOP_WINDOW_MS, LoopGuard, type RequestId } from './loop-guard.ts'

const CAPACITY = 3

interface Loop {
  readonly request: RequestId
  readonly sinceMs: number
  died: number
  hasAnswer: boolean
}

class Model {
  nowMs = 0
  loops: Loop[] = []

  current(request: RequestId): Loop | undefined {
    this.loops = this.loops.filter(({ sinceMs }) => this.nowMs - sinceMs < LOOP_WINDOW_MS)
    return this.loops.find((loop) => loop.request.id === request.id)
  }
}

interface Real {
  readonly clock: FakeClock
  readonly guard: LoopGuard
}

const REQUESTS: readonly RequestId[] = ['s 1', 's 2', 't 1', 't 2', 'u 1'].map((id) => ({ scope: id.charAt(0), id }))

const die = (request: RequestId, answers: number): Step<Model, Real> => ({
  name: `${answers} answers to ${request.id} die`,
  act(model, { guard }) {
    guard.onDied(request, answers)
    if (answers === 0) return
    const loop = model.current(request)
    if (loop !== undefined) loop.died += answers
    else model.loops.push({ request, sinceMs: model.nowMs, died: answers, hasAnswer: false })
    if (model.loops.length > CAPACITY) model.loops.shift()
  },
})

const answer = (request: RequestId): Step<Model, Real> => ({
  name: `${request.id} is answered`,
  act(model, { guard }) {
    guard.onAnswered(request)
    const loop = model.current(request)
    if (loop !== undefined) loop.hasAnswer = true
  },
})

const request = fc.constantFrom(...REQUESTS)
const boundary = fc.constantFrom(0, 1, 30_000, LOOP_WINDOW_MS - 1, LOOP_WINDOW_MS, 86_400_000)

describe('the loop guard', () => {
  test('does what its rules say over any history', () =>
    playHistories<Model, Real>({
      setUp: () => {
        const clock = new FakeClock()
        return { model: new Model(), real: { clock, guard: new LoopGuard({ clock }, CAPACITY) } }
      },
      steps: [
        fc.tuple(request, fc.constantFrom(0, 1, 1, 2, 3, 7)).map((each) => die(...each)),
        fc.tuple(request, fc.constantFrom(1, 2)).map((each) => die(...each)),
        request.map(answer),
        boundary.map(advance<Model, Real>),
      ],
      check(model, { guard }) {
        for (const each of REQUESTS) {
          const loop = model.current(each)
          const isResting = loop !== undefined && !loop.hasAnswer && loop.died >= ANSWERS_BEFORE_REST
          expect(guard.restsForMs(each)).toBe(isResting ? loop.sinceMs + LOOP_WINDOW_MS - model.nowMs : 0)
          const left = loop === undefined || loop.hasAnswer ? ANSWERS_BEFORE_REST : ANSWERS_BEFORE_REST - loop.died
          expect(guard.left(each)).toBe(Math.max(0, left))
          expect(guard.hasScope(each.scope)).toBe(model.loops.some((loop) => loop.request.scope === each.scope))
        }
        expect(guard.size).toBe(model.loops.length)
      },
      longest: 60,
      count: 400,
    }))

  test('stays within its bounds under a million requests', () => {
    const guard = new LoopGuard({ clock: new FakeClock() })
    Bun.gc(true)
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 1_000_000; i++) guard.onDied({ scope: `scope ${i % 5_000}`, id: `scope ${i % 5_000} ${i}` }, 3)
    Bun.gc(true)
    expect(guard.size).toBe(10_000)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1_048_576)
  }, 30_000)
})
