import type { ContentWatcher } from '../../protocols/core/index.ts'
import { KeptText } from './kept-text.ts'
import { isWordCharacter, lastCodePoint } from './words.ts'

/** So long the opening is held back at most, ms from its first text; a sentence that ends earlier releases it earlier. */
export const OPENING_MS = 300
/** A run without the end of a word that is longer than any word, in characters: nothing is gained by waiting for its end. */
const LONGEST_WORD = 200
/** An opening that is longer has no sentences, in characters. */
const LONGEST_OPENING = 2_000

export interface TextGuardOptions {
  readonly holdsThinking: boolean
  /** The text that was passed on is asked for later. */
  readonly keepsText?: boolean
}

/**
 * Decides how far a streamed text may be passed on, so that a platform that dies at once is replaced unseen, and what a
 * client has of a text always ends where a word does: the only place at which another text can go on.
 *
 * Counts in the stream's events (1 is the first, whatever it is). Until its first sentence ends, or `OPENING_MS` have
 * passed since its first text, nothing is released; from then on everything up to the last event that ended with a
 * word. Whether it did is only known from what comes behind.
 */
export class TextGuard implements ContentWatcher {
  readonly #holdsThinking: boolean
  readonly #nowMs: () => number
  readonly #kept: KeptText | undefined
  /** Events that may be passed on once the guard is open. */
  #safe = 0
  /** Of thinking that came before any text, which is not guarded. */
  #thought = 0
  #opening: string | undefined = ''
  #firstTextAtMs: number | undefined
  /** The last character of the text so far, where a word may still go on behind it. */
  #openWord = false
  #wordLength = 0

  constructor({ holdsThinking, keepsText = false }: TextGuardOptions, { nowMs }: { readonly nowMs: () => number }) {
    this.#holdsThinking = holdsThinking
    this.#kept = keepsText ? new KeptText() : undefined
    this.#nowMs = nowMs
  }

  onContent(type: 'text' | 'thinking', text: string, event: number): void {
    if (text === '') return
    if (type === 'text') this.#onText(text, event)
    else if (!this.#holdsThinking && this.#firstTextAtMs === undefined) this.#thought = event
  }

  #onText(text: string, event: number): void {
    const isFirst = this.#firstTextAtMs === undefined
    this.#firstTextAtMs ??= this.#nowMs()
    const begins = isWordCharacter(text.codePointAt(0) ?? 0)
    if (!this.#openWord || !begins || this.#wordLength > LONGEST_WORD) {
      // What comes before any text is worth nothing without it, and once it was passed on no other answer could be.
      if (!isFirst) this.#safe = event - 1
      this.#wordLength = 0
      this.#kept?.release()
    }
    this.#kept?.add(text)
    this.#openWord = isWordCharacter(lastCodePoint(text))
    if (this.#openWord) this.#wordLength += text.length
    else {
      this.#safe = event
      this.#kept?.release()
    }
    this.#onOpening(text)
  }

  #onOpening(text: string): void {
    if (this.#opening === undefined) return
    this.#opening += text
    const isOver = this.#nowMs() >= (this.opensAtMs ?? 0)
    if (isOver || SENTENCE_END.test(this.#opening) || this.#opening.length > LONGEST_OPENING) this.open()
  }

  /** Events from the stream's beginning that may be passed on now. */
  get releasable(): number {
    return this.#opening === undefined ? Math.max(this.#safe, this.#thought) : this.#thought
  }

  /** When the opening may be passed on whatever it holds, on the clock's monotonic time; `undefined` where nothing waits. */
  get opensAtMs(): number | undefined {
    if (this.#opening === undefined || this.#firstTextAtMs === undefined) return undefined
    return this.#firstTextAtMs + OPENING_MS
  }

  /** What is releasable has been passed on. */
  onReleased(): void {
    if (this.#opening === undefined) this.#kept?.onDelivered()
  }

  /** The text that was passed on; `undefined` where it is not kept. */
  get releasedText(): string | undefined {
    return this.#kept?.delivered
  }

  /** The opening has been held back for long enough. */
  open(): void {
    this.#opening = undefined
  }
}

/** A sentence's end with something behind it, or a line's. */
const SENTENCE_END = /[.!?…]["'”’)\]]*\s|[。！？]|\n/
