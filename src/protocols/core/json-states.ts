/** Where a reader of JSON text stands. Up to `afterValue` it is between two tokens. */
export type State = (typeof State)[keyof typeof State]
export const State = {
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

export const isDigit = (code: number): boolean => code >= 48 && code <= 57
export const isHexDigit = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
export const isWhiteSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9
const isExponentMark = (code: number): boolean => code === 69 || code === 101
const isSign = (code: number): boolean => code === 43 || code === 45
export const isNumberCode = (code: number): boolean =>
  isDigit(code) || isExponentMark(code) || isSign(code) || code === 46

export const isBetweenTokens = (state: State): boolean => state <= State.afterValue

export function isNumberEnd(state: State): boolean {
  return state === State.zero || state === State.integer || state === State.fraction || state === State.exponentDigits
}

export function nextInNumber(state: State, code: number): State {
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
