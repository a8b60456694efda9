export const NO_BYTES: Uint8Array = new Uint8Array(0)

/** The pieces, one behind the other. `total`: their length, where it was counted already. */
export function joinBytes(pieces: readonly Uint8Array[], total: number = lengthOf(pieces)): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(total)
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}
