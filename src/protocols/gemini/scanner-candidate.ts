import {
  type CoreStop,
  graver,
  isJsonObject,
  isNoText,
  type Json,
  type JsonObject,
  listOf,
  mayCutCalls,
  type Progress,
  type ScannerOptions,
  type StreamEvent,
} from '../core/index.ts'
import { type AnswerPiece, readPiece } from './answer-piece.ts'
import { CallNumbers } from './call-numbers.ts'
import { CitedText } from './grounding-in.ts'
import { CallState } from './scanner-call.ts'
import { readFinishReason } from './stop-reason.ts'
import { GEMINI } from './wire.ts'

/** More calls than any answer makes; each costs memory until the end. */
const MOST_CALLS = 1_000

export type CandidateOptions = Pick<ScannerOptions, 'decode' | 'eventLimitBytes'>

/** One candidate of an answer, streamed or whole: its parts in order, its calls, and how it stopped. */
export class CandidateState {
  readonly #index: number
  readonly #options: CandidateOptions
  #numbers = new CallNumbers()
  #calls: CallState[] = []
  /** The call that is the last part so far: only what follows shows that no limit stopped the model inside of it. */
  #lastCall: CallState | undefined
  #text = new CitedText()
  #events: StreamEvent[] = []
  #marks: string[] = []
  #partKind: 'text' | 'thinking' | undefined
  #part = -1
  /** Makes the ids of calls that have none unlike those of other answers of the conversation. */
  #responseId = ''
  stop: CoreStop | undefined
  /** It said that it had stopped, and went on or said so differently: an end in between would have looked as good. */
  hasGoneOn = false
  /** Numbers of calls that the model was stopped inside, or that no tool could be called with. */
  unfinishedCalls: ReadonlySet<number> = new Set()

  constructor(index: number, options: CandidateOptions) {
    this.#index = index
    this.#options = options
  }

  get toolCallCount(): number {
    return this.#calls.length
  }

