import { FullstopError } from '../../errors.ts'
import type { Outcome } from '../../evidence/index.ts'
import type { Clock } from '../../resilience/index.ts'
import { joinBytes } from '../admission/bounded-body.ts'
import { type Inbound, ownerOf } from '../admission/inbound.ts'
import type { ClientExchange } from '../client-exchange.ts'
import { unexpectedFailure } from '../delivery/failure.ts'
import { Exchange, type Progress } from '../exchange.ts'
import type { ExchangeDeps } from '../ports.ts'
import { Allowance } from './allowance.ts'
import { type Cut, Cuts } from './cuts.ts'
import { Finisher, keptAnswer } from './finisher.ts'
import type { AnswerStore } from './kept-answer.ts'
import { ANSWERS_BEFORE_REST, answersIn, LoopGuard, type RequestId } from './loop-guard.ts'
import { type AnswerOrFailure, PendingAnswer } from './pending-answer.ts'
import { Recording } from './recording.ts'
import { ReplayedExchange } from './replayed-exchange.ts'
import { cutScope, identityOf, keyScope } from './request-identity.ts'
import { SharedExchange } from './shared-exchange.ts'
import { Slots } from '../../collections/index.ts'

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

/** Exchanges under a key that go on without their client at once: in all, and for one client. */
const DETACHED_AT_ONCE = 256
const DETACHED_AT_ONCE_PER_OWNER = 32

/**
 * Gives an answer again to who asks for the same: under an `Idempotency-Key` as often as it is sent, and once for each answer
 * that Fullstop broke off. Where neither is, it costs nothing and keeps nothing.
 */
export class Replays {
  readonly #clock: Clock
  readonly #store: AnswerStore
  readonly #finisher = new Finisher()
  readonly #detached = new Slots({ total: DETACHED_AT_ONCE, perOwner: DETACHED_AT_ONCE_PER_OWNER })
  readonly #allowance: Allowance
  readonly #guard: LoopGuard
  readonly #cuts: Cuts
  /** Answers under a key that are being made. */
  readonly #claims = new Map<string, PendingAnswer>()
  /** Cuts whose request is being identified. */
  readonly #registering = new Set<Promise<void>>()
  #keyWindowMs: number
  #windowMs: number
  #isDraining = false

  constructor({ windowMs, keyWindowMs, limitBytes }: ReplaySettings, { clock, store }: ReplaysDeps) {
    this.#clock = clock
    this.#store = store
    this.#allowance = new Allowance(limitBytes, { clock })
    this.#windowMs = windowMs
    this.#keyWindowMs = keyWindowMs
    this.#guard = new LoopGuard({ clock })
    this.#cuts = new Cuts({ windowMs, onForgotten: (cut) => this.#onForgotten(cut) }, { clock })
  }

  /** A new configuration's; what is kept already stays as long as was said then. */
  configure({ windowMs, keyWindowMs, limitBytes }: ReplaySettings): void {
    this.#windowMs = windowMs
    this.#keyWindowMs = keyWindowMs
    this.#cuts.windowMs = windowMs
    this.#allowance.limitBytes = limitBytes
  }

  // ## A request comes

