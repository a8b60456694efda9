export { BACKOFF_BASE_MS, BACKOFF_CAP_MS, backoffMs } from './backoff.ts'
export { Breaker, OUTCOME_WINDOW_MS } from './breaker.ts'
export {
  type BreakerReason,
  type BreakerState,
  type BreakerTransition,
  type Permit,
  type Signal,
} from './breaker-state.ts'
export { type Clock, wait, within } from './clock.ts'
export { ConcurrencyLimit, HIGHEST_LIMIT } from './concurrency-limit.ts'
export { Darkness } from './darkness.ts'
export { LatencyQuantile } from './latency-quantile.ts'
export { PROBE_BASE_MS, PROBE_CAP_MS } from './probe-backoff.ts'
export { RateLimit } from './rate-limit.ts'
export { RetryBudget } from './retry-budget.ts'
export { RollingWindow } from './rolling-window.ts'
export { UsageLimit } from './usage-limit.ts'
export { type Expiry, Watchdog, type WatchdogOptions } from './watchdog.ts'
