// Words carry their leading space, as in the byte-pair tokenizers of real models, and long words break into pieces.
// The last alternative takes any code point, so that joining the tokens always gives the text back.
const TOKEN = /\n[ \t]*| ?\p{L}{1,8}| ?\p{N}{1,3}|[ \t]+| ?[^\s\p{L}\p{N}]|[^]/gu

/** Splits text into tokens; `tokenize(text).join('') === text` for every text. */
export function tokenize(text: string): string[] {
  return text.match(TOKEN) ?? []
}

/** The number of tokens in the text, without keeping them. */
export function countTokens(text: string): number {
  let count = 0
  TOKEN.lastIndex = 0
  while (TOKEN.test(text)) count += 1
  return count
}
