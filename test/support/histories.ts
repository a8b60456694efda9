import fc from 'fast-check'
import type { FakeClock } from './fake-clock.ts'

/** Something that happens, to the real thing and to the rules that it has to keep. */
export interface Step<Model, Real> {
  /** What a history that breaks the rules is told by. */
  readonly name: string
  /** Whether it can happen now; without it, always. */
  canHappen?(model: Readonly<Model>): boolean
  act(model: Model, real: Real): Promise<void> | void
}

export interface Histories<Model, Real> {
  /** Both, anew for each history. */
  readonly setUp: () => { readonly model: Model; readonly real: Real }
  /** What happens; what is there twice happens twice as often. */
  readonly steps: readonly fc.Arbitrary<Step<Model, Real>>[]
  /** What has to be so after each step. */
  readonly check: (model: Model, real: Real) => Promise<void> | void
  /** Steps of one history. */
  readonly longest: number
  readonly count: number
}

/** Plays random histories and checks them after each step; of one that fails, the shortest like it is told. */
export async function playHistories<Model extends object, Real>(histories: Histories<Model, Real>): Promise<void> {
  const { setUp, steps, check, longest, count } = histories
  const commands = steps.map((each) => each.map((step) => commandOf(step, check)))
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: longest, size: 'max' }), (history) =>
      fc.asyncModelRun(setUp, history),
    ),
    { numRuns: count },
  )
}

function commandOf<Model extends object, Real>(
  step: Step<Model, Real>,
  check: Histories<Model, Real>['check'],
): fc.AsyncCommand<Model, Real> {
  return {
    check: (model) => step.canHappen?.(model) ?? true,
    run: async (model, real) => {
      await step.act(model, real)
      await check(model, real)
    },
    toString: () => step.name,
  }
}

/** Time passes for both. */
export const advance = <Model extends { nowMs: number }, Real extends { readonly clock: FakeClock }>(
  ms: number,
): Step<Model, Real> => ({
  name: `advance ${ms}`,
  act(model, { clock }) {
    clock.advance(ms)
    model.nowMs += ms
  },
})
