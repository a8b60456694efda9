/**
 * A text as the rules see it: lower case, accents, invisible characters and typographic variants gone, everything but letters,
 * digits and a few signs a single space, the end of a part a bar. So `Cosmic‑Ray  bit–flips` reads `cosmic ray bit flips`.
 */
export function plain(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replaceAll(/[\p{M}\u00AD\u200B-\u200F\u2060\uFEFF]/gu, '')
      .toLowerCase()
      .replaceAll(/[а-яё]/g, (letter) => lookalikes.get(letter) ?? letter)
      .replaceAll(/[.,!?](?=\s|$)/g, ' | ')
      // What stands in brackets or quotes, or after a colon, and each sentence, is a part of its own: a sum does not reach into it.
      .replaceAll(/[()[\]{}"“”„:;|]+/g, ' | ')
      .replaceAll(/[^\p{L}\p{N}$€£¥%.,|]+/gu, ' ')
      .trim()
  )
}

// Cyrillic letters that look Latin: the commonest way to slip a word past a list.
const lookalikes: ReadonlyMap<string, string> = new Map([
  ['а', 'a'],
  ['е', 'e'],
  ['о', 'o'],
  ['р', 'p'],
  ['с', 'c'],
  ['х', 'x'],
  ['у', 'y'],
  ['к', 'k'],
  ['м', 'm'],
  ['т', 't'],
])

/** One idea that a rule looks for, in its various wordings. */
export interface Term {
  readonly name: string
  readonly pattern: RegExp
}

/** Terms from `name: pattern` pairs; each pattern matches at the start of a word. */
export function terms(patterns: Readonly<Record<string, string>>): readonly Term[] {
  return Object.entries(patterns).map(([name, pattern]) => ({ name, pattern: new RegExp(`\\b(?:${pattern})`, 'u') }))
}
