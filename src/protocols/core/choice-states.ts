import type { CoreStop } from './response.ts'

/** What a scanner keeps of one of a stream's answers. */
export interface ChoiceState<Self> {
  readonly stop: CoreStop | undefined
  readonly toolCallCount: number
  readonly unfinishedCalls: ReadonlySet<number>
  fork(): Self
}

/** More answers than any model gives; each costs memory until the end. */
const MOST_CHOICES = 1_000

/** The answers of one stream by their index, each begun when it is first named. */
export class ChoiceStates<State extends ChoiceState<State>> {
  readonly #states: Map<number, State>
  readonly #begin: (index: number) => State

  constructor(begin: (index: number) => State, states: Iterable<readonly [number, State]> = []) {
    this.#begin = begin
    this.#states = new Map(states)
  }

  /** `undefined` for one more than may be kept. */
  at(index: number): State | undefined {
    let state = this.#states.get(index)
    if (state === undefined && this.#states.size < MOST_CHOICES) {
      state = this.#begin(index)
      this.#states.set(index, state)
    }
    return state
  }

  get size(): number {
    return this.#states.size
  }

  get all(): readonly State[] {
    return [...this.#states.values()]
  }

  get entries(): readonly (readonly [number, State])[] {
    return [...this.#states]
  }

  get toolCalls(): number {
    let sum = 0
    for (const { toolCallCount } of this.#states.values()) sum += toolCallCount
    return sum
  }

  get unfinishedCalls(): number {
    let sum = 0
    for (const { unfinishedCalls } of this.#states.values()) sum += unfinishedCalls.size
    return sum
  }

  /** Whether there are as many as were asked for and each has said how it stopped. */
  haveAllStopped(wanted: number): boolean {
    if (this.#states.size < Math.max(1, wanted)) return false
    for (const { stop } of this.#states.values()) if (stop === undefined) return false
    return true
  }

  /** By index, the calls that no client may see. */
  get withheld(): ReadonlyMap<number, ReadonlySet<number>> {
    return new Map(this.entries.map(([index, { unfinishedCalls }]) => [index, unfinishedCalls]))
  }

  fork(): ChoiceStates<State> {
    return new ChoiceStates(
      this.#begin,
      this.entries.map(([index, state]) => [index, state.fork()] as const),
    )
  }
}