  /** Whether this request may be answered by another's answer, or its own may be another's. */
  concerns(inbound: Inbound): boolean {
    this.#store.sweep()
    this.#cuts.sweep()
    if (inbound.idempotencyKey !== undefined) return true
    if (!inbound.mayReplay) return false
    if (this.#registering.size > 0) return true
    if (this.#cuts.size === 0 && this.#guard.size === 0) return false
    const scope = cutScope(inbound)
    return this.#cuts.hasScope(scope) || this.#guard.hasScope(scope)
  }

  /** Throws a `FullstopError` where its key belongs to another request. */
  open(inbound: Inbound, deps: ExchangeDeps): Promise<ClientExchange> {
    const { idempotencyKey } = inbound
    return idempotencyKey === undefined
      ? this.#openAfterCut(inbound, deps)
      : this.#openUnderKey(inbound, keyScope(inbound, idempotencyKey), deps)
  }

  async #openAfterCut(inbound: Inbound, deps: ExchangeDeps): Promise<ClientExchange> {
    await Promise.all(this.#registering)
    const request = await requestId(inbound)
    for (let cut = this.#cuts.take(request.id); cut !== undefined; cut = this.#cuts.take(request.id)) {
      const replayed = await this.#replayed(inbound, cut, request, deps)
      if (replayed !== undefined) return replayed
    }
    const resting = this.#resting(inbound, request)
    if (resting === undefined) return new Exchange(this.#limited(inbound, request), deps)
    const degradable = this.#degradable(inbound, request)
    return new ReplayedExchange(
      inbound,
      { exchange: undefined, result: Promise.resolve(resting), degradable, allowance: this.#allowance },
      deps,
    )
  }

  async #openUnderKey(inbound: Inbound, id: string, deps: ExchangeDeps): Promise<ClientExchange> {
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
      claim.settle(failure(error, inbound))
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
    const resting = this.#resting(inbound, request)
    if (resting === undefined) return this.#shared(inbound, request, claim, deps)
    this.#release(request, claim)
    claim.settle(resting)
    const degradable = this.#degradable(inbound, request)
    return new ReplayedExchange(
      inbound,
      { exchange: undefined, result: claim.result, degradable, allowance: this.#allowance },
      deps,
    )
  }

  /** Not asked again for a while, since its answers all died. */
  #resting(inbound: Inbound, request: RequestId): AnswerOrFailure | undefined {
    const restsForMs = this.#guard.restsForMs(request)
    return restsForMs === 0 ? undefined : failure(diesEveryTime(restsForMs), inbound, restsForMs)
  }

  /** Where answers to it died already, no more may than are left. */
  #limited(inbound: Inbound, request: RequestId): Inbound {
    const left = this.#guard.left(request)
    if (left === ANSWERS_BEFORE_REST) return inbound
    const { policy } = inbound
    return { ...inbound, replayId: request, policy: { ...policy, attempts: Math.min(policy.attempts, left) } }
  }

  /**
   * The request for what is given in place of an answer that died. A simpler model's answers may die too, and no more often; what
   * it gives is no answer of the request's own.
   */
  #degradable(inbound: Inbound, { scope, id }: RequestId): () => Inbound {
    return () => {
      const replayId = { scope, id: `${id} simpler` }
      const left = this.#guard.left(replayId)
      const { policy, simpler } = inbound
      return {
        ...inbound,
        replayId,
        idempotencyKey: undefined,
        simpler: left === 0 ? undefined : simpler,
        policy: { ...policy, attempts: Math.max(1, Math.min(policy.attempts, left)) },
      }
    }
  }

  // ## Under a key

  #joined(inbound: Inbound, request: RequestId, claim: PendingAnswer, deps: ExchangeDeps): ClientExchange {
    claim.join()
    const onOver = (): void => this.#onLeft(claim)
    const { exchange, result } = claim
    const degradable = this.#degradable(inbound, request)
    return new ReplayedExchange(inbound, { exchange, result, onOver, degradable, allowance: this.#allowance }, deps)
  }

  #shared(inbound: Inbound, request: RequestId, claim: PendingAnswer, deps: ExchangeDeps): ClientExchange {
    const recording = new Recording(this.#allowance)
    // Whether its client is still there, and how long that would have waited, is not its own concern.
    const { signal } = new AbortController()
    const deadlineAtMs = inbound.receivedAtMs + inbound.policy.deadlineMs
    const limited = this.#limited(inbound, request)
    const exchange = new Exchange({ ...limited, signal, deadlineAtMs, hasOwnDeadline: false }, deps)
    const detach = (): (() => void) | undefined => {
      if (this.#isDraining) return undefined
      const giveBack = this.#detached.take(ownerOf(inbound.caller))
      if (giveBack !== undefined) claim.cancel = () => shared.stop()
      return giveBack
    }
    const onLost = (): void => {
      this.#claims.delete(request.id)
      // There is an answer, and whoever asks again has one of its own.
      claim.settle({ ...failure(tooLarge(), inbound), isFinal: true })
    }
    const onEnd = (end: Progress): void => {
      if (end.kind === 'finished' && !recording.isLost) {
        const bytes = joinBytes(recording.whole, recording.byteLength)
        recording.end()
        claim.settle({ kind: 'answer', answer: keptAnswer(exchange, bytes, claim.identity) })
        this.#keep(request, claim)
      } else {
        recording.end()
        if (end.kind === 'failed') this.#onFailedUnderKey(exchange, request, claim, end, deps)
      }
    }
    const shared = new SharedExchange({ inbound, exchange, recording, detach, onLost, onEnd })
    claim.onJoined = () => void shared.readOut()
    return shared
  }

  /** A failure is not the key's answer: whoever sends the key again gets another try, or what the background finished. */
  #onFailedUnderKey(
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
    if (isCut && this.#finish(exchange, request, claim, deps)) return this.#keep(request, claim)
    this.#release(request, claim)
    claim.settle({ kind: 'failure', failure: why, isFinal: !isCut })
  }

  /** Once it is there; until then whoever sends the key joins the claim. */
  #keep(request: RequestId, claim: PendingAnswer): void {
    void claim.result.then(async (result) => {
      // What is degraded is no answer: whoever sends the key again is to have the real one.
      if (result.kind === 'answer' && result.answer.degraded === undefined) {
        this.#guard.onAnswered(request)
        await this.#store.put(request.id, result.answer, this.#keyWindowMs)
      }
      this.#release(request, claim)
    })
  }

  #release({ id }: Pick<RequestId, 'id'>, claim: PendingAnswer): void {
    if (this.#claims.get(id) === claim) this.#claims.delete(id)
  }

  // ## After a cut

  /** An exchange has ended. Must return at once. */
  onReport(exchange: Exchange, outcome: Outcome, deps: ExchangeDeps): void {
    const { replayId, mayReplay, idempotencyKey } = exchange.inbound
    if (outcome === 'delivered' || outcome === 'kept') {
      if (replayId === undefined || exchange.degraded === 'model') return
      if (exchange.degraded === undefined) this.#guard.onAnswered(replayId)
      else this.#guard.onDied(replayId, answersIn(exchange.attempts))
      return
    }
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
    if (!this.#finish(exchange, request, pending, deps)) return
    const cut: Cut = { ...request, exchange: inbound.id, pending, atMs: this.#clock.nowMs(), isTaken: false }
    this.#cuts.add(cut)
    void pending.result.then((result) => this.#onFinished(cut, result))
  }

  async #onFinished(cut: Cut, result: AnswerOrFailure): Promise<void> {
    if (result.kind === 'failure') return this.#cuts.delete(cut)
    const leftMs = cut.atMs + this.#windowMs - this.#clock.nowMs()
    this.#guard.onAnswered(cut)
    await this.#store.put(storeId(cut), result.answer, leftMs)
    // From here on only the store holds it.
    cut.pending = undefined
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
      if (pending !== undefined) this.#onLeft(pending)
      cut.isTaken = false
      if (isUsed) this.#onServed(cut, request)
    }
    const degradable = this.#degradable(inbound, request)
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

  #onForgotten(cut: Cut): void {
    cut.pending?.cancel?.()
    void this.#store.remove(storeId(cut))
  }

  #finish(exchange: Exchange, request: RequestId, pending: PendingAnswer, deps: ExchangeDeps): boolean {
    if (this.#isDraining) return false
    const options = {
      inbound: exchange.inbound,
      made: exchange.attempts,
      answersLeft: this.#guard.left(request),
      withinMs: this.#windowMs,
      pending,
      onDied: (answers: number) => this.#guard.onDied(request, answers),
    }
    return this.#finisher.begin(options, deps)
  }

  // ## Draining

  /** Nothing new is begun in the background, and what nobody waits for ends. */
  drain(): void {
    this.#isDraining = true
    for (const pending of this.#allPending) if (pending.waiting === 0) pending.cancel?.()
  }

  /** What somebody waits for ends too. */
  stop(): void {
    this.#isDraining = true
    for (const pending of this.#allPending) pending.cancel?.()
  }

  #onLeft(pending: PendingAnswer): void {
    pending.waiting -= 1
    if (this.#isDraining && pending.waiting === 0) pending.cancel?.()
  }

  get #allPending(): readonly PendingAnswer[] {
    const cuts = [...this.#cuts.all].flatMap(({ pending }) => (pending === undefined ? [] : [pending]))
    return [...cuts, ...this.#claims.values()]
  }
}

async function requestId(inbound: Inbound): Promise<RequestId> {
  const scope = cutScope(inbound)
  return { scope, id: `${scope} ${await identityOf(inbound)}` }
}

/** Whoever asks again gets the same: the limit that stopped it is the request's or the model's own. */
function isCutByPolicy({ attempts }: Exchange): boolean {
  return attempts.at(-1)?.reason === 'stopped-by-limit'
}

const storeId = ({ exchange }: Cut): string => `cut ${exchange}`

function failure(
  error: unknown,
  { id }: Inbound,
  retryAfterMs?: number,
): Extract<AnswerOrFailure, { kind: 'failure' }> {
  const described = unexpectedFailure(error, id, [])
  return { kind: 'failure', failure: retryAfterMs === undefined ? described : { ...described, retryAfterMs } }
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

function diesEveryTime(restsForMs: number): FullstopError {
  const seconds = Math.max(1, Math.ceil(restsForMs / 1_000))
  return new FullstopError(
    'dies-every-time',
    `At least ${ANSWERS_BEFORE_REST} answers to this request died within a minute, each after it had begun; it is not sent again before ${seconds} s are over.`,
  )
}
