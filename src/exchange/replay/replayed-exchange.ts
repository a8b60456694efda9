import { FullstopError } from '../../errors.ts'
import type { Degraded, Outcome } from '../../evidence/index.ts'
import { wait } from '../../resilience/index.ts'
import { type Inbound, ownerOf } from '../admission/inbound.ts'
import type { ClientExchange } from '../client-exchange.ts'
import { type Failure, overLimit, unexpectedFailure } from '../delivery/failure.ts'
import { type ClientRefusal, ClientStay } from '../memory/client-load.ts'
import type { Progress } from '../exchange.ts'
import type { ExchangeDeps } from '../ports.ts'
import { recordOf } from '../record.ts'
import { inFormOf, type KeptAnswer } from './kept-answer.ts'
import type { AnswerOrFailure } from './pending-answer.ts'

/** What is replayed. */
export interface Replay {
  /** Whose answer it is, or would have been. */
  readonly exchange: string | undefined
  readonly result: Promise<AnswerOrFailure>
  /** No longer waited for nor delivered; `isUsed`: the client has it whole, or it is of no use to it. Once. */
  readonly onOver?: (isUsed: boolean) => void
}

/** An exchange without attempts: its answer is there already, or is being made for another request. */
export class ReplayedExchange implements ClientExchange {
  readonly inbound: Inbound
  readonly attemptCount = 0
  readonly approval = undefined
  readonly #replay: Replay
  readonly #deps: ExchangeDeps
  readonly #over = new AbortController()
  /** It costs no platform anything, but its client's place and one of its requests. */
  readonly #stay: ClientStay | undefined
  readonly #overLimit: ClientRefusal | undefined
  /** Why it is not waited for any longer. */
  #stopped: FullstopError | undefined
  #answer: KeptAnswer | undefined
  #firstDeliveredMs: number | undefined
  #hasFailed = false
  #isUseless = false
  #isReported = false

  constructor(inbound: Inbound, replay: Replay, deps: ExchangeDeps) {
    this.inbound = inbound
    this.#replay = replay
    this.#deps = deps
    const entered = deps.clients.enter(inbound.caller, inbound.body.text)
    if (entered instanceof ClientStay) this.#stay = entered
    else this.#overLimit = entered
  }

  get isReplayed(): boolean {
    return !this.#hasFailed
  }

  get answering(): ClientExchange['answering'] {
    const platform = this.#answer?.platform
    return platform === undefined ? undefined : { platform: { name: platform } }
  }

  get degraded(): Degraded | undefined {
    return this.#answer?.degraded
  }

  async next(): Promise<Progress> {
    if (this.#overLimit !== undefined) return this.#failed(overLimit(this.#overLimit, this.inbound.id))
    if (this.#answer !== undefined) return { kind: 'finished' }
    try {
      const result = await this.#inTime()
      if (result.kind === 'failure') return this.#failed(result.failure)
      const { inbound } = this
      // Until it can be delivered: whoever asks next is to get one of its own.
      this.#isUseless = true
      const bytes = inFormOf(inbound, result.answer, Math.floor(this.#deps.clock.wallMs() / 1_000))
      if (bytes === undefined) throw new FullstopError('no-complete-answer', 'The answer cannot be put into this form.')
      this.#isUseless = false
      this.#answer = result.answer
      this.#firstDeliveredMs = this.#elapsedMs()
      return { kind: 'bytes', bytes }
    } catch (error) {
      return this.#failed(unexpectedFailure(error, this.inbound.id, []))
    }
  }

  /** The result, unless the deadline, the client or a shutdown ends the wait before. */
  async #inTime(): Promise<AnswerOrFailure> {
    const { clock } = this.#deps
    const { approval, deadlineAtMs, hasOwnDeadline } = this.inbound
    // The time of people counts only where the client has patience of its own.
    const peopleMs = approval === undefined || hasOwnDeadline ? 0 : approval.timeoutMs
    const leftMs = deadlineAtMs + peopleMs - clock.nowMs()
    const result = await Promise.race([this.#replay.result, wait(leftMs, clock, this.#over.signal)])
    // Clears the timer.
    this.#over.abort()
    if (result !== undefined) return result
    throw this.#stopped ?? new FullstopError('out-of-time', 'The answer that was waited for is not finished yet.')
  }

  /** It may be somebody else's failure; here it is under this exchange's id. */
  #failed(failure: Failure): Progress {
    this.#hasFailed = true
    return { kind: 'failed', failure: { ...failure, error: { ...failure.error, exchange: this.inbound.id } } }
  }

  clientGone(): void {
    this.report('client-gone')
    this.#over.abort()
  }

  stop(): void {
    this.#stopped ??= new FullstopError('shutting-down', 'This instance is shutting down.')
    this.#over.abort()
  }

  giveUp(): void {
    this.report('refused', 'internal')
    this.#over.abort()
  }

  report(outcome: Outcome, errorCode?: string): void {
    if (this.#isReported) return
    this.#isReported = true
    this.#stay?.end(0)
    const { inbound } = this
    const isGiven = outcome === 'delivered' || outcome === 'kept'
    if (!isGiven) this.#deps.repeats.onFailure(ownerOf(inbound.caller), inbound.body.text)
    this.#replay.onOver?.(isGiven || this.#isUseless)
    this.#deps.sink(
      recordOf(inbound, {
        durationMs: this.#elapsedMs(),
        outcome: outcome === 'delivered' && this.degraded !== undefined ? 'degraded' : outcome,
        verdict: this.#answer?.verdict ?? 'failed',
        errorCode,
        // Billed to the exchange that made it.
        usage: undefined,
        firstDeliveredMs: this.#firstDeliveredMs,
        platform: this.#answer?.platform,
        attempts: [],
        seams: undefined,
        diverted: undefined,
        refusedBy: this.#overLimit?.by,
        degraded: this.degraded,
        approval: undefined,
        replayOf: this.#answer?.exchange ?? this.#replay.exchange,
      }),
    )
  }

  #elapsedMs(): number {
    return this.#deps.clock.nowMs() - this.inbound.receivedAtMs
  }
}
