import {
  isBetweenTokens,
  isDigit,
  isHexDigit,
  isNumberCode,
  isNumberEnd,
  isWhiteSpace,
  nextInNumber,
  State,
} from './json-states.ts'

/**
 * Decides whether a text that arrives in pieces is one whole JSON value (RFC 8259), without keeping the text:
 * memory is one entry per open bracket, at most `MAX_DEPTH`. It accepts exactly what `JSON.parse` accepts, nesting
 * beyond the limit aside.
 */
export class JsonValidator {
  #state: State = State.value
  /** Open brackets, innermost last: `{` or `[`. */
  #stack: string[] = []
  #stringIsKey = false
  #hexDigitsLeft = 0
  /** What must still follow of `true`, `false` or `null`. */
  #literalRest = ''
  /** The first character that is not white space, '' before it. */
  #first = ''

  /** Reads the next piece. After an invalid one the answer stays `false`. */
  feed(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (this.#state === State.invalid) return
      const code = text.charCodeAt(i)
      if (this.#state === State.string && code !== QUOTE && code !== BACKSLASH && code >= SPACE) continue
      this.#step(code, text.charAt(i))
    }
  }

  /** Nothing but white space so far. */
  get isEmpty(): boolean {
    return this.#first === ''
  }

  /** What was read so far is an object, or begins like one. */
  get isObject(): boolean {
    return this.#first === '{'
  }

  /** What was read so far is a whole JSON value. */
  get isWhole(): boolean {
    return this.#state === State.afterValue
      ? this.#stack.length === 0
      : this.#stack.length === 0 && isNumberEnd(this.#state)
  }

  fork(): JsonValidator {
    const copy = new JsonValidator()
    copy.#state = this.#state
    copy.#stack = [...this.#stack]
    copy.#stringIsKey = this.#stringIsKey
    copy.#hexDigitsLeft = this.#hexDigitsLeft
    copy.#literalRest = this.#literalRest
    copy.#first = this.#first
    return copy
  }

  #step(code: number, char: string): void {
    if (isNumberEnd(this.#state) && !isNumberCode(code)) this.#state = State.afterValue
    if (isBetweenTokens(this.#state) && isWhiteSpace(code)) return
    if (this.#first === '') this.#first = char
    this.#state = this.#next(code, char)
  }

  #next(code: number, char: string): State {
    switch (this.#state) {
      case State.value:
        return this.#beginValue(code, char)
      case State.valueOrArrayEnd:
        return char === ']' ? this.#close('[') : this.#beginValue(code, char)
      case State.keyOrObjectEnd:
        return char === '}' ? this.#close('{') : this.#beginKey(code)
      case State.key:
        return this.#beginKey(code)
      case State.colon:
        return char === ':' ? State.value : State.invalid
      case State.afterValue:
        return this.#afterValue(char)
      case State.string:
        return this.#inString(code)
      case State.escape:
        return this.#inEscape(char)
      case State.hex:
        return this.#inHex(code)
      case State.literal:
        return this.#inLiteral(char)
      default:
        return nextInNumber(this.#state, code)
    }
  }

  #beginValue(code: number, char: string): State {
    if (code === QUOTE) return this.#beginString(false)
    if (char === '{') return this.#open('{', State.keyOrObjectEnd)
    if (char === '[') return this.#open('[', State.valueOrArrayEnd)
    if (char === '-') return State.minus
    if (char === '0') return State.zero
    if (isDigit(code)) return State.integer
    const rest = LITERAL_RESTS.get(char)
    if (rest === undefined) return State.invalid
    this.#literalRest = rest
    return State.literal
  }

  #beginKey(code: number): State {
    return code === QUOTE ? this.#beginString(true) : State.invalid
  }

  #beginString(isKey: boolean): State {
    this.#stringIsKey = isKey
    return State.string
  }

  #open(bracket: string, next: State): State {
    if (this.#stack.length >= MAX_DEPTH) return State.invalid
    this.#stack.push(bracket)
    return next
  }

  #close(bracket: string): State {
    return this.#stack.pop() === bracket ? State.afterValue : State.invalid
  }

  #afterValue(char: string): State {
    const innermost = this.#stack.at(-1)
    if (char === ',' && innermost !== undefined) return innermost === '{' ? State.key : State.value
    if (char === '}') return this.#close('{')
    if (char === ']') return this.#close('[')
    return State.invalid
  }

  #inString(code: number): State {
    if (code === QUOTE) return this.#stringIsKey ? State.colon : State.afterValue
    if (code === BACKSLASH) return State.escape
    return code < SPACE ? State.invalid : State.string
  }

  #inEscape(char: string): State {
    if (char === 'u') {
      this.#hexDigitsLeft = 4
      return State.hex
    }
    return '"\\/bfnrt'.includes(char) ? State.string : State.invalid
  }

  #inHex(code: number): State {
    if (!isHexDigit(code)) return State.invalid
    this.#hexDigitsLeft -= 1
    return this.#hexDigitsLeft === 0 ? State.string : State.hex
  }

  #inLiteral(char: string): State {
    if (!this.#literalRest.startsWith(char)) return State.invalid
    this.#literalRest = this.#literalRest.slice(1)
    return this.#literalRest === '' ? State.afterValue : State.literal
  }
}

/** Deeper nesting than any tool's arguments; `JSON.parse` itself gives up a little above ten thousand. */
const MAX_DEPTH = 1_000

const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
const LITERAL_RESTS: ReadonlyMap<string, string> = new Map([
  ['t', 'rue'],
  ['f', 'alse'],
  ['n', 'ull'],
])
