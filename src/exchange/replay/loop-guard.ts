import type { AttemptEvidence } from '../../evidence/index.ts'
import type { Clock } from '../../resilience/index.ts'
import { type Scoped, ScopedWindow } from './scoped-window.ts'

/** So many answers to one and the same request may die before it is not asked for a while. */
export const ANSWERS_BEFORE_REST = 3
/** From the first of them to the end of that while, ms: agents repeat a dead stream for most of a minute. */
export const LOOP_WINDOW_MS = 60_000
/** Requests that are remembered; about 1 kB each. */
const REMEMBERED_REQUESTS = 10_000

interface Loop extends Scoped {
  readonly id: string
  died: number
  /** One answer to it did not die: no loop, but a request that many make. */
  hasAnswer: boolean
}

/** A request, with whose it is. */
export interface RequestId {
  readonly scope: string
  readonly id: string
}

/**
 * Ends loops of a request whose answers all die: agents repeat it up to a hundred times, and each answer is billed. What
 * a platform refused before it answered is not counted: that is what breakers and budgets are for.
 */
export class LoopGuard {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #window: ScopedWindow<Loop>
  readonly #byId = new Map<string, Loop>()

  constructor({ clock }: { readonly clock: Pick<Clock, 'nowMs'> }, capacity: number = REMEMBERED_REQUESTS) {
    this.#clock = clock
    const onForgotten = ({ id }: Loop): unknown => this.#byId.delete(id)
    this.#window = new ScopedWindow({ windowMs: LOOP_WINDOW_MS, capacity, onForgotten }, { clock })
  }

  get size(): number {
    return this.#window.size
  }

  /** Whether a request of this scope may be one that is counted. */
  hasScope(scope: string): boolean {
    return this.#window.hasScope(scope)
  }

  onDied({ scope, id }: RequestId, answers: number): void {
    if (answers === 0) return
    const loop = this.#current(id)
    if (loop !== undefined) {
      loop.died += answers
      return
    }
    const fresh = { scope, id, atMs: this.#clock.nowMs(), died: answers, hasAnswer: false }
    this.#byId.set(id, fresh)
    this.#window.add(fresh)
  }

  /** For the rest of the window it rests no more: where one answer lives, the next may. */
  onAnswered({ id }: RequestId): void {
    const loop = this.#current(id)
    if (loop !== undefined) loop.hasAnswer = true
  }

  /** Answers that may still die within the window. */
  left({ id }: RequestId): number {
    const loop = this.#current(id)
    return loop === undefined || loop.hasAnswer ? ANSWERS_BEFORE_REST : Math.max(0, ANSWERS_BEFORE_REST - loop.died)
  }

  /** Until it may be asked again, ms; 0: now. */
  restsForMs({ id }: RequestId): number {
    const loop = this.#current(id)
    if (loop === undefined || loop.hasAnswer || loop.died < ANSWERS_BEFORE_REST) return 0
    return loop.atMs + LOOP_WINDOW_MS - this.#clock.nowMs()
  }

  #current(id: string): Loop | undefined {
    this.#window.sweep()
    return this.#byId.get(id)
  }
}

/**
 * Attempts that a platform began to answer, and that were billed, or may have been. One that a faster one outpaced did not die, nor did
 * one that another went on behind at its limit.
 */
export function answersIn(attempts: readonly AttemptEvidence[]): number {
  const last = attempts.at(-1)
  const isLastWhole = last !== undefined && wasAnswered(last) && last.reason === undefined
  return diedIn(attempts) + (isLastWhole ? 1 : 0)
}

/** Those of them that are not whole. */
export function diedIn(attempts: readonly AttemptEvidence[]): number {
  return attempts.filter((each) => wasAnswered(each) && each.reason !== undefined && each.reason !== 'outpaced').length
}

const wasAnswered = ({ status = 0 }: AttemptEvidence): boolean => status >= 200 && status < 300
