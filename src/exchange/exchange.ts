import {
  type ApprovalEvidence,
  type AttemptEvidence,
  type Degraded,
  isFinished,
  type Outcome,
} from '../evidence/index.ts'
import type { CoreResponse } from '../protocols/core/index.ts'
import { type Inbound, ownerOf } from './admission/inbound.ts'
import type { Platform } from './admission/routing.ts'
import { AwaitedApproval } from './approval/awaited-approval.ts'
import { notApproved } from './approval/not-approved.ts'
import { type Attempt, type AttemptEnd, isAttemptEnd } from './attempt/attempt.ts'
import type { Run } from './attempt/run.ts'
import { Attempts } from './attempts.ts'
import type { ClientExchange } from './client-exchange.ts'
import { Degradation, fixedAnswerFor, isAcceptable, isOutage, leavingOneForSimpler } from './degradation/degradation.ts'
import { DegradedLabel } from './degradation/label.ts'
import { type Failure, overLimit, unexpectedFailure, withAttempts } from './delivery/failure.ts'
import { completed, renderGiven } from './delivery/given-answer.ts'
import { type ClientRefusal, ClientStay } from './memory/client-load.ts'
import type { ExchangeDeps } from './ports.ts'
import { endingOf, recordOf, restedBy } from './record.ts'
import type { LimitedAnswer } from './seam/seams.ts'

/** For an exchange that waited for another's answer, and gives what its workflow has in the place of that. */
export interface Substitution {
  /** Why there is no answer. */
  readonly failure: Failure
  /** Of the exchange that waited. */
  readonly stay: ClientStay | undefined
  readonly replayOf: string | undefined
}

/** How the exchange goes on for its client. */
export type Progress =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/**
 * One request's journey. The order of the policies, each in its own file:
 *
 *  1. admission   who asks, for what, under which policy            admission/inbound.ts, policy.ts
 *     limits      what its client may use                           memory/client-load.ts
 *     pin         whether only one platform can know what it means  admission/pin.ts
 *  2. overload    which platforms take it, what another try costs   admission/overload.ts, memory/health.ts
 *     itinerary   where next, within one attempt budget             admission/itinerary.ts
 *  3. deadline    no wait and no attempt beyond it                  attempts.ts, resilience/watchdog.ts
 *  4. outbound    the client's bytes, or a translation, or neither  attempt/outbound-requests.ts, operations/
 *  5. attempt     send, scan, verdict                               attempt/stream-attempt.ts, body-attempt.ts
 *     acceptance  what it has to be beyond finished                 admission/acceptance.ts
 *     hedge       a second one beside a silent one                  attempt/hedge.ts
 *  6. commitment  once content was delivered no other answer may be tried  here
 *     seams       but another attempt may go on with its text, exactly, and behind a limit      seam/
 *  7. ending      clean only for a proven answer, else error event and abort     delivery/
 *  8. memory      who made what, and where the session was answered memory/
 *  9. approval    where a person has to decide first                approval/
 * 10. degradation what is given where everything else failed        degradation/
 * 11. replay      what is cut here is finished for the retry that comes     replay/
 * 12. evidence    once, whatever happened                           record.ts
 */
export class Exchange implements ClientExchange {
  readonly isReplayed = false
  readonly inbound: Inbound
  readonly #deps: ExchangeDeps
  #attempts: Attempts
  /** Of its client's limits, where it has any. */
  readonly #stay: ClientStay | undefined
  readonly #overLimit: ClientRefusal | undefined
  #answering: Attempt | undefined
  /** Of the attempt that a limit ended, where nobody went on behind it. */
  #leftAtLimit: AttemptEnd | undefined
  #firstDeliveredMs: number | undefined
  /** The person that the answer waits for. */
  readonly #approval: AwaitedApproval | undefined
  #degradation: Degradation | undefined
  /** Of what is given in place of the real answer. */
  #label: DegradedLabel | undefined
  /** Why there is no answer of the model that was asked for. */
  #failure: Failure | undefined
  /** The finished answer, where somebody needs it. */
  #answer: CoreResponse | undefined
  /** All of what the client gets has been given at once. */
  #isGiven = false
  #isStopped = false
  #isReported = false
  /** What this one stands in for, having asked nobody; `undefined` for all others. */
  readonly #substitution: Substitution | undefined

