/**
 * Whether a word may go on behind or before this character. Scripts without spaces between words (Han, Kana, Thai, …) count
 * each character as a word. Half a character, which a limit may leave (a lone surrogate, or U+FFFD for bytes that are none), goes on.
 */
export function isWordCharacter(codePoint: number): boolean {
  return codePoint < ASCII_WORD.length ? ASCII_WORD[codePoint] === true : isWordByPattern(codePoint)
}

function isWordByPattern(codePoint: number): boolean {
  const character = String.fromCodePoint(codePoint)
  return WORD.test(character) && !UNSPACED.test(character)
}

const WORD = /[\p{L}\p{N}\p{M}\p{Pc}\p{Cs}\ufffd'’-]/u
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Nearly all text begins and ends here, and asking two regular expressions each time costs as much as the rest. */
const ASCII_WORD: readonly boolean[] = Array.from({ length: 128 }, (_, code) => isWordByPattern(code))

export function lastCodePoint(text: string): number {
  const last = text.codePointAt(text.length - 1) ?? 0
  const isLowSurrogate = last >= 0xdc00 && last <= 0xdfff
  return isLowSurrogate ? (text.codePointAt(text.length - 2) ?? last) : last
}

/** A text without the word at its end, which may be half: all of it where it ends with something else. */
export function withoutLastWord(text: string): string {
  let rest = text
  let first = ''
  while (rest !== '') {
    const last = String.fromCodePoint(lastCodePoint(rest))
    // What a mark belongs to (the heart of ❤️) is written again with it.
    if (!isWordCharacter(last.codePointAt(0) ?? 0) && !(MARK.test(first) && !SPACE.test(last))) return rest
    rest = rest.slice(0, -last.length)
    first = last
  }
  return rest
}

const MARK = /^\p{M}/u
const SPACE = /^\s/u
