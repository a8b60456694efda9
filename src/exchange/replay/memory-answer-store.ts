import { BoundedStore } from '../../collections/index.ts'
import type { Clock } from '../../resilience/index.ts'
import type { AnswerStore, KeptAnswer } from './kept-answer.ts'

export interface MemoryAnswerStoreOptions {
  /** Of all answers together, with what each costs beside its bytes. */
  readonly limitBytes: number
  readonly capacity?: number
}

/** Answers that are kept at most, however small they are. */
export const KEPT_ANSWERS = 10_000
/** What an answer costs beside its bytes and what any entry costs, roughly. */
const ANSWER_BYTES = 256

/** Kept answers in this process: bounded in number and bytes, the oldest goes first, and each for its time. */
export class MemoryAnswerStore implements AnswerStore {
  readonly #store: BoundedStore<KeptAnswer>

  constructor(
    { limitBytes, capacity = KEPT_ANSWERS }: MemoryAnswerStoreOptions,
    { clock }: { readonly clock: Pick<Clock, 'nowMs'> },
  ) {
    this.#store = new BoundedStore({ capacity, limitBytes }, { nowMs: () => clock.nowMs() })
  }

  /** A new configuration's; what no longer fits goes. */
  set limitBytes(bytes: number) {
    this.#store.limitBytes = bytes
  }

  get bytes(): number {
    return this.#store.bytes
  }

  get size(): number {
    return this.#store.size
  }

  get(id: string): Promise<KeptAnswer | undefined> {
    return Promise.resolve(this.#store.get(id))
  }

  put(id: string, answer: KeptAnswer, forMs: number): Promise<void> {
    this.#store.set(id, answer, { forMs, bytes: answer.bytes.length + ANSWER_BYTES })
    return Promise.resolve()
  }

  remove(id: string): Promise<void> {
    this.#store.delete(id)
    return Promise.resolve()
  }

  sweep(): void {
    this.#store.sweep()
  }
}
