import type { Outcome } from '../../evidence/index.ts'
import type { Clock } from '../../resilience/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { ClientExchange } from '../client-exchange.ts'
import type { Exchange } from '../exchange.ts'
import type { ExchangeDeps } from '../ports.ts'
import { Allowance } from './allowance.ts'
import { Background } from './background.ts'
import { CutAnswers } from './cut-answers.ts'
import type { AnswerStore } from './kept-answer.ts'
import { KeyedAnswers } from './keyed-answers.ts'
import { answersIn, LoopGuard } from './loop-guard.ts'
import type { PendingAnswer } from './pending-answer.ts'

export interface ReplaySettings {
  /** An answer that broke off can be had for so long, ms. */
  readonly windowMs: number
  /** An answer can be had under its key for so long, ms. */
  readonly keyWindowMs: number
  /** Of all kept answers, and of all that are being recorded or read, each. */
  readonly limitBytes: number
}

export interface ReplaysDeps {
  readonly clock: Clock
  readonly store: AnswerStore
}

/**
 * Gives an answer again to who asks for the same: under an `Idempotency-Key` as often as it is sent, and once for each answer
 * that Fullstop broke off. Where neither is, it costs nothing and keeps nothing.
 */
export class Replays {
  readonly #store: AnswerStore
  readonly #allowance: Allowance
  readonly #guard: LoopGuard
  readonly #background: Background
  readonly #keyed: KeyedAnswers
  readonly #cut: CutAnswers

  constructor({ windowMs, keyWindowMs, limitBytes }: ReplaySettings, { clock, store }: ReplaysDeps) {
    this.#store = store
    const allowance = new Allowance(limitBytes, { clock })
    const guard = new LoopGuard({ clock })
    const background = new Background(windowMs, { guard })
    this.#allowance = allowance
    this.#guard = guard
    this.#background = background
    this.#keyed = new KeyedAnswers(keyWindowMs, { store, allowance, guard, background })
    this.#cut = new CutAnswers({ clock, store, allowance, guard, background })
  }

  /** A new configuration's; what is kept already stays as long as was said then. */
  configure({ windowMs, keyWindowMs, limitBytes }: ReplaySettings): void {
    this.#background.windowMs = windowMs
    this.#cut.windowMs = windowMs
    this.#keyed.windowMs = keyWindowMs
    this.#allowance.limitBytes = limitBytes
  }

  /** Whether this request may be answered by another's answer, or its own may be another's. */
  concerns(inbound: Inbound): boolean {
    this.#store.sweep()
    this.#cut.sweep()
    return inbound.idempotencyKey !== undefined || this.#cut.concerns(inbound)
  }

  /** Throws a `FullstopError` where its key belongs to another request. */
  open(inbound: Inbound, deps: ExchangeDeps): Promise<ClientExchange> {
    const { idempotencyKey } = inbound
    return idempotencyKey === undefined
      ? this.#cut.open(inbound, deps)
      : this.#keyed.open(inbound, idempotencyKey, deps)
  }

  /** An exchange has ended. Must return at once. */
  onReport(exchange: Exchange, outcome: Outcome, deps: ExchangeDeps): void {
    if (outcome === 'delivered' || outcome === 'kept') this.#onGiven(exchange)
    else this.#cut.onFailed(exchange, outcome, deps)
  }

  #onGiven(exchange: Exchange): void {
    const { replayId } = exchange.inbound
    if (replayId === undefined || exchange.degraded === 'model') return
    if (exchange.degraded === undefined) this.#guard.onAnswered(replayId)
    else this.#guard.onDied(replayId, answersIn(exchange.attempts))
  }

  /** Nothing new is begun in the background, and what nobody waits for ends. */
  drain(): void {
    this.#background.drain(this.#pending)
  }

  /** What somebody waits for ends too. */
  stop(): void {
    this.#background.stop(this.#pending)
  }

  get #pending(): readonly PendingAnswer[] {
    return [...this.#cut.pending, ...this.#keyed.pending]
  }
}
