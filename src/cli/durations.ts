/** A duration in ms as a person reads it. */
export function ms(value: number | undefined): string {
  if (value === undefined) return '?'
  return value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`
}
