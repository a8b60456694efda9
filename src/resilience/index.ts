export { BACKOFF_BASE_MS, BACKOFF_CAP_MS, backoffMs } from './backoff.ts'
export { type Clock, wait } from './clock.ts'
export { type Expiry, Watchdog, type WatchdogOptions } from './watchdog.ts'
