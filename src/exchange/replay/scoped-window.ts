import type { Clock } from '../../resilience/index.ts'

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
  /** In the order of their time. */
  readonly #entries = new Set<T>()
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
    this.#scopes.set(entry.scope, (this.#scopes.get(entry.scope) ?? 0) + 1)
    if (this.#entries.size <= this.#capacity) return
    const [oldest] = this.#entries
    if (oldest !== undefined) this.#forget(oldest)
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
    for (const entry of this.#entries) {
      if (nowMs - entry.atMs < this.windowMs) return
      this.#forget(entry)
    }
  }

  #forget(entry: T): void {
    this.delete(entry)
    this.#onForgotten(entry)
  }
}
