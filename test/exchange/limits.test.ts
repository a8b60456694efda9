import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { parseConfig } from '../../src/config/index.ts'
import type { PlatformsReport } from '../../src/server/index.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { CHAT_REQUEST, MESSAGES_REQUEST, startGateway, type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { onFakeTime } from '../support/on-fake-time.ts'
import { CHAT_ANSWER, CHAT_EVENTS, json, sse, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'
import { until } from '../support/until.ts'

const bench = useBench()

const hashOf = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`

interface World {
  readonly gateway: TestGateway
  readonly clock: FakeClock
  readonly ask: (body?: Record<string, unknown>, options?: AskOptions) => Promise<Response>
  readonly reload: (limits: string) => void
  readonly report: () => Promise<PlatformsReport>
}

interface AskOptions {
  readonly path?: string
  readonly key?: string
  readonly signal?: AbortSignal
}

interface Setting {
  /** Of the client `shop`; `other` has none. */
  readonly limits?: string
  /** Of the providers. */
  readonly providerLimits?: string
  readonly rest?: string
}

/** Platforms a/x, b/x, … of one model, on fake time, for the clients `shop` and `other`. */
async function world(upstreams: readonly TestUpstream[], setting: Setting): Promise<World> {
  const names = upstreams.map((_, i) => 'abc'.charAt(i))
  const yaml = (limits: string): string =>
    [
      'providers:',
      ...upstreams.map(
        ({ url }, i) =>
          `  ${names[i]}: { protocol: openai-chat, baseUrl: "${url}/v1", limits: { ${setting.providerLimits ?? ''} } }`,
      ),
      `models:\n  m: { platforms: [${names.map((name) => `${name}/x`).join(', ')}] }`,
      'clients:',
      `  shop: { keyHash: "${hashOf('shop')}"${limits === '' ? '' : `, limits: { ${limits} }`} }`,
      `  other: { keyHash: "${hashOf('other')}" }`,
      `control: { keyHash: "${hashOf('control')}" }`,
      setting.rest ?? '',
    ].join('\n')
  const clock = new FakeClock()
  const gateway = bench.keep(startGateway(yaml(setting.limits ?? ''), { clock, random: () => 0.5 }))
  let asked = 0
  return {
    gateway,
    clock,
    ask: (
      body = { ...CHAT_REQUEST, user: `${asked++}` },
      { path = '/v1/chat/completions', key = 'shop', signal } = {},
    ) =>
      onFakeTime(
        clock,
        fetch(gateway.url + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}` },
          body: JSON.stringify(body),
          ...(signal !== undefined && { signal }),
        }),
      ),
    reload: (limits) => {
      const result = parseConfig(yaml(limits), { source: 'again.yaml', env: {} })
      if (!result.ok) throw new Error(JSON.stringify(result.problems))
      gateway.swap(result.config)
    },
    report: async () =>
      (await (
        await fetch(`${gateway.controlUrl}/api/platforms`, { headers: { authorization: 'Bearer control' } })
      ).json()) as PlatformsReport,
  }
}

