import { describe, expect, test } from 'bun:test'
import type { PlatformsReport } from '../../src/server/index.ts'
import { parseConfig } from '../../src/config/index.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { CHAT_REQUEST, type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { type Arrival, onFakeTime, playClients } from '../support/on-fake-time.ts'
import { CHAT_ANSWER, json, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

interface World {
  readonly gateway: TestGateway
  readonly clock: FakeClock
  readonly ask: (name: string, headers?: Record<string, string>) => Promise<Response>
  readonly report: () => Promise<PlatformsReport>
  readonly yaml: string
}

/** Platforms a/x, b/x, … of one model on fake time; chance always draws `random`. */
function world(upstreams: readonly TestUpstream[], { profile = 'customer', limits = '', random = 0 } = {}): World {
  const names = upstreams.map((_, i) => 'abc'.charAt(i))
  const providers = upstreams.map(
    ({ url }, i) => `  ${names[i]}: { protocol: openai-chat, baseUrl: "${url}/v1"${limits} }`,
  )
  const platforms = names.map((name) => `${name}/x`).join(', ')
  const yaml = `providers:\n${providers.join('\n')}\nmodels:\n  m: { platforms: [${platforms}] }\ndefaults: { profile: ${profile} }\n`
  const clock = new FakeClock()
  const gateway = bench.gateway(yaml, { clock, random: () => random })
  const ask = (name: string, headers: Record<string, string> = {}): Promise<Response> => {
    const body = { ...CHAT_REQUEST, messages: [{ role: 'user', content: name }] }
    return onFakeTime(clock, gateway.post('/v1/chat/completions', body, headers))
  }
  const report = async (): Promise<PlatformsReport> =>
    (await (await fetch(`${gateway.controlUrl}/api/platforms`)).json()) as PlatformsReport
  return { gateway, clock, ask, report, yaml }
}

const good: UpstreamHandler = (_, response) => json(response, 200, CHAT_ANSWER)
const down: UpstreamHandler = (_, response) => json(response, 503, { error: { message: 'down' } })
const limited: UpstreamHandler = (_, response) =>
  json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '2' })

/** An upstream that somebody switches. */
function switched(): { isUp: boolean; readonly handler: UpstreamHandler } {
  const state = {
    isUp: true,
    handler: (...args: Parameters<UpstreamHandler>): unknown => (state.isUp ? good : down)(...args),
  }
  return state
}

const every = (stepMs: number, fromMs: number, untilMs: number): readonly Arrival[] =>
  Array.from({ length: Math.ceil((untilMs - fromMs) / stepMs) }, (_, i) => ({
    atMs: fromMs + i * stepMs,
    name: `at ${fromMs + i * stepMs}`,
    tries: 1,
  }))

