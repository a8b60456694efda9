import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
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

abstract class Step implements fc.Command<Model, Real> {
  check(): boolean {
    return true
  }

  run(model: Model, real: Real): void {
    this.act(model, real)
    const { guard } = real
    for (const request of REQUESTS) {
      const loop = model.current(request)
      const isResting = loop !== undefined && !loop.hasAnswer && loop.died >= ANSWERS_BEFORE_REST
      expect(guard.restsForMs(request)).toBe(isResting ? loop.sinceMs + LOOP_WINDOW_MS - model.nowMs : 0)
      const left = loop === undefined || loop.hasAnswer ? ANSWERS_BEFORE_REST : ANSWERS_BEFORE_REST - loop.died
      expect(guard.left(request)).toBe(Math.max(0, left))
      expect(guard.hasScope(request.scope)).toBe(model.loops.some((each) => each.request.scope === request.scope))
    }
    expect(guard.size).toBe(model.loops.length)
  }

  abstract act(model: Model, real: Real): void
  abstract toString(): string
}

class Die extends Step {
  readonly request: RequestId
  readonly answers: number
  constructor(request: RequestId, answers: number) {
    super()
    this.request = request
    this.answers = answers
  }
  act(model: Model, { guard }: Real): void {
    guard.onDied(this.request, this.answers)
    if (this.answers === 0) return
    const loop = model.current(this.request)
    if (loop !== undefined) loop.died += this.answers
    else model.loops.push({ request: this.request, sinceMs: model.nowMs, died: this.answers, hasAnswer: false })
    if (model.loops.length > CAPACITY) model.loops.shift()
  }
  toString(): string {
    return `${this.answers} answers to ${this.request.id} die`
  }
}

class Answer extends Step {
  readonly request: RequestId
  constructor(request: RequestId) {
    super()
    this.request = request
  }
  act(model: Model, { guard }: Real): void {
    guard.onAnswered(this.request)
    const loop = model.current(this.request)
    if (loop !== undefined) loop.hasAnswer = true
  }
  toString(): string {
    return `${this.request.id} is answered`
  }
}

class Advance extends Step {
  readonly ms: number
  constructor(ms: number) {
    super()
    this.ms = ms
  }
  act(model: Model, { clock }: Real): void {
    clock.advance(this.ms)
    model.nowMs += this.ms
  }
  toString(): string {
    return `advance ${this.ms}`
  }
}

const request = fc.constantFrom(...REQUESTS)
const steps = [
  fc.tuple(request, fc.constantFrom(0, 1, 1, 2, 3, 7)).map((each) => new Die(...each)),
  fc.tuple(request, fc.constantFrom(1, 2)).map((each) => new Die(...each)),
  request.map((each) => new Answer(each)),
  fc.constantFrom(0, 1, 30_000, LOOP_WINDOW_MS - 1, LOOP_WINDOW_MS, 86_400_000).map((ms) => new Advance(ms)),
]

describe('the loop guard', () => {
  test('does what its rules say over any history', () => {
    fc.assert(
      fc.property(fc.commands(steps, { maxCommands: 60, size: 'max' }), (commands) => {
        const clock = new FakeClock()
        fc.modelRun(
          () => ({ model: new Model(), real: { clock, guard: new LoopGuard({ clock }, CAPACITY) } }),
          commands,
        )
      }),
      { numRuns: 400 },
    )
  })

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
