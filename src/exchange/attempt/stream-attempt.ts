import { isFinished, type FinishedVerdict, type UnfinishedVerdict, type Verdict } from '../../evidence/index.ts'
import {
  type AnswerAssembler,
  type CoreResponse,
  isJsonObject,
  parseJson,
  type StreamScanner,
} from '../../protocols/core/index.ts'
import type { Acceptance } from '../admission/acceptance.ts'
import type { Platform } from '../admission/routing.ts'
import { NO_BYTES } from '../bytes.ts'
import { ArrayBody, BrokenArray } from './array-body.ts'
import type { Attempt, AttemptEnd, TextAtLimit } from './attempt.ts'
import { type Call, ignoreClosed } from './call.ts'
import type { TextGuard } from '../delivery/text-guard.ts'
import type { Continuation } from '../seam/continuation.ts'
import { textAtLimit } from '../seam/text-at-limit.ts'
import type { Outbox } from './outbox.ts'
import type { BodyReader } from './upstream-body.ts'

export interface StreamAttemptOptions {
  readonly call: Call
  readonly scanner: StreamScanner
  readonly outbox: Outbox
  /** How far text may be delivered before the proof; `undefined` where it may be as it comes. */
  readonly guard: TextGuard | undefined
  /** Deliver nothing before the proof. */
  readonly holdAll: boolean
  /** Puts together what of the answer is judged, or what somebody needs. */
  readonly assembler: AnswerAssembler | undefined
  readonly acceptance: Acceptance | undefined
  /** Makes the answer the rest of what the client has already; `undefined` where it is an answer of its own. */
  readonly continuation: Continuation | undefined
  /** Where a limit stops it another attempt may go on behind it. */
  readonly mayGoOnAtLimit: boolean
}

/** After the proof a provider has this long to close, ms; what it still says is passed on, how it ends is not asked. */
const CLOSING_PATIENCE_MS = 1_000

/** A streamed answer: scanned as it comes, released as far as its phase allows. */
export class StreamAttempt implements Attempt {
  /** More always follows bytes of a stream, if only its end. */
  readonly ended: AttemptEnd | undefined = undefined
  readonly #call: Call
  readonly #scanner: StreamScanner
  readonly #outbox: Outbox
  readonly #guard: TextGuard | undefined
  readonly #holdAll: boolean
  readonly #assembler: AnswerAssembler | undefined
  readonly #acceptance: Acceptance | undefined
  readonly #continuation: Continuation | undefined
  readonly #mayGoOnAtLimit: boolean
  /** A read that goes on while something is delivered. */
  #reading: ReturnType<BodyReader['read']> | undefined
  #body: BodyReader | undefined
  #answerHeaders: Headers | undefined
  /** The body's end says that it is whole, and so may be a part of the proof. */
  #hasOwnEnd = false
  #proven: FinishedVerdict | undefined
  /** Why an answer will not do, though nothing is wrong with it as one. */
  #rejected: UnfinishedVerdict | undefined
  #atLimit: TextAtLimit | undefined
  /** Content of it is with the client. */
  #hasDelivered = false
  #events = 0

  constructor(options: StreamAttemptOptions) {
    const { call, scanner, outbox, guard, holdAll, assembler, acceptance, continuation } = options
    this.#mayGoOnAtLimit = options.mayGoOnAtLimit
    this.#call = call
    this.#scanner = scanner
    this.#outbox = outbox
    this.#guard = guard
    this.#holdAll = holdAll
    this.#assembler = assembler
    this.#acceptance = acceptance
    this.#continuation = continuation
    this.#hasDelivered = continuation?.delivered !== undefined
  }

  get platform(): Platform {
    return this.#call.platform
  }

  get answerHeaders(): Headers | undefined {
    return this.#answerHeaders
  }

  get marks(): readonly string[] {
    return this.#proven === undefined ? [] : this.#scanner.takeMarks()
  }

