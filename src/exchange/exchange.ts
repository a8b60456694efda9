import {
  type AttemptEvidence,
  type Diversion,
  type ExchangeEvidence,
  isFinished,
  type Outcome,
  toLabel,
  type Verdict,
} from '../evidence/index.ts'
import { type Inbound, ownerOf } from './admission/inbound.ts'
import type { Platform } from './admission/routing.ts'
import { type Attempt, isAttemptEnd } from './attempt/attempt.ts'
import type { Run } from './attempt/run.ts'
import { Attempts } from './attempts.ts'
import { describeFailure, type Failure, unexpectedFailure } from './delivery/failure.ts'
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
 *  2. overload    which platforms take it, what another try costs   admission/overload.ts, memory/health.ts
 *     itinerary   where next, within one attempt budget             admission/itinerary.ts
 *  3. deadline    no wait and no attempt beyond it                  attempts.ts, resilience/watchdog.ts
 *  4. outbound    the client's bytes, or a translation, or neither  operations/
 *  5. attempt     send, scan, verdict                               attempt/stream-attempt.ts, body-attempt.ts
 *     hedge       a second one beside a silent one                  attempts.ts
 *  6. commitment  once content was delivered no other answer may be tried  here
 *     seams       but another attempt may go on with its text, exactly        seam/
 *  7. ending      clean only for a proven answer, else error event and abort     delivery/
 *  8. memory      who made what, and where the session was answered memory/
 *  9. evidence    once, whatever happened                           here
 */
export class Exchange {
  readonly inbound: Inbound
  readonly #deps: ExchangeDeps
  readonly #attempts: Attempts
  #answering: Attempt | undefined
  #firstDeliveredMs: number | undefined
  #isReported = false

  constructor(inbound: Inbound, deps: ExchangeDeps) {
    this.inbound = inbound
    this.#deps = deps
    this.#attempts = new Attempts(inbound, deps)
  }

  /** The attempt that answers now, for the response's headers. */
  get answering(): { readonly platform: Platform; readonly headers: Headers | undefined } | undefined {
    if (this.#answering === undefined) return undefined
    return { platform: this.#answering.platform, headers: this.#answering.answerHeaders }
  }

  get attemptCount(): number {
    return this.#attempts.count
  }

  /** The next bytes for the client, or how it ends. Trying elsewhere happens inside, unseen. Never rejects. */
  async next(): Promise<Progress> {
    const attempts = this.#attempts
    try {
      for (;;) {
        // Content of one attempt with the client, another's would be another answer: it can only go on with what is there.
        let run =
          attempts.current ?? (await (this.#firstDeliveredMs === undefined ? attempts.begin() : attempts.goOn()))
        if (run === undefined) return this.#fail()
        if (this.#isReported) return this.#leave()
        if (run.hedgeAfterMs !== undefined && !run.hasContent) run = await attempts.hedged(run, () => this.#isReported)
        const read = await run.read()
        if (this.#isReported) return this.#fail()
        if (!isAttemptEnd(read)) return this.#deliver(run, read)
        attempts.settle(run, read)
        if (isFinished(read.verdict)) return { kind: 'finished' }
      }
    } catch (error) {
      attempts.abandon('internal')
      return { kind: 'failed', failure: unexpectedFailure(error, this.inbound.id, this.#evidenceOfAttempts()) }
    }
  }

  #deliver(run: Run, bytes: Uint8Array): Progress {
    this.#firstDeliveredMs ??= this.#elapsedMs()
    this.#answering = run.attempt
    this.#attempts.seams?.onDelivered(run.attempt, bytes)
    const { ended } = run.attempt
    if (ended !== undefined) this.#attempts.settle(run, ended)
    return { kind: 'bytes', bytes }
  }

  // ## Endings

  /** The client went away while the next attempt was waited for. */
  #leave(): Progress {
    this.#attempts.abandon('client-gone')
    return this.#fail()
  }

  #fail(): Progress {
    const attempts = this.#attempts
    const failure = describeFailure({
      exchange: this.inbound.id,
      ends: attempts.ends,
      cut: attempts.seams?.cut,
      notExpressible: attempts.notExpressible,
      passOn: attempts.passOn,
      pin: this.inbound.pin,
      refusal: attempts.refusal,
      isDark: attempts.refusal !== undefined && attempts.overload.isDark,
    })
    return { kind: 'failed', failure }
  }

  /** The client went away: the upstream is freed at once. A proof that was already delivered stands. */
  clientGone(): void {
    this.#attempts.abandon('client-gone')
    const verdict = this.#attempts.ends.at(-1)?.verdict
    this.report(verdict !== undefined && isFinished(verdict) ? 'delivered' : 'client-gone')
  }

  /** The process stops and waits no longer: what runs ends as a failure does. */
  stop(): void {
    this.#attempts.stop()
  }

  /** Something of Fullstop's own went wrong outside: the upstream is freed, and the evidence says so. */
  giveUp(): void {
    this.#attempts.abandon('internal')
    this.report('refused', 'internal')
  }

  /** Sends the evidence; once, whatever comes later. */
  report(outcome: Outcome, errorCode?: string): void {
    if (this.#isReported) return
    this.#isReported = true
    if (outcome !== 'delivered') this.#deps.repeats.onFailure(ownerOf(this.inbound.caller), this.inbound.body.text)
    this.#deps.sink(this.#evidence(outcome, errorCode))
  }

  #evidence(outcome: Outcome, errorCode: string | undefined): ExchangeEvidence {
    const { id, protocol, operation, facts, policy, caller, labels, receivedAtWallMs } = this.inbound
    const { ends, refusal, diverted, seams } = this.#attempts
    const last = ends.at(-1)?.evidence
    const answer = outcome === 'delivered' ? last : undefined
    // What a seam that was not to be ended with says nothing of why it was needed.
    const telling = answer ?? seams?.cut?.evidence ?? last
    const verdict: Verdict['name'] = telling?.verdict ?? 'failed'
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
      usage: answer === undefined ? undefined : (seams?.billed ?? answer.usage),
      firstDeliveredMs: this.#firstDeliveredMs,
      platform: answer === undefined ? undefined : `${answer.provider}/${answer.model}`,
      attempts: this.#evidenceOfAttempts(),
      seams: seams === undefined || seams.evidence.length === 0 ? undefined : seams.evidence,
      diverted: toDiversions(diverted, ends[0]?.evidence),
      refusedBy: refusal?.by,
      clientRetry: this.inbound.clientRetry,
      repeats: this.inbound.repeats,
    }
  }

  #evidenceOfAttempts(): readonly AttemptEvidence[] {
    return this.#attempts.ends.map(({ evidence }) => evidence)
  }

  #elapsedMs(): number {
    return this.#deps.clock.nowMs() - this.inbound.receivedAtMs
  }
}

/** Each platform once, but for the one that was tried after all. */
function toDiversions(
  refusals: readonly Diversion[],
  first: AttemptEvidence | undefined,
): readonly Diversion[] | undefined {
  if (refusals.length === 0) return undefined
  const tried = first === undefined ? undefined : `${first.provider}/${first.model}`
  const each = new Map(refusals.map(({ platform, by }) => [platform, { platform, by }]))
  if (tried !== undefined) each.delete(tried)
  return each.size === 0 ? undefined : [...each.values()]
}
