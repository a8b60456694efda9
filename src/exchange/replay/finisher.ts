import type { AttemptEvidence } from '../../evidence/index.ts'
import type { JsonObject } from '../../protocols/core/index.ts'
import { backoffMs, wait } from '../../resilience/index.ts'
import { type Inbound, ownerOf } from '../admission/inbound.ts'
import { InboundBody } from '../admission/inbound-body.ts'
import type { Route } from '../admission/routing.ts'
import { joinBytes } from '../bytes.ts'
import { type Failure, unexpectedFailure } from '../delivery/failure.ts'
import { Exchange } from '../exchange.ts'
import { LONGEST_WAIT_MS } from '../admission/itinerary.ts'
import type { ExchangeDeps } from '../ports.ts'
import { type BackgroundTry, planOf } from './background-plan.ts'
import { keptAnswer } from './kept-answer.ts'
import { answersIn } from './loop-guard.ts'
import type { AnswerOrFailure, PendingAnswer } from './pending-answer.ts'
import { LARGEST_KEPT_BYTES } from './recording.ts'
import { Slots } from '../../collections/index.ts'

/** Answers that are finished in the background at once: in all, and for one client. */
export const BACKGROUND_AT_ONCE = 64
export const BACKGROUND_AT_ONCE_PER_OWNER = 16
/** More requests than these are not made for one cut, whatever became of them. */
const MOST_TRIES = 3

export interface FinishOptions {
  /** The request whose answer broke off. */
  readonly inbound: Inbound
  /** Its attempts. */
  readonly made: readonly AttemptEvidence[]
  /** Answers that may still die. */
  readonly answersLeft: number
  /** It is of no use later, ms from now. */
  readonly withinMs: number
  readonly pending: PendingAnswer
  /** Answers died in the background too. */
  readonly onDied: (answers: number) => void
}

/** Finishes in the background what broke off: bounded in number, time and size, and paid from the retry budget. */
export class Finisher {
  readonly #slots = new Slots({ total: BACKGROUND_AT_ONCE, perOwner: BACKGROUND_AT_ONCE_PER_OWNER })

  get running(): number {
    return this.#slots.count
  }

  /** Whether it is begun; then `pending` is settled. Not in the dark, and not where budget or room is spent. */
  begin(options: FinishOptions, deps: ExchangeDeps): boolean {
    const { inbound, made, pending } = options
    const plan = planOf(routeOf(inbound), made, options.answersLeft)
    if (plan.length === 0 || options.answersLeft === 0) return false
    const giveBack = this.#slots.take(ownerOf(inbound.caller))
    if (giveBack === undefined) return false
    if (!isAffordable(inbound, deps)) {
      giveBack()
      return false
    }
    void new Finish(options, plan, deps)
      .run()
      // Nothing in it rejects; should it, nobody is to wait for ever.
      .catch((error: unknown) => toFailure(unexpectedFailure(error, inbound.id, made)))
      .then((result) => {
        giveBack()
        pending.settle(result)
      })
    return true
  }
}

const toFailure = (failure: Failure): AnswerOrFailure => ({ kind: 'failure', failure })

/** Every request in the background is a retry to the budget, whatever the profile: nobody has asked for it. */
function isAffordable(inbound: Inbound, { health }: Pick<ExchangeDeps, 'health'>): boolean {
  const { name, stages } = routeOf(inbound)
  const isDark = stages.flat().every((platform) => health.of(platform).darkness.isDark)
  return health.budgetOf(name).withdraw({ isDark })
}

/** The one platform that knows what the request hangs on, else all of them. */
function routeOf({ route, pin }: Inbound): Route {
  return pin === undefined ? route : { ...route, stages: [[pin.platform]] }
}

/** One cut answer on its way to its end; each try is an exchange of its own. */
class Finish {
  readonly #options: FinishOptions
  readonly #plan: readonly BackgroundTry[]
  readonly #deps: ExchangeDeps
  readonly #over = new AbortController()
  readonly #endsAtMs: number
  #exchange: Exchange | undefined

