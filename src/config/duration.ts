const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** A whole number from 1 and its unit. */
export const durationPattern: RegExp = /^([1-9]\d{0,9})(ms|s|m|h)$/

/** `250ms`, `10s`, `5m` or `1h` in milliseconds; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text)
  if (match === null) return undefined
  const factor = unitMs.get(match[2] ?? '')
  return factor === undefined ? undefined : Number(match[1]) * factor
}

/** The shortest exact way to write a duration of whole milliseconds: 90000 is `90s`, 3600000 is `1h`. */
export function formatDuration(durationMs: number): string {
  let shortest = `${durationMs}ms`
  for (const [unit, factor] of unitMs) {
    if (durationMs % factor === 0) shortest = `${durationMs / factor}${unit}`
  }
  return shortest
}
