import { describe, expect, test } from 'bun:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import type { ExchangeEvidence } from '../../evidence/index.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { ExchangeDeps } from '../ports.ts'
import { Allowance } from './allowance.ts'
import type { KeptAnswer } from './kept-answer.ts'
import type { AnswerOrFailure } from './pending-answer.ts'
import { ReplayedExchange } from './replayed-exchange.ts'

function world(result: Promise<AnswerOrFailure>, more: Partial<Inbound> = {}, roomBytes = 1_000_000) {
  const clock = new FakeClock()
  const allowance = new Allowance(roomBytes, { clock })
  const evidence: ExchangeEvidence[] = []
  const ends: boolean[] = []
  const failures: number[] = []
  const deps = {
    clock,
    sink: (each: ExchangeEvidence) => evidence.push(each),
    clients: { enter: () => undefined },
    repeats: { onFailure: () => failures.push(1) },
  }
  const inbound = {
    id: 'own',
    protocol: openAiChat,
    operation: { name: 'answer' },
    facts: { model: 'm', stream: true, choices: 1 },
    model: 'm',
    policy: { delivery: 'guarded' },
    caller: { client: undefined, tenant: undefined },
    labels: {},
    body: { text: '', json: {}, core: () => ({ includeUsage: false }) },
    receivedAtMs: 0,
    receivedAtWallMs: 0,
    deadlineAtMs: 5_000,
    repeats: 0,
    ...more,
  } as unknown as Inbound
  const onOver = (isUsed: boolean): unknown => ends.push(isUsed)
  const replay = { exchange: 'first', result, onOver, allowance }
  return {
    clock,
    evidence,
    ends,
    failures,
    allowance,
    exchange: new ReplayedExchange(inbound, replay, deps as unknown as ExchangeDeps),
  }
}

const kept = (bytes: string, form = 'whole'): Promise<AnswerOrFailure> => {
  const answer: KeptAnswer = {
    exchange: 'second',
    platform: 'a/x',
    verdict: 'complete',
    degraded: undefined,
    identity: '',
    form,
    bytes: new TextEncoder().encode(bytes),
    completion: 'strict',
  }
  return Promise.resolve({ kind: 'answer', answer })
}

describe('a replayed exchange', () => {
  test('whose client leaves as the answer comes, or amid it, holds nothing', async () => {
    const events = 'data: {}\n\n'.repeat(20_000)
    const early = world(kept(events, 'stream null'))
    const reading = early.exchange.next()
    early.exchange.clientGone()
    await reading
    expect(early.allowance.usedBytes).toBe(0)
    const late = world(kept(events, 'stream null'))
    expect((await late.exchange.next()).kind).toBe('bytes')
    expect(late.allowance.usedBytes).toBe(events.length)
    late.exchange.clientGone()
    expect([late.allowance.usedBytes, late.ends]).toEqual([0, [false]])
  })

  test('for which there is no room says when to try again, and leaves the answer to the next', async () => {
    const { exchange, ends, evidence } = world(kept('data: {}\n\n', 'stream null'), {}, 4)
    expect(await exchange.next()).toMatchObject({
      kind: 'failed',
      failure: { code: 'overloaded', retryable: true, retryAfterMs: 1_000 },
    })
    exchange.report('refused', 'overloaded')
    expect([ends, evidence[0]?.errorCode, exchange.answering]).toEqual([[false], 'overloaded', undefined])
  })

  test('of an answer that cannot be put into its form fails, and makes room for one of its own', async () => {
    const { exchange, ends, evidence } = world(kept('{}'))
    expect(await exchange.next()).toMatchObject({
      kind: 'failed',
      failure: { code: 'no-complete-answer', retryable: true },
    })
    expect(exchange.isReplayed).toBe(false)
    exchange.report('refused', 'no-complete-answer')
    exchange.report('delivered')
    expect(ends).toEqual([true])
    expect(evidence).toMatchObject([{ id: 'own', outcome: 'refused', replayOf: 'first', attempts: [] }])
  })

  test('whose client leaves gives back what it did not deliver, and waits no longer', async () => {
    const { exchange, ends, clock } = world(new Promise(() => undefined))
    const next = exchange.next()
    exchange.clientGone()
    expect(await next).toMatchObject({ kind: 'failed' })
    expect([ends, clock.pendingTimers]).toEqual([[false], 0])
  })

  test('that is kept for its client to come back for is no failure', async () => {
    const { exchange, ends, failures, evidence } = world(kept('{"choices":[]}', 'stream null'))
    expect(await exchange.next()).toMatchObject({ kind: 'bytes' })
    exchange.report('kept')
    expect([ends, failures, evidence.map(({ outcome }) => outcome)]).toEqual([[true], [], ['kept']])
  })

  test.each([
    [false, 7_000],
    [true, 5_000],
  ])('waits for a person as well, unless its client would not: own patience %p', async (hasOwnDeadline, endsAtMs) => {
    const approval = { timeoutMs: 2_000, onTimeout: 'reject' } as const
    const { exchange, clock } = world(new Promise(() => undefined), { approval, hasOwnDeadline })
    let progress: unknown
    void exchange.next().then((each) => (progress = each))
    clock.advance(endsAtMs - 1)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(progress).toBeUndefined()
    clock.advance(1)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(progress).toMatchObject({ kind: 'failed', failure: { code: 'out-of-time' } })
  })

  test('waits until its deadline, and not a millisecond longer', async () => {
    const { exchange, clock } = world(new Promise(() => undefined))
    let progress: unknown
    void exchange.next().then((each) => (progress = each))
    clock.advance(4_999)
    await Promise.resolve()
    expect(progress).toBeUndefined()
    clock.advance(1)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(progress).toMatchObject({ kind: 'failed', failure: { code: 'out-of-time', error: { exchange: 'own' } } })
  })

  test('that is stopped says so', async () => {
    const { exchange } = world(new Promise(() => undefined))
    const next = exchange.next()
    exchange.stop()
    expect(await next).toMatchObject({ kind: 'failed', failure: { code: 'shutting-down' } })
  })
})
