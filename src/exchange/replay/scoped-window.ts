import type { Clock } from '../../resilience/index.ts'

/** Entries that are gone may wait in the queue. */
const SLACK = 1_000

export interface Scoped {
  readonly scope: string
  readonly atMs: number
}

export interface ScopedWindowOptions<T> {
  readonly windowMs: number
  readonly capacity: number
  /** Its window is over, or newer ones took its place. */
  readonly onForgotten: (entry: T) => void
}

/** What happened within the window, oldest first and bounded in number; where nothing happened is known at once. */
export class ScopedWindow<T extends Scoped> {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #capacity: number
  readonly #onForgotten: (entry: T) => void
  readonly #entries = new Set<T>()
  /**
   * In the order of their time, with some that are gone. Apart from the set, whose first member is found only behind all
   * that were deleted before it, which made adding to a full one cost 36 µs.
   */
  #queue: T[] = []
  #head = 0
  /** How many there are of each. */
  readonly #scopes = new Map<string, number>()
  windowMs: number

  constructor(options: ScopedWindowOptions<T>, { clock }: { readonly clock: Pick<Clock, 'nowMs'> }) {
    this.#clock = clock
    this.windowMs = options.windowMs
    this.#capacity = options.capacity
    this.#onForgotten = options.onForgotten
  }

  get size(): number {
    return this.#entries.size
  }

  get entries(): Iterable<T> {
    return this.#entries
  }

  hasScope(scope: string): boolean {
    this.sweep()
    return this.#scopes.has(scope)
  }

  add(entry: T): void {
    this.sweep()
    this.#entries.add(entry)
    this.#queue.push(entry)
    this.#scopes.set(entry.scope, (this.#scopes.get(entry.scope) ?? 0) + 1)
    if (this.#entries.size > this.#capacity) this.#forgetOldest()
    if (this.#queue.length > 2 * this.#entries.size + SLACK) this.#compact()
  }

  /** False where it was not there any more. */
  delete(entry: T): boolean {
    if (!this.#entries.delete(entry)) return false
    const left = (this.#scopes.get(entry.scope) ?? 1) - 1
    if (left === 0) this.#scopes.delete(entry.scope)
    else this.#scopes.set(entry.scope, left)
    return true
  }

  /** Forgets those whose window is over. */
  sweep(): void {
    if (this.#entries.size === 0) return
    const nowMs = this.#clock.nowMs()
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      if (nowMs - oldest.atMs < this.windowMs) return
      this.#forgetOldest()
    }
  }

  get #oldest(): T | undefined {
    for (; this.#head < this.#queue.length; this.#head++) {
      const entry = this.#queue[this.#head]
      if (entry !== undefined && this.#entries.has(entry)) return entry
    }
    return undefined
  }

  #forgetOldest(): void {
    const oldest = this.#oldest
    if (oldest === undefined) return
    this.delete(oldest)
    this.#onForgotten(oldest)
  }

  #compact(): void {
    this.#queue = [...this.#entries]
    this.#head = 0
  }
}