const good: UpstreamHandler = (_, response) => json(response, 200, CHAT_ANSWER)
const down: UpstreamHandler = (_, response) => json(response, 503, { error: { message: 'down' } })
const streaming: UpstreamHandler = (_, response) => sse(response, CHAT_EVENTS.join(''))
const withUsage = (prompt: number, completion: number): string =>
  [
    ...CHAT_EVENTS.slice(0, -1),
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'served-model', choices: [], usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion } })}\n\n`,
    'data: [DONE]\n\n',
  ].join('')

const shopOf = async ({ report }: World) => (await report()).clients.find(({ name }) => name === 'shop')
const headersOf = ({ status, headers }: Response) => [status, headers.get('retry-after'), headers.get('x-should-retry')]

describe('a client’s requests', () => {
  test.each([
    ['/v1/chat/completions', CHAT_REQUEST, { type: 'rate_limit_error', code: 'rate_limit_exceeded' }],
    ['/v1/responses', { model: 'm', input: 'How is it?' }, { type: 'rate_limit_error' }],
    ['/v1/messages', MESSAGES_REQUEST, { type: 'rate_limit_error' }],
    [
      '/v1beta/models/m:generateContent',
      { contents: [{ role: 'user', parts: [{ text: 'How is it?' }] }] },
      { code: 429, status: 'RESOURCE_EXHAUSTED' },
    ],
  ])(
    'over the limit are refused in the words of %s, with which limit, how much, and until when',
    async (path, body, error) => {
      const up = await bench.upstream(good)
      const { gateway, clock, ask } = await world([up], { limits: 'requestsPerMinute: 2' })
      const { ok } = await ask(body, { path })
      expect(ok).toBe(true)
      clock.advance(20_000)
      await ask(body, { path })
      const received = up.received.length
      const refused = await ask(body, { path })
      expect(refused.status).toBe(429)
      const retryAfter = Number(refused.headers.get('retry-after'))
      expect(refused.headers.get('x-should-retry')).toBe('true')
      const answer: unknown = await refused.json()
      expect(answer).toMatchObject({ error: { ...error, fullstop: { code: 'client-limit', attempts: [] } } })
      expect(JSON.stringify(answer)).toContain(
        `shop has made 2 of its 2 requests within a minute (limits.requestsPerMinute); the next request is taken in ${retryAfter} s.`,
      )
      expect(up.received.length).toBe(received)
      expect(gateway.evidence.at(-1)).toMatchObject({
        client: 'shop',
        model: 'm',
        outcome: 'refused',
        errorCode: 'client-limit',
        refusedBy: 'client-requests-per-minute',
        attempts: [],
      })
      // The other client is not held back, and the time was the truth: at it one more is taken.
      expect((await ask(body, { path, key: 'other' })).status).toBe(200)
      clock.advance(retryAfter * 1_000 - 1_000)
      expect((await ask(body, { path })).status).toBe(429)
      clock.advance(1_000)
      expect((await ask(body, { path })).status).toBe(200)
      expect((await ask(body, { path })).status).toBe(429)
    },
  )

  test('whoever has to wait a minute is not told to try again: the SDKs would come back within seconds', async () => {
    const { ask } = await world([await bench.upstream(good)], { limits: 'requestsPerMinute: 1' })
    await ask()
    expect(headersOf(await ask())).toEqual([429, '61', 'false'])
  })

  test('what is refused counts neither for the limit nor as a client’s retry nor for the retry budget', async () => {
    const { gateway, clock, ask, report } = await world([await bench.upstream(good)], {
      limits: 'requestsPerMinute: 1',
      rest: 'defaults: { profile: customer }',
    })
    for (let i = 0; i < 5; i++) await ask(CHAT_REQUEST)
    expect((await report()).budgets).toEqual([{ route: 'm', requests: 1, retries: 0 }])
    clock.advance(60_000)
    expect((await ask(CHAT_REQUEST)).status).toBe(429)
    clock.advance(1_000)
    expect((await ask(CHAT_REQUEST)).status).toBe(200)
    expect(gateway.evidence.at(-1)?.repeats).toBe(0)
  })

  test('of every kind count: token counts, embeddings, and what is passed through', async () => {
    const up = await bench.upstream(({ path }, response) => {
      if (path.includes('embeddings'))
        return json(response, 200, { data: [{ index: 0, embedding: [1] }], model: 'x', usage: { prompt_tokens: 1 } })
      return json(response, 200, { data: [] })
    })
    const calls: [string, Record<string, unknown>][] = [
      ['/v1/embeddings', { model: 'm', input: 'x' }],
      ['/v1/messages/count_tokens', { model: 'm', messages: [{ role: 'user', content: 'x' }] }],
      ['/v1/moderations', { input: 'x' }],
    ]
    for (const [path, body] of calls) {
      const { ask } = await world([up], {
        limits: 'requestsPerMinute: 1',
        rest: 'passthrough: { moderations: a }',
      })
      expect((await ask(body, { path })).status).not.toBe(429)
      const refused = await ask(body, { path })
      expect([path, ...headersOf(refused)]).toEqual([path, 429, '61', 'false'])
      expect(await refused.text()).toContain('client-limit')
    }
  })

  test('another configuration changes the limit and keeps what is known', async () => {
    const { ask, reload } = await world([await bench.upstream(good)], { limits: 'requestsPerMinute: 2' })
    await ask()
    await ask()
    reload('requestsPerMinute: 3')
    expect((await ask()).status).toBe(200)
    expect((await ask()).status).toBe(429)
    reload('requestsPerMinute: 2')
    expect((await ask()).status).toBe(429)
    reload('')
    expect((await ask()).status).toBe(200)
  })
})

describe('a client’s tokens', () => {
  test.each([
    ['an answer that is not streamed', good, CHAT_REQUEST, '/v1/chat/completions', 7],
    ['its translation', good, MESSAGES_REQUEST, '/v1/messages', 7],
    [
      'a stream',
      (_: unknown, response: ServerResponse) => sse(response, withUsage(30, 12)),
      { ...CHAT_REQUEST, stream: true, stream_options: { include_usage: true } },
      '/v1/chat/completions',
      42,
    ],
    [
      'a translated stream',
      (_: unknown, response: ServerResponse) => sse(response, withUsage(30, 12)),
      { ...MESSAGES_REQUEST, stream: true },
      '/v1/messages',
      42,
    ],
  ])('are those that were billed for %s', async (_, handler, body, path, tokens) => {
    const setting = { limits: `tokensPerMinute: ${tokens}` }
    const all = await world([await bench.upstream(handler)], setting)
    const { gateway, clock, ask } = all
    const first = await ask(body, { path })
    await onFakeTime(clock, first.text())
    expect((await shopOf(all))?.tokensPerMinute).toEqual({ used: tokens, limit: tokens })
    const refused = await ask(body, { path })
    expect(refused.status).toBe(429)
    expect(await refused.text()).toContain(
      `shop has used ${tokens} of its ${tokens} tokens within a minute (limits.tokensPerMinute)`,
    )
    expect(gateway.evidence.at(-1)).toMatchObject({ refusedBy: 'client-tokens-per-minute', errorCode: 'client-limit' })
    clock.advance(61_000)
    expect((await ask(body, { path })).status).toBe(200)
  })

  test('of every attempt count, those of failed ones too', async () => {
    // Finished, but without the terminal marker: it was billed all the same.
    const cut = await bench.upstream((_, response) =>
      sse(response, withUsage(30, 12).replace('data: [DONE]\n\n', '').replace('"stop"', 'null')),
    )
    const all = await world([cut, await bench.upstream((_, response) => sse(response, withUsage(5, 3)))], {
      limits: 'tokensPerMinute: 1000',
      rest: 'defaults: { delivery: hold }',
    })
    const body = { ...CHAT_REQUEST, stream: true, stream_options: { include_usage: true } }
    expect(await onFakeTime(all.clock, (await all.ask(body)).text())).toContain('[DONE]')
    expect(all.gateway.evidence.at(-1)?.attempts.map(({ verdict }) => verdict)).toEqual(['truncated', 'complete'])
    expect((await shopOf(all))?.tokensPerMinute?.used).toBe(50)
  })

  test('that nobody reported are estimated: the input by its characters without its pictures, the output by its events', async () => {
    const all = await world([await bench.upstream(streaming)], { limits: 'tokensPerMinute: 100000' })
    const url = `data:image/png;base64,${'iVBORw0KGgo'.repeat(20_000)}`
    const content = [
      { type: 'text', text: 'x'.repeat(400) + ' '.repeat(400) },
      { type: 'image_url', image_url: { url } },
    ]
    const body = { model: 'm', stream: true, messages: [{ role: 'user', content }] }
    await onFakeTime(all.clock, (await all.ask(body)).text())
    const used = (await shopOf(all))?.tokensPerMinute?.used ?? 0
    expect(used).toBeGreaterThan(200)
    expect(used).toBeLessThan(260)
  })

  test('of a stream whose client goes away count', async () => {
    const up = await bench.upstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(CHAT_EVENTS.slice(0, 4).join(''))
    })
    const all = await world([up], { limits: 'tokensPerMinute: 1000', rest: 'defaults: { delivery: live }' })
    const leaving = new AbortController()
    const response = await all.ask({ ...CHAT_REQUEST, stream: true }, { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    await until(() => all.gateway.evidence.length > 0)
    expect(all.gateway.evidence[0]?.outcome).toBe('client-gone')
    expect((await shopOf(all))?.tokensPerMinute?.used).toBeGreaterThan(10)
  })

  test('are expected of those that run, as many as were usual', async () => {
    const held: ServerResponse[] = []
    const up = await bench.upstream(({ body }, response) =>
      body.includes('slow') ? held.push(response) : json(response, 200, CHAT_ANSWER),
    )
    const all = await world([up], { limits: 'tokensPerMinute: 20' })
    await all.ask()
    const running = all.ask({ ...CHAT_REQUEST, user: 'slow' })
    await until(() => held.length === 1)
    expect((await shopOf(all))?.tokensPerMinute?.used).toBe(14)
    const refused = await all.ask()
    expect(headersOf(refused)).toEqual([429, '1', 'true'])
    json(held[0] as ServerResponse, 200, { ...CHAT_ANSWER, usage: { prompt_tokens: 1, completion_tokens: 1 } })
    await running
    expect((await shopOf(all))?.tokensPerMinute?.used).toBe(9)
    expect((await all.ask()).status).toBe(200)
  })
})

describe('a client’s requests at once', () => {
  const streamed = { ...CHAT_REQUEST, stream: true }
  const begun = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(CHAT_EVENTS.slice(0, 4).join(''))
  }

  test('over the limit are refused, until one is over', async () => {
    const held: ServerResponse[] = []
    const up = await bench.upstream((_, response) => held.push(response))
    const { gateway, ask } = await world([up], { limits: 'concurrent: 2' })
    const running = [ask(), ask()]
    await until(() => held.length === 2)
    const refused = await ask()
    expect(headersOf(refused)).toEqual([429, '1', 'true'])
    expect(await refused.text()).toContain('shop has 2 of its 2 requests at once (limits.concurrent)')
    expect(gateway.evidence.at(-1)?.refusedBy).toBe('client-concurrency')
    for (const response of held.splice(0)) json(response, 200, CHAT_ANSWER)
    for (const each of running) expect((await each).status).toBe(200)
    void ask()
    await until(() => held.length === 1)
  })

  test.each([
    ['was delivered', streaming, async (response: Response) => void (await response.text())],
    ['failed before anything was delivered', down, async () => undefined],
    [
      'broke off',
      (_: unknown, response: ServerResponse) => {
        begun(response)
        setTimeout(() => response.destroy(), 10)
      },
      async (response: Response) => void (await response.text().catch(() => undefined)),
    ],
    [
      'was left by its client',
      (_: unknown, response: ServerResponse) => begun(response),
      async (response: Response) => {
        const reader = response.body?.getReader()
        await reader?.read()
        await reader?.cancel()
      },
    ],
  ])('a stream that %s is over', async (_, handler, read) => {
    const all = await world([await bench.upstream(handler)], {
      limits: 'concurrent: 1',
      rest: 'defaults: { delivery: live, attempts: 1, replay: off }',
    })
    for (let i = 0; i < 3; i++) {
      const response = await all.ask({ ...streamed, user: String(i) })
      expect(response.status).not.toBe(429)
      await onFakeTime(all.clock, read(response))
      await until(() => all.gateway.evidence.length === i + 1)
      expect((await shopOf(all))?.concurrent).toEqual({ used: 0, limit: 1 })
    }
  })

  test('that are answered by an earlier answer are requests all the same', async () => {
    const up = await bench.upstream((_, response) => json(response, 200, CHAT_ANSWER))
    const all = await world([up], { limits: 'requestsPerMinute: 2' })
    const ask = (): Promise<Response> =>
      all.gateway.post('/v1/chat/completions', CHAT_REQUEST, {
        authorization: 'Bearer shop',
        'idempotency-key': 'k',
      })
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) {
      const response = await ask()
      statuses.push(response.status)
      await response.text()
    }
    expect(statuses).toEqual([200, 200, 429])
    expect(up.received.length).toBe(1)
    expect((await shopOf(all))?.requestsPerMinute?.used).toBe(2)
  })

  test('that are refused where an earlier answer is there count as nobody’s retry', async () => {
    const all = await world([await bench.upstream(good)], { limits: 'requestsPerMinute: 1' })
    const headers = { authorization: 'Bearer shop', 'idempotency-key': 'k' }
    const statuses: number[] = []
    for (let i = 0; i < 3; i++)
      statuses.push((await all.gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)).status)
    expect(statuses).toEqual([200, 429, 429])
    expect(all.gateway.evidence.map(({ repeats }) => repeats)).toEqual([0, 0, 0])
  })

  test('that was finished in the background is none of its requests, but its tokens are its own', async () => {
    const up = await bench.upstream((request, response) => {
      if (!request.body.includes('"stream":true')) return json(response, 200, CHAT_ANSWER)
      begun(response)
      setTimeout(() => response.destroy(), 10)
    })
    const all = await world([up], {
      limits: 'concurrent: 1, requestsPerMinute: 2',
      rest: 'defaults: { delivery: live }',
    })
    await onFakeTime(
      all.clock,
      (await all.ask(streamed)).text().catch(() => undefined),
    )
    await until(() => all.gateway.evidence.some(({ outcome }) => outcome === 'kept'))
    const used = await shopOf(all)
    expect([used?.concurrent?.used, used?.requestsPerMinute?.used]).toEqual([0, 1])
    expect((await all.ask({ ...CHAT_REQUEST, user: 'another' })).status).toBe(200)
  })

  test('a client that goes away before any answer, and a process that stops, free them', async () => {
    const up = await bench.upstream(() => undefined)
    const all = await world([up], { limits: 'concurrent: 1' })
    const leaving = new AbortController()
    const left = fetch(`${all.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer shop' },
      body: JSON.stringify({ ...streamed, user: '1' }),
      signal: leaving.signal,
    }).catch(() => undefined)
    await until(() => up.received.length === 1)
    leaving.abort()
    await left
    await until(() => all.gateway.evidence.length === 1)
    expect((await shopOf(all))?.concurrent?.used).toBe(0)
    const stopped = all.ask({ ...streamed, user: '2' })
    await until(() => up.received.length === 2)
    all.gateway.engine.stop()
    expect((await stopped).status).toBe(503)
    expect((await shopOf(all))?.concurrent?.used).toBe(0)
  })

  test('a request that nobody understands takes no place', async () => {
    const all = await world([await bench.upstream(good)], { limits: 'concurrent: 1, requestsPerMinute: 1' })
    for (let i = 0; i < 3; i++) expect((await all.ask({ messages: [] })).status).toBe(400)
    expect((await all.ask()).status).toBe(200)
  })

  test('a call that is passed through is over with the last of its answer, or when its client goes', async () => {
    const held: ServerResponse[] = []
    const up = await bench.upstream((_, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' })
      response.write('begin')
      held.push(response)
    })
    const all = await world([up], { limits: 'concurrent: 1', rest: 'passthrough: { audio: a }' })
    const call = { path: '/v1/audio/speech' }
    const first = await all.ask({ input: 'x' }, call)
    expect((await all.ask({ input: 'x' }, call)).status).toBe(429)
    held[0]?.end(' end')
    expect(await first.text()).toBe('begin end')
    const second = await all.ask({ input: 'x' }, call)
    expect([second.status, (await shopOf(all))?.concurrent?.used]).toEqual([200, 1])
    await second.body?.cancel()
    let used: number | undefined = 1
    while (used !== 0) used = (await shopOf(all))?.concurrent?.used
    held[1]?.destroy()
  })
})

