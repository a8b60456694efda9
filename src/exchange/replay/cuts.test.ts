import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { type Cut, Cuts } from './cuts.ts'

const WINDOW_MS = 600_000
const CAPACITY = 4

class Model {
  nowMs = 0
  cuts: Cut[] = []
  /** Taken by somebody, whether they are still there or not. */
  taken: Cut[] = []
  readonly forgotten: Cut[] = []

  sweep(): void {
    const isOver = ({ atMs }: Cut): boolean => this.nowMs - atMs >= WINDOW_MS
    this.forgotten.push(...this.cuts.filter(isOver))
    this.cuts = this.cuts.filter((cut) => !isOver(cut))
  }
}

interface Real {
  readonly clock: FakeClock
  readonly cuts: Cuts
  readonly forgotten: Cut[]
}

const REQUESTS = ['s 1', 's 2', 't 1', 't 2']

abstract class Step implements fc.Command<Model, Real> {
  check(): boolean {
    return true
  }

  run(model: Model, real: Real): void {
    this.act(model, real)
    model.sweep()
    for (const scope of ['s', 't'])
      expect(real.cuts.hasScope(scope)).toBe(model.cuts.some((cut) => cut.scope === scope))
    expect([...real.cuts.all]).toEqual(model.cuts)
    expect(real.forgotten).toEqual(model.forgotten)
  }

  abstract act(model: Model, real: Real): void
  abstract toString(): string
}

class Add extends Step {
  readonly id: string
  constructor(id: string) {
    super()
    this.id = id
  }
  act(model: Model, { cuts }: Real): void {
    model.sweep()
    const cut = {
      scope: this.id.charAt(0),
      id: this.id,
      exchange: '',
      pending: undefined,
      atMs: model.nowMs,
      isTaken: false,
    }
    cuts.add(cut)
    model.cuts.push(cut)
    if (model.cuts.length > CAPACITY) model.forgotten.push(...model.cuts.splice(0, 1))
  }
  toString(): string {
    return `add ${this.id}`
  }
}

class Take extends Step {
  readonly id: string
  constructor(id: string) {
    super()
    this.id = id
  }
  act(model: Model, { cuts }: Real): void {
    model.sweep()
    const expected = model.cuts.find(({ id, isTaken }) => id === this.id && !isTaken)
    const cut = cuts.take(this.id)
    expect(cut).toBe(expected as Cut)
    if (cut === undefined) return
    expect(cut.isTaken).toBe(true)
    model.taken.push(cut)
  }
  toString(): string {
    return `take ${this.id}`
  }
}

/** Whoever took one either has it, or has left. */
class End extends Step {
  readonly pick: number
  readonly isUsed: boolean
  constructor(pick: number, isUsed: boolean) {
    super()
    this.pick = pick
    this.isUsed = isUsed
  }
  act(model: Model, { cuts }: Real): void {
    const [cut] = model.taken.splice(this.pick % Math.max(1, model.taken.length), 1)
    if (cut === undefined) return
    cut.isTaken = false
    if (!this.isUsed) return
    cuts.delete(cut)
    model.sweep()
    model.cuts = model.cuts.filter((each) => each !== cut)
  }
  toString(): string {
    return `${this.isUsed ? 'use' : 'leave'} ${this.pick}`
  }
}

class Advance extends Step {
  readonly ms: number
  constructor(ms: number) {
    super()
    this.ms = ms
  }
  act(model: Model, { clock, cuts }: Real): void {
    clock.advance(this.ms)
    model.nowMs += this.ms
    cuts.sweep()
  }
  toString(): string {
    return `advance ${this.ms}`
  }
}

const id = fc.constantFrom(...REQUESTS)
const steps = [
  id.map((each) => new Add(each)),
  id.map((each) => new Take(each)),
  id.map((each) => new Take(each)),
  fc.tuple(fc.nat(3), fc.boolean()).map((each) => new End(...each)),
  fc.constantFrom(0, 1, 300_000, WINDOW_MS - 1, WINDOW_MS, 86_400_000).map((ms) => new Advance(ms)),
]

describe('what was cut', () => {
  test('is given to one at a time, within its window, over any history', () => {
    fc.assert(
      fc.property(fc.commands(steps, { maxCommands: 60, size: 'max' }), (commands) => {
        const clock = new FakeClock()
        const forgotten: Cut[] = []
        const onForgotten = (cut: Cut): unknown => forgotten.push(cut)
        const cuts = new Cuts({ windowMs: WINDOW_MS, capacity: CAPACITY, onForgotten }, { clock })
        fc.modelRun(() => ({ model: new Model(), real: { clock, cuts, forgotten } }), commands)
      }),
      { numRuns: 400 },
    )
  })
})
