import { FullstopError } from '../../errors.ts'
import { joinBytes } from '../bytes.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { ClientExchange } from '../client-exchange.ts'
import { Exchange, type Progress } from '../exchange.ts'
import type { ExchangeDeps } from '../ports.ts'
import type { Allowance } from './allowance.ts'
import { type Background, isCutByPolicy } from './background.ts'
import { type AnswerStore, keptAnswer } from './kept-answer.ts'
import { answersIn, type LoopGuard, type RequestId } from './loop-guard.ts'
import { inPlaceOf, restingAnswer, withinLoop } from './loop-limits.ts'
import { failureOf, PendingAnswer } from './pending-answer.ts'
import { Recording } from './recording.ts'
import { ReplayedExchange } from './replayed-exchange.ts'
import { identityOf, keyScope } from './request-identity.ts'
import { SharedExchange } from './shared-exchange.ts'

export interface KeyedAnswersDeps {
  readonly store: AnswerStore
  readonly allowance: Allowance
  readonly guard: LoopGuard
  readonly background: Background
}

/**
 * Answers to requests under an `Idempotency-Key`: the first to send it claims it, whoever sends it meanwhile joins, and what it
 * was answered is kept.
 */
export class KeyedAnswers {
  /** An answer can be had under its key for so long, ms. */
  windowMs: number
  readonly #store: AnswerStore
  readonly #allowance: Allowance
  readonly #guard: LoopGuard
  readonly #background: Background
  /** Answers that are being made, under their scope and key. */
  readonly #claims = new Map<string, PendingAnswer>()

  constructor(windowMs: number, { store, allowance, guard, background }: KeyedAnswersDeps) {
    this.windowMs = windowMs
    this.#store = store
    this.#allowance = allowance
    this.#guard = guard
    this.#background = background
  }

  get pending(): Iterable<PendingAnswer> {
    return this.#claims.values()
  }

  /** Throws a `FullstopError` where its key belongs to another request. */
  async open(inbound: Inbound, idempotencyKey: string, deps: ExchangeDeps): Promise<ClientExchange> {
    const id = keyScope(inbound, idempotencyKey)
    const identity = await identityOf(inbound)
    const running = this.#claims.get(id)
    if (running !== undefined) {
      if (running.identity !== identity) throw keyReused()
      return this.#joined(inbound, { scope: id, id }, running, deps)
    }
    const claim = new PendingAnswer(inbound.id, identity)
    this.#claims.set(id, claim)
    try {
      return await this.#openClaimed(inbound, { scope: id, id }, claim, deps)
    } catch (error) {
      // Or whoever sends the key would wait for nothing.
      this.#release({ id }, claim)
      claim.settle(failureOf(error, inbound))
      throw error
    }
  }