  /** One chunk's part of the candidate, all but its finish reason. */
  onChunk(candidate: JsonObject, responseId: string): Progress {
    const { content, continuationToken } = candidate
    if (this.#responseId === '') this.#responseId = responseId
    let progress: Progress = 'nothing'
    const parts = isJsonObject(content) ? content.parts : undefined
    if (parts !== undefined && parts !== null && !Array.isArray(parts)) return 'no-text'
    for (const [wirePart, part] of listOf(parts).entries()) {
      if (isJsonObject(part) && holdsNothingReadable(part)) return 'no-text'
      const piece = isJsonObject(part) ? readPiece(part) : undefined
      if (piece === undefined) continue
      progress = graver(progress, this.#onPiece(piece, part, wirePart))
      if (piece.signature !== undefined) this.#marks.push(piece.signature)
    }
    // What an answer that was stopped for now can be continued from, where it is kept.
    if (typeof continuationToken === 'string') this.#marks.push(continuationToken)
    if (this.#options.decode)
      for (const { part, citation } of this.#text.citationsOf(candidate))
        this.#events.push({ type: 'citation', choice: this.#index, part, citation })
    return progress
  }

  // ## Parts

  #onPiece(piece: AnswerPiece, part: Json, wirePart: number): Progress {
    switch (piece.kind) {
      case 'text':
      case 'thinking':
        return this.#onText(piece.kind, piece.text, piece.signature, wirePart)
      case 'call':
        return this.#onCall(piece.call, piece.signature)
      case 'other': {
        this.#goOn()
        const content = { type: 'opaque', protocol: GEMINI, kind: piece.name, value: part } as const
        this.#emit({ type: 'whole', choice: this.#index, part: this.#beginPart(undefined), content })
        return 'content'
      }
    }
  }

  #onText(type: 'text' | 'thinking', text: string, signature: string | undefined, wirePart: number): Progress {
    if (text !== '') {
      this.#goOn()
      const part = this.#beginPart(type)
      if (type === 'text' && this.#options.decode) this.#text.push(part, wirePart, text)
      this.#emit({ type, choice: this.#index, part, text })
    }
    // The core has no signatures of text: one stands behind it, as a thought without words. It also ends what it signs.
    if (signature !== undefined) {
      const part = type === 'thinking' ? this.#beginPart('thinking') : this.#beginPart(undefined)
      this.#emit({ type: 'thinking-signature', choice: this.#index, part, signature })
      this.#partKind = undefined
    }
    return text === '' ? 'nothing' : 'content'
  }

  /** The part that a piece of this kind belongs to: the last one, if it is of this kind and may go on. */
  #beginPart(kind: 'text' | 'thinking' | undefined): number {
    if (kind === undefined || this.#partKind !== kind) this.#part += 1
    this.#partKind = kind
    return this.#part
  }

  /** More content: a call before it is over, and a finish reason before it was none. */
  #goOn(): void {
    this.#settleLastCall()
    this.#voidStop()
  }

  #voidStop(): void {
    if (this.stop === undefined) return
    this.stop = undefined
    this.hasGoneOn = true
  }

  // ## Calls

  #onCall(wire: JsonObject, signature: string | undefined): Progress {
    const { number, isNew } = this.#numbers.numberOf(wire)
    if (isNew) this.#goOn()
    else this.#voidStop()
    const known = isNew ? undefined : this.#calls.at(-1)
    if (known === undefined && this.#calls.length >= MOST_CALLS) return 'too-large'
    const call = known ?? new CallState(number, this.#beginPart(undefined))
    if (known === undefined) this.#calls.push(call)
    this.#lastCall = call
    call.push(wire, signature)
    return call.length > this.#options.eventLimitBytes ? 'too-large' : 'tool'
  }

  #settleLastCall(): void {
    const call = this.#lastCall
    this.#lastCall = undefined
    if (call?.isWhole !== true || !this.#options.decode) return
    const id = ['call', this.#responseId, this.#index, call.number].filter((word) => word !== '').join('_')
    this.#emit({ type: 'whole', choice: this.#index, part: call.part, content: call.toCore(id) })
  }

  // ## End

  /** The candidate says that it has stopped; what is wrong with that, if anything. */
  finish(raw: string): 'arguments-not-json' | undefined {
    const earlier = this.stop
    this.stop = readFinishReason(raw, this.#calls.length > 0)
    if (earlier !== undefined && earlier.raw !== this.stop.raw) this.hasGoneOn = true
    const mayBeCut = mayCutCalls(this.stop)
    const unfinished = this.#calls.filter((call) => !call.isWhole || (mayBeCut && call === this.#lastCall))
    this.unfinishedCalls = new Set(unfinished.map(({ number }) => number))
    if (!mayBeCut && unfinished.length > 0) return 'arguments-not-json'
    if (!mayBeCut) this.#settleLastCall()
    this.#emit({ type: 'stop', choice: this.#index, stop: this.stop })
    return undefined
  }

  #emit(event: StreamEvent): void {
    if (this.#options.decode) this.#events.push(event)
  }

  takeEvents(): readonly StreamEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  takeMarks(): readonly string[] {
    const marks = this.#marks
    this.#marks = []
    return marks
  }

  fork(): CandidateState {
    const copy = new CandidateState(this.#index, this.#options)
    copy.#numbers = this.#numbers.fork()
    // Only the latest call can still change.
    const latest = this.#calls.at(-1)?.fork()
    copy.#calls = latest === undefined ? [] : [...this.#calls.slice(0, -1), latest]
    copy.#lastCall = this.#lastCall === undefined ? undefined : latest
    copy.#text = this.#text.fork()
    copy.#events = [...this.#events]
    copy.#marks = [...this.#marks]
    copy.#partKind = this.#partKind
    copy.#part = this.#part
    copy.#responseId = this.#responseId
    copy.stop = this.stop
    copy.hasGoneOn = this.hasGoneOn
    copy.unfinishedCalls = this.unfinishedCalls
    return copy
  }
}

/** Something else where a text or a call should be, which would be lost. */
function holdsNothingReadable({ text, functionCall: call }: JsonObject): boolean {
  return isNoText(text) || (call !== undefined && call !== null && !isJsonObject(call))
}

/** Answers that were left without an index are the first. */
export function candidateIndex({ index }: JsonObject): number {
  return typeof index === 'number' ? index : 0
}