  get answer(): CoreResponse | undefined {
    return this.#proven === undefined ? undefined : this.#assembler?.answer()
  }

  get atLimit(): TextAtLimit | undefined {
    return this.#atLimit
  }

  get releasedText(): string | undefined {
    return this.#guard?.releasedText
  }

  get isPlain(): boolean {
    return this.#outbox.isPlain
  }

  async read(): Promise<Uint8Array | AttemptEnd> {
    if (this.#body === undefined) {
      const response = await this.#call.send()
      if ('verdict' in response) return response
      this.#answerHeaders = response.headers
      this.#hasOwnEnd = this.#call.hasOwnEnd(response)
      const body = this.#call.open(response)
      if ('verdict' in body) return body
      this.#body = body
      if (!isEventStream(response.headers)) {
        const end = await this.#openOther(body)
        if (end !== undefined) return end
      }
    }
    for (;;) {
      let piece: Uint8Array
      try {
        this.#call.beforeRead()
        const opensAtMs = this.#opensAtMs
        const opened = opensAtMs === undefined ? undefined : await this.#openInTime(this.#body, opensAtMs)
        if (opened !== undefined) return opened
        const { value, done } = await this.#nextPiece(this.#body)
        if (done) return this.#onTransportEnd(undefined)
        piece = value
      } catch (error) {
        return this.#onTransportEnd(error instanceof BrokenArray ? error.verdict : this.#call.whyBroken)
      }
      const tooMuch = this.#call.afterRead(piece)
      if (tooMuch !== undefined) return this.#onTransportEnd(tooMuch)
      const released = this.#onPiece(piece)
      if (released.length > 0) {
        this.#hasDelivered = true
        return released
      }
      if (this.#rejected !== undefined) return this.#break(this.#rejected)
      // Nothing that its provider may still say belongs behind what another attempt adds.
      if (this.#atLimit !== undefined) return this.conclude(CLOSED)
      if (this.#scanner.phase === 'broken') return this.#break(this.#brokenVerdict())
    }
  }

  #nextPiece(body: BodyReader): ReturnType<BodyReader['read']> {
    const reading = this.#reading ?? body.read()
    this.#reading = undefined
    return reading
  }

  /** When the guard's opening is due, while there is one to be delivered. */
  get #opensAtMs(): number | undefined {
    return this.#scanner.phase === 'flowing' ? this.#guard?.opensAtMs : undefined
  }

  /** What of the opening becomes due before the next piece comes; `undefined` where that comes first. */
  async #openInTime(body: BodyReader, opensAtMs: number): Promise<Uint8Array | undefined> {
    this.#reading ??= body.read()
    if (!(await this.#call.isDue(opensAtMs, this.#reading))) return undefined
    this.#guard?.open()
    const released = this.#outbox.release()
    if (released.length === 0) return undefined
    this.#hasDelivered = true
    this.#call.betweenReads()
    return released
  }

  /** Scans a piece; what may be delivered of it and of what was held. */
  #onPiece(piece: Uint8Array): Uint8Array {
    const scanner = this.#scanner
    scanner.push(piece)
    if (scanner.events !== this.#events) {
      this.#events = scanner.events
      this.#call.onEvent(scanner.phase !== 'opening')
    }
    this.#outbox.take(piece)
    if (this.#continuation?.failure !== undefined) {
      this.#rejected = this.#continuation.failure
      return NO_BYTES
    }
    switch (scanner.phase) {
      case 'opening':
      case 'held':
      case 'broken':
        return NO_BYTES
      case 'flowing':
        return this.#holdAll ? NO_BYTES : this.#outbox.release()
      case 'proven':
        return this.#proven === undefined ? this.#prove(scanner.verdictAtEnd()) : this.#outbox.release()
    }
  }

  #prove(verdict: Verdict): Uint8Array {
    if (!isFinished(verdict)) return NO_BYTES
    this.#outbox.complete()
    if (this.#continuation?.failure !== undefined) {
      this.#rejected = this.#continuation.failure
      return NO_BYTES
    }
    const judgement = this.#acceptance?.judge(this.#assembler?.answer(), verdict, this.#hasDelivered)
    this.#call.unchecked = judgement?.unchecked
    this.#rejected = judgement?.rejected
    if (this.#rejected !== undefined) return NO_BYTES
    const released = this.#outbox.releaseProven()
    // Last: what could not be written is not delivered.
    this.#proven = verdict
    const mayGoOn = this.#mayGoOnAtLimit && verdict.stop === 'limit'
    const text = mayGoOn ? textAtLimit(this.#assembler?.answer()) : undefined
    if (text !== undefined) {
      this.#atLimit = { text, rest: released }
      return NO_BYTES
    }
    this.#call.letClose(CLOSING_PATIENCE_MS)
    return released
  }

  /** The body ended cleanly (`undefined`) or broke. */
  #onTransportEnd(cause: UnfinishedVerdict | undefined): Uint8Array | AttemptEnd {
    if (this.#proven !== undefined) return this.#end(this.#proven)
    const broken = cause ?? (this.#hasOwnEnd ? undefined : CLOSED)
    const verdict = broken === undefined ? this.#scanner.verdictAtEnd() : this.#scanner.verdictAfter(broken)
    if (!isFinished(verdict)) return this.#break(verdict)
    const released = this.#prove(verdict)
    if (this.#rejected !== undefined) return this.#break(this.#rejected)
    return released.length > 0 ? released : this.#end(verdict)
  }

  #brokenVerdict(): UnfinishedVerdict {
    const verdict = this.#scanner.verdictAtEnd()
    return isFinished(verdict) ? { name: 'failed', reason: 'in-band-error' } : verdict
  }

  /** Not a stream of events: one array of what they would hold, an error that forgot its status, or something else. */
  async #openOther(body: BodyReader): Promise<AttemptEnd | undefined> {
    let first: Uint8Array
    try {
      this.#call.beforeRead()
      const { value } = await body.read()
      first = value ?? NO_BYTES
    } catch {
      return this.#break(this.#call.whyBroken)
    }
    if (!this.platform.provider.protocol.mayStreamArrays || !ArrayBody.isArray(first))
      return this.#notStreamed(first, body)
    this.#body = new ArrayBody(body, first)
    return undefined
  }

  async #notStreamed(first: Uint8Array, body: BodyReader): Promise<AttemptEnd> {
    const json = parseJson(await this.#call.readText(body, first))
    if (isJsonObject(json) && isJsonObject(json.error)) return this.#call.finishInBand(json, undefined)
    return this.#break({ name: 'malformed', reason: 'wrong-content-type' })
  }

  #break(verdict: UnfinishedVerdict): AttemptEnd {
    this.#outbox.clear()
    this.#call.abort(verdict)
    void this.#body?.cancel().catch(ignoreClosed)
    return this.#end(verdict)
  }

  #end(verdict: Verdict): AttemptEnd {
    const { inBandError, facts } = this.#scanner
    if (inBandError === undefined || isFinished(verdict)) return this.#call.finish(verdict, facts)
    return this.#call.finishInBand(inBandError, facts)
  }

  abort(cause: UnfinishedVerdict): void {
    this.#call.abort(cause)
  }

  conclude(verdict: Verdict): AttemptEnd {
    this.#call.abort({ name: 'failed', reason: 'client-gone' })
    return this.#end(this.#proven ?? verdict)
  }
}

/** Perhaps the end, perhaps a cut: nothing tells. */
const CLOSED: UnfinishedVerdict = { name: 'truncated', reason: 'ended-before-proof' }

function isEventStream(headers: Headers): boolean {
  return (headers.get('content-type') ?? '').trim().toLowerCase().startsWith('text/event-stream')
}
