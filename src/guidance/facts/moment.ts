/** How exactly a point in time is known. */
export type Precision = 'instant' | 'day' | 'month'

/**
 * A point in time as far as it is known: it lies somewhere from `fromMs` to `toMs` (Unix time, both included). An instant
 * has both equal; a day and a month are those of UTC.
 */
export interface Moment {
  readonly text: string
  readonly precision: Precision
  readonly fromMs: number
  readonly toMs: number
}

const pattern = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?)?$/

export type MomentResult =
  | { readonly ok: true; readonly moment: Moment }
  | { readonly ok: false; readonly reason: 'shape' | 'zone' | 'calendar' }

/** Reads `2026-03-02T11:30:00Z` (zone required), `2026-03-02` or `2026-03`. */
export function parseMoment(text: string): MomentResult {
  const match = pattern.exec(text)
  if (match === null) return { ok: false, reason: 'shape' }
  const [, year = '', month = '', day, hour, minute = '', second = '00', zone] = match
  if (hour !== undefined && zone === undefined) return { ok: false, reason: 'zone' }
  const date = `${year}-${month}-${day ?? '01'}`
  const midnight = Date.parse(`${date}T00:00:00Z`)
  // The parser of some engines rolls 31 February over into March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date))
    return { ok: false, reason: 'calendar' }
  if (day === undefined) {
    const next = Date.UTC(Number(year), Number(month), 1)
    return { ok: true, moment: { text, precision: 'month', fromMs: midnight, toMs: next - 1 } }
  }
  if (hour === undefined)
    return { ok: true, moment: { text, precision: 'day', fromMs: midnight, toMs: midnight + DAY_MS - 1 } }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return { ok: false, reason: 'calendar' }
  const atMs = Date.parse(text.replace(' ', 'T'))
  return Number.isNaN(atMs)
    ? { ok: false, reason: 'calendar' }
    : { ok: true, moment: { text, precision: 'instant', fromMs: atMs, toMs: atMs } }
}

export const MINUTE_MS = 60_000
export const HOUR_MS: number = 60 * MINUTE_MS
export const DAY_MS: number = 24 * HOUR_MS

/** `a` lies before `b`, however little is known of either. */
export function isCertainlyBefore(a: Moment, b: Moment): boolean {
  return a.toMs < b.fromMs
}

/** From `a` to `b`: exact between instants, else between the middles, rounded by whoever shows it. */
export function betweenMs(a: Moment, b: Moment): number {
  return (b.fromMs + b.toMs) / 2 - (a.fromMs + a.toMs) / 2
}

export function compareMoments(a: Moment, b: Moment): number {
  return a.fromMs - b.fromMs || a.toMs - b.toMs
}

/** ISO 8601 in UTC, as exact as it is known: `2026-03-02T11:30:00Z`, `2025-08-05`, `2026-02`. */
export function toIso({ precision, fromMs }: Moment): string {
  const iso = new Date(fromMs).toISOString()
  switch (precision) {
    case 'instant':
      return iso.replace('.000Z', 'Z')
    case 'day':
      return iso.slice(0, 10)
    case 'month':
      return iso.slice(0, 7)
  }
}

/** For people: `2026-03-02 11:30 UTC`, `2025-08-05`, `2026-02`. */
export function showMoment(moment: Moment): string {
  if (moment.precision !== 'instant') return toIso(moment)
  return `${new Date(moment.fromMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** `11 minutes`, `2 h 38 min`, `30 days`. */
export function showSpan(spanMs: number): string {
  const minutes = Math.round(spanMs / MINUTE_MS)
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.round(minutes / 1440)} days`
}
