import { FullstopError } from '../../errors.ts'
import type { ApprovalEvidence, Degraded, Outcome } from '../../evidence/index.ts'
import { wait } from '../../resilience/index.ts'
import { type Inbound, ownerOf } from '../admission/inbound.ts'
import type { ClientExchange } from '../client-exchange.ts'
import { type Failure, overLimit, unexpectedFailure } from '../delivery/failure.ts'
import { type ClientRefusal, ClientStay } from '../memory/client-load.ts'
import { Exchange, type Progress } from '../exchange.ts'
import type { ExchangeDeps } from '../ports.ts'
import { recordOf, restedBy } from '../record.ts'
import type { Allowance } from './allowance.ts'
import { AnswerReader, NOT_READ } from './answer-reader.ts'
import { inFormOf, type KeptAnswer } from './kept-answer.ts'
import type { AnswerOrFailure } from './pending-answer.ts'

/** What is replayed. */
export interface Replay {
  /** Whose answer it is, or would have been. */
  readonly exchange: string | undefined
  readonly result: Promise<AnswerOrFailure>
  /** No longer waited for nor delivered; `isUsed`: the client has it whole, or it is of no use to it. Once. */
  readonly onOver?: (isUsed: boolean) => void
  /** The request, for what its workflow gives where the answer failed. */
  readonly degradable?: () => Inbound
  /** Of all that is being read. */
  readonly allowance: Allowance
}

/**
 * An exchange without attempts: its answer is there already, or is being made for another request. Where that fails, what its
 * workflow gives in an answer's place is another exchange's to give, which has its attempts.
 */
export class ReplayedExchange implements ClientExchange {
  readonly inbound: Inbound
  readonly #exchange: string | undefined
  readonly #allowance: Allowance
  readonly #degradable: (() => Inbound) | undefined
  // Both hold the answer, and are let go of with it.
  #result: Promise<AnswerOrFailure> | undefined
  #onOver: ((isUsed: boolean) => void) | undefined
  readonly #deps: ExchangeDeps
  readonly #ended = new AbortController()
  /** It costs no platform anything, but its client's place and one of its requests. */
  readonly #stay: ClientStay | undefined
  readonly #overLimit: ClientRefusal | undefined
  /** Why it is not waited for any longer. */
  #stopped: FullstopError | undefined
  /** What it is, once it is being given. */
  #answer: Omit<KeptAnswer, 'bytes'> | undefined
  /** Of one that is streamed. */
  #reader: AnswerReader | undefined
  #substitute: Exchange | undefined
  #firstDeliveredMs: number | undefined
  #failure: Failure | undefined
  #isUseless = false
  #isReported = false

  constructor(inbound: Inbound, replay: Replay, deps: ExchangeDeps) {
    this.inbound = inbound
    this.#exchange = replay.exchange
    this.#allowance = replay.allowance
    this.#degradable = replay.degradable
    this.#result = replay.result
    this.#onOver = replay.onOver
    this.#deps = deps
    const entered = deps.clients.enter(inbound.caller, inbound.body.text)
    if (entered instanceof ClientStay) this.#stay = entered
    else this.#overLimit = entered
  }

  get isReplayed(): boolean {
    return this.#failure === undefined
  }

