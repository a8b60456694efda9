/**
 * What a terminal obeys instead of showing it, what changes the order of the characters around it, and what is not seen at all
 * (tags, variation selectors): nothing that a person decides about must hide from them.
 */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}]/gu

/** A text of lines with all that as escapes. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, escaped)
}

/** The same for what is to stay on one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll(/[\t\n]/g, escaped)
}

/** One JSON text, the same to whoever parses it: `JSON.stringify` escapes the first 32 alone. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i))}`).join(''),
  )
}

function escaped(character: string): string {
  const digits = hex(character.codePointAt(0) ?? 0)
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits}`
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0')
}
