import { isRestart, whyNotContinued } from './opening-check.ts'

/** The text of another attempt on its way to become the rest of one that is delivered. */
export interface Joint {
  /** What of it the client is to have; `undefined`: it is no rest of what was delivered. */
  push(text: string): string | undefined
  /** Nothing follows any more: what was held to be looked at. */
  end(): string | undefined
  /** From here on everything is the client's. */
  readonly isJoined: boolean
  /** What it begins with stands right behind a word, whatever space there was. */
  readonly closesWord: boolean
}

/** An answer that is written anew and begins with exactly what was delivered; only what is beyond is passed on. */
export class AnewJoint implements Joint {
  readonly closesWord = false
  readonly #delivered: string
  #matched = 0

  constructor(delivered: string) {
    this.#delivered = delivered
  }

  get isJoined(): boolean {
    return this.#matched === this.#delivered.length
  }

  push(text: string): string | undefined {
    const due = this.#delivered.slice(this.#matched, this.#matched + text.length)
    if (!text.startsWith(due)) return undefined
    this.#matched += due.length
    return text.slice(due.length)
  }

  end(): string | undefined {
    return this.isJoined ? '' : undefined
  }
}

/** So much of what a model writes by instruction is looked at before it flows, in characters: it may talk about what it does. */
const INSTRUCTED_OPENING = 160

/**
 * A continuation. Its opening is held until it is clear that it is one. What begins as the answer did may be a model that began
 * anew, or a text that repeats itself: nothing tells, so it is given up.
 */
export class RestJoint implements Joint {
  readonly #delivered: string
  readonly #isInstructed: boolean
  #opening: string | undefined = ''
  closesWord = false

  constructor(delivered: string, { isInstructed }: { readonly isInstructed: boolean }) {
    this.#delivered = delivered
    this.#isInstructed = isInstructed
  }

  get isJoined(): boolean {
    return this.#opening === undefined
  }

  push(text: string): string | undefined {
    if (this.#opening === undefined) return text
    this.#opening += text
    const isTold = isRestart(this.#delivered, this.#opening) !== undefined
    const isEnough = isTold && (!this.#isInstructed || this.#opening.length >= INSTRUCTED_OPENING)
    return isEnough ? this.#open(this.#opening) : ''
  }

  end(): string | undefined {
    return this.#opening === undefined ? '' : this.#open(this.#opening)
  }

  #open(opening: string): string | undefined {
    this.#opening = undefined
    this.closesWord = CLOSING_AT_START.test(opening)
    if (isRestart(this.#delivered, opening) === true) return undefined
    if (!this.#isInstructed)
      return isNewText(this.#delivered, opening) ? undefined : withoutDoubleSpace(this.#delivered, opening)
    return whyNotContinued(this.#delivered, opening) === undefined ? asNextWord(this.#delivered, opening) : undefined
  }
}

/**
 * What was delivered ends where a word does, and a model that continues it writes the space behind it. A capital without one is
 * how a text begins, not how one goes on.
 */
function isNewText(delivered: string, opening: string): boolean {
  return WORD_AT_END.test(delivered) && CAPITAL_AT_START.test(opening)
}

/** It was handed the text without white space at its end, and would have written a space. */
const CLOSING_AT_START = /^[.,;:!?…)\]}”»]/u
const CAPITAL_AT_START = /^\p{Lu}/u
const SPACE_AT_END = /\s*$/u
const SPACE_AT_START = /^\s*/u

/**
 * Providers take no half answer that ends in white space (Anthropic: 400), so it was sent without; what the model writes for it is
 * there already.
 */
function withoutDoubleSpace(delivered: string, opening: string): string {
  const there = SPACE_AT_END.exec(delivered)?.[0] ?? ''
  const written = SPACE_AT_START.exec(opening)?.[0] ?? ''
  if (there === '' || written === '') return opening
  if (written.startsWith(there)) return opening.slice(there.length)
  // Of two different breaks the one with more lines stands.
  const rest = opening.slice(written.length)
  return there.startsWith(written) || linesIn(written) <= linesIn(there) ? rest : opening
}

function linesIn(space: string): number {
  return space.split('\n').length
}

/**
 * A model that is told to go on begins without the space before its first word. What was delivered ends where a word does, so two
 * letters that meet are of two words.
 */
function asNextWord(delivered: string, opening: string): string {
  const next = withoutDoubleSpace(delivered, opening)
  if (NUMBER_AT_END.test(delivered) && DIGIT_AT_START.test(next)) return next
  return WORD_AT_END.test(delivered) && WORD_AT_START.test(next) ? ` ${next}` : next
}

/** "3." and "14" are one number, as "1," and "000" are. */
const NUMBER_AT_END = /\d[.,:]$/u
const DIGIT_AT_START = /^\d/u

/** Scripts without spaces between words join without one. */
const WORD_AT_END =
  /[\p{L}\p{N}.,;:!?…](?<![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])$/u
const WORD_AT_START =
  /^(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{N}]/u
