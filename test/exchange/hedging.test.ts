import { describe, expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import { CHAT_REQUEST, MESSAGES_REQUEST, type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { CHAT_ANSWER, CHAT_EVENTS, json, sse, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'
import { until } from '../support/until.ts'

const bench = useBench()

const STREAM = CHAT_EVENTS.join('')
const good: UpstreamHandler = (_, response) => sse(response, STREAM)

interface World {
  readonly gateway: TestGateway
  readonly ask: (text?: string, more?: Record<string, unknown>) => Promise<string>
}

/** Two platforms, of which the first has answered quickly so often that its p95 is known. */
async function world(
  onFirst: (response: ServerResponse) => unknown,
  second: UpstreamHandler,
  defaults = 'profile: customer, hedge: p95, seam: off, replay: off',
  pin = false,
  { path = '/v1/chat/completions', request = CHAT_REQUEST, b: speaks = 'openai-chat' } = {},
): Promise<World & { readonly a: TestUpstream; readonly b: TestUpstream }> {
  const a = await bench.upstream((request, response, ordinal) =>
    request.body.includes('now') ? onFirst(response) : good(request, response, ordinal),
  )
  const b = await bench.upstream(second)
  const gateway = bench.gateway(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "${a.url}/v1" }\n  b: { protocol: ${speaks}, baseUrl: "${b.url}${speaks === 'anthropic' ? '' : '/v1'}" }\nmodels:\n  m: { platforms: [a/x${pin ? '' : ', b/x'}] }\ndefaults: { ${defaults} }\n`,
  )
  const ask = async (text = 'warm up', more: Record<string, unknown> = {}): Promise<string> => {
    const body = { ...request, messages: [{ role: 'user', content: text }], stream: true, ...more }
    return (await gateway.post(path, body)).text()
  }
  // As many as a percentile needs, and no more: these are not hedged themselves.
  for (let i = 0; i < 20; i++) await ask()
  return { gateway, ask, a, b }
}

const never = (): void => undefined

describe('hedging', () => {
  test.each(['live', 'hold'])(
    'a silent platform is overtaken, freed, and both are in the evidence (%s)',
    async (delivery) => {
      const { gateway, ask, a } = await world(
        never,
        good,
        `profile: customer, hedge: p95, seam: off, replay: off, delivery: ${delivery}`,
      )
      expect(await ask('now')).toBe(STREAM)
      expect(gateway.evidence.at(-1)).toMatchObject({
        outcome: 'delivered',
        platform: 'b/x',
        attempts: [
          { ordinal: 1, provider: 'a', cause: 'first', verdict: 'failed', reason: 'outpaced' },
          { ordinal: 2, provider: 'b', cause: 'hedge', verdict: 'complete' },
        ],
      })
      await until(() => a.abandoned() === 1)
    },
  )

  test('where the first shows content first after all, the hedge is the one that is freed', async () => {
    let release = never
    const { gateway, ask, b } = await world(
      (response) => {
        release = () => sse(response, STREAM)
      },
      () => release(),
    )
    expect(await ask('now')).toBe(STREAM)
    expect(gateway.evidence.at(-1)).toMatchObject({
      platform: 'a/x',
      attempts: [
        { ordinal: 2, provider: 'b', cause: 'hedge', reason: 'outpaced' },
        { ordinal: 1, provider: 'a', verdict: 'complete' },
      ],
    })
    expect(b.received.length).toBe(1)
  })

  test('where the first fails while the hedge is silent, the hedge goes on alone', async () => {
    let fail = never
    const { gateway, ask } = await world(
      (response) => {
        fail = () => json(response, 503, { error: { message: 'down' } })
      },
      (request, response, ordinal) => {
        fail()
        setTimeout(() => good(request, response, ordinal), 30)
      },
    )
    expect(await ask('now')).toBe(STREAM)
    expect(gateway.evidence.at(-1)?.attempts.map(({ provider, verdict }) => `${provider} ${verdict}`)).toEqual([
      'a failed',
      'b complete',
    ])
  })

  test('where the hedge fails, the first goes on alone, and what fails then is retried', async () => {
    let tries = 0
    const { gateway, ask } = await world(
      (response) => {
        tries += 1
        if (tries > 1) sse(response, STREAM)
        else setTimeout(() => response.destroy(), 60)
      },
      (_, response) => json(response, 401, { error: { message: 'no' } }),
    )
    expect(await ask('now')).toBe(STREAM)
    expect(gateway.evidence.at(-1)?.attempts.map(({ provider, cause }) => `${provider} ${cause}`)).toEqual([
      'b hedge',
      'a first',
      'a retry',
    ])
  })

  test('an error that is the caller’s own ends both', async () => {
    let refuse = never
    const { gateway, ask, b } = await world(
      (response) => {
        refuse = () => json(response, 400, { error: { message: 'temperature must be at most 2' } })
      },
      () => refuse(),
    )
    expect(await ask('now')).toContain('temperature must be at most 2')
    expect(gateway.evidence.at(-1)?.attempts.map(({ reason }) => reason)).toEqual(['outpaced', 'bad-request'])
    await until(() => b.abandoned() === 1)
  })

  test('a client that goes away frees both', async () => {
    const { gateway, a, b } = await world(never, never)
    const leaving = new AbortController()
    const asked = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...CHAT_REQUEST, messages: [{ role: 'user', content: 'now' }], stream: true }),
      signal: leaving.signal,
    }).catch(() => undefined)
    await until(() => b.received.length > 0)
    leaving.abort()
    await asked
    await until(() => a.abandoned() + b.abandoned() === 2 && gateway.evidence.at(-1)?.outcome === 'client-gone')
    expect(gateway.evidence.at(-1)?.attempts.map(({ provider, reason }) => `${provider} ${reason}`)).toEqual([
      'b client-gone',
      'a client-gone',
    ])
    expect(gateway.engine.platforms.platforms.map(({ inFlight }) => inFlight)).toEqual([0, 0])
  })

  test.each([
    ['it is off', 'profile: customer', {}, false],
    ['there is no other platform', 'profile: customer, hedge: p95, seam: off, replay: off', {}, true],
    [
      'the request asks for reasoning',
      'profile: customer, hedge: p95, seam: off, replay: off',
      { reasoning_effort: 'high' },
      false,
    ],
    ['the answer is not streamed', 'profile: customer, hedge: p95, seam: off, replay: off', { stream: false }, false],
    ['there is one attempt alone', 'profile: customer, hedge: p95, seam: off, replay: off, attempts: 1', {}, false],
  ])('is not made where %s', async (_, defaults, more, pin) => {
    const { gateway, ask, b } = await world(
      (response) =>
        setTimeout(() => ('stream' in more ? json(response, 200, CHAT_ANSWER) : sse(response, STREAM)), 150),
      good,
      defaults,
      pin,
    )
    await ask('now', more)
    expect(b.received.length).toBe(0)
    expect(gateway.evidence.at(-1)?.attempts.some(({ cause }) => cause === 'hedge')).toBe(false)
  })

  test('is paid for by the retry budget', async () => {
    const { gateway, ask } = await world(never, good)
    await ask('now')
    expect(gateway.engine.platforms.budgets).toEqual([{ route: 'm', requests: 21, retries: 1 }])
  })
})

const say = (...texts: readonly string[]): string =>
  texts
    .map(
      (content) =>
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
    )
    .join('')
const begin = (response: ServerResponse, text: string): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(text)
}
const textOf = (stream: string): string =>
  [...stream.matchAll(/"(?:content|text)":"([^"]*)"/g)].map((match) => match[1]).join('')

/** What the upstreams say is the client's own protocol, or is translated for it. */
const PATHS = [
  ['the same protocol', { path: '/v1/chat/completions', request: CHAT_REQUEST }],
  ['a translation', { path: '/v1/messages', request: MESSAGES_REQUEST }],
] as const

describe.each(PATHS)('hedging under guarded delivery, through %s', (_, protocols) => {
  const defaults = 'profile: customer, hedge: p95, seam: off, replay: off, delivery: guarded'
  const worldOf = (onFirst: (response: ServerResponse) => unknown, second: UpstreamHandler) =>
    world(onFirst, second, defaults, false, protocols)
  const attemptsOf = ({ evidence }: TestGateway): readonly string[] | undefined =>
    evidence.at(-1)?.attempts.map(({ provider, cause, verdict }) => `${provider} ${cause} ${verdict}`)

  test('the hedge that shows content first is delivered whole, its opening too', async () => {
    const { gateway, ask, a } = await worldOf(never, good)
    expect(textOf(await ask('now'))).toBe('All is well.')
    expect(attemptsOf(gateway)).toEqual(['a first failed', 'b hedge complete'])
    expect(gateway.evidence.at(-1)).toMatchObject({ outcome: 'delivered', platform: 'b/x' })
    await until(() => a.abandoned() === 1)
  })

  test('a hedge that dies within its opening, after it won, is replaced unseen', async () => {
    let tries = 0
    const { gateway, ask } = await worldOf(
      (response) => {
        tries += 1
        return tries === 1 ? undefined : sse(response, STREAM)
      },
      (__, response) => {
        begin(response, say('Some', ' other'))
        setTimeout(() => response.destroy(), 20)
      },
    )
    expect(textOf(await ask('now'))).toBe('All is well.')
    expect(attemptsOf(gateway)?.slice(0, 2)).toEqual(['a first failed', 'b hedge truncated'])
    expect(gateway.evidence.at(-1)).toMatchObject({ outcome: 'delivered', platform: 'a/x' })
  })

  test('a first that wins and dies within its opening is replaced unseen by the platform of the hedge', async () => {
    let release = never
    const { gateway, ask, b } = await worldOf(
      (response) => {
        release = () => {
          begin(response, say('Some', ' other'))
          setTimeout(() => response.destroy(), 20)
        }
      },
      (request, response, ordinal) => (ordinal === 1 ? release() : good(request, response, ordinal)),
    )
    expect(textOf(await ask('now'))).toBe('All is well.')
    expect(attemptsOf(gateway)).toEqual(['b hedge failed', 'a first truncated', 'b retry complete'])
    expect(b.received.length).toBe(2)
  })

  test('once its opening was delivered, the winner’s death is an honest ending', async () => {
    const { gateway, ask } = await worldOf(never, (__, response) => {
      begin(response, say('It is so.', ' And', ' then'))
      setTimeout(() => response.destroy(), 20)
    })
    const text = await ask('now').catch((error: unknown) => String(error))
    expect(text).not.toContain('well')
    expect(gateway.evidence.at(-1)?.outcome).toBe('broken-off')
    expect(attemptsOf(gateway)).toEqual(['a first failed', 'b hedge truncated'])
  })
})

describe('a hedge whose request cannot be written', () => {
  // One provider may take what a translation, which has to understand it, does not.
  const odd = { temperature: 'warm' }
  const worldOf = (onFirst: (response: ServerResponse) => unknown) =>
    world(onFirst, good, 'profile: customer, hedge: p95, seam: off, replay: off', false, {
      ...PATHS[0][1],
      b: 'anthropic',
    })

  test('is none: the first goes on alone', async () => {
    const { gateway, ask, b } = await worldOf((response) => setTimeout(() => sse(response, STREAM), 150))
    expect(await ask('now', odd)).toBe(STREAM)
    expect(gateway.evidence.at(-1)).toMatchObject({ outcome: 'delivered', attempts: [{ ordinal: 1, provider: 'a' }] })
    expect(b.received.length).toBe(0)
  })

  test('takes no attempt, and what fails then is told as it was', async () => {
    const { gateway, ask, a, b } = await worldOf((response) =>
      setTimeout(() => json(response, 503, { error: { message: 'down' } }), 150),
    )
    const before = a.received.length
    expect(await ask('now', odd)).toContain('"code":"overloaded"')
    expect(gateway.evidence.at(-1)?.attempts.map(({ provider }) => provider)).toEqual(['a', 'a', 'a', 'a'])
    expect([a.received.length - before, b.received.length]).toEqual([4, 0])
  }, 20_000)
})
