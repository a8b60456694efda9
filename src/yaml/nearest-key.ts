/**
 * The candidate that `word` most likely meant, or `undefined` when none is near. Case, `_` and `-` don't count, so
 * `base_url` finds `baseUrl`; otherwise a third of the letters may differ, three at most.
 */
export function nearestKey(word: string, candidates: readonly string[]): string | undefined {
  const wanted = fold(word)
  // Words this long are nobody's typing error, and the table below grows with their length.
  if (wanted.length > 64) return undefined
  let best: { readonly candidate: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(wanted, fold(candidate))
    const tolerated = Math.min(3, Math.floor(Math.max(wanted.length, candidate.length) / 3))
    if (distance <= tolerated && (best === undefined || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate
}

function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[_-]/g, '')
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      )
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) cost = Math.min(cost, at(beforePrevious, column - 2) + 1)
      current.push(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
