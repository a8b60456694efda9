import {
  type AttemptCause,
  type AttemptEvidence,
  isFinished,
  type Unchecked,
  type UnfinishedVerdict,
  type Verdict,
} from '../../evidence/index.ts'
import { type Json, parseJson, type StreamFacts } from '../../protocols/core/index.ts'
import { Watchdog } from '../../resilience/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform, Timeouts } from '../admission/routing.ts'
import { NO_BYTES } from '../bytes.ts'
import type { Outbound } from '../operations/operation.ts'
import type { ExchangeDeps } from '../ports.ts'
import type { AttemptEnd, ProviderErrorAnswer } from './attempt.ts'
import { readRetryAfter } from './retry-after.ts'
import { bodyReader, type BodyReader, hasOwnEnd, isPlain } from './upstream-body.ts'

export interface CallOptions {
  readonly inbound: Inbound
  readonly platform: Platform
  readonly outbound: Extract<Outbound, { ok: true }>
  readonly ordinal: number
  /** At most so long without content, since another platform could still answer. */
  readonly noContentMs: number
  readonly cause: AttemptCause
  /** It is to show whether its platform works again. */
  readonly isProbe: boolean
  /** The first event with content has come, so long after the start. */
  readonly onFirstContent: (firstContentMs: number) => void
}

const ERROR_BODY_PATIENCE_MS = 2_000
const THINKING_PATIENCE_MS = 5 * 60_000

/** The sending and timing that every attempt has, streamed or not, and its evidence. */
export class Call {
  readonly platform: Platform
  readonly deps: ExchangeDeps
  /** Why the answer was not held to a schema of its caller's. */
  unchecked: Unchecked | undefined
  readonly #inbound: Inbound
  readonly #options: Pick<CallOptions, 'ordinal' | 'cause' | 'isProbe' | 'onFirstContent'>
  readonly #dropped: readonly string[]
  /** Until it is sent: a request may be large, and an answer takes long. */
  #outbound: Extract<Outbound, { ok: true }> | undefined
  readonly #controller = new AbortController()
  readonly #watchdog: Watchdog
  readonly #startedAtMs: number
  readonly #startedAtWallMs: number
  #abortCause: UnfinishedVerdict | undefined
  #status: number | undefined
  #headersMs: number | undefined
  #firstByteMs: number | undefined
  #firstContentMs: number | undefined
  #bytes = 0
  #end: AttemptEnd | undefined
  #cancelClosing: (() => void) | undefined

