import {
  type Caveat,
  type FinishedVerdict,
  type Label,
  type Reason,
  type UnfinishedVerdict,
  type Usage,
  type Verdict,
} from '../../evidence/index.ts'
import { type DeltaTarget, DeltaTemplate, type TemplateSource, unescaped } from './delta-template.ts'
import { isFilled, isJsonObject, type Json, type JsonObject, parseJson } from './json.ts'
import type { Progress } from './progress.ts'
import type { ScannerOptions, StreamFacts, StreamPhase, StreamScanner } from './scanner.ts'
import { parseSseEvent, SseBlocks } from './sse-blocks.ts'
import type { StreamEvent } from './stream-event.ts'

/** What the answer's beginning says of it; empty where it says nothing. */
export interface StreamHead {
  readonly id: string
  readonly model: string
  /** Seconds since the epoch. */
  readonly created: number | undefined
}

/**
 * What the scanners of all SSE protocols share: cutting bytes into events, recognising plain text deltas without
 * parsing them, the phase, and the verdict at each kind of end. A protocol adds what its events mean.
 */
export abstract class SseScanner implements StreamScanner {
  protected readonly options: ScannerOptions
  readonly #collects: boolean | 'calls'
  protected toolCalls = 0
  protected invalidToolCalls = 0
  protected servedModel: Label | undefined
  /** The number of the last event that carried one, where a protocol numbers its events and declares it when learning. */
  protected eventNumber = -1
  #blocks = new SseBlocks()
  #phase: StreamPhase = 'opening'
  #events = 0
  #eventBlocks = 0
  #lastTellingBlock = 0
  #hasStarted = false
  #broken: UnfinishedVerdict | undefined
  #inBandError: Json | undefined
  #decoded: StreamEvent[] = []
  #marks: string[] = []
  #template: DeltaTemplate | undefined
  #target: DeltaTarget | undefined

  constructor(options: ScannerOptions) {
    this.options = options
    const { decode, watch, collect = watch === undefined } = options
    this.#collects = decode && collect
  }

  // ## What a protocol adds

  /** One event's JSON object, the event's text, blank line excluded, and its SSE name, empty where it has none. */
  protected abstract onMessage(message: JsonObject, event: string, name: string): void
  /** The message is the provider's own error. */
  protected abstract isInBandError(message: JsonObject): boolean
  /** Sees an event's data before it is taken for JSON; `true` where there is no more to it (a sentinel, say). */
  protected onData(_data: string): boolean {
    return false
  }
  /** Sees the text of each delta that was recognised without parsing it, which costs as much again. */
  protected onPlainText?(text: string): void
  /** The finished verdict if the proof that a stream may give before its end was seen. */
  protected abstract proofSoFar(): FinishedVerdict | undefined
  /** The finished verdict if a clean transport end here completes the declared proof. */
  protected abstract proofAtEnd(pending: string): FinishedVerdict | undefined
  protected abstract usage(): Usage
  protected abstract rawStop(): Label | undefined
  /** What makes the proof weaker than it looks. */
  protected caveat(): Caveat | undefined {
    return undefined
  }
  abstract withoutUnfinishedCalls(held: Uint8Array): Uint8Array
  abstract fork(): StreamScanner

  // ## Reading

  push(bytes: Uint8Array): void {
    if (this.#isSettled) return
    this.#blocks.push(bytes, this.#onText, this.#onInvalid)
    if (!this.#isSettled && this.#blocks.pendingBytes > this.options.eventLimitBytes)
      this.break('malformed', 'too-large')
  }

  readonly #onInvalid = (): void => {
    if (!this.#isSettled) this.break('malformed', 'not-json')
  }

  readonly #onText = (text: string): void => this.#walk(text)

  #walk(text: string): void {
    let at = 0
    while (at < text.length && !this.#isSettled) {
      if (text.charCodeAt(at) === LF) {
        at += 1
        continue
      }
      this.#eventBlocks += 1
      const end = this.#matchDelta(text, at)
      if (end > 0) {
        at = end
        continue
      }
      this.#lastTellingBlock = this.#eventBlocks
      const blankLine = text.indexOf('\n\n', at)
      const eventEnd = blankLine < 0 ? text.length : blankLine
      const event = text.slice(at, eventEnd)
      if (!isComment(event)) this.#events += 1
      this.#template = undefined
      this.#onEvent(event)
      // At once: what follows in the same text must not be read when it would not be in a text of its own.
      if (this.#broken === undefined && this.proofSoFar() !== undefined) this.#phase = 'proven'
      at = eventEnd + 2
    }
  }

  #onEvent(event: string): void {
    // Nobody takes its first line for a field any more, and some decoders hide that.
    if (event.startsWith('\uFEFF')) return this.break('malformed', 'not-this-protocol')
    const { name, data } = parseSseEvent(event)
    // Some hosts write their error without `data:` in the middle of a stream. Clients read no other such line.
    const isBare = event.startsWith('{') && (data === undefined || this.#beginsWithError(event))
    const text = isBare ? bareOf(event) : data
    if (text === undefined && isForeign(event)) return this.break('malformed', 'not-this-protocol')
    if (text === undefined || this.onData(text)) return
    const message = parseJson(text) ?? this.#errorOverLines(event)
    if (message === undefined) this.break('malformed', 'not-json')
    else if (!isJsonObject(message)) this.break('malformed', 'not-this-protocol')
    else if (name === 'error' || this.isInBandError(message)) this.break('failed', 'in-band-error', message)
    else if (isBare) this.break('malformed', 'not-this-protocol')
    else this.onMessage(message, event, name)
  }

  /** The error's blank line is missing, and the next event's lines stand right behind it. */
  #beginsWithError(event: string): boolean {
    const message = parseJson(bareOf(event))
    return isJsonObject(message) && this.isInBandError(message)
  }

  /** A provider's error that was written over several lines of which only the first says `data:`, or none. */
  #errorOverLines(event: string): JsonObject | undefined {
    const message = parseJson(event.startsWith('data:') ? event.slice('data:'.length) : event)
    return isJsonObject(message) && this.isInBandError(message) ? message : undefined
  }

