import { expect, test } from 'bun:test'
import type { AttemptEvidence, ExchangeEvidence } from '../evidence/index.ts'
import { renderTrace } from './trace-text.ts'

const ATTEMPT: AttemptEvidence = {
  ordinal: 1,
  cause: 'first',
  probe: false,
  provider: 'a',
  model: 'x',
  protocol: 'anthropic',
  startedAtMs: 0,
  durationMs: 900,
  headersMs: 100,
  firstByteMs: 100,
  firstContentMs: 200,
  status: 200,
  verdict: 'truncated',
  proof: undefined,
  caveat: undefined,
  reason: 'connection-lost',
  stop: undefined,
  rawStop: undefined,
  servedModel: undefined,
  streamed: true,
  bytes: 1,
  events: 2,
  toolCalls: 0,
  invalidToolCalls: 0,
  usage: undefined,
  dropped: undefined,
  violation: undefined,
  unchecked: undefined,
}

test('a trace tells how a text went on', () => {
  const seam = (ordinal: number): AttemptEvidence => ({ ...ATTEMPT, ordinal, provider: 'b', cause: 'seam' })
  const exchange: ExchangeEvidence = {
    id: 'fs-1',
    protocol: 'anthropic',
    operation: 'answer',
    model: 'm',
    workflow: undefined,
    client: undefined,
    tenant: undefined,
    run: undefined,
    step: undefined,
    session: undefined,
    delivery: 'guarded',
    streamed: true,
    startedAtMs: 0,
    durationMs: 2_000,
    outcome: 'delivered',
    verdict: 'complete',
    errorCode: undefined,
    usage: { inputTokens: 30, outputTokens: 40 },
    firstDeliveredMs: 300,
    platform: 'b/x',
    attempts: [ATTEMPT, seam(2), seam(3), seam(4)],
    seams: [
      { kind: 'prefill', attempt: 2, outcome: 'failed', charactersBefore: 31, charactersAdded: 0 },
      { kind: 'regenerate', attempt: 3, outcome: 'diverged', charactersBefore: 31, charactersAdded: 0 },
      { kind: 'instruct', attempt: 4, outcome: 'joined', charactersBefore: 31, charactersAdded: 90 },
    ],
    diverted: undefined,
    refusedBy: undefined,
    clientRetry: undefined,
    repeats: 0,
    replayOf: undefined,
    finishOf: undefined,
    degraded: undefined,
    approval: undefined,
  }
  expect(renderTrace(exchange)).toContain('fs-1  delivered whole  (complete)')
  expect(renderTrace({ ...exchange, verdict: 'limited' })).toContain('fs-1  delivered up to a limit  (limited)')
  const lines = renderTrace(exchange)
    .split('\n')
    .map((line) => line.trim())
  expect(lines).toContain('2. b/x, a seam')
  expect(lines).toContain('was to continue the text behind 31 characters: it came to nothing')
  expect(lines).toContain('answered anew, to go on behind 31 characters: it wrote something else')
  expect(lines).toContain('was told to go on behind 31 characters: 90 more are its own')
})