describe('a total outage', () => {
  test.each([
    ['of two platforms, with busy clients', 2, 200, 60_000],
    ['of two platforms, with a request now and then', 2, 15_000, 1_800_000],
    ['of a lone platform, with busy clients', 1, 200, 60_000],
    ['of a lone platform, with a request now and then', 1, 15_000, 1_800_000],
  ])(
    '%s costs upstream at most 1.1 of what was asked, whatever clients retry',
    async (_, count, stepMs, lastsMs) => {
      const switches = Array.from({ length: count }, switched)
      const upstreams = await Promise.all(switches.map(({ handler }) => bench.upstream(handler)))
      const { clock, ask } = world(upstreams, { random: 0.5 })
      for (let i = 0; i < 10; i++) await ask(`before ${i}`)
      for (const each of switches) each.isUp = false
      const received = (): number => upstreams.reduce((sum, each) => sum + each.received.length, 0)
      const before = received()
      const arrivals = every(stepMs, clock.nowMs(), clock.nowMs() + lastsMs)
      const send = ({ name, tries }: Arrival): Promise<Response> =>
        ask(name, { 'x-stainless-retry-count': String(tries - 1) })
      const statuses = await playClients({ clock, arrivals, send, retries: 3, retryAfterMs: 1_500 })
      expect(new Set(statuses.values())).toEqual(new Set([503]))
      expect((received() - before) / arrivals.length).toBeLessThanOrEqual(1.1)

      // Back again: the first request after one probe interval is answered, and so is everybody then.
      for (const each of switches) each.isUp = true
      clock.advance(1_000)
      for (let i = 0; i < 10; i++) expect((await ask(`after ${i}`)).status).toBe(200)
    },
    60_000,
  )

  test('a client that retries without saying so costs no more', async () => {
    const a = switched()
    const up = await bench.upstream(a.handler)
    const { clock, ask } = world([up], { random: 0.5 })
    await ask('before')
    a.isUp = false
    const arrivals = every(15_000, clock.nowMs(), clock.nowMs() + 1_800_000)
    await playClients({ clock, arrivals, send: ({ name }) => ask(name), retries: 3, retryAfterMs: 1_500 })
    expect((up.received.length - 1) / arrivals.length).toBeLessThanOrEqual(1.1)
  }, 60_000)

  test('in the dark nobody is told to try again, and everybody is told when', async () => {
    const up = await bench.upstream(down)
    const { gateway, clock, ask } = world([up])
    for (let i = 0; i < 5; i++) await ask(`first ${i}`)
    clock.advance(10_000)
    const probe = await ask('probe')
    expect([probe.status, probe.headers.get('x-should-retry')]).toEqual([503, 'false'])
    expect(Number(probe.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(probe.headers.get('x-fullstop-attempts')).toBe('1')
    const refused = await ask('beside the wait')
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'false'])
    expect(refused.headers.get('x-fullstop-attempts')).toBeNull()
    expect(await refused.text()).toContain('a/x has been failing and is not asked before')
    expect(gateway.evidence.at(-1)).toMatchObject({ refusedBy: 'breaker', attempts: [], errorCode: 'overloaded' })
    expect(gateway.evidence.at(-2)).toMatchObject({ refusedBy: 'breaker', attempts: [{ probe: true }] })
  })

  test('the profile prototype has neither breaker nor budget', async () => {
    const up = await bench.upstream(down)
    const { clock, ask } = world([up], { profile: 'prototype' })
    for (let i = 0; i < 20; i++) {
      clock.advance(5_000)
      const response = await ask(`again ${i}`)
      expect(response.headers.get('x-should-retry')).toBe('true')
    }
    expect(up.received.length).toBe(80)
  })

  test('a header may ask for the protection of a profile, and not be rid of it', async () => {
    for (const [profile, header, expected] of [
      ['prototype', 'customer', 5],
      ['customer', 'prototype', 5],
      ['prototype', 'prototype', 20],
    ] as const) {
      const up = await bench.upstream(down)
      const { ask } = world([up], { profile })
      for (let i = 0; i < 5; i++) await ask(`again ${i}`, { 'x-fullstop-profile': header })
      expect(up.received.length).toBe(expected)
    }
  })
})