describe('a loop', () => {
  test('of the same request is stopped, and told so; other requests go on', async () => {
    const up = await bench.upstream(good)
    const { gateway, clock, ask } = await world([up], { limits: 'repeats: 3' })
    for (let i = 0; i < 3; i++) expect((await ask(CHAT_REQUEST)).status).toBe(200)
    const refused = await ask(CHAT_REQUEST)
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([429, 'false'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(55)
    expect(await refused.text()).toContain(
      'shop has sent this same request 3 times within a minute, 3 are taken (limits.repeats)',
    )
    expect(gateway.evidence.at(-1)).toMatchObject({ errorCode: 'request-loop', refusedBy: 'client-repeats' })
    expect((await ask()).status).toBe(200)
    expect((await ask(CHAT_REQUEST, { key: 'other' })).status).toBe(200)
    clock.advance(60_000)
    expect((await ask(CHAT_REQUEST)).status).toBe(200)
    expect(up.received.length).toBe(6)
  })

  test('is looked for in whoever has limits, at 30 a minute', async () => {
    const up = await bench.upstream(down)
    const { ask } = await world([up], { limits: 'concurrent: 50', rest: 'defaults: { attempts: 1 }' })
    const statuses: number[] = []
    for (let i = 0; i < 32; i++) statuses.push((await ask(CHAT_REQUEST)).status)
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 503), 429, 429])
    for (let i = 0; i < 32; i++) expect((await ask(CHAT_REQUEST, { key: 'other' })).status).toBe(503)
  }, 20_000)
})

