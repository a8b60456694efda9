import type { Outcome } from '../../evidence/index.ts'
import type { Clock } from '../../resilience/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { ClientExchange } from '../client-exchange.ts'
import { Exchange } from '../exchange.ts'
import type { ExchangeDeps } from '../ports.ts'
import type { Allowance } from './allowance.ts'
import { type Background, isCutByPolicy } from './background.ts'
import { type Cut, Cuts } from './cuts.ts'
import type { AnswerStore } from './kept-answer.ts'
import { answersIn, type LoopGuard, type RequestId } from './loop-guard.ts'
import { inPlaceOf, restingAnswer, withinLoop } from './loop-limits.ts'
import { type AnswerOrFailure, PendingAnswer } from './pending-answer.ts'
import { ReplayedExchange } from './replayed-exchange.ts'
import { cutScope, identityOf } from './request-identity.ts'

export interface CutAnswersDeps {
  readonly clock: Clock
  readonly store: AnswerStore
  readonly allowance: Allowance
  readonly guard: LoopGuard
  readonly background: Background
}

/** Answers that Fullstop broke off, for requests without a key: finished in the background, and given once to who asks again. */
export class CutAnswers {
  readonly #clock: Clock
  readonly #store: AnswerStore
  readonly #allowance: Allowance
  readonly #guard: LoopGuard
  readonly #background: Background
  readonly #cuts: Cuts
  /** Cuts whose request is being identified. */
  readonly #registering = new Set<Promise<void>>()

  constructor({ clock, store, allowance, guard, background }: CutAnswersDeps) {
    this.#clock = clock
    this.#store = store
    this.#allowance = allowance
    this.#guard = guard
    this.#background = background
    const { windowMs } = background
    this.#cuts = new Cuts({ windowMs, onForgotten: (cut) => this.#onForgotten(cut) }, { clock })
  }

  set windowMs(ms: number) {
    this.#cuts.windowMs = ms
  }

  get pending(): readonly PendingAnswer[] {
    return [...this.#cuts.all].flatMap(({ pending }) => (pending === undefined ? [] : [pending]))
  }

  sweep(): void {
    this.#cuts.sweep()
  }

  // ## A request comes

  /** Whether an answer to this request may have died. */
  concerns(inbound: Inbound): boolean {
    if (!inbound.mayReplay) return false
    if (this.#registering.size > 0) return true
    if (this.#cuts.size === 0 && this.#guard.size === 0) return false
    const scope = cutScope(inbound)
    return this.#cuts.hasScope(scope) || this.#guard.hasScope(scope)
  }

  async open(inbound: Inbound, deps: ExchangeDeps): Promise<ClientExchange> {
    await Promise.all(this.#registering)
    const request = await requestId(inbound)
    for (let cut = this.#cuts.take(request.id); cut !== undefined; cut = this.#cuts.take(request.id)) {
      const replayed = await this.#replayed(inbound, cut, request, deps)
      if (replayed !== undefined) return replayed
    }
    const resting = restingAnswer(inbound, request, this.#guard)
    if (resting === undefined) return new Exchange(withinLoop(inbound, request, this.#guard), deps)
    const degradable = inPlaceOf(inbound, request, this.#guard)
    return new ReplayedExchange(
      inbound,
      { exchange: undefined, result: Promise.resolve(resting), degradable, allowance: this.#allowance },
      deps,
    )
  }

  /** What this cut left, for the one who asks again; `undefined`: it is gone. */
  async #replayed(
    inbound: Inbound,
    cut: Cut,
    request: RequestId,
    deps: ExchangeDeps,
  ): Promise<ClientExchange | undefined> {
    const { pending, exchange } = cut
    pending?.join()
    const onOver = (isUsed: boolean): void => {
      if (pending !== undefined) this.#background.onLeft(pending)
      cut.isTaken = false
      if (isUsed) this.#onServed(cut, request)
    }
    const degradable = inPlaceOf(inbound, request, this.#guard)
    if (pending !== undefined)
      return new ReplayedExchange(
        inbound,
        { exchange, result: pending.result, onOver, degradable, allowance: this.#allowance },
        deps,
      )
    const answer = await this.#store.get(storeId(cut))
    if (answer === undefined) {
      this.#cuts.delete(cut)
      return undefined
    }
    return new ReplayedExchange(
      inbound,
      { exchange, result: Promise.resolve({ kind: 'answer', answer }), onOver, degradable, allowance: this.#allowance },
      deps,
    )
  }

  #onServed(cut: Cut, request: RequestId): void {
    this.#guard.onAnswered(request)
    this.#cuts.delete(cut)
    void this.#store.remove(storeId(cut))
  }

  // ## An answer dies

  /** An exchange has failed its client. Must return at once. */
  onFailed(exchange: Exchange, outcome: Outcome, deps: ExchangeDeps): void {
    const { replayId, mayReplay, idempotencyKey } = exchange.inbound
    if (!mayReplay || idempotencyKey !== undefined || outcome === 'client-gone') return
    const mayBeFinished = !exchange.isSubstitute && !isCutByPolicy(exchange)
    const isCut = outcome === 'broken-off' && exchange.hasDelivered && mayBeFinished
    if (isCut || replayId !== undefined) this.#register(exchange, isCut, deps)
  }

  /** Whoever asks for the same meanwhile waits until it is known that it is the same. */
  #register(exchange: Exchange, isCut: boolean, deps: ExchangeDeps): void {
    const registering = this.#onDied(exchange, isCut, deps)
      // What nobody can tell from others is not finished; nothing else is lost.
      .catch(() => undefined)
      .finally(() => this.#registering.delete(registering))
    this.#registering.add(registering)
  }

  async #onDied(exchange: Exchange, isCut: boolean, deps: ExchangeDeps): Promise<void> {
    const { inbound } = exchange
    const request = inbound.replayId ?? (await requestId(inbound))
    this.#guard.onDied(request, answersIn(exchange.attempts))
    if (!isCut) return
    const pending = new PendingAnswer(inbound.id, request.id)
    if (!this.#background.finish(exchange, request, pending, deps)) return
    const cut: Cut = { ...request, exchange: inbound.id, pending, atMs: this.#clock.nowMs(), isTaken: false }
    this.#cuts.add(cut)
    void pending.result.then((result) => this.#onFinished(cut, result))
  }

  async #onFinished(cut: Cut, result: AnswerOrFailure): Promise<void> {
    if (result.kind === 'failure') return this.#cuts.delete(cut)
    const leftMs = cut.atMs + this.#background.windowMs - this.#clock.nowMs()
    this.#guard.onAnswered(cut)
    await this.#store.put(storeId(cut), result.answer, leftMs)
    // From here on only the store holds it.
    cut.pending = undefined
  }

  #onForgotten(cut: Cut): void {
    cut.pending?.cancel?.()
    void this.#store.remove(storeId(cut))
  }
}

async function requestId(inbound: Inbound): Promise<RequestId> {
  const scope = cutScope(inbound)
  return { scope, id: `${scope} ${await identityOf(inbound)}` }
}

const storeId = ({ exchange }: Cut): string => `cut ${exchange}`