  get answering(): ClientExchange['answering'] {
    if (this.#substitute !== undefined) return this.#substitute.answering
    const platform = this.#answer?.platform
    return platform === undefined ? undefined : { platform: { name: platform } }
  }

  get attemptCount(): number {
    return this.#substitute?.attemptCount ?? 0
  }

  get degraded(): Degraded | undefined {
    return this.#substitute === undefined ? this.#answer?.degraded : this.#substitute.degraded
  }

  get approval(): ApprovalEvidence | undefined {
    return this.#substitute?.approval
  }

  async next(): Promise<Progress> {
    if (this.#overLimit !== undefined) return this.#failed(overLimit(this.#overLimit, this.inbound.id))
    if (this.#substitute !== undefined) return this.#substitute.next()
    if (this.#reader !== undefined) return this.#readOn(this.#reader)
    if (this.#answer !== undefined) return { kind: 'finished' }
    try {
      const result = await this.#inTime()
      if (result.kind === 'failure')
        return result.isFinal === true ? this.#failed(result.failure) : this.#orInstead(result.failure)
      const { inbound } = this
      // Until it can be delivered: whoever asks next is to get one of its own.
      this.#isUseless = true
      const bytes = inFormOf(inbound, result.answer, Math.floor(this.#deps.clock.wallMs() / 1_000))
      if (bytes === undefined) throw new FullstopError('no-complete-answer', 'The answer cannot be put into this form.')
      this.#isUseless = false
      // Where nobody waits any more, nothing is to be held.
      if (inbound.facts.stream && !this.#isReported) {
        this.#reader = AnswerReader.of(bytes, this.#allowance, () => this.#over(false))
        if (this.#reader === undefined) return this.#failed(noRoom(inbound))
      }
      const { bytes: _, ...answer } = result.answer
      this.#answer = answer
      this.#firstDeliveredMs = this.#elapsedMs()
      return this.#reader === undefined ? { kind: 'bytes', bytes } : this.#readOn(this.#reader)
    } catch (error) {
      return this.#failed(unexpectedFailure(error, this.inbound.id, []))
    }
  }

  #readOn(reader: AnswerReader): Progress {
    const bytes = reader.next()
    if (bytes !== undefined) return { kind: 'bytes', bytes }
    if (!reader.isDropped) return { kind: 'finished' }
    return this.#failed(unexpectedFailure(new FullstopError('out-of-time', NOT_READ), this.inbound.id, []))
  }

  #over(isUsed: boolean): void {
    this.#onOver?.(isUsed)
    this.#onOver = undefined
    this.#result = undefined
  }

  /** From here on the substitute is the exchange. */
  #orInstead(failure: Failure): Progress | Promise<Progress> {
    const failed = this.#failed(failure)
    const inbound = this.#isReported || this.#stopped !== undefined ? undefined : this.#degradable?.()
    if (inbound?.degrade === undefined) return failed
    this.#over(this.#isUseless)
    const substitution = { failure: failed.failure, stay: this.#stay, replayOf: this.#exchange }
    this.#substitute = new Exchange(inbound, this.#deps, substitution)
    return this.#substitute.next()
  }

  /** The result, unless the deadline, the client or a shutdown ends the wait before. */
  async #inTime(): Promise<AnswerOrFailure> {
    const { clock } = this.#deps
    const { approval, deadlineAtMs, hasOwnDeadline } = this.inbound
    // The time of people counts only where the client has patience of its own.
    const peopleMs = approval === undefined || hasOwnDeadline ? 0 : approval.timeoutMs
    const leftMs = deadlineAtMs + peopleMs - clock.nowMs()
    const result = await Promise.race([this.#result, wait(leftMs, clock, this.#ended.signal)])
    // Clears the timer.
    this.#ended.abort()
    this.#result = undefined
    if (result !== undefined) return result
    const late = new FullstopError('out-of-time', 'The answer that was waited for is not finished yet.')
    return { kind: 'failure', failure: unexpectedFailure(this.#stopped ?? late, this.inbound.id, []) }
  }

  /** It may be somebody else's failure; here it is under this exchange's id. */
  #failed(failure: Failure): Extract<Progress, { kind: 'failed' }> {
    this.#failure = { ...failure, error: { ...failure.error, exchange: this.inbound.id } }
    return { kind: 'failed', failure: this.#failure }
  }

  clientGone(): void {
    if (this.#substitute !== undefined) return this.#substitute.clientGone()
    this.report('client-gone')
    this.#ended.abort()
  }

  stop(): void {
    this.#substitute?.stop()
    this.#stopped ??= new FullstopError('shutting-down', 'This instance is shutting down.')
    this.#ended.abort()
  }

  giveUp(): void {
    if (this.#substitute !== undefined) return this.#substitute.giveUp()
    this.report('refused', 'internal')
    this.#ended.abort()
  }

  report(outcome: Outcome, errorCode?: string): void {
    if (this.#substitute !== undefined) return this.#substitute.report(outcome, errorCode)
    if (this.#isReported) return
    this.#isReported = true
    this.#stay?.end(0)
    const { inbound } = this
    const isGiven = outcome === 'delivered' || outcome === 'kept'
    // What its client's limits kept from being tried says nothing, should it come again.
    if (!isGiven && this.#overLimit === undefined)
      this.#deps.repeats.onFailure(ownerOf(inbound.caller), inbound.body.text)
    this.#reader?.close()
    this.#over(isGiven || this.#isUseless)
    this.#deps.sink(
      recordOf(inbound, {
        durationMs: this.#elapsedMs(),
        outcome,
        verdict: this.#answer?.verdict ?? 'failed',
        errorCode,
        // Billed to the exchange that made it.
        usage: undefined,
        firstDeliveredMs: this.#firstDeliveredMs,
        platform: this.#answer?.platform,
        attempts: [],
        seams: undefined,
        diverted: undefined,
        refusedBy: this.#overLimit?.by ?? restedBy(this.#failure),
        degraded: this.degraded,
        approval: undefined,
        replayOf: this.#answer?.exchange ?? this.#exchange,
      }),
    )
  }

  #elapsedMs(): number {
    return this.#deps.clock.nowMs() - this.inbound.receivedAtMs
  }
}

/** Until somebody has read on. */
function noRoom({ id }: Inbound): Failure {
  const full = new FullstopError('overloaded', 'As many answers as there is room for are being read already.')
  return { ...unexpectedFailure(full, id, []), retryAfterMs: 1_000 }
}