describe('a provider’s declared rate', () => {
  test.each(['prototype', 'customer'])(
    '%s: what is over it goes elsewhere, and then nowhere until it is time',
    async (profile) => {
      const [first, second] = [await bench.upstream(good), await bench.upstream(good)]
      const all = await world([first, second], {
        providerLimits: 'requestsPerMinute: 2',
        rest: `defaults: { profile: ${profile} }`,
      })
      const { gateway, clock, ask } = all
      for (let i = 0; i < 4; i++) expect((await ask()).status).toBe(200)
      expect([first.received.length, second.received.length]).toEqual([2, 2])
      expect(gateway.evidence.at(-1)).toMatchObject({
        platform: 'b/x',
        diverted: [{ platform: 'a/x', by: 'requests-per-minute' }],
        attempts: [{ cause: 'first' }],
      })
      clock.advance(10_000)
      const refused = await ask()
      const retryAfter = Number(refused.headers.get('retry-after'))
      expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'true'])
      expect(retryAfter).toBeGreaterThan(45)
      expect(await refused.text()).toContain('has had 2 of its 2 attempts within a minute (limits.requestsPerMinute)')
      expect(gateway.evidence.at(-1)).toMatchObject({
        refusedBy: 'requests-per-minute',
        errorCode: 'overloaded',
        attempts: [],
      })
      expect((await all.report()).providers).toEqual([
        { name: 'a', requestsPerMinute: { used: 2, limit: 2 } },
        { name: 'b', requestsPerMinute: { used: 2, limit: 2 } },
      ])
      clock.advance(retryAfter * 1_000)
      expect((await ask()).status).toBe(200)
    },
  )

  test('of tokens: counted from what was billed', async () => {
    const [first, second] = [await bench.upstream(good), await bench.upstream(good)]
    const all = await world([first, second], { providerLimits: 'tokensPerMinute: 20' })
    for (let i = 0; i < 3; i++) await all.ask()
    // After two answers of 7 a third of the usual size has no room.
    expect([first.received.length, second.received.length]).toEqual([2, 1])
    expect(all.gateway.evidence.at(-1)?.diverted).toEqual([{ platform: 'a/x', by: 'tokens-per-minute' }])
    expect((await all.report()).providers[0]).toEqual({ name: 'a', tokensPerMinute: { used: 14, limit: 20 } })
    all.clock.advance(61_000)
    await all.ask()
    expect(first.received.length).toBe(3)
  })

  test('retries count, and are not made over it', async () => {
    const [first, second] = [await bench.upstream(down), await bench.upstream(down)]
    const all = await world([first, second], { providerLimits: 'requestsPerMinute: 1' })
    const failed = await all.ask()
    expect(failed.status).toBe(503)
    expect([first.received.length, second.received.length]).toEqual([1, 1])
    expect(all.gateway.evidence.at(-1)).toMatchObject({ refusedBy: 'requests-per-minute' })
  })
})