  constructor(options: FinishOptions, plan: readonly BackgroundTry[], deps: ExchangeDeps) {
    this.#options = options
    this.#plan = plan.slice(0, MOST_TRIES)
    const limits = { ...deps.limits, responseBodyBytes: Math.min(deps.limits.responseBodyBytes, LARGEST_KEPT_BYTES) }
    this.#deps = { ...deps, limits }
    this.#endsAtMs = deps.clock.nowMs() + Math.min(options.inbound.policy.deadlineMs, options.withinMs)
    options.pending.cancel = () => {
      this.#over.abort()
      this.#exchange?.stop()
    }
  }

  async run(): Promise<AnswerOrFailure> {
    let answersLeft = this.#options.answersLeft
    for (const [tries, each] of this.#plan.entries()) {
      const exchange = new Exchange(this.#inbound(each, answersLeft), this.#deps)
      this.#exchange = exchange
      const result = await this.#read(exchange)
      if (result.kind === 'answer') return result
      const answers = answersIn(exchange.attempts)
      answersLeft -= answers
      this.#options.onDied(answers)
      const isLast = tries === this.#plan.length - 1 || answersLeft <= 0
      const { failure } = result
      if (isLast || !failure.retryable || !(await this.#goesOn(tries + 1, failure))) return result
    }
    throw new Error('a plan without a try')
  }

  /** Whether another try is affordable, once its wait is over. */
  async #goesOn(tries: number, { retryAfterMs = 0 }: Failure): Promise<boolean> {
    const { clock, random } = this.#deps
    const afterMs = Math.max(backoffMs(tries, random), Math.min(retryAfterMs, LONGEST_WAIT_MS))
    if (this.#over.signal.aborted || clock.nowMs() + afterMs >= this.#endsAtMs) return false
    if (!isAffordable(this.#options.inbound, this.#deps)) return false
    await wait(afterMs, clock, this.#over.signal)
    return !this.#over.signal.aborted
  }

  /** The answer to its proof; never rejects. */
  async #read(exchange: Exchange): Promise<AnswerOrFailure> {
    const pieces: Uint8Array[] = []
    let total = 0
    for (;;) {
      const progress = await exchange.next()
      if (progress.kind === 'failed') {
        exchange.report('given-up', progress.failure.code)
        return toFailure(progress.failure)
      }
      if (progress.kind === 'bytes') {
        pieces.push(progress.bytes)
        total += progress.bytes.length
        if (exchange.inbound.facts.stream) continue
      }
      exchange.report('kept')
      const { identity } = this.#options.pending
      return { kind: 'answer', answer: keptAnswer(exchange, joinBytes(pieces, total), identity) }
    }
  }

  #inbound({ platform, stream }: BackgroundTry, mayStillDie: number): Inbound {
    const { inbound } = this.#options
    const { clock, newId } = this.#deps
    // The plan says where else it is tried. Where its text is gone on with at a limit, one part would be half an answer.
    const attempts = inbound.policy.limited === 'continue' ? inbound.policy.attempts : 1
    return {
      ...(stream ? inbound : whole(inbound)),
      id: newId(),
      policy: { ...inbound.policy, delivery: 'hold', attempts, hedge: 'off' },
      preferred: platform.name,
      signal: this.#over.signal,
      receivedAtMs: clock.nowMs(),
      receivedAtWallMs: clock.wallMs(),
      deadlineAtMs: this.#endsAtMs,
      awaitedUntilMs: this.#endsAtMs,
      hasOwnDeadline: false,
      clientRetry: undefined,
      // It earns no retries.
      repeats: inbound.repeats + 1,
      idempotencyKey: undefined,
      mayReplay: false,
      replayId: undefined,
      mayStillDie,
      finishOf: inbound.id,
      // Nothing but the answer itself is worth a request that nobody waits for.
      degrade: undefined,
      simpler: undefined,
    }
  }
}

/** The same request for an answer that is not streamed. */
function whole(inbound: Inbound): Inbound {
  const { protocol, operation, facts, body } = inbound
  const isInAddress = protocol.modelField === undefined
  const { stream: _stream, stream_options: _options, ...rest } = body.json
  const json = isInAddress ? body.json : rest
  const address = isInAddress ? { model: facts.model, stream: false } : undefined
  const parse = (own: JsonObject): ReturnType<typeof operation.parse> => operation.parse(protocol, own, address)
  const text = isInAddress ? body.text : JSON.stringify(json)
  return { ...inbound, facts: { ...facts, stream: false }, body: new InboundBody(text, json, parse) }
}
