import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../../test/support/histories.ts'
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

const add = (id: string): Step<Model, Real> => ({
  name: `add ${id}`,
  act(model, { cuts }) {
    model.sweep()
    const cut = { scope: id.charAt(0), id, exchange: '', pending: undefined, atMs: model.nowMs, isTaken: false }
    cuts.add(cut)
    model.cuts.push(cut)
    if (model.cuts.length > CAPACITY) model.forgotten.push(...model.cuts.splice(0, 1))
  },
})

const take = (id: string): Step<Model, Real> => ({
  name: `take ${id}`,
  act(model, { cuts }) {
    model.sweep()
    const expected = model.cuts.find((each) => each.id === id && !each.isTaken)
    const cut = cuts.take(id)
    expect(cut).toBe(expected as Cut)
    if (cut === undefined) return
    expect(cut.isTaken).toBe(true)
    model.taken.push(cut)
  },
})

/** Whoever took one either has it, or has left. */
const end = (pick: number, isUsed: boolean): Step<Model, Real> => ({
  name: `${isUsed ? 'use' : 'leave'} ${pick}`,
  act(model, { cuts }) {
    const [cut] = model.taken.splice(pick % Math.max(1, model.taken.length), 1)
    if (cut === undefined) return
    cut.isTaken = false
    if (!isUsed) return
    cuts.delete(cut)
    model.sweep()
    model.cuts = model.cuts.filter((each) => each !== cut)
  },
})

const pass = (ms: number): Step<Model, Real> => ({
  name: `advance ${ms}`,
  async act(model, real) {
    await advance<Model, Real>(ms).act(model, real)
    real.cuts.sweep()
  },
})

const id = fc.constantFrom('s 1', 's 2', 't 1', 't 2')

test('what was cut is given to one at a time, within its window, over any history', () =>
  playHistories<Model, Real>({
    setUp: () => {
      const clock = new FakeClock()
      const forgotten: Cut[] = []
      const onForgotten = (cut: Cut): unknown => forgotten.push(cut)
      const cuts = new Cuts({ windowMs: WINDOW_MS, capacity: CAPACITY, onForgotten }, { clock })
      return { model: new Model(), real: { clock, cuts, forgotten } }
    },
    steps: [
      id.map(add),
      id.map(take),
      id.map(take),
      fc.tuple(fc.nat(3), fc.boolean()).map((each) => end(...each)),
      fc.constantFrom(0, 1, 300_000, WINDOW_MS - 1, WINDOW_MS, 86_400_000).map(pass),
    ],
    check(model, { cuts, forgotten }) {
      model.sweep()
      for (const scope of ['s', 't']) expect(cuts.hasScope(scope)).toBe(model.cuts.some((cut) => cut.scope === scope))
      expect([...cuts.all]).toEqual(model.cuts)
      expect(forgotten).toEqual(model.forgotten)
    },
    longest: 60,
    count: 400,
  }))