describe('one platform of two', () => {
  test('down: the others’ first attempts go around it, free, and it is probed until it is back', async () => {
    const a = switched()
    const [first, second] = [await bench.upstream(a.handler), await bench.upstream(good)]
    const { gateway, clock, ask, report } = world([first, second])
    a.isUp = false
    for (let i = 0; i < 300; i++) {
      expect((await ask(`request ${i}`)).status).toBe(200)
      clock.advance(100)
    }
    // Five to open it, then a probe after 1 s, 2 more, 4 more, …
    expect(first.received.length).toBeGreaterThanOrEqual(9)
    expect(first.received.length).toBeLessThanOrEqual(5 + Math.log2(clock.nowMs() / 1_000 + 1))
    const { platforms, budgets, changes } = await report()
    expect(platforms[0]).toMatchObject({ platform: 'a/x', state: 'open', reason: 'probe-failed', isDark: true })
    expect(platforms[1]).toMatchObject({ platform: 'b/x', state: 'closed', successRate: 1, inFlight: 0 })
    expect(budgets[0]?.route).toBe('m')
    expect(changes.at(-1)).toMatchObject({
      platform: 'a/x',
      from: 'closed',
      to: 'open',
      reason: 'consecutive-failures',
    })
    expect(gateway.evidence.at(-1)).toMatchObject({
      diverted: [{ platform: 'a/x', by: 'breaker' }],
      attempts: [{ provider: 'b', cause: 'first', probe: false }],
    })
    a.isUp = true
    clock.advance(30_000)
    expect((await ask('probe')).headers.get('x-fullstop-platform')).toBe('a/x')
    expect(gateway.evidence.at(-1)?.attempts[0]?.probe).toBe(true)
    expect((await report()).platforms[0]).toMatchObject({ state: 'closed', reason: 'probe-succeeded' })
  })

  test('what is known survives a reload', async () => {
    const [first, second] = [await bench.upstream(down), await bench.upstream(good)]
    const { gateway, ask, yaml } = world([first, second])
    for (let i = 0; i < 5; i++) await ask(`request ${i}`)
    expect(first.received.length).toBe(5)
    const result = parseConfig(yaml, { source: 'again.yaml', env: {} })
    if (result.ok) gateway.swap(result.config)
    await ask('after')
    expect(first.received.length).toBe(5)
  })

  test('flapping: each relapse waits longer, and everybody is answered', async () => {
    const a = switched()
    const [first, second] = [await bench.upstream(a.handler), await bench.upstream(good)]
    const { clock, ask } = world([first, second])
    const failures: number[] = []
    for (let round = 0; round < 6; round++) {
      a.isUp = false
      const before = first.received.length
      for (let i = 0; i < 40; i++) {
        expect((await ask(`down ${round} ${i}`)).status).toBe(200)
        clock.advance(100)
      }
      failures.push(first.received.length - before)
      a.isUp = true
      for (let i = 0; i < 20; i++) {
        expect((await ask(`up ${round} ${i}`)).status).toBe(200)
        clock.advance(100)
      }
    }
    expect(failures[0]).toBeGreaterThanOrEqual(6)
    for (const later of failures.slice(3)) expect(later).toBeLessThan(6)
  })

  test('rate-limited: it is gone around by its success rate, not by failures in a row', async () => {
    const [first, second] = [await bench.upstream(limited), await bench.upstream(good)]
    const { clock, ask, report } = world([first, second])
    for (let i = 0; i < 200; i++) {
      expect((await ask(`request ${i}`)).status).toBe(200)
      clock.advance(20)
    }
    expect(first.received.length).toBeLessThanOrEqual(56)
    expect((await report()).changes.at(-1)).toMatchObject({ platform: 'a/x', to: 'open', reason: 'success-rate' })
  })

  test('a caller’s own faults open nothing', async () => {
    const refusing = await bench.upstream((request, response) =>
      request.body.includes('flagged')
        ? json(response, 400, { error: { message: 'no', code: 'content_policy_violation' } })
        : json(response, 400, { error: { message: 'temperature must be at most 2', type: 'invalid_request_error' } }),
    )
    const { ask, report } = world([refusing, await bench.upstream(good)])
    for (let i = 0; i < 30; i++) expect((await ask(i % 2 === 0 ? 'flagged' : 'hot')).status).toBe(400)
    expect((await report()).platforms[0]).toMatchObject({ state: 'closed', outcomes: 0 })
  })

  test('a client that will not wait opens nothing', async () => {
    const silent = await bench.upstream(() => undefined)
    const { ask, report } = world([silent, await bench.upstream(good)])
    for (let i = 0; i < 10; i++) await ask(`short ${i}`, { 'x-stainless-timeout': '0.2' })
    expect((await report()).platforms[0]).toMatchObject({ state: 'closed', outcomes: 0 })
  })
})

describe('a lone platform', () => {
  test('that is down is probed once a second, and nobody else reaches it', async () => {
    const up = await bench.upstream(down)
    const { clock, ask } = world([up])
    for (let i = 0; i < 3; i++) await ask(`first ${i}`)
    const before = up.received.length
    for (let i = 0; i < 200; i++) {
      await ask(`request ${i}`)
      clock.advance(100)
    }
    expect(up.received.length - before).toBeGreaterThanOrEqual(15)
    expect(up.received.length - before).toBeLessThanOrEqual(clock.nowMs() / 1_000 + 2)
  })

  test('that half works is never ejected', async () => {
    const up = await bench.upstream((request, response, ordinal) =>
      ordinal % 3 === 0 ? good(request, response, ordinal) : json(response, 429, { error: { message: 'slow down' } }),
    )
    const { gateway, clock, ask, report } = world([up])
    let answered = 0
    for (let i = 0; i < 150; i++) {
      if ((await ask(`request ${i}`)).ok) answered += 1
      clock.advance(20)
    }
    expect((await report()).changes.some(({ reason }) => reason === 'success-rate')).toBe(true)
    expect(answered).toBeGreaterThanOrEqual(50)
    expect(gateway.evidence.every(({ attempts }) => attempts.length > 0)).toBe(true)
  })
})

