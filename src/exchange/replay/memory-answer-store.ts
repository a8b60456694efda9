import type { Clock } from '../../resilience/index.ts'
import type { AnswerStore, KeptAnswer } from './kept-answer.ts'

export interface MemoryAnswerStoreOptions {
  /** Of all answers together, with what each costs beside its bytes. */
  readonly limitBytes: number
  readonly capacity?: number
}

/** Answers that are kept at most, however small they are. */
export const KEPT_ANSWERS = 10_000
/** What an entry costs beside its bytes and its id, roughly. */
const ENTRY_BYTES = 512
/** What has expired is looked for so often, ms; nobody gets it before that either. */
const SWEEP_EVERY_MS = 1_000

interface Entry {
  readonly answer: KeptAnswer
  readonly costBytes: number
  readonly expiresAtMs: number
}

/** Kept answers in this process: bounded in number and bytes, the oldest goes first, and each for its time. */
export class MemoryAnswerStore implements AnswerStore {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #capacity: number
  readonly #entries = new Map<string, Entry>()
  #limitBytes: number
  #bytes = 0
  #sweptAtMs = 0

  constructor(
    { limitBytes, capacity = KEPT_ANSWERS }: MemoryAnswerStoreOptions,
    { clock }: { readonly clock: Pick<Clock, 'nowMs'> },
  ) {
    this.#clock = clock
    this.#capacity = capacity
    this.#limitBytes = limitBytes
  }

  /** A new configuration's; what no longer fits goes. */
  set limitBytes(bytes: number) {
    this.#limitBytes = bytes
    this.#evict()
  }

  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#entries.size
  }

  get(id: string): Promise<KeptAnswer | undefined> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return Promise.resolve(undefined)
    if (this.#clock.nowMs() < entry.expiresAtMs) return Promise.resolve(entry.answer)
    this.#drop(id, entry)
    return Promise.resolve(undefined)
  }

  put(id: string, answer: KeptAnswer, forMs: number): Promise<void> {
    this.#removeNow(id)
    this.sweep()
    // Twice the id's length: a character may take two bytes.
    const costBytes = answer.bytes.length + ENTRY_BYTES + 2 * id.length
    if (costBytes <= this.#limitBytes) {
      this.#entries.set(id, { answer, costBytes, expiresAtMs: this.#clock.nowMs() + forMs })
      this.#bytes += costBytes
      this.#evict()
    }
    return Promise.resolve()
  }

  remove(id: string): Promise<void> {
    this.#removeNow(id)
    return Promise.resolve()
  }

  sweep(): void {
    const nowMs = this.#clock.nowMs()
    if (this.#entries.size === 0 || nowMs - this.#sweptAtMs < SWEEP_EVERY_MS) return
    this.#sweptAtMs = nowMs
    for (const [id, entry] of this.#entries) if (nowMs >= entry.expiresAtMs) this.#drop(id, entry)
  }

  #removeNow(id: string): void {
    const entry = this.#entries.get(id)
    if (entry !== undefined) this.#drop(id, entry)
  }

  #drop(id: string, { costBytes }: Entry): void {
    this.#entries.delete(id)
    this.#bytes -= costBytes
  }

  #evict(): void {
    for (const [id, entry] of this.#entries) {
      if (this.#bytes <= this.#limitBytes && this.#entries.size <= this.#capacity) return
      this.#drop(id, entry)
    }
  }
}