  constructor(inbound: Inbound, deps: ExchangeDeps, substitution?: Substitution) {
    this.inbound = inbound
    this.#deps = deps
    this.#substitution = substitution
    this.#failure = substitution?.failure
    this.#attempts = new Attempts(leavingOneForSimpler(inbound), deps)
    if (inbound.approval !== undefined) this.#approval = new AwaitedApproval(inbound, inbound.approval, deps.approvals)
    if (substitution !== undefined) {
      this.#stay = substitution.stay
      return
    }
    const { caller, finishOf, body } = inbound
    const isAsked = finishOf === undefined
    const entered = isAsked ? deps.clients.enter(caller, body.text) : deps.clients.enterUnasked(caller)
    if (entered instanceof ClientStay) this.#stay = entered
    else this.#overLimit = entered
  }

  /** The attempt that answers now, for the response's headers. */
  get answering(): { readonly platform: Platform; readonly headers: Headers | undefined } | undefined {
    if (this.#answering === undefined) return undefined
    return { platform: this.#answering.platform, headers: this.#answering.answerHeaders }
  }

  /** The end of the attempt whose answer it is, or else of the last. */
  get lastWord(): AttemptEnd | undefined {
    return this.#leftAtLimit ?? this.#attempts.allEnds.at(-1)
  }

  get attemptCount(): number {
    return this.#attempts.count
  }

  /** Those that are over. */
  get attempts(): readonly AttemptEvidence[] {
    return this.#attempts.allEnds.map(({ evidence }) => evidence)
  }

  /** It only gives something in place of an answer that another exchange was to have. */
  get isSubstitute(): boolean {
    return this.#substitution !== undefined
  }

  /** Content is with the client. */
  get hasDelivered(): boolean {
    return this.#firstDeliveredMs !== undefined
  }

  /** What is given in place of the real answer. */
  get degraded(): Degraded | undefined {
    return this.#label?.degraded
  }

  /** What a person decided about the answer. */
  get approval(): ApprovalEvidence | undefined {
    return this.#approval?.evidence
  }

  /** The next bytes for the client, or how it ends. Trying elsewhere happens inside, unseen. Never rejects. */
  async next(): Promise<Progress> {
    if (this.#overLimit !== undefined) return { kind: 'failed', failure: overLimit(this.#overLimit, this.inbound.id) }
    if (this.#isGiven) return { kind: 'finished' }
    try {
      this.#approval?.reserve()
      for (;;) {
        const attempts = this.#attempts
        let run = attempts.current ?? (await this.#next(attempts))
        if (run === undefined) {
          if (attempts.seams?.limited !== undefined) return await this.#leaveAtLimit(attempts.seams.limited)
          const instead = await this.#instead()
          if (instead !== undefined) return instead
          continue
        }
        if (this.#isReported) return this.#leave()
        if (run.hedgeAfterMs !== undefined && !run.hasContent) run = await attempts.hedged(run, () => this.#isReported)
        let read: Uint8Array | AttemptEnd
        // Here, since one more async function would cost a part in twenty of what an event does.
        try {
          read = await run.read()
        } catch (error) {
          read = run.failed(error)
        }
        if (this.#isReported) return this.#fail()
        if (!isAttemptEnd(read) && this.#approval === undefined) return this.#deliver(run, read)
        const end = isAttemptEnd(read) ? read : run.attempt.ended
        // Bytes of a proven answer, which is written anew when it is approved.
        if (end === undefined) continue
        attempts.settle(run, end)
        if (isFinished(end.verdict) && attempts.seams?.limited === undefined) {
          this.#onFinished(run.attempt)
          return this.#approval === undefined ? { kind: 'finished' } : await this.#approve(this.#answer, this.#approval)
        }
      }
    } catch (error) {
      this.#attempts.abandon('internal')
      return this.#failed(error)
    }
  }

  #next(attempts: Attempts): Promise<Run | undefined> | undefined {
    if (this.isSubstitute && this.#degradation === undefined) return undefined
    // Content of one attempt with the client, another's would be another answer: it can only go on with what is there.
    return this.#isBegun ? attempts.goOn() : attempts.begin()
  }

  #deliver(run: Run, bytes: Uint8Array): Progress {
    this.#firstDeliveredMs ??= this.#elapsedMs()
    this.#answering = run.attempt
    this.#attempts.seams?.onDelivered(run.attempt, bytes)
    const { ended } = run.attempt
    if (ended !== undefined) {
      this.#attempts.settle(run, ended)
      this.#onFinished(run.attempt)
    }
    return { kind: 'bytes', bytes: this.#labelled(bytes) }
  }

  /** There is something that another attempt may only go on with. */
  get #isBegun(): boolean {
    return this.#firstDeliveredMs !== undefined || this.#attempts.seams?.limited !== undefined
  }

  /** Nobody goes on behind a limit: the answer ends there, in its protocol's own word for it. */
  async #leaveAtLimit({ attempt, end, rest }: LimitedAnswer): Promise<Progress> {
    if (this.#isReported) return this.#fail()
    this.#answering = attempt
    this.#leftAtLimit = end
    this.#onFinished(attempt)
    if (this.#approval !== undefined) return this.#approve(this.#answer, this.#approval)
    return this.#giveAll(rest)
  }

  /** Takes the answer where a person is to decide about it, or where it is kept. */
  #onFinished(attempt: Attempt): void {
    if (this.#approval === undefined && this.inbound.degrade?.cacheMs === undefined) return
    if (attempt.answer === undefined) return
    this.#answering = attempt
    this.#answer = completed(attempt.answer, this.inbound, attempt.platform, this.#nowSeconds())
  }

  #labelled(bytes: Uint8Array): Uint8Array {
    if (this.#label === undefined) return bytes
    return this.inbound.facts.stream ? this.#label.events(bytes) : this.#label.whole(bytes)
  }

  // ## Answers that are there as a whole: approved ones, and what is given in an answer's place

  #give(answer: CoreResponse): Progress {
    return this.#giveAll(renderGiven(answer, this.inbound, this.#nowSeconds()))
  }

  #giveAll(bytes: Uint8Array): Progress {
    this.#isGiven = true
    this.#firstDeliveredMs ??= this.#elapsedMs()
    return { kind: 'bytes', bytes: this.#labelled(bytes) }
  }

  async #approve(answer: CoreResponse | undefined, approval: AwaitedApproval): Promise<Progress> {
    if (answer === undefined) throw new Error('a finished answer that nobody could read')
    const accepts = (edited: CoreResponse): boolean => isAcceptable(this.inbound, edited)
    const platform = this.#answering?.platform.name
    const resolution = await approval.of(answer, { platform, degraded: this.degraded, accepts })
    if (this.#isReported) return this.#fail()
    if (resolution.answer !== undefined) {
      this.#answer = resolution.answer
      return this.#give(resolution.answer)
    }
    const { outcome } = resolution.evidence
    const isAnswered = outcome === 'timed-out' && approval.onTimeout === 'answer'
    const fixed = isAnswered ? fixedAnswerFor(this.inbound) : undefined
    if (fixed === undefined) return this.#failed(notApproved(resolution))
    // No platform gave these words.
    this.#answering = undefined
    this.#degrade('answer')
    return this.#give(fixed)
  }

  /** Nobody is left to ask: what is given instead, or how it ends; `undefined` where a simpler model is asked now. */
  async #instead(): Promise<Progress | undefined> {
    const failure = this.#attempts.describe()
    // Once something is with the client, why that broke off is what it has to know.
    if (this.#firstDeliveredMs !== undefined) this.#failure = failure
    this.#failure ??= failure
    this.#degrade(undefined)
    const isOver = this.#isStopped || this.#isReported || this.inbound.signal.aborted
    if (this.inbound.degrade === undefined || this.#firstDeliveredMs !== undefined || isOver) return this.#fail()
    if (this.#degradation === undefined && !isOutage(this.#failure, this.#attempts.ends)) return this.#fail()
    this.#degradation ??= new Degradation(this.inbound, this.#deps.cache)
    const substitute = await this.#degradation.next(this.attemptCount)
    if (substitute === undefined || this.#isReported || this.#isStopped) return this.#fail()
    this.#degrade(substitute.degraded)
    if (substitute.degraded === 'model') {
      this.#attempts = new Attempts(substitute.inbound, this.#deps, this.#attempts)
      return undefined
    }
    // The operator's own words were theirs to approve; whatever a model said once is looked at again.
    if (substitute.degraded === 'cache' && this.#approval !== undefined)
      return this.#approve(substitute.answer, this.#approval)
    return this.#give(substitute.answer)
  }

  #degrade(degraded: Degraded | undefined): void {
    this.#label = degraded === undefined ? undefined : new DegradedLabel(degraded, this.inbound.id)
  }

  // ## Endings

  /** The client went away while the next attempt was waited for. */
  #leave(): Progress {
    this.#attempts.abandon('client-gone')
    return this.#fail()
  }

  #fail(): Progress {
    const failure = this.#failure ?? this.#attempts.describe()
    const { attempts } = this
    return { kind: 'failed', failure: attempts.length === 0 ? failure : withAttempts(failure, attempts) }
  }

  #failed(error: unknown): Progress {
    return { kind: 'failed', failure: unexpectedFailure(error, this.inbound.id, this.attempts) }
  }

  /** The client went away: the upstream is freed at once. A proof that was already delivered stands. */
  clientGone(): void {
    this.#attempts.abandon('client-gone')
    this.#approval?.cancel('cancelled')
    const verdict = this.#attempts.ends.at(-1)?.verdict
    const isWaiting = this.#approval !== undefined || this.#attempts.seams?.limited !== undefined
    const isProven = verdict !== undefined && isFinished(verdict) && !isWaiting
    this.report(this.#isGiven || isProven ? 'delivered' : 'client-gone')
  }

  /** The client does not read, and is told so should it do so again: as when it goes away, but it was Fullstop that ended it. */
  drop(errorCode: string): void {
    this.#attempts.abandon('client-gone')
    this.#approval?.cancel('cancelled')
    this.report('broken-off', errorCode)
  }

  /** The process stops and waits no longer: what runs ends as a failure does. */
  stop(): void {
    this.#isStopped = true
    this.#attempts.stop()
    this.#approval?.cancel('shutdown')
  }

  /** Something of Fullstop's own went wrong outside: the upstream is freed, and the evidence says so. */
  giveUp(): void {
    this.#attempts.abandon('internal')
    this.#approval?.cancel('cancelled')
    this.report('refused', 'internal')
  }

  /** Sends the evidence; once, whatever comes later. */
  report(outcome: Outcome, errorCode?: string): void {
    if (this.#isReported) return
    this.#isReported = true
    this.#approval?.over()
    this.#stay?.end(this.#attempts.billedTokens())
    // What its client's limits kept from being tried says nothing, should it come again.
    if (isFailure(outcome) && this.#overLimit === undefined)
      this.#deps.repeats.onFailure(ownerOf(this.inbound.caller), this.inbound.body.text)
    if (outcome === 'delivered' || outcome === 'kept') this.#keepForOutages()
    this.#deps.replays.onReport(this, outcome, this.#deps)
    this.#deps.sink(
      recordOf(
        this.inbound,
        endingOf(this.#attempts, {
          durationMs: this.#elapsedMs(),
          outcome,
          errorCode,
          lastWord: this.lastWord?.evidence,
          firstDeliveredMs: this.#firstDeliveredMs,
          refusedBy: this.#overLimit?.by ?? restedBy(this.#failure),
          replayOf: this.#substitution?.replayOf,
          degraded: this.degraded,
          approval: this.approval,
        }),
      ),
    )
  }

  /** What is degraded itself is not kept, half an answer neither, nor a person's words under a model's name. */
  #keepForOutages(): void {
    if (this.inbound.degrade?.cacheMs === undefined || this.degraded !== undefined || this.#answer === undefined) return
    if (this.approval?.outcome === 'edited') return
    if (this.lastWord?.verdict.name !== 'complete') return
    this.#deps.cache.keep(this.inbound, this.#answer)
  }

  #elapsedMs(): number {
    return this.#deps.clock.nowMs() - this.inbound.receivedAtMs
  }

  #nowSeconds(): number {
    return Math.floor(this.#deps.clock.wallMs() / 1_000)
  }
}

/** Its client has no answer. */
function isFailure(outcome: Outcome): boolean {
  return outcome === 'refused' || outcome === 'broken-off' || outcome === 'client-gone'
}
