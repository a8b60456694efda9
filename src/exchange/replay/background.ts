import { Slots } from '../../collections/index.ts'
import { ownerOf } from '../admission/inbound.ts'
import type { Caller } from '../admission/routing.ts'
import type { Exchange } from '../exchange.ts'
import type { ExchangeDeps } from '../ports.ts'
import { Finisher } from './finisher.ts'
import type { LoopGuard, RequestId } from './loop-guard.ts'
import type { PendingAnswer } from './pending-answer.ts'

/** Exchanges under a key that go on without their client at once: in all, and for one client. */
const DETACHED_AT_ONCE = 256
const DETACHED_AT_ONCE_PER_OWNER = 32

/** What goes on without the client that it was made for, until the process drains. */
export class Background {
  /** An answer that broke off can be had for so long, ms. */
  windowMs: number
  readonly #guard: LoopGuard
  readonly #finisher = new Finisher()
  readonly #detached = new Slots({ total: DETACHED_AT_ONCE, perOwner: DETACHED_AT_ONCE_PER_OWNER })
  #isDraining = false

  constructor(windowMs: number, { guard }: { readonly guard: LoopGuard }) {
    this.windowMs = windowMs
    this.#guard = guard
  }

  /** Whether what broke off is being finished; then `pending` is settled. */
  finish(exchange: Exchange, request: RequestId, pending: PendingAnswer, deps: ExchangeDeps): boolean {
    if (this.#isDraining) return false
    const options = {
      inbound: exchange.inbound,
      made: exchange.attempts,
      answersLeft: this.#guard.left(request),
      withinMs: this.windowMs,
      pending,
      onDied: (answers: number) => this.#guard.onDied(request, answers),
    }
    return this.#finisher.begin(options, deps)
  }

  /** A place for an exchange that goes on without its client, and what gives it back; `undefined`: there is none. */
  detach(caller: Caller): (() => void) | undefined {
    return this.#isDraining ? undefined : this.#detached.take(ownerOf(caller))
  }

  /** One that waited does so no longer. */
  onLeft(pending: PendingAnswer): void {
    pending.waiting -= 1
    if (this.#isDraining && pending.waiting === 0) pending.cancel?.()
  }

  /** Nothing new is begun, and what nobody waits for ends. */
  drain(all: readonly PendingAnswer[]): void {
    this.#isDraining = true
    for (const pending of all) if (pending.waiting === 0) pending.cancel?.()
  }

  /** What somebody waits for ends too. */
  stop(all: readonly PendingAnswer[]): void {
    this.#isDraining = true
    for (const pending of all) pending.cancel?.()
  }
}

/** Whoever asks again gets the same: the limit that stopped it is the request's or the model's own. */
export function isCutByPolicy({ attempts }: Exchange): boolean {
  return attempts.at(-1)?.reason === 'stopped-by-limit'
}