  constructor(options: CallOptions, deps: ExchangeDeps) {
    const { inbound, platform, outbound, noContentMs, ordinal, cause, isProbe, onFirstContent } = options
    this.platform = platform
    this.deps = deps
    this.#inbound = inbound
    this.#outbound = outbound
    this.#dropped = outbound.dropped
    this.#options = { ordinal, cause, isProbe, onFirstContent }
    this.#startedAtMs = deps.clock.nowMs()
    this.#startedAtWallMs = deps.clock.wallMs()
    this.#watchdog = new Watchdog(
      { ...patience(platform.provider.timeouts, inbound, noContentMs), deadlineAtMs: inbound.deadlineAtMs },
      { clock: deps.clock, onExpiry: (reason) => this.abort({ name: 'truncated', reason }) },
    )
  }

  /** Sends the request. The provider's answer with its body still to be read, or how the attempt ended without one. */
  async send(): Promise<Response | AttemptEnd> {
    if (this.#outbound === undefined) throw new Error('a call is sent once')
    const { url, body, headers } = this.#outbound
    this.#outbound = undefined
    this.#inbound.body.release()
    this.#watchdog.start()
    const { signal } = this.#controller
    let response: Response
    try {
      response = await this.deps.upstream.fetch(url, { method: 'POST', headers, body, signal })
    } catch {
      // The rejection says less than the abort's cause, where there is one.
      return this.finish(this.#abortCause ?? { name: 'failed', reason: 'connect-failed' })
    }
    this.#status = response.status
    this.#headersMs = this.#sinceStart()
    return response.ok ? response : this.#refused(response)
  }

  /** The answer's body, piece by piece, or how the attempt ends where nothing can read it. */
  open(response: Response): BodyReader | AttemptEnd {
    const reader = bodyReader(response, this.deps.upstream.decodesBodies)
    if (reader !== undefined) return reader
    void response.body?.cancel().catch(ignoreClosed)
    return this.finish({ name: 'malformed', reason: 'bad-encoding' })
  }

  /** Whether the body's end says that it is whole. */
  hasOwnEnd(response: Response): boolean {
    return hasOwnEnd(response, this.deps.upstream)
  }

  /** The next piece of the body, `undefined` at its clean end, or why it broke. */
  async readPiece(body: BodyReader): Promise<Uint8Array | undefined | UnfinishedVerdict> {
    try {
      this.beforeRead()
      const { value, done } = await body.read()
      return done ? undefined : (this.afterRead(value) ?? value)
    } catch {
      return this.whyBroken
    }
  }

  // The three parts of `readPiece`, for the loop that runs for every piece of a stream, where one more async function
  // costs a tenth of what a piece costs.

  beforeRead(): void {
    this.#watchdog.resume()
  }

  /** Accounts for a piece; the verdict where it is more than may come. */
  afterRead(piece: Uint8Array): UnfinishedVerdict | undefined {
    this.#watchdog.pause()
    if (this.#firstByteMs === undefined) this.#firstByteMs = this.#sinceStart()
    this.#bytes += piece.length
    if (this.#bytes <= this.deps.limits.responseBodyBytes) return undefined
    const verdict: UnfinishedVerdict = { name: 'malformed', reason: 'too-large' }
    this.abort(verdict)
    return verdict
  }

  /** Something is delivered while a read goes on: as after a piece, the client's time is not the provider's. */
  betweenReads(): void {
    this.#watchdog.pause()
  }

  /** Whether this time comes before the read is over, whichever way; resolves with the first of the two. */
  async isDue(atMs: number, reading: Promise<unknown>): Promise<boolean> {
    let cancel = (): void => undefined
    const due = new Promise<boolean>((resolve) => {
      cancel = this.deps.clock.setTimer(() => resolve(true), Math.max(0, atMs - this.deps.clock.nowMs()))
    })
    const over = (): boolean => false
    try {
      return await Promise.race([due, reading.then(over, over)])
    } finally {
      cancel()
    }
  }

  /** After a read that rejected. */
  get whyBroken(): UnfinishedVerdict {
    return this.#abortCause ?? { name: 'truncated', reason: 'connection-lost' }
  }

  /**
   * Whether the body may be taken at once: it comes as it is, and its announced length is within the bound. Where the
   * runtime has undone a compression, what was announced is not what comes out; and Node takes pieces faster anyway.
   */
  isBounded({ headers }: Response): boolean {
    const announced = Number(headers.get('content-length') ?? Number.NaN)
    return (
      !this.deps.upstream.decodesBodies && announced <= this.deps.limits.responseBodyBytes && isPlain(headers, false)
    )
  }

  /** The whole of a bounded body, which is cheaper than piece by piece; or why it broke. */
  async readWhole(response: Response): Promise<Uint8Array | UnfinishedVerdict> {
    try {
      const bytes = new Uint8Array(await response.arrayBuffer())
      this.#firstByteMs = this.#sinceStart()
      this.#bytes = bytes.length
      return bytes
    } catch {
      return this.whyBroken
    }
  }

  /** An event has come; the idle time starts anew. */
  onEvent(hasContent: boolean): void {
    if (hasContent && this.#firstContentMs === undefined) {
      this.#firstContentMs = this.#sinceStart()
      this.#options.onFirstContent(this.#firstContentMs)
    }
    this.#watchdog.onEvent(hasContent)
  }

  /** Frees the upstream at once. */
  abort(cause: UnfinishedVerdict): void {
    this.#abortCause ??= cause
    this.#watchdog.stop()
    this.#controller.abort()
  }

  /** The answer is proven: the provider may close in its own time, but not for longer than `withinMs`. */
  letClose(withinMs: number): void {
    this.#watchdog.stop()
    this.#cancelClosing = this.deps.clock.setTimer(() => this.#controller.abort(), withinMs)
  }

  /** The attempt is over; later calls return the first end. */
  finish(verdict: Verdict, facts?: StreamFacts, providerError?: ProviderErrorAnswer): AttemptEnd {
    if (this.#end !== undefined) return this.#end
    this.#watchdog.stop()
    this.#cancelClosing?.()
    this.#end = { verdict, evidence: this.#evidence(verdict, facts), providerError }
    return this.#end
  }

  #evidence(verdict: Verdict, facts: StreamFacts | undefined): AttemptEvidence {
    const { provider, model } = this.platform
    const finished = isFinished(verdict) ? verdict : undefined
    // One object of one shape, without spreads: they were a tenth of what a request cost.
    return {
      ordinal: this.#options.ordinal,
      cause: this.#options.cause,
      probe: this.#options.isProbe,
      provider: provider.name,
      model,
      protocol: provider.protocol.name,
      startedAtMs: this.#startedAtWallMs,
      durationMs: this.#sinceStart(),
      headersMs: this.#headersMs,
      firstByteMs: this.#firstByteMs,
      firstContentMs: this.#firstContentMs,
      status: this.#status,
      verdict: verdict.name,
      proof: finished?.proof,
      caveat: facts?.caveat,
      reason: isFinished(verdict) ? undefined : verdict.reason,
      violation: isFinished(verdict) ? undefined : verdict.violation,
      unchecked: this.unchecked,
      stop: finished?.stop,
      rawStop: facts?.rawStop,
      servedModel: facts?.servedModel,
      streamed: this.#inbound.facts.stream,
      bytes: this.#bytes,
      events: facts?.events ?? 0,
      toolCalls: facts?.toolCalls ?? 0,
      invalidToolCalls: facts?.invalidToolCalls ?? 0,
      usage: facts?.usage,
      dropped: this.#dropped.length > 0 ? this.#dropped : undefined,
    }
  }

  /** The provider reported its error inside an answer: what it means, as an error status would. */
  finishInBand(error: Json | undefined, facts: StreamFacts | undefined): AttemptEnd {
    const { verdict, message, type } = this.platform.provider.protocol.readError(0, error)
    return this.finish(verdict, facts, { status: 0, message: this.platform.provider.keys.withoutKeys(message), type })
  }

  /** The provider answered with an error status: read what it says, at most so much of it. */
  async #refused(response: Response): Promise<AttemptEnd> {
    if (response.status < 400) {
      void response.body?.cancel().catch(ignoreClosed)
      return this.finish({ name: 'failed', reason: 'redirected' })
    }
    const body = this.open(response)
    if ('verdict' in body) return body
    // The status alone says nearly everything: a provider that dawdles over its error is not waited for.
    const cancel = this.deps.clock.setTimer(() => this.#controller.abort(), ERROR_BODY_PATIENCE_MS)
    const text = await this.readText(body)
    cancel()
    const { protocol } = this.platform.provider
    const { verdict, message, type } = protocol.readError(response.status, parseJson(text))
    const retryAfterMs = readRetryAfter(response.headers, this.deps.clock.wallMs())
    return this.finish(this.#abortCause ?? verdict, undefined, {
      status: response.status,
      message: this.platform.provider.keys.withoutKeys(message),
      type,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
  }

  /** The beginning of a body that is not an answer, at most so much of it as an error may take. */
  async readText(body: BodyReader, begun: Uint8Array = NO_BYTES): Promise<string> {
    const decoder = new TextDecoder()
    let text = decoder.decode(begun, { stream: true })
    while (text.length < this.deps.limits.errorBodyBytes) {
      const piece = await this.readPiece(body)
      if (!(piece instanceof Uint8Array)) return text
      text += decoder.decode(piece, { stream: true })
    }
    void body.cancel().catch(ignoreClosed)
    return text
  }

  #sinceStart(): number {
    return this.deps.clock.nowMs() - this.#startedAtMs
  }
}

/** A silent think is not a stall, and an answer that is not streamed says nothing until it is there. */
function patience(
  { firstEventMs, idleMs, totalMs, declared }: Timeouts,
  { facts }: Inbound,
  noContentMs: number,
): { firstEventMs: number | undefined; idleMs: number | undefined; totalMs: number } {
  if (!facts.stream) return { firstEventMs: undefined, idleMs: undefined, totalMs: Math.min(totalMs, noContentMs) }
  const stretch = (ms: number, isDeclared: boolean): number =>
    facts.reasoning && !isDeclared ? Math.max(ms, THINKING_PATIENCE_MS) : ms
  return {
    firstEventMs: Math.min(stretch(firstEventMs, declared.firstEvent), noContentMs),
    idleMs: stretch(idleMs, declared.idle),
    totalMs,
  }
}

/** Cancelling a body that is already closed or errored rejects; there is nothing left to free then. */
export function ignoreClosed(): void {}