  /** A provider's error that is the last of the body and whole but for its blank line. */
  get #errorAtEnd(): JsonObject | undefined {
    const { pendingBytes, lastByte } = this.#blocks
    // Looked at only where it may be whole, since the end may be asked for after every piece.
    if (this.#isSettled || pendingBytes === 0 || pendingBytes > PENDING_ERROR_BYTES || !mayEndJson(lastByte))
      return undefined
    const event = this.#blocks.pendingText().replaceAll(/\r\n?/g, '\n').trim()
    const { data } = parseSseEvent(event)
    const message = data === undefined ? undefined : parseJson(data)
    if (isJsonObject(message) && this.isInBandError(message)) return message
    return this.#errorOverLines(event)
  }

  /** Takes a plain delta of the learned shape; the index behind it, or -1. */
  #matchDelta(text: string, at: number): number {
    const template = this.#template
    if (template === undefined) return -1
    const number = this.eventNumber + 1
    const start = template.valueStart(text, at, number)
    if (start < 0) return -1
    const valueEnd = template.valueEnd(text, start)
    if (valueEnd < 0) return -1
    const end = template.eventEnd(text, valueEnd, number)
    if (end < 0) return -1
    this.#events += 1
    if (template.isCounted) this.eventNumber = number
    if (valueEnd > start) {
      this.content()
      if (this.#collects === true || this.options.watch !== undefined || this.onPlainText !== undefined)
        this.#onPlainDelta(text.slice(start, valueEnd))
    }
    return end
  }

  #onPlainDelta(raw: string): void {
    const text = unescaped(raw)
    this.onPlainText?.(text)
    const target = this.#target
    const { decode, watch } = this.options
    if (!decode || target === undefined) return
    watch?.onContent(target.type, text, this.#eventBlocks)
    if (this.#collects === true) this.#decoded.push({ ...target, text })
  }

  // ## For the protocol's own events

  /** The event just read is a plain delta: later ones of its shape need no parsing. */
  protected learn(event: string, source: TemplateSource, target: DeltaTarget): void {
    this.#template = DeltaTemplate.learn(event, source)
    this.#target = target
  }

  /** The answer has begun; said once. */
  protected start({ id, model, created }: StreamHead, usage: Usage = {}): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    this.emit({ type: 'start', id, model, ...(created !== undefined && { created }), usage })
  }

  protected get hasStarted(): boolean {
    return this.#hasStarted
  }

