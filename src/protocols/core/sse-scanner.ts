import {
  type FinishedVerdict,
  type Label,
  type Reason,
  type UnfinishedVerdict,
  type Usage,
  type Verdict,
} from '../../evidence/index.ts'
import { DeltaTemplate, type TemplateSource } from './delta-template.ts'
import type { Json } from './json.ts'
import type { ScannerOptions, StreamFacts, StreamPhase, StreamScanner } from './scanner.ts'
import { SseBlocks } from './sse-blocks.ts'
import type { StreamEvent } from './stream-event.ts'

/** Where the text of a recognised delta goes. */
export interface DeltaTarget {
  readonly type: 'text' | 'thinking'
  readonly choice: number
  readonly part: number
}

/**
 * What the scanners of all SSE protocols share: cutting bytes into events, recognising plain text deltas without
 * parsing them, the phase, and the verdict at each kind of end. A protocol adds what its events mean.
 */
export abstract class SseScanner implements StreamScanner {
  protected readonly options: ScannerOptions
  protected toolCalls = 0
  protected invalidToolCalls = 0
  protected servedModel: Label | undefined
  #blocks = new SseBlocks()
  #phase: StreamPhase = 'opening'
  #events = 0
  #broken: UnfinishedVerdict | undefined
  #inBandError: Json | undefined
  #decoded: StreamEvent[] = []
  #template: DeltaTemplate | undefined
  #target: DeltaTarget | undefined

  constructor(options: ScannerOptions) {
    this.options = options
  }

  // ## What a protocol adds

  /** One event's text, blank line excluded. */
  protected abstract onEvent(event: string): void
  /** The finished verdict if the proof that a stream may give before its end was seen. */
  protected abstract proofSoFar(): FinishedVerdict | undefined
  /** The finished verdict if a clean transport end here completes the declared proof. */
  protected abstract proofAtEnd(pending: string): FinishedVerdict | undefined
  protected abstract usage(): Usage
  protected abstract rawStop(): Label | undefined
  abstract withoutUnfinishedCalls(held: Uint8Array, verdict: FinishedVerdict): Uint8Array
  abstract fork(): StreamScanner

  // ## Reading

  push(bytes: Uint8Array): void {
    if (this.#broken !== undefined) return
    this.#blocks.push(bytes, this.#onText)
    if (this.#blocks.pendingBytes > this.options.eventLimitBytes) this.break('malformed', 'too-large')
  }

  readonly #onText = (text: string): void => this.#walk(text)

  #walk(text: string): void {
    let at = 0
    while (at < text.length && this.#broken === undefined && this.#phase !== 'proven') {
      if (text.charCodeAt(at) === LF) {
        at += 1
        continue
      }
      const end = this.#matchDelta(text, at)
      if (end > 0) {
        at = end
        continue
      }
      const blankLine = text.indexOf('\n\n', at)
      const eventEnd = blankLine < 0 ? text.length : blankLine
      this.#events += 1
      this.#template = undefined
      this.onEvent(text.slice(at, eventEnd))
      at = eventEnd + 2
    }
    if (this.#broken === undefined && this.#phase !== 'proven' && this.proofSoFar() !== undefined)
      this.#phase = 'proven'
  }

  /** Takes a plain delta of the learned shape; the index behind it, or -1. */
  #matchDelta(text: string, at: number): number {
    const template = this.#template
    if (template === undefined) return -1
    const valueEnd = template.valueEnd(text, at)
    if (valueEnd < 0) return -1
    const end = template.eventEnd(text, valueEnd)
    if (end < 0) return -1
    this.#events += 1
    const start = template.valueStart(at)
    if (valueEnd > start) {
      this.content()
      if (this.options.decode && this.#target !== undefined)
        this.#decoded.push({ ...this.#target, text: text.slice(start, valueEnd) })
    }
    return end
  }

  // ## For the protocol's own events

  /** The event just read is a plain delta: later ones of its shape need no parsing. */
  protected learn(event: string, source: TemplateSource, target: DeltaTarget): void {
    this.#template = DeltaTemplate.learn(event, source)
    this.#target = target
  }

  /** Content of the answer was read. */
  protected content(): void {
    if (this.#phase === 'opening') this.#phase = 'flowing'
  }

  /** A tool call or terminal evidence was read. */
  protected hold(): void {
    if (this.#phase === 'opening' || this.#phase === 'flowing') this.#phase = 'held'
  }

  protected break(name: 'malformed' | 'failed', reason: Reason, inBandError?: Json): void {
    if (this.#broken !== undefined) return
    this.#broken = { name, reason }
    this.#inBandError = inBandError
    this.#phase = 'broken'
  }

  protected get isBroken(): boolean {
    return this.#broken !== undefined
  }

  protected emit(event: StreamEvent): void {
    if (this.options.decode) this.#decoded.push(event)
  }

  // ## What was found

  get phase(): StreamPhase {
    return this.#phase
  }

  get events(): number {
    return this.#events
  }

  get pendingBytes(): number {
    return this.#blocks.pendingBytes
  }

  get inBandError(): Json | undefined {
    return this.#inBandError
  }

  get facts(): StreamFacts {
    return {
      events: this.#events,
      toolCalls: this.toolCalls,
      invalidToolCalls: this.invalidToolCalls,
      servedModel: this.servedModel,
      rawStop: this.rawStop(),
      usage: this.usage(),
    }
  }

  takeEvents(): readonly StreamEvent[] {
    if (this.#decoded.length === 0) return NO_EVENTS
    const events = this.#decoded
    this.#decoded = []
    return events
  }

  verdictAtEnd(): Verdict {
    if (this.#broken !== undefined) return this.#broken
    const pending = this.#blocks.pendingBytes > PENDING_PROOF_BYTES ? MORE : this.#blocks.pendingText().trim()
    const proof = this.proofSoFar() ?? this.proofAtEnd(pending)
    if (proof !== undefined) return proof
    return { name: 'truncated', reason: this.#blocks.pendingBytes > 0 ? 'ended-inside-event' : 'ended-before-proof' }
  }

  verdictAfter(cause: UnfinishedVerdict): Verdict {
    if (this.#broken !== undefined) return this.#broken
    return this.proofSoFar() ?? cause
  }

  protected copyTo(copy: SseScanner): void {
    copy.toolCalls = this.toolCalls
    copy.invalidToolCalls = this.invalidToolCalls
    copy.servedModel = this.servedModel
    copy.#blocks = this.#blocks.fork()
    copy.#phase = this.#phase
    copy.#events = this.#events
    copy.#broken = this.#broken
    copy.#inBandError = this.#inBandError
    copy.#decoded = [...this.#decoded]
    copy.#template = this.#template
    copy.#target = this.#target
  }
}

const LF = 10
/** What may stand unfinished at the end of a proven stream (a sentinel without its blank line) is shorter than this. */
const PENDING_PROOF_BYTES = 64
const MORE = '…'
const NO_EVENTS: readonly StreamEvent[] = []

/**
 * The stream's held bytes, event by event: `keep` returns an event as it is, changed, or `undefined` to leave it out.
 * Not on the hot path: only an answer that a limit stopped inside a tool call comes here.
 */
export function filterEvents(bytes: Uint8Array, keep: (event: string) => string | undefined): Uint8Array {
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n')
  const kept = text
    .split('\n\n')
    .filter((event) => event.trim() !== '')
    .map((event) => keep(event.replace(/^\n+/, '')))
    .filter((event) => event !== undefined)
  return new TextEncoder().encode(kept.map((event) => `${event}\n\n`).join(''))
}
