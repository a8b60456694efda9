/** Cuts bytes into pieces of the given sizes, in turn, over and over. */
export function splitBySizes(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = Math.min(bytes.length, at + Math.max(1, sizes[turn % sizes.length] ?? 1))
    pieces.push(bytes.subarray(at, end))
    at = end
  }
  return pieces
}

/** A small seeded generator (mulberry32): the same numbers in [0, 1) in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** So many random sizes between 1 and `most`, small ones as likely as large ones. */
export function randomSizes(random: () => number, count: number, most: number): readonly number[] {
  return Array.from({ length: count }, () => Math.max(1, Math.floor(Math.exp(random() * Math.log(most + 1)))))
}
