import type { FinishedVerdict, UnfinishedVerdict, Verdict } from '../../evidence/index.ts'
import { AnswerAssembler, type CoreResponse, eventsOf, type StreamFacts } from '../../protocols/core/index.ts'
import { joinBytes } from '../bytes.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'
import { completed } from '../delivery/given-answer.ts'
import { toBytes } from '../operations/sending.ts'
import type { Continuation } from '../seam/continuation.ts'
import { textAtLimit } from '../seam/text-at-limit.ts'
import type { Attempt, AttemptEnd, TextAtLimit } from './attempt.ts'
import type { Call } from './call.ts'
import type { BodyReader } from './upstream-body.ts'

export interface BodyAttemptOptions {
  readonly call: Call
  readonly inbound: Inbound
  /** Makes the answer the rest of what is there already; `undefined` where it is an answer of its own. */
  readonly continuation: Continuation | undefined
  /** Where a limit stops it another attempt may go on behind it. */
  readonly mayGoOnAtLimit: boolean
}

/** An answer that is not streamed: read whole, proven, then delivered whole or not at all. */
export class BodyAttempt implements Attempt {
  readonly releasedText = undefined
  readonly isPlain = false
  readonly #call: Call
  readonly #inbound: Inbound
  readonly #continuation: Continuation | undefined
  readonly #mayGoOnAtLimit: boolean
  #answerHeaders: Headers | undefined
  #proven: FinishedVerdict | undefined
  #facts: StreamFacts | undefined
  #marks: readonly string[] = []
  #atLimit: TextAtLimit | undefined
  #read: { readonly response?: CoreResponse } | undefined

  constructor({ call, inbound, continuation, mayGoOnAtLimit }: BodyAttemptOptions) {
    this.#call = call
    this.#inbound = inbound
    this.#continuation = continuation
    this.#mayGoOnAtLimit = mayGoOnAtLimit
  }

  get platform(): Platform {
    return this.#call.platform
  }

  get answerHeaders(): Headers | undefined {
    return this.#answerHeaders
  }

  get marks(): readonly string[] {
    return this.#marks
  }

  get atLimit(): TextAtLimit | undefined {
    return this.#atLimit
  }

  get answer(): CoreResponse | undefined {
    return this.#inbound.needsAnswer ? this.#read?.response : undefined
  }

  get ended(): AttemptEnd | undefined {
    return this.#proven === undefined ? undefined : this.#call.finish(this.#proven, this.#facts)
  }

  async read(): Promise<Uint8Array | AttemptEnd> {
    const response = await this.#call.send()
    if ('verdict' in response) return response
    this.#answerHeaders = response.headers
    if (this.#call.isBounded(response)) return this.#judgeIfWhole(await this.#call.readWhole(response))
    const body = this.#call.open(response)
    return 'verdict' in body ? body : this.#judgeIfWhole(await this.#readAll(body))
  }

  #judgeIfWhole(bytes: Uint8Array | UnfinishedVerdict): Uint8Array | AttemptEnd {
    return bytes instanceof Uint8Array ? this.#judge(bytes) : this.#call.finish(bytes)
  }

  async #readAll(body: BodyReader): Promise<Uint8Array | UnfinishedVerdict> {
    const pieces: Uint8Array[] = []
    let total = 0
    for (;;) {
      const piece = await this.#call.readPiece(body)
      if (piece === undefined)
        return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : joinBytes(pieces, total)
      if (!(piece instanceof Uint8Array)) return piece
      pieces.push(piece)
      total += piece.length
    }
  }

  #judge(bytes: Uint8Array): Uint8Array | AttemptEnd {
    const nowSeconds = Math.floor(this.#call.deps.clock.wallMs() / 1_000)
    const judged = this.#inbound.operation.judge(bytes, { inbound: this.#inbound, platform: this.platform, nowSeconds })
    this.#facts = judged.facts
    if (!('bytes' in judged)) {
      const { verdict, facts, inBandError } = judged
      return inBandError === undefined ? this.#call.finish(verdict, facts) : this.#call.finishInBand(inBandError, facts)
    }
    let whole = judged.bytes
    this.#read = judged.read
    if (this.#continuation !== undefined) {
      const joined = this.#join(judged.read?.response, this.#continuation, nowSeconds)
      if (!(joined instanceof Uint8Array)) return this.#call.finish(joined, judged.facts)
      whole = joined
    }
    this.#proven = judged.verdict
    this.#call.unchecked = judged.unchecked
    this.#marks = judged.marks
    this.#call.onEvent(true)
    const mayGoOn = this.#mayGoOnAtLimit && judged.verdict.stop === 'limit'
    const text = mayGoOn ? textAtLimit(this.answer) : undefined
    if (text === undefined) return whole
    this.#atLimit = { text, rest: whole }
    return this.#call.finish(judged.verdict, judged.facts)
  }

  /** The whole answer, of which this attempt gave the end; or why it is no end of it. */
  #join(
    response: CoreResponse | undefined,
    continuation: Continuation,
    nowSeconds: number,
  ): Uint8Array | UnfinishedVerdict {
    if (response === undefined) return { name: 'malformed', reason: 'not-this-protocol' }
    const assembler = new AnswerAssembler()
    for (const event of continuation.next(eventsOf(response))) assembler.add(event)
    for (const event of continuation.finish()) assembler.add(event)
    if (continuation.failure !== undefined) return continuation.failure
    const whole = completed(assembler.answer(), this.#inbound, this.platform, nowSeconds)
    this.#read = { response: whole }
    return toBytes(this.#inbound.protocol.renderResponse(whole))
  }

  abort(cause: UnfinishedVerdict): void {
    this.#call.abort(cause)
  }

  conclude(verdict: Verdict): AttemptEnd {
    this.#call.abort({ name: 'failed', reason: 'client-gone' })
    return this.#call.finish(this.#proven ?? verdict, this.#facts)
  }
}
