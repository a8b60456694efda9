/** Longer than this nobody is asked to wait, whatever a provider says, ms. */
const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60_000

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110 §10.2.3); ms from now. */
export function readRetryAfter(headers: Headers, nowWallMs: number): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(ms) && ms >= 0) return Math.min(ms, LONGEST_RETRY_AFTER_MS)
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const seconds = Number(value)
  const delay = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - nowWallMs
  return Number.isFinite(delay) ? Math.min(Math.max(0, delay), LONGEST_RETRY_AFTER_MS) : undefined
}
