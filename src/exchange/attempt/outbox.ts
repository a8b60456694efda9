import type { AnswerAssembler, StreamEncoder, StreamEvent, StreamScanner } from '../../protocols/core/index.ts'
import { NO_BYTES } from '../bytes.ts'
import type { TextGuard } from '../delivery/text-guard.ts'
import type { Continuation } from '../seam/continuation.ts'
import { HeldBytes } from './held-bytes.ts'

/** What has come of a streamed answer and is not with the client yet, in the client's protocol. */
export interface Outbox {
  /** Takes what the scanner has just read. */
  take(piece: Uint8Array): void
  /** What may be delivered while the answer flows. */
  release(): Uint8Array
  /** What was released last is nothing but more of the text before it. */
  readonly isPlain: boolean
  /** Nothing follows any more: what is still being looked at is taken too. */
  complete(): void
  /** All that is left of a proven answer; once. What comes behind the proof is taken and released as before. */
  releaseProven(): Uint8Array
  clear(): void
}

const encoder = new TextEncoder()

/** The provider's own events, for a client of its protocol. */
export class ByteOutbox implements Outbox {
  readonly #scanner: StreamScanner
  readonly #guard: TextGuard | undefined
  readonly #assembler: AnswerAssembler | undefined
  readonly #held = new HeldBytes()
  /** Events that had come when something was taken last, and that the guard had released then. */
  #taken = 0
  #released = 0
  isPlain = false

  constructor(scanner: StreamScanner, guard: TextGuard | undefined, assembler: AnswerAssembler | undefined) {
    this.#scanner = scanner
    this.#guard = guard
    this.#assembler = assembler
  }

  take(piece: Uint8Array): void {
    const { blocks, pendingBytes } = this.#scanner
    this.#held.push(piece, blocks - this.#taken, pendingBytes === 0)
    this.#taken = blocks
    if (this.#assembler !== undefined) for (const event of this.#scanner.takeEvents()) this.#assembler.add(event)
  }

  release(): Uint8Array {
    const { blocks, lastTellingBlock, pendingBytes, phase } = this.#scanner
    if (this.#guard === undefined || phase === 'proven') return this.#held.takeExceptLast(pendingBytes)
    const { releasable } = this.#guard
    // Looking through what is held for nothing would cost the square of a long wait.
    if (releasable === this.#released) return NO_BYTES
    this.isPlain = lastTellingBlock <= this.#released
    this.#released = releasable
    this.#guard.onReleased()
    return this.#held.takeExceptLastEvents(blocks - releasable, pendingBytes)
  }

  complete(): void {}

  releaseProven(): Uint8Array {
    return this.#scanner.withoutUnfinishedCalls(this.#held.takeExceptLast(0))
  }

  clear(): void {
    this.#held.clear()
  }
}

export interface TranslatingOutboxOptions {
  readonly scanner: StreamScanner
  readonly encoder: StreamEncoder
  readonly guard: TextGuard | undefined
  readonly assembler: AnswerAssembler | undefined
  /** Makes of the events the rest of what the client has already. */
  readonly continuation: Continuation | undefined
}

/** Core events in the client's words, for a client of another protocol, or one that has the beginning already. */
export class TranslatingOutbox implements Outbox {
  readonly #scanner: StreamScanner
  readonly #encoder: StreamEncoder
  readonly #guard: TextGuard | undefined
  readonly #assembler: AnswerAssembler | undefined
  readonly #continuation: Continuation | undefined
  /** Of one event each. */
  #texts: string[] = []
  #released = 0
  /** The number of the last event that was more than text of the part before it, and that part's. */
  #lastTelling = 0
  #part: number | undefined
  isPlain = false

  constructor({ scanner, encoder, guard, assembler, continuation }: TranslatingOutboxOptions) {
    this.#continuation = continuation
    this.#scanner = scanner
    this.#encoder = encoder
    this.#guard = guard
    this.#assembler = assembler
  }

  take(): void {
    const events = this.#scanner.takeEvents()
    this.#add(this.#continuation === undefined ? events : this.#continuation.next(events))
  }

  complete(): void {
    if (this.#continuation !== undefined) this.#add(this.#continuation.finish())
  }

  #add(events: readonly StreamEvent[]): void {
    for (const event of events) {
      this.#assembler?.add(event)
      this.#texts.push(this.#encoder.encode(event))
      if (this.#guard === undefined) continue
      const number = this.#released + this.#texts.length
      const part = event.type === 'text' ? event.part : undefined
      if (part === undefined || part !== this.#part) this.#lastTelling = number
      this.#part = part
      if (event.type === 'text' || event.type === 'refusal') this.#guard.onContent('text', event.text, number)
      else if (event.type === 'thinking') this.#guard.onContent('thinking', event.text, number)
    }
  }

  release(): Uint8Array {
    if (this.#guard === undefined || this.#scanner.phase === 'proven') return this.#take(this.#texts.length)
    this.isPlain = this.#lastTelling <= this.#released
    const bytes = this.#take(this.#guard.releasable - this.#released)
    if (bytes.length > 0) this.#guard.onReleased()
    return bytes
  }

  releaseProven(): Uint8Array {
    this.#texts.push(this.#encoder.finish())
    return this.#take(this.#texts.length)
  }

  #take(count: number): Uint8Array {
    if (count <= 0) return NO_BYTES
    // One of few is what nearly every release is.
    const text = count === 1 ? this.#texts.shift() : this.#texts.splice(0, count).join('')
    this.#released += count
    return text === undefined || text === '' ? NO_BYTES : encoder.encode(text)
  }

  clear(): void {
    this.#texts = []
  }
}
