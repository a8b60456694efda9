import { expect, test } from 'bun:test'
import type { Reason } from '../../evidence/index.ts'
import type { Signal } from '../../resilience/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { AttemptEnd } from './attempt.ts'
import { signalOf } from './signal.ts'

interface Circumstances {
  readonly hasOwnDeadline?: boolean
  readonly isPinned?: boolean
  readonly operation?: string
  readonly firstContentMs?: number
  readonly durationMs?: number
  readonly stream?: boolean
  readonly reasoning?: boolean
}

function signal(reason: Reason | 'finished', circumstances: Circumstances = {}): Signal {
  const {
    hasOwnDeadline = false,
    isPinned = false,
    operation = 'answer',
    firstContentMs,
    durationMs = 100,
    stream = true,
    reasoning = false,
  } = circumstances
  const verdict = reason === 'finished' ? { name: 'limited', proof: 'body', stop: 'limit' } : { name: 'failed', reason }
  const end = { verdict, evidence: { firstContentMs, durationMs } } as unknown as AttemptEnd
  return signalOf(end, {
    pin: isPinned ? {} : undefined,
    hasOwnDeadline,
    operation: { name: operation },
    facts: { stream, reasoning },
  } as unknown as Inbound)
}

test('finished answers are successes, outages failures, limits half of one, and callers’ faults nothing', () => {
  expect(signal('finished')).toBe('success')
  for (const reason of ['server-error', 'overloaded', 'connection-lost', 'account-spent', 'authentication'] as const)
    expect(signal(reason)).toBe('failure')
  for (const reason of ['rate-limit', 'not-found', 'permission'] as const) expect(signal(reason)).toBe('soft-failure')
  for (const reason of [
    'bad-request',
    'policy',
    'context-length',
    'client-gone',
    'outpaced',
    'schema-violation',
  ] as const)
    expect(signal(reason)).toBe('nothing')
})

test('what a request names that hangs on stored things may not be there', () => {
  expect(signal('not-found', { isPinned: true })).toBe('nothing')
  expect(signal('permission', { isPinned: true })).toBe('nothing')
})

test('a platform that counts no tokens may answer all the same', () => {
  expect(signal('not-found', { operation: 'count-tokens' })).toBe('nothing')
  expect(signal('not-found', { operation: 'embeddings' })).toBe('soft-failure')
})

test('silence counts, unless the client gave no fair time', () => {
  expect(signal('first-event-timeout')).toBe('failure')
  expect(signal('first-event-timeout', { hasOwnDeadline: true, durationMs: 29_999 })).toBe('nothing')
  expect(signal('total-timeout', { hasOwnDeadline: true, durationMs: 30_000 })).toBe('failure')
})

test('a client that leaves says something where a stream was silent for a fair time', () => {
  expect(signal('client-gone', { durationMs: 30_000 })).toBe('failure')
  expect(signal('client-gone', { durationMs: 29_999 })).toBe('nothing')
  expect(signal('client-gone', { durationMs: 40_000, firstContentMs: 29_000 })).toBe('nothing')
  expect(signal('client-gone', { durationMs: 40_000, stream: false })).toBe('nothing')
  expect(signal('client-gone', { durationMs: 40_000, reasoning: true })).toBe('nothing')
})

test('a deadline counts where the operator set it and nothing came', () => {
  expect(signal('deadline')).toBe('failure')
  expect(signal('deadline', { firstContentMs: 5 })).toBe('nothing')
  expect(signal('deadline', { hasOwnDeadline: true })).toBe('nothing')
})
