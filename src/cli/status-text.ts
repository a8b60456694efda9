import type { LimitUse, PlatformsReport, PlatformStatus } from '../server/index.ts'
import { counted, ms, since } from './durations.ts'
import { table } from './table.ts'

const SHOWN_CHANGES = 10

/** How the platforms fare, as a person reads it. `nowMs`: wall clock. */
export function renderStatus(report: PlatformsReport, nowMs: number): string {
  const { platforms, budgets, providers, clients, changes } = report
  const rows = [
    ['platform', 'breaker', 'since', 'ok', 'in flight', 'p95 first content'],
    ...platforms.map((each) => cells(each, nowMs)),
  ]
  const recent = changes.slice(0, SHOWN_CHANGES)
  return [
    ...(platforms.length === 0 ? ['No platform is configured, and none was asked yet.'] : table(rows)),
    ...section(
      'retries in the last 10 s',
      budgets.map(({ route, requests, retries }) => `${route}: ${retries} for ${counted(requests, 'request')}`),
    ),
    ...section('providers’ limits', providers.map(use)),
    ...section('clients’ limits', clients.map(use)),
    ...section(
      'breaker changes',
      recent.map(
        ({ atMs, platform, from, to, reason }) =>
          `${new Date(atMs).toISOString()}  ${platform}  ${from} → ${to}  ${reason}`,
      ),
    ),
  ].join('\n')
}

function use({ name, concurrent, requestsPerMinute, tokensPerMinute }: LimitUse): string {
  const parts = [
    { what: 'at once', is: concurrent },
    { what: 'requests a minute', is: requestsPerMinute },
    { what: 'tokens a minute', is: tokensPerMinute },
  ].flatMap(({ what, is }) => (is === undefined ? [] : [`${is.used} of ${is.limit} ${what}`]))
  return `${name}: ${parts.join(', ')}`
}

function cells(status: PlatformStatus, nowMs: number): readonly string[] {
  const { platform, state, sinceMs, reason, probeInMs, outcomes, successRate, inFlight, limit, isDark } = status
  const next = probeInMs === undefined ? '' : probeInMs <= 0 ? ', probe due' : `, probe in ${ms(probeInMs)}`
  const why = reason === undefined ? '' : ` (${reason}${next})`
  return [
    platform,
    `${state}${why}${isDark ? ', dark' : ''}`,
    sinceMs === undefined ? 'not asked yet' : `${since(Math.max(0, nowMs - sinceMs))} ago`,
    successRate === undefined ? 'none asked' : `${(100 * successRate).toFixed(1)} % of ${outcomes}`,
    `${inFlight}${limit === undefined ? '' : ` of ${Math.min(limit, status.declaredLimit ?? limit)}`}`,
    status.p95FirstContentMs === undefined ? 'unknown' : ms(status.p95FirstContentMs),
  ]
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}
