import type { Clock } from '../../resilience/index.ts'
import type { PendingAnswer } from './pending-answer.ts'
import { type Scoped, ScopedWindow } from './scoped-window.ts'

/** Cut answers that are remembered; about 1 kB each. */
export const REMEMBERED_CUTS = 10_000

/** An answer that broke off, and that is finished in the background or kept. */
export interface Cut extends Scoped {
  /** Of the request, with its scope. */
  readonly id: string
  /** Which broke off. */
  readonly exchange: string
  /** `undefined` once it is finished and kept. */
  pending: PendingAnswer | undefined
  /** Somebody is being given it: each cut serves once. */
  isTaken: boolean
}

export interface CutsOptions {
  readonly windowMs: number
  readonly capacity?: number
  readonly onForgotten: (cut: Cut) => void
}

/** Which answers that broke off can be given to who asks again. */
export class Cuts {
  readonly #window: ScopedWindow<Cut>
  readonly #byId = new Map<string, Set<Cut>>()

  constructor(
    { windowMs, capacity = REMEMBERED_CUTS, onForgotten }: CutsOptions,
    deps: { clock: Pick<Clock, 'nowMs'> },
  ) {
    this.#window = new ScopedWindow(
      {
        windowMs,
        capacity,
        onForgotten: (cut) => {
          this.#unlist(cut)
          onForgotten(cut)
        },
      },
      deps,
    )
  }

  get size(): number {
    return this.#window.size
  }

  get all(): Iterable<Cut> {
    return this.#window.entries
  }

  set windowMs(ms: number) {
    this.#window.windowMs = ms
  }

  /** Whether a request of this scope may be one that was cut. */
  hasScope(scope: string): boolean {
    return this.#window.hasScope(scope)
  }

  add(cut: Cut): void {
    const listed = this.#byId.get(cut.id)
    if (listed === undefined) this.#byId.set(cut.id, new Set([cut]))
    else listed.add(cut)
    this.#window.add(cut)
  }

  /** The oldest of this id that nobody is being given, for the one who asks now. */
  take(id: string): Cut | undefined {
    this.#window.sweep()
    for (const cut of this.#byId.get(id) ?? []) {
      if (cut.isTaken) continue
      cut.isTaken = true
      return cut
    }
    return undefined
  }

  delete(cut: Cut): void {
    if (this.#window.delete(cut)) this.#unlist(cut)
  }

  sweep(): void {
    this.#window.sweep()
  }

  #unlist(cut: Cut): void {
    const listed = this.#byId.get(cut.id)
    listed?.delete(cut)
    if (listed?.size === 0) this.#byId.delete(cut.id)
  }
}
