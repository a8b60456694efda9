/** A duration in ms as a person reads it. */
export function ms(value: number | undefined): string {
  if (value === undefined) return '?'
  if (value >= 120_000) return minutes(Math.round(value / 1_000))
  return value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`
}

/** How long something has been so, in whole seconds: what comes after them is over before it is read. */
export function since(value: number): string {
  return value < 120_000 ? `${Math.round(value / 1_000)} s` : minutes(Math.round(value / 1_000))
}

/** `1 request`, `2 requests`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function minutes(seconds: number): string {
  const rest = seconds % 60
  return rest === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${rest} s`
}