  async #openClaimed(
    inbound: Inbound,
    request: RequestId,
    claim: PendingAnswer,
    deps: ExchangeDeps,
  ): Promise<ClientExchange> {
    const { id } = request
    const kept = await this.#store.get(id)
    if (kept !== undefined) {
      if (kept.identity !== claim.identity) throw keyReused()
      this.#release(request, claim)
      claim.settle({ kind: 'answer', answer: kept })
      return new ReplayedExchange(
        inbound,
        { exchange: kept.exchange, result: claim.result, allowance: this.#allowance },
        deps,
      )
    }
    const resting = restingAnswer(inbound, request, this.#guard)
    if (resting === undefined) return this.#shared(inbound, request, claim, deps)
    this.#release(request, claim)
    claim.settle(resting)
    const degradable = inPlaceOf(inbound, request, this.#guard)
    return new ReplayedExchange(
      inbound,
      { exchange: undefined, result: claim.result, degradable, allowance: this.#allowance },
      deps,
    )
  }

  #joined(inbound: Inbound, request: RequestId, claim: PendingAnswer, deps: ExchangeDeps): ClientExchange {
    claim.join()
    const onOver = (): void => this.#background.onLeft(claim)
    const { exchange, result } = claim
    const degradable = inPlaceOf(inbound, request, this.#guard)
    return new ReplayedExchange(inbound, { exchange, result, onOver, degradable, allowance: this.#allowance }, deps)
  }

  #shared(inbound: Inbound, request: RequestId, claim: PendingAnswer, deps: ExchangeDeps): ClientExchange {
    const recording = new Recording(this.#allowance)
    // Whether its client is still there, and how long that would have waited, is not its own concern.
    const { signal } = new AbortController()
    const deadlineAtMs = inbound.receivedAtMs + inbound.policy.deadlineMs
    const limited = withinLoop(inbound, request, this.#guard)
    const exchange = new Exchange({ ...limited, signal, deadlineAtMs, hasOwnDeadline: false }, deps)
    const detach = (): (() => void) | undefined => {
      const giveBack = this.#background.detach(inbound.caller)
      if (giveBack !== undefined) claim.cancel = () => shared.stop()
      return giveBack
    }
    const onLost = (): void => {
      this.#claims.delete(request.id)
      // There is an answer, and whoever asks again has one of its own.
      claim.settle({ ...failureOf(tooLarge(), inbound), isFinal: true })
    }
    const onEnd = (end: Progress): void => {
      if (end.kind === 'finished' && !recording.isLost) {
        const bytes = joinBytes(recording.whole, recording.byteLength)
        recording.end()
        claim.settle({ kind: 'answer', answer: keptAnswer(exchange, bytes, claim.identity) })
        this.#keep(request, claim)
      } else {
        recording.end()
        if (end.kind === 'failed') this.#onFailed(exchange, request, claim, end, deps)
      }
    }
    const shared = new SharedExchange({ inbound, exchange, recording, detach, onLost, onEnd })
    claim.onJoined = () => void shared.readOut()
    return shared
  }

  /** A failure is not the key's answer: whoever sends the key again gets another try, or what the background finished. */
  #onFailed(
    exchange: Exchange,
    request: RequestId,
    claim: PendingAnswer,
    { failure: why }: Extract<Progress, { kind: 'failed' }>,
    deps: ExchangeDeps,
  ): void {
    // A client that left, with no place to go on without it, was not cut off.
    const hasLeft = exchange.attempts.at(-1)?.reason === 'client-gone'
    const isKeepable = exchange.inbound.mayReplay && this.#claims.get(request.id) === claim
    const isCut = exchange.hasDelivered && isKeepable && !hasLeft && !isCutByPolicy(exchange)
    if (isCut || exchange.inbound.replayId !== undefined) this.#guard.onDied(request, answersIn(exchange.attempts))
    if (isCut && this.#background.finish(exchange, request, claim, deps)) return this.#keep(request, claim)
    this.#release(request, claim)
    claim.settle({ kind: 'failure', failure: why, isFinal: !isCut })
  }

  /** Once it is there; until then whoever sends the key joins the claim. */
  #keep(request: RequestId, claim: PendingAnswer): void {
    void claim.result.then(async (result) => {
      // What is degraded is no answer: whoever sends the key again is to have the real one.
      if (result.kind === 'answer' && result.answer.degraded === undefined) {
        this.#guard.onAnswered(request)
        await this.#store.put(request.id, result.answer, this.windowMs)
      }
      this.#release(request, claim)
    })
  }

  #release({ id }: Pick<RequestId, 'id'>, claim: PendingAnswer): void {
    if (this.#claims.get(id) === claim) this.#claims.delete(id)
  }
}

function keyReused(): FullstopError {
  return new FullstopError(
    'key-reused',
    'idempotency-key: expected the request that this key was first used for; another one came.',
  )
}

function tooLarge(): FullstopError {
  return new FullstopError('no-complete-answer', 'The answer is too large to be given to more than one client.')
}
