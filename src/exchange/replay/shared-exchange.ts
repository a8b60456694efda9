import { FullstopError } from '../../errors.ts'
import type { Outcome } from '../../evidence/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { ClientExchange } from '../client-exchange.ts'
import { unexpectedFailure } from '../delivery/failure.ts'
import type { Exchange, Progress } from '../exchange.ts'
import { NOT_READ } from './answer-reader.ts'
import type { Recording } from './recording.ts'

export interface SharedExchangeOptions {
  /** The client's; the exchange's own does not know when the client goes away. */
  readonly inbound: Inbound
  readonly exchange: Exchange
  readonly recording: Recording
  /** A place among those that go on without their client, and what gives it back; `undefined`: there is none. */
  readonly detach: () => (() => void) | undefined
  /** Nobody but its own client can be given it any more; once. */
  readonly onLost: () => void
  /** How it ended, before its own client knows; once. */
  readonly onEnd: (end: Progress) => void
}

/**
 * An exchange whose answer others may wait for. Its own client reads it as it comes; once others wait, or that client has gone
 * away, it is read to its end at its own pace.
 */
export class SharedExchange implements ClientExchange {
  readonly inbound: Inbound
  readonly isReplayed = false
  /** What is to be told of it; nothing after its end: whoever tells it would hold the answer for others too. */
  #tells: Pick<SharedExchangeOptions, 'detach' | 'onLost' | 'onEnd'> | undefined
  readonly #exchange: Exchange
  readonly #recording: Recording
  readonly #gone = new AbortController()
  readonly #clientLeft: Promise<void>
  /** One read at a time, whoever asks for it. */
  #reading: Promise<void> | undefined
  #end: Progress | undefined
  #isDetached = false
  #readingOut: Promise<void> | undefined

  constructor(options: SharedExchangeOptions) {
    this.inbound = options.inbound
    const { detach, onLost, onEnd } = options
    this.#tells = { detach, onLost, onEnd }
    this.#exchange = options.exchange
    this.#recording = options.recording
    this.#recording.onDropped = () => this.#onDropped()
    this.#clientLeft = new Promise((resolve) => {
      this.#gone.signal.addEventListener('abort', () => resolve())
    })
  }

  get answering(): ClientExchange['answering'] {
    return this.#exchange.answering
  }

  get attemptCount(): number {
    return this.#exchange.attemptCount
  }

  get degraded(): ClientExchange['degraded'] {
    return this.#exchange.degraded
  }

  get approval(): ClientExchange['approval'] {
    return this.#exchange.approval
  }

  // ## Its own client

  async next(): Promise<Progress> {
    while (!this.#gone.signal.aborted) {
      const bytes = this.#recording.next()
      if (bytes !== undefined) return { kind: 'bytes', bytes }
      if (this.#recording.isDropped) return failed(this.inbound, 'out-of-time', NOT_READ)
      if (this.#end !== undefined) return this.#end
      await Promise.race([this.#read(), this.#clientLeft])
    }
    const gone = new FullstopError('internal', 'The client has gone away.')
    return { kind: 'failed', failure: unexpectedFailure(gone, this.inbound.id, []) }
  }

  clientGone(): void {
    if (this.#gone.signal.aborted) return
    const giveBack = this.#end === undefined && !this.#recording.isLost ? this.#tells?.detach() : undefined
    const { isRead } = this.#recording
    this.#recording.leave()
    if (giveBack !== undefined) {
      this.#isDetached = true
      this.#gone.abort()
      void this.readOut().then(() => {
        giveBack()
        this.#exchange.report(this.#end?.kind === 'finished' ? 'kept' : 'client-gone', this.#errorCode)
      })
      return
    }
    this.#gone.abort()
    if (this.#end === undefined) {
      this.#exchange.clientGone()
      this.#conclude(failed(this.inbound, 'no-complete-answer', 'The client that it was made for has gone away.'))
      return
    }
    const outcome = this.#end.kind === 'failed' ? 'client-gone' : isRead ? 'delivered' : 'kept'
    this.#exchange.report(outcome, this.#errorCode)
  }

  stop(): void {
    this.#exchange.stop()
  }

  giveUp(): void {
    this.#exchange.giveUp()
    this.#conclude(failed(this.inbound, 'internal', 'Something went wrong that should not.'))
  }

  /** Without its client it reports by itself, once it has ended. */
  report(outcome: Outcome, errorCode?: string): void {
    if (!this.#isDetached) this.#exchange.report(outcome, errorCode)
  }

  get #errorCode(): string | undefined {
    return this.#end?.kind === 'failed' ? this.#end.failure.code : undefined
  }

  // ## Everybody who waits for it

  /** Reads it to its end, or until it is no longer recorded. */
  readOut(): Promise<void> {
    this.#readingOut ??= this.#readAll()
    return this.#readingOut
  }

  async #readAll(): Promise<void> {
    while (this.#end === undefined && !this.#recording.isLost) await this.#read()
  }

  #read(): Promise<void> {
    this.#reading ??= this.#exchange.next().then((progress) => {
      this.#reading = undefined
      this.#take(progress)
    })
    return this.#reading
  }

  #take(progress: Progress): void {
    if (this.#end !== undefined) return
    if (progress.kind !== 'bytes') return this.#conclude(progress)
    const wasLost = this.#recording.isLost
    this.#recording.push(progress.bytes)
    if (this.#recording.isLost && !wasLost) this.#onLost()
    if (!this.inbound.facts.stream) this.#conclude({ kind: 'finished' })
  }

  #onLost(): void {
    this.#tells?.onLost()
    if (!this.#isDetached) return
    this.#exchange.clientGone()
    this.#conclude(failed(this.inbound, 'no-complete-answer', 'The answer is too large to be kept.'))
  }

  #conclude(end: Progress): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#tells?.onEnd(end)
    this.#tells = undefined
  }

  /** Its client has stalled: what is still on its way goes with it. */
  #onDropped(): void {
    if (this.#end !== undefined) return
    this.#exchange.drop('out-of-time')
    this.#conclude(failed(this.inbound, 'out-of-time', NOT_READ))
  }
}

function failed({ id }: Inbound, code: 'internal' | 'no-complete-answer' | 'out-of-time', message: string): Progress {
  return { kind: 'failed', failure: unexpectedFailure(new FullstopError(code, message), id, []) }
}