describe('the retry budget', () => {
  test('once it is spent, an error says not to try again, and when', async () => {
    const up = await bench.upstream((request, response, ordinal) =>
      (request.body.includes('bad') ? down : good)(request, response, ordinal),
    )
    const { gateway, clock, ask } = world([up])
    let spent: Response | undefined
    for (let i = 0; i < 400 && spent === undefined; i++) {
      const response = await ask(`bad ${i}`)
      if (response.headers.get('x-should-retry') === 'false') spent = response
      else await ask(`fine ${i}`)
      await ask(`fine too ${i}`)
    }
    expect(spent?.status).toBe(503)
    expect(Number(spent?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await spent?.text()).toContain('retries are limited to 20 % of the requests and 10/s')
    const refused = gateway.evidence.find(({ refusedBy }) => refusedBy === 'retry-budget')
    expect(refused?.attempts.length).toBeLessThan(4)
    // What the budget's window is sure to cover.
    const recent = gateway.evidence.filter(({ startedAtMs }) => startedAtMs > clock.wallMs() - 9_000)
    const retries = recent.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0)
    expect(retries).toBeLessThanOrEqual(100 + 0.2 * gateway.evidence.length)
  }, 30_000)

  test('clients’ retries are counted, by their header and by their body, and earn no budget', async () => {
    const up = await bench.upstream(down)
    const { gateway, ask, report } = world([up])
    await ask('one', { 'x-stainless-retry-count': '0' })
    await ask('one')
    await ask('one')
    await ask('another', { 'x-stainless-retry-count': '2' })
    expect(gateway.evidence.map(({ repeats, clientRetry }) => [repeats, clientRetry])).toEqual([
      [0, 0],
      [1, undefined],
      [2, undefined],
      [0, 2],
    ])
    expect((await report()).budgets).toEqual([{ route: 'm', requests: 1, retries: 3 }])
  })

  test('what works may be asked as often as one likes', async () => {
    const { gateway, ask } = world([await bench.upstream(good)])
    for (let i = 0; i < 3; i++) await ask('the same')
    expect(gateway.evidence.map(({ repeats }) => repeats)).toEqual([0, 0, 0])
  })
})

describe('a declared limit', () => {
  test.each(['prototype', 'customer'])('%s: over it goes elsewhere, and then nowhere', async (profile) => {
    const held: (() => void)[] = []
    const holding: UpstreamHandler = (...args) => held.push(() => void good(...args))
    const [first, second] = [await bench.upstream(holding), await bench.upstream(holding)]
    const { gateway, clock, ask, report } = world([first, second], { profile, limits: ', limits: { concurrent: 1 }' })
    const one = ask('one')
    while (held.length < 1) await onFakeTime(clock, Promise.resolve())
    const two = ask('two')
    while (held.length < 2) await onFakeTime(clock, Promise.resolve())
    const three = await ask('three')
    expect([three.status, three.headers.get('retry-after'), three.headers.get('x-should-retry')]).toEqual([
      503,
      '1',
      'true',
    ])
    expect(await three.text()).toContain('has its 1 attempts at once (limits.concurrent)')
    expect((await report()).platforms[0]).toMatchObject({ inFlight: 1, declaredLimit: 1 })
    for (const release of held) release()
    expect((await one).headers.get('x-fullstop-platform')).toBe('a/x')
    expect((await two).headers.get('x-fullstop-platform')).toBe('b/x')
    expect(gateway.evidence.find(({ platform }) => platform === 'b/x')?.diverted).toEqual([
      { platform: 'a/x', by: 'concurrency' },
    ])
    expect((await report()).platforms[0]).toMatchObject({ inFlight: 0 })
  })
})
