import type { Config } from '../config/index.ts'
import type { BreakerChange, Health } from '../exchange/index.ts'
import type { LimitUse } from './limit-status.ts'

/** How one platform fares now. */
export interface PlatformStatus {
  /** `provider/model`. */
  readonly platform: string
  readonly state: 'closed' | 'open' | 'probing'
  /** Wall clock, ms since the epoch; absent where nobody has asked it yet. */
  readonly sinceMs?: number
  /** Of the last change. */
  readonly reason?: BreakerChange['reason']
  /** Until its next probe may be sent, ms; only while it is open. */
  readonly probeInMs?: number
  /** Outcomes of the last 30 seconds, and the share of successes among them. */
  readonly outcomes: number
  readonly successRate?: number
  /** Attempts at once, now and at most: by its time to first event, and by declaration (over all models of its provider). */
  readonly inFlight: number
  readonly limit?: number
  readonly declaredLimit?: number
  /** Of streamed answers without reasoning. */
  readonly p95FirstContentMs?: number
  /** Nothing but failures for the last ten seconds or more. */
  readonly isDark: boolean
}

/** A route's retry budget over the last ten seconds. */
export interface BudgetStatus {
  readonly route: string
  readonly requests: number
  readonly retries: number
}

export interface PlatformsReport {
  readonly platforms: readonly PlatformStatus[]
  readonly budgets: readonly BudgetStatus[]
  /** Providers and clients that have limits, and what they use of them. */
  readonly providers: readonly LimitUse[]
  readonly clients: readonly LimitUse[]
  /** Newest first. */
  readonly changes: readonly BreakerChange[]
}

/** The configured platforms and all others that were asked. */
export function platformStatuses({ models }: Config, health: Health): readonly PlatformStatus[] {
  const configured = [...models.values()].flatMap(({ platforms }) =>
    platforms.map(({ provider, model }) => `${provider}/${model}`),
  )
  return [...new Set([...configured, ...health.names])].map((name) => statusOf(name, health))
}

export function budgetStatuses(health: Health): readonly BudgetStatus[] {
  return [...health.budgets].map(([route, { requests, retries }]) => ({ route, requests, retries }))
}

function statusOf(platform: string, health: Health): PlatformStatus {
  const known = health.known(platform)
  if (known === undefined) return { platform, state: 'closed', outcomes: 0, inFlight: 0, isDark: false }
  const { breaker, outcomes, load, p95FirstContentMs } = known
  const { state, reason } = breaker
  return {
    platform,
    state,
    sinceMs: known.breakerSinceWallMs,
    ...(reason !== undefined && { reason }),
    ...(state === 'open' && { probeInMs: breaker.opensInMs({ isLastResort: false }) }),
    outcomes: outcomes.count,
    ...(outcomes.successRate !== undefined && { successRate: outcomes.successRate }),
    inFlight: known.inFlight,
    limit: known.limit.limit,
    ...(load.limits.concurrent !== undefined && { declaredLimit: load.limits.concurrent }),
    ...(p95FirstContentMs !== undefined && { p95FirstContentMs }),
    isDark: known.darkness.isDark,
  }
}
