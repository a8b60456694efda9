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
  #isEmpty = true

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
    return this.#isEmpty
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
    copy.#isEmpty = this.#isEmpty
    return copy
  }

  #step(code: number, char: string): void {
    if (isNumberEnd(this.#state) && !isNumberCode(code)) this.#state = State.afterValue
    if (isBetweenTokens(this.#state) && isWhiteSpace(code)) return
    this.#isEmpty = false
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

type State = (typeof State)[keyof typeof State]
const State = {
  value: 0,
  valueOrArrayEnd: 1,
  keyOrObjectEnd: 2,
  key: 3,
  colon: 4,
  afterValue: 5,
  string: 6,
  escape: 7,
  hex: 8,
  literal: 9,
  minus: 10,
  zero: 11,
  integer: 12,
  point: 13,
  fraction: 14,
  exponent: 15,
  exponentSign: 16,
  exponentDigits: 17,
  invalid: 18,
} as const

const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
const LITERAL_RESTS: ReadonlyMap<string, string> = new Map([
  ['t', 'rue'],
  ['f', 'alse'],
  ['n', 'ull'],
])

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isHexDigit = (code: number): boolean => isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
const isWhiteSpace = (code: number): boolean => code === SPACE || code === 10 || code === 13 || code === 9
const isExponentMark = (code: number): boolean => code === 69 || code === 101
const isSign = (code: number): boolean => code === 43 || code === 45
const isNumberCode = (code: number): boolean => isDigit(code) || isExponentMark(code) || isSign(code) || code === 46

const isBetweenTokens = (state: State): boolean => state <= State.afterValue

function isNumberEnd(state: State): boolean {
  return state === State.zero || state === State.integer || state === State.fraction || state === State.exponentDigits
}

function nextInNumber(state: State, code: number): State {
  switch (state) {
    case State.minus:
      if (code === 48) return State.zero
      return isDigit(code) ? State.integer : State.invalid
    case State.integer:
      if (isDigit(code)) return State.integer
      return afterInteger(code)
    case State.zero:
      return afterInteger(code)
    case State.point:
      return isDigit(code) ? State.fraction : State.invalid
    case State.fraction:
      if (isDigit(code)) return State.fraction
      return isExponentMark(code) ? State.exponent : State.invalid
    case State.exponent:
      if (isSign(code)) return State.exponentSign
      return isDigit(code) ? State.exponentDigits : State.invalid
    case State.exponentSign:
    case State.exponentDigits:
      return isDigit(code) ? State.exponentDigits : State.invalid
    default:
      return State.invalid
  }
}

function afterInteger(code: number): State {
  if (code === 46) return State.point
  return isExponentMark(code) ? State.exponent : State.invalid
}
