import { type FinishedVerdict, isFinished, type UnfinishedVerdict, type Verdict } from '../../evidence/index.ts'
import { parseJson, type Protocol, type StreamFacts } from '../../protocols/core/index.ts'
import { joinBytes } from '../admission/bounded-body.ts'
import type { Platform } from '../admission/routing.ts'
import type { Conditions } from '../ports.ts'
import type { Attempt, AttemptEnd } from './attempt.ts'
import type { Call } from './call.ts'
import type { BodyReader } from './upstream-body.ts'

export interface BodyAttemptOptions {
  readonly call: Call
  /** Answers that were asked for. */
  readonly choices: number
  /** What the client speaks. */
  readonly clientProtocol: Protocol
  /** For an answer whose provider gave none. */
  readonly fallbackId: string
  readonly accept: Conditions['accept']
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** An answer that is not streamed: read whole, proven, then delivered whole or not at all. */
export class BodyAttempt implements Attempt {
  readonly #call: Call
  readonly #clientProtocol: Protocol
  readonly #fallbackId: string
  readonly #choices: number
  readonly #accept: Conditions['accept']
  #answerHeaders: Headers | undefined
  #proven: FinishedVerdict | undefined
  #facts: StreamFacts | undefined

  constructor({ call, choices, clientProtocol, fallbackId, accept }: BodyAttemptOptions) {
    this.#fallbackId = fallbackId
    this.#call = call
    this.#choices = choices
    this.#accept = accept
    this.#clientProtocol = clientProtocol
  }

  get platform(): Platform {
    return this.#call.platform
  }

  get answerHeaders(): Headers | undefined {
    return this.#answerHeaders
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
    const { protocol, completion } = this.platform.provider
    const body = parseJson(decoder.decode(bytes))
    const answer = protocol.readResponse(body, { completion, choices: this.#choices })
    const { verdict, facts, amended } = answer
    this.#facts = facts
    if (!isFinished(verdict)) {
      return verdict.reason === 'in-band-error'
        ? this.#call.finishInBand(body, facts)
        : this.#call.finish(verdict, facts)
    }
    this.#call.onEvent(true)
    if (this.#accept !== undefined) {
      const { response } = answer
      const reason = response === undefined ? 'not-this-protocol' : this.#accept(response, verdict)
      if (reason !== undefined) return this.#call.finish({ name: 'malformed', reason }, facts)
    }
    this.#proven = verdict
    if (protocol === this.#clientProtocol)
      return amended === undefined ? bytes : encoder.encode(JSON.stringify(amended))
    const { response } = answer
    if (response === undefined) return this.#call.finish({ name: 'malformed', reason: 'not-this-protocol' }, facts)
    // Not every provider names and dates its answers, and clients expect both.
    const id = response.id === '' ? this.#fallbackId : response.id
    const model = response.model === '' ? this.platform.model : response.model
    const created = response.created ?? Math.floor(this.#call.deps.clock.wallMs() / 1_000)
    return encoder.encode(JSON.stringify(this.#clientProtocol.renderResponse({ ...response, id, model, created })))
  }

  abort(cause: UnfinishedVerdict): void {
    this.#call.abort(cause)
  }

  conclude(verdict: Verdict): AttemptEnd {
    this.#call.abort({ name: 'failed', reason: 'client-gone' })
    return this.#call.finish(this.#proven ?? verdict, this.#facts)
  }
}
