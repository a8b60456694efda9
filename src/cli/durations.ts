/** A duration in ms as a person reads it. */
export function ms(value: number | undefined): string {
  if (value === undefined) return '?'
  if (value >= 120_000) return minutes(Math.round(value / 1_000))
  return value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`
}

function minutes(seconds: number): string {
  const rest = seconds % 60
  return rest === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${rest} s`
}
