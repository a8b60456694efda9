import type { Random } from './random.ts'

/** The text of the tokens in pieces of one to `most` tokens, as a server flushes them. */
export function piecesOf(tokens: readonly string[], random: Random, most: number): string[] {
  const pieces: string[] = []
  for (let at = 0; at < tokens.length;) {
    const size = random.integer(1, most)
    pieces.push(tokens.slice(at, at + size).join(''))
    at += size
  }
  return pieces
}
