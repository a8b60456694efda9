import { expect, test } from 'bun:test'
import { renderStatus } from './status-text.ts'

test('a person sees each platform’s breaker with its reason, its load, and the last changes', () => {
  const text = renderStatus(
    {
      platforms: [
        {
          platform: 'a/x',
          state: 'open',
          sinceMs: 1_000,
          reason: 'probe-failed',
          probeInMs: 3_500,
          outcomes: 40,
          successRate: 0.25,
          inFlight: 2,
          limit: 80,
          declaredLimit: 50,
          p95FirstContentMs: 812,
          isDark: true,
        },
        { platform: 'b/x', state: 'closed', outcomes: 0, inFlight: 0, isDark: false },
      ],
      budgets: [{ route: 'm', requests: 100, retries: 7 }],
      providers: [{ name: 'a', concurrent: { used: 2, limit: 50 } }],
      clients: [
        {
          name: 'shop',
          requestsPerMinute: { used: 12, limit: 600 },
          tokensPerMinute: { used: 4_000, limit: 100_000 },
        },
      ],
      changes: [{ platform: 'a/x', from: 'probing', to: 'open', reason: 'probe-failed', atMs: 1_000 }],
    },
    6_000,
  )
  expect(text.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  '))).toEqual([
    'platform  breaker  since  ok  in flight  p95 first content',
    'a/x  open (probe-failed, probe in 3.50 s), dark  5 s ago  25.0 % of 40  2 of 50  812 ms',
    'b/x  closed  not asked yet  none asked  0  unknown',
    '',
    'retries in the last 10 s',
    '  m: 7 for 100 requests',
    '',
    'providers’ limits',
    '  a: 2 of 50 at once',
    '',
    'clients’ limits',
    '  shop: 12 of 600 requests a minute, 4000 of 100000 tokens a minute',
    '',
    'breaker changes',
    '  1970-01-01T00:00:01.000Z  a/x  probing → open  probe-failed',
  ])
})

test('says so where there is nothing', () => {
  expect(renderStatus({ platforms: [], budgets: [], providers: [], clients: [], changes: [] }, 0)).toBe(
    'No platform is configured, and none was asked yet.',
  )
})