  /** Content of the answer was read. */
  protected content(): void {
    if (this.#phase === 'opening') this.#phase = 'flowing'
  }

  /** A tool call or terminal evidence was read. */
  protected hold(): void {
    if (this.#phase === 'opening' || this.#phase === 'flowing') this.#phase = 'held'
  }

  protected advance(progress: Progress): void {
    switch (progress) {
      case 'nothing':
        return
      case 'content':
        return this.content()
      case 'tool':
        return this.hold()
      case 'too-late':
        return this.break('malformed', 'event-order')
      case 'too-large':
        return this.break('malformed', 'too-large')
      case 'no-text':
        return this.break('malformed', 'not-this-protocol')
    }
  }

  protected break(name: UnfinishedVerdict['name'], reason: Reason, inBandError?: Json): void {
    if (this.#broken !== undefined) return
    this.#broken = { name, reason }
    this.#inBandError = inBandError
    this.#phase = 'broken'
  }

  protected get isBroken(): boolean {
    return this.#broken !== undefined
  }

  /** Nothing that follows can change the verdict. */
  get #isSettled(): boolean {
    return this.#phase === 'broken' || this.#phase === 'proven'
  }

  protected emit(event: StreamEvent): void {
    const { watch } = this.options
    if (watch !== undefined) {
      if (event.type === 'text' || event.type === 'refusal') watch.onContent('text', event.text, this.#eventBlocks)
      else if (event.type === 'thinking') watch.onContent('thinking', event.text, this.#eventBlocks)
    }
    if (this.#collects === true || (this.#collects === 'calls' && isCall(event))) this.#decoded.push(event)
  }

  /** Something that only the platform that made it can read or look up. */
  protected mark(value: Json | undefined): void {
    if (isFilled(value) && this.#marks.length < MOST_MARKS) this.#marks.push(value)
  }

  // ## What was found

  get phase(): StreamPhase {
    return this.#phase
  }

  get events(): number {
    return this.#events
  }

  get blocks(): number {
    return this.#eventBlocks
  }

  get lastTellingBlock(): number {
    return this.#lastTellingBlock
  }

  get pendingBytes(): number {
    return this.#phase === 'proven' ? 0 : this.#blocks.pendingBytes
  }

  get inBandError(): Json | undefined {
    return this.#inBandError ?? this.#errorAtEnd
  }

  get facts(): StreamFacts {
    return {
      events: this.#events,
      toolCalls: this.toolCalls,
      invalidToolCalls: this.invalidToolCalls,
      servedModel: this.servedModel,
      rawStop: this.rawStop(),
      usage: this.usage(),
      caveat: this.caveat(),
    }
  }

  takeEvents(): readonly StreamEvent[] {
    if (this.#decoded.length === 0) return NO_EVENTS
    const events = this.#decoded
    this.#decoded = []
    return events
  }

  takeMarks(): readonly string[] {
    if (this.#marks.length === 0) return NO_MARKS
    const marks = this.#marks
    this.#marks = []
    return marks
  }

  verdictAtEnd(): Verdict {
    if (this.#broken !== undefined) return this.#broken
    if (this.#errorAtEnd !== undefined) return IN_BAND_ERROR
    const pending = this.#blocks.pendingBytes > PENDING_PROOF_BYTES ? MORE : this.#blocks.pendingText().trim()
    const proof = this.proofSoFar() ?? this.proofAtEnd(pending)
    if (proof !== undefined) return proof
    return { name: 'truncated', reason: this.#blocks.pendingBytes > 0 ? 'ended-inside-event' : 'ended-before-proof' }
  }

  verdictAfter(cause: UnfinishedVerdict): Verdict {
    if (this.#broken !== undefined) return this.#broken
    return this.proofSoFar() ?? (this.#errorAtEnd === undefined ? cause : IN_BAND_ERROR)
  }

  protected copyTo(copy: SseScanner): void {
    copy.toolCalls = this.toolCalls
    copy.invalidToolCalls = this.invalidToolCalls
    copy.servedModel = this.servedModel
    copy.eventNumber = this.eventNumber
    copy.#blocks = this.#blocks.fork()
    copy.#phase = this.#phase
    copy.#events = this.#events
    copy.#eventBlocks = this.#eventBlocks
    copy.#lastTellingBlock = this.#lastTellingBlock
    copy.#hasStarted = this.#hasStarted
    copy.#broken = this.#broken
    copy.#inBandError = this.#inBandError
    copy.#decoded = [...this.#decoded]
    copy.#marks = [...this.#marks]
    copy.#template = this.#template
    copy.#target = this.#target
  }
}

const LF = 10
const CR = 13
const SPACE = 32
const CLOSING_BRACE = 125

const IN_BAND_ERROR: UnfinishedVerdict = { name: 'failed', reason: 'in-band-error' }
/** Longer than any provider's error, Google's with all their details included. */
const PENDING_ERROR_BYTES = 16 * 1024

function mayEndJson(byte: number): boolean {
  return byte === CLOSING_BRACE || byte === LF || byte === CR || byte === SPACE
}

/** What stands before the first `data:` line. */
function bareOf(event: string): string {
  const at = event.indexOf('\ndata:')
  return at < 0 ? event : event.slice(0, at)
}

/** Whether an event without data has a line that no event has: a proxy's page or message in the middle of the stream. */
function isForeign(event: string): boolean {
  return event.split('\n').some((line) => line.trim() !== '' && !FIELD.test(line))
}

/** A comment, or a field that clients know. */
const FIELD = /^(?::|(?:event|id|retry)(?:$|:))/

/** A comment shows that somebody is there, not that the answer goes on. */
function isComment(event: string): boolean {
  return event.startsWith(':') && !event.includes('\n')
}

/** What may stand unfinished at the end of a proven stream (a sentinel without its blank line) is shorter than this. */
const PENDING_PROOF_BYTES = 64
const MORE = '…'
const NO_EVENTS: readonly StreamEvent[] = []
const NO_MARKS: readonly string[] = []
/** Marks that one answer may leave; further ones are not remembered. */
const MOST_MARKS = 1_000

const isCall = (event: StreamEvent): boolean => event.type === 'whole' && event.content.type === 'tool-call'
