import {
  type AttemptEvidence,
  type ExchangeEvidence,
  isFinished,
  type Outcome,
  type Reason,
  toLabel,
  type Verdict,
} from '../evidence/index.ts'
import type { RequestProblem } from '../protocols/core/index.ts'
import { wait } from '../resilience/index.ts'
import { bounded, type Inbound } from './admission/inbound.ts'
import { Itinerary, type NextStep } from './admission/itinerary.ts'
import type { Platform } from './admission/routing.ts'
import { type Attempt, type AttemptEnd, isAttemptEnd } from './attempt/attempt.ts'
import { startAttempt } from './attempt/start.ts'
import { describeFailure, type Failure, unexpectedFailure } from './delivery/failure.ts'
import { ownershipOf } from './memory/ownership.ts'
import type { ExchangeDeps } from './ports.ts'

/** How the exchange goes on for its client. */
export type Progress =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/**
 * One request's journey. The order of the policies, each in its own file:
 *
 *  1. admission   who asks, for what, under which policy            admission/inbound.ts
 *     pin         whether only one platform can know what it means  admission/pin.ts
 *  2. itinerary   where next, within one attempt budget             admission/itinerary.ts
 *  3. deadline    no wait and no attempt beyond it                  here, resilience/watchdog.ts
 *  4. outbound    the client's bytes, or a translation, or neither  operations/
 *  5. attempt     send, scan, verdict                               attempt/stream-attempt.ts, body-attempt.ts
 *  6. commitment  once content was delivered nothing else may be tried  here
 *  7. ending      clean only for a proven answer, else error event and abort     delivery/
 *  8. memory      who made what, and where the session was answered memory/
 *  9. evidence    once, whatever happened                           here
 */
export class Exchange {
  readonly inbound: Inbound
  readonly #deps: ExchangeDeps
  readonly #itinerary: Itinerary
  readonly #ends: AttemptEnd[] = []
  #attempt: Attempt | undefined
  #answering: Attempt | undefined
  /** Of the last end. */
  #lastPlatform: Platform | undefined
  #passOn = false
  #isTranslated = false
  /** Platforms that get the request without its format. */
  readonly #withoutFormat = new Set<Platform>()
  /** Of the attempt that was begun last. */
  #apiKey: string | undefined
  #notExpressible: RequestProblem | undefined
  #firstDeliveredMs: number | undefined
  #isReported = false
  #isStopped = false

