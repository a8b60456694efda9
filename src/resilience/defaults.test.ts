import { expect, test } from 'bun:test'
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS } from './backoff.ts'
import {
  CONSECUTIVE_FAILURES,
  FORGOTTEN_AFTER_MS,
  LEAST_OUTCOMES,
  LOWEST_SUCCESS_RATE,
  OUTCOME_WINDOW_MS,
} from './breaker.ts'
import { HIGHEST_LIMIT, LOWEST_LIMIT } from './concurrency-limit.ts'
import { DARK_AFTER_MS, DARK_UNTIL_MS } from './darkness.ts'
import { BUCKET_RATIO, LATENCY_PERIOD_MS, LEAST_LATENCIES } from './latency-quantile.ts'
import { PROBE_BASE_MS, PROBE_CAP_MS, PROBE_JITTER } from './probe-backoff.ts'
import { BUDGET_WINDOW_MS, RETRY_FLOOR_PER_SECOND, RETRY_RATIO } from './retry-budget.ts'

test('the numbers are those that docs/resilience.md gives', () => {
  expect([BACKOFF_BASE_MS, BACKOFF_CAP_MS]).toEqual([200, 5_000])
  expect([CONSECUTIVE_FAILURES, LOWEST_SUCCESS_RATE, LEAST_OUTCOMES]).toEqual([5, 0.8, 50])
  expect([OUTCOME_WINDOW_MS, FORGOTTEN_AFTER_MS]).toEqual([30_000, 60_000])
  expect([PROBE_BASE_MS, PROBE_CAP_MS, PROBE_JITTER]).toEqual([1_000, 30_000, 0.5])
  expect([RETRY_RATIO, RETRY_FLOOR_PER_SECOND, BUDGET_WINDOW_MS]).toEqual([0.2, 10, 10_000])
  expect([DARK_AFTER_MS, DARK_UNTIL_MS]).toEqual([10_000, 300_000])
  expect([LOWEST_LIMIT, HIGHEST_LIMIT]).toEqual([20, 1_000])
  expect([BUCKET_RATIO, LEAST_LATENCIES, LATENCY_PERIOD_MS]).toEqual([1.1, 20, 300_000])
})