  constructor(inbound: Inbound, deps: ExchangeDeps) {
    this.inbound = inbound
    this.#deps = deps
    const { pin, preferred, policy } = inbound
    const route = pin === undefined ? inbound.route : { ...inbound.route, stages: [[pin.platform]] }
    this.#itinerary = new Itinerary({
      route,
      attempts: policy.attempts,
      preferred,
      spoken: inbound.protocol.name,
      random: deps.random,
    })
  }

  /** The attempt that answers now, for the response's headers. */
  get answering(): { readonly platform: Platform; readonly headers: Headers | undefined } | undefined {
    if (this.#answering === undefined) return undefined
    return { platform: this.#answering.platform, headers: this.#answering.answerHeaders }
  }

  get attemptCount(): number {
    return this.#ends.length + (this.#attempt === undefined ? 0 : 1)
  }

  /** The next bytes for the client, or how it ends. Trying elsewhere happens inside, unseen. Never rejects. */
  async next(): Promise<Progress> {
    try {
      for (;;) {
        const attempt = this.#attempt ?? (await this.#begin())
        if (attempt === undefined) return this.#fail()
        const read = await readOrFail(attempt)
        if (this.#isReported) return this.#fail()
        if (!isAttemptEnd(read)) return this.#deliver(attempt, read)
        this.#settle(attempt.platform, read)
        if (isFinished(read.verdict)) return { kind: 'finished' }
        // Content of this attempt is with the client; another attempt's would be another answer.
        if (this.#firstDeliveredMs !== undefined) return this.#fail()
      }
    } catch (error) {
      this.#abandon('internal')
      return { kind: 'failed', failure: unexpectedFailure(error, this.inbound.id, this.#evidenceOfAttempts()) }
    }
  }

  #deliver(attempt: Attempt, bytes: Uint8Array): Progress {
    this.#firstDeliveredMs ??= this.#elapsedMs()
    this.#answering = attempt
    const { ended } = attempt
    if (ended !== undefined) this.#settle(attempt.platform, ended)
    return { kind: 'bytes', bytes }
  }

  // ## Where next

  /** The next attempt, once its wait is over; `undefined` where there is none to be made. */
  async #begin(): Promise<Attempt | undefined> {
    const { clock } = this.#deps
    let step = this.#nextStep()
    while (step.do === 'try') {
      const { platform, afterMs } = step
      if (clock.nowMs() + afterMs >= this.inbound.deadlineAtMs) return undefined
      if (afterMs > 0) await wait(afterMs, clock, this.inbound.signal)
      if (this.inbound.signal.aborted) return undefined
      const { operation } = this.inbound
      const apiKey = platform.provider.keys.next(clock.nowMs())
      const ownership = ownershipOf(platform.name, this.#deps.origins)
      const withoutFormat = this.#withoutFormat.has(platform)
      const outbound = bounded(() => operation.toOutbound(this.inbound, platform, { apiKey, ownership, withoutFormat }))
      if (outbound.ok) {
        const ordinal = this.#ends.length + 1
        const noContentMs = this.#patienceMs()
        this.#isTranslated = !outbound.sameProtocol
        this.#apiKey = outbound.apiKey
        this.#attempt = startAttempt({ inbound: this.inbound, platform, outbound, ordinal, noContentMs }, this.#deps)
        return this.#attempt
      }
      this.#notExpressible = outbound.problem
      step = this.#itinerary.notSent(platform, clock.nowMs())
    }
    this.#passOn = step.do === 'pass-on'
    return undefined
  }

  /** While another platform could answer, silence gets at most half of what is left of the deadline. */
  #patienceMs(): number {
    if (!this.#itinerary.hasUntried) return Number.POSITIVE_INFINITY
    return (this.inbound.deadlineAtMs - this.#deps.clock.nowMs()) / 2
  }

  #nextStep(): NextStep {
    const platform = this.#lastPlatform
    const end = this.#ends.at(-1)
    if (platform === undefined || end === undefined) return this.#itinerary.first()
    if (isFinished(end.verdict) || this.#isStopped) return { do: 'give-up' }
    const { reason } = end.verdict
    const failure = {
      platform,
      reason,
      retryAfterMs: end.providerError?.retryAfterMs,
      isTranslated: this.#isTranslated,
      mayTryAgainAtOnce:
        this.#restKey(platform, reason, end.providerError?.retryAfterMs) || this.#leaveFormatOut(platform, reason),
    }
    return this.#itinerary.after(failure, this.#deps.clock.nowMs())
  }

  /** A key that was limited or refused rests; whether another one is ready. */
  #restKey({ provider }: Platform, reason: Reason, retryAfterMs: number | undefined): boolean {
    if (reason !== 'authentication' && reason !== 'account-spent' && reason !== 'rate-limit') return false
    const nowMs = this.#deps.clock.nowMs()
    provider.keys.onFailure(this.#apiKey, reason, retryAfterMs, nowMs)
    return provider.keys.hasReady(nowMs)
  }

  /** Whether a platform refused the request perhaps for its format alone, which the caller can do without. */
  #leaveFormatOut(platform: Platform, reason: Reason): boolean {
    if (reason !== 'bad-request' || !this.inbound.isFormatOptional || this.#withoutFormat.has(platform)) return false
    this.#withoutFormat.add(platform)
    return true
  }

  /** What the next request of this conversation needs to know of the answer. */
  #remember({ platform, marks }: Attempt): void {
    const { session, caller, operation } = this.inbound
    const { origins, sessions } = this.#deps
    if (marks.length > 0)
      origins.remember(marks, { platform: platform.name, provider: platform.provider.name, tenant: caller.tenant })
    if (session !== undefined && operation.mayFallBack) sessions.answered(session, platform.name)
    platform.provider.keys.onSuccess(this.#apiKey)
  }

  #settle(platform: Platform, end: AttemptEnd): void {
    if (this.#attempt !== undefined && isFinished(end.verdict)) this.#remember(this.#attempt)
    this.#attempt = undefined
    this.#lastPlatform = platform
    this.#ends.push(end)
  }

  // ## Endings

  #fail(): Progress {
    const failure = describeFailure({
      exchange: this.inbound.id,
      ends: this.#ends,
      notExpressible: this.#notExpressible,
      passOn: this.#passOn,
      pin: this.inbound.pin,
    })
    return { kind: 'failed', failure }
  }

  /** The client went away: the upstream is freed at once. A proof that was already delivered stands. */
  clientGone(): void {
    this.#abandon('client-gone')
    const verdict = this.#ends.at(-1)?.verdict
    this.report(verdict !== undefined && isFinished(verdict) ? 'delivered' : 'client-gone')
  }

  /** The process stops and waits no longer: what runs ends as a failure does. */
  stop(): void {
    this.#isStopped = true
    this.#attempt?.abort({ name: 'failed', reason: 'shutdown' })
  }

  /** Something of Fullstop's own went wrong outside: the upstream is freed, and the evidence says so. */
  giveUp(): void {
    this.#abandon('internal')
    this.report('refused', 'internal')
  }

  #abandon(reason: 'client-gone' | 'internal'): void {
    const attempt = this.#attempt
    if (attempt !== undefined) this.#settle(attempt.platform, attempt.conclude({ name: 'failed', reason }))
  }

  /** Sends the evidence; once, whatever comes later. */
  report(outcome: Outcome, errorCode?: string): void {
    if (this.#isReported) return
    this.#isReported = true
    this.#deps.sink(this.#evidence(outcome, errorCode))
  }

  #evidence(outcome: Outcome, errorCode: string | undefined): ExchangeEvidence {
    const { id, protocol, operation, facts, policy, caller, labels, receivedAtWallMs } = this.inbound
    const last = this.#ends.at(-1)?.evidence
    const verdict: Verdict['name'] = last?.verdict ?? 'failed'
    const answer = outcome === 'delivered' ? last : undefined
    return {
      id,
      protocol: protocol.name,
      operation: operation.name,
      model: toLabel(this.inbound.model),
      workflow: labels.workflow,
      client: caller.client,
      tenant: caller.tenant,
      run: labels.run,
      step: labels.step,
      session: labels.session,
      delivery: policy.delivery,
      streamed: facts.stream,
      startedAtMs: receivedAtWallMs,
      durationMs: this.#elapsedMs(),
      outcome,
      verdict,
      errorCode,
      usage: answer?.usage,
      firstDeliveredMs: this.#firstDeliveredMs,
      platform: answer === undefined ? undefined : `${answer.provider}/${answer.model}`,
      attempts: this.#evidenceOfAttempts(),
    }
  }

  #evidenceOfAttempts(): readonly AttemptEvidence[] {
    return this.#ends.map(({ evidence }) => evidence)
  }

  #elapsedMs(): number {
    return this.#deps.clock.nowMs() - this.inbound.receivedAtMs
  }
}

/** What trips over an answer is a defect of ours, and perhaps of that answer: another platform's may do. */
async function readOrFail(attempt: Attempt): Promise<Uint8Array | AttemptEnd> {
  try {
    return await attempt.read()
  } catch {
    return attempt.conclude({ name: 'failed', reason: 'internal' })
  }
}
