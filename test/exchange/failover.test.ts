import { describe, expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import { CHAT_REQUEST, MESSAGES_REQUEST, type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { CHAT_ANSWER, CHAT_EVENTS, json, sse, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

interface Plan {
  readonly models: string
  readonly options?: string
  readonly defaults?: string
}

/** Providers a, b, c over the upstreams in order. */
function gatewayOver(upstreams: readonly TestUpstream[], { models, options = '', defaults = '' }: Plan): TestGateway {
  const providers = upstreams.map(
    ({ url }, i) => `  ${'abc'.charAt(i)}: { protocol: openai-chat, baseUrl: "${url}/v1", apiKey: k${i} ${options} }`,
  )
  return bench.gateway(`providers:\n${providers.join('\n')}\nmodels:\n${models}\n${defaults}`)
}

const good: UpstreamHandler = (request, response) =>
  request.body.includes('"stream":true') ? sse(response, CHAT_EVENTS.join('')) : json(response, 200, CHAT_ANSWER)
const status =
  (code: number, error: unknown = { message: 'no' }, headers: Record<string, string> = {}): UpstreamHandler =>
  (_, response) =>
    json(response, code, { error }, headers)

const LIVE = 'defaults: { delivery: live }'
const TWO = '  m: { platforms: [a/x, b/x] }'
const LONE = '  m: { platforms: [a/x] }'
const LONE_WITH_FALLBACK = '  m: { platforms: [a/x], fallbacks: [n] }\n  n: { platforms: [b/y] }'

interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly fullstop: {
      readonly code: string
      readonly exchange: string
      readonly attempts: readonly { platform: string; verdict: string; reason?: string }[]
    }
  }
}
const errorOf = async (response: Response): Promise<ErrorBody['error']> => ((await response.json()) as ErrorBody).error

describe('before content was delivered', () => {
  const faults: readonly (readonly [string, string, (response: ServerResponse) => void])[] = [
    ['503', 'server-error|overloaded', (r) => json(r, 503, { error: { message: 'down' } })],
    ['429', 'rate-limit', (r) => json(r, 429, { error: { message: 'slow down' } })],
    ['401', 'authentication', (r) => json(r, 401, { error: { message: 'bad key' } })],
    ['404', 'not-found', (r) => json(r, 404, { error: { message: 'no such model', code: 'model_not_found' } })],
    [
      'quota disguised as 429',
      'account-spent',
      (r) => json(r, 429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }),
    ],
    ['reset before headers', 'connect-failed', (r) => r.socket?.destroy()],
    ['a cut before content', 'ended-before-proof', (r) => sse(r, CHAT_EVENTS[0] ?? '')],
    ['an error as first event', 'overloaded', (r) => sse(r, 'data: {"error":{"message":"overloaded","code":503}}\n\n')],
    ['something that is not JSON', 'not-json', (r) => sse(r, 'data: {oops\n\n')],
    [
      'an HTML page with status 200',
      'wrong-content-type',
      (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
    [
      'tool arguments that do not parse',
      'arguments-not-json',
      (r) =>
        sse(
          r,
          'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\\"a"}}]}}]}\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n',
        ),
    ],
  ]
  test.each(faults)('%s goes elsewhere unseen', async (_, reason, fault) => {
    const bad = await bench.upstream((_request, response) => fault(response))
    const gateway = gatewayOver([bad, await bench.upstream(good)], { models: TWO })
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-fullstop-platform')).toBe('b/x')
    expect(response.headers.get('x-fullstop-attempts')).toBe('2')
    expect(await response.text()).toBe(CHAT_EVENTS.join(''))
    expect(gateway.evidence[0]?.attempts[0]?.reason ?? '').toMatch(new RegExp(`^(${reason})$`))
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'delivered', verdict: 'complete', platform: 'b/x' })
  })

  test('an answer that is not UTF-8 is no JSON, and goes elsewhere unseen', async () => {
    const bad = await bench.upstream((_request, response) => {
      const body = Buffer.from(JSON.stringify(CHAT_ANSWER).replace('All', 'größe'), 'latin1')
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    })
    const gateway = gatewayOver([bad, await bench.upstream(good)], { models: TWO })
    for (const [path, request] of [
      ['/v1/chat/completions', CHAT_REQUEST],
      ['/v1/messages', MESSAGES_REQUEST],
    ] as const) {
      expect((await gateway.post(path, request)).headers.get('x-fullstop-platform')).toBe('b/x')
      expect(gateway.evidence.at(-1)?.attempts).toMatchObject([{ reason: 'not-json' }, { verdict: 'complete' }])
    }
  })

  test('a lone platform is tried again, and within the budget', async () => {
    const flaky = await bench.upstream((request, response, ordinal) =>
      ordinal < 3 ? status(503)(request, response, ordinal) : good(request, response, ordinal),
    )
    const gateway = gatewayOver([flaky], { models: LONE })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.status).toBe(200)
    expect(flaky.received.length).toBe(3)
  })

  test('the attempt budget bounds what is sent, fallbacks included', async () => {
    const a = await bench.upstream(status(503))
    const b = await bench.upstream(status(503))
    const gateway = gatewayOver([a, b], { models: LONE_WITH_FALLBACK, defaults: 'defaults: { attempts: 3 }' })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.status).toBeGreaterThanOrEqual(502)
    expect(a.received.length + b.received.length).toBe(3)
    expect(response.headers.get('x-should-retry')).toBe('true')
    const { fullstop } = await errorOf(response)
    expect(fullstop.attempts.map(({ platform }) => platform)).toEqual(['a/x', 'a/x', 'b/y'])
  })

  test('the answer is the fallback’s, under its own name', async () => {
    const gateway = gatewayOver([await bench.upstream(status(500)), await bench.upstream(good)], {
      models: LONE_WITH_FALLBACK,
    })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.headers.get('x-fullstop-platform')).toBe('b/y')
    expect(((await response.json()) as { model: string }).model).toBe('served-model')
  })
})

describe('what would be the same anywhere is passed on', () => {
  test('a bad request, without a second try and in the caller’s protocol', async () => {
    const a = await bench.upstream(
      status(400, { message: 'temperature must be at most 2', type: 'invalid_request_error' }),
    )
    const b = await bench.upstream(good)
    const gateway = gatewayOver([a, b], { models: TWO })
    const response = await gateway.post('/v1/messages', MESSAGES_REQUEST)
    expect(response.status).toBe(400)
    expect(response.headers.get('x-should-retry')).toBe('false')
    expect(b.received.length).toBe(0)
    const body = (await response.json()) as { type: string } & ErrorBody
    expect(body.type).toBe('error')
    expect(body.error.type).toBe('invalid_request_error')
    expect(body.error.message).toContain('temperature must be at most 2')
  })

  test('a context that is too long, unless a fallback declares a larger window', async () => {
    const tooLong = status(400, { message: 'maximum context length is 8192 tokens', code: 'context_length_exceeded' })
    const models = '  m: { platforms: [a/x], fallbacks: [n] }\n  n: { platforms: [b/y] }\n  lone: { platforms: [a/x] }'
    const a = await bench.upstream(tooLong)
    const b = await bench.upstream(good)
    const gateway = bench.gateway(
      `providers:\n  a: { protocol: openai-chat, baseUrl: "${a.url}/v1", contextWindow: 8192 }\n  b: { protocol: openai-chat, baseUrl: "${b.url}/v1", contextWindow: 200000 }\nmodels:\n${models}\n`,
    )
    expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST)).headers.get('x-fullstop-platform')).toBe('b/y')
    const refused = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, model: 'lone' })
    expect(refused.status).toBe(400)
    expect((await errorOf(refused)).message).toContain('maximum context length')
    expect(a.received.length).toBe(2)
  })
})

describe('what a failed exchange tells', () => {
  test('what may pass outweighs what will not', async () => {
    const limited = await bench.upstream(status(429, { message: 'slow' }, { 'retry-after': '30' }))
    const gateway = gatewayOver([limited, await bench.upstream(status(401, { message: 'no' }))], { models: TWO })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '30'])
    expect(response.headers.get('x-should-retry')).toBe('true')
  })

  test('an error inside a 200 is read like one with its status, streamed or not', async () => {
    const inBand = { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }
    const spent = await bench.upstream((request, response) =>
      request.body.includes('"stream":true')
        ? sse(response, `data: ${JSON.stringify(inBand)}\n\n`)
        : json(response, 200, inBand),
    )
    const asJson = await bench.upstream((_, response) => json(response, 200, inBand))
    for (const each of [spent, asJson]) {
      const gateway = gatewayOver([each], { models: LONE })
      for (const stream of [true, false]) {
        const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream })
        expect([response.status, (await errorOf(response)).fullstop.code]).toEqual([402, 'account-spent'])
      }
      expect(each.received.length).toBe(2)
    }
  })

  test('an error whose body never ends is not waited for', async () => {
    const dawdling = await bench.upstream((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.write('{"error":')
    })
    const gateway = gatewayOver([dawdling, await bench.upstream(good)], { models: TWO })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.status).toBe(200)
    expect(gateway.evidence[0]?.attempts[0]?.reason).toBe('authentication')
  })

  test('a spent account, disguised as 400 or 429, is reported as what it is', async () => {
    const spent = await bench.upstream(
      status(429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }),
    )
    const gateway = gatewayOver([spent], { models: LONE })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.status).toBe(402)
    expect((await errorOf(response)).fullstop.code).toBe('account-spent')
    expect(spent.received.length).toBe(1)
    expect(response.headers.get('x-should-retry')).toBe('false')
  })

  test('a rejected provider key is not the caller’s 401, and no key is in the message', async () => {
    const rejecting = await bench.upstream(status(401, { message: 'Incorrect API key provided: k0' }))
    const gateway = gatewayOver([rejecting], { models: LONE })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    const text = await response.text()
    expect(response.status).toBe(502)
    expect(text).toContain('provider-rejected-key')
    expect(text).not.toContain('k0')
  })

  test('a key that a provider repeats in a passed-on error is taken out', async () => {
    const leaking = await bench.upstream(
      status(400, { message: 'bad request with key k0', type: 'invalid_request_error' }),
    )
    const text = await (
      await gatewayOver([leaking], { models: LONE }).post('/v1/chat/completions', CHAT_REQUEST)
    ).text()
    expect(text).toContain('bad request with key [key]')
  })

  test('a rate limit keeps the provider’s retry-after', async () => {
    const limited = await bench.upstream(status(429, { message: 'slow' }, { 'retry-after': '77' }))
    const gateway = gatewayOver([limited], { models: LONE })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('77')
    expect(limited.received.length).toBe(1)
  })
})

describe('the request as it is sent', () => {
  test('only the model is changed, to the byte', async () => {
    const a = await bench.upstream(good)
    const gateway = gatewayOver([a], { models: LONE })
    const body =
      '{ "x_unknown": 12345678901234567890, "model" :\t"m", "messages":[{"role":"user","content":"\\u00e9 \\"model\\": \\"m\\""}],"temperature":1.0 }'
    expect((await gateway.post('/v1/chat/completions', body)).status).toBe(200)
    expect(a.received[0]?.body).toBe(body.replace('"model" :\t"m"', '"model" :\t"x"'))
  })

  test('the provider’s key goes out, the client’s key and unknown headers do not', async () => {
    const a = await bench.upstream(good)
    const gateway = gatewayOver([a], { models: LONE })
    await gateway.post('/v1/chat/completions', CHAT_REQUEST, {
      authorization: 'Bearer secret-of-client',
      'x-custom': 'y',
      cookie: 'c=1',
    })
    const headers = a.received[0]?.headers ?? {}
    expect(headers.authorization).toBe('Bearer k0')
    expect(JSON.stringify(headers)).not.toContain('secret-of-client')
    expect(headers['x-custom']).toBeUndefined()
    expect(headers.cookie).toBeUndefined()
  })

  test('fields that name another address change nothing', async () => {
    const trap = await bench.upstream(good)
    const a = await bench.upstream(good)
    const gateway = gatewayOver([a], { models: LONE })
    const away = { api_base: trap.url, base_url: trap.url, baseUrl: trap.url, custom_host: trap.url }
    await gateway.post(
      '/v1/chat/completions?base_url=' + encodeURIComponent(trap.url),
      { ...CHAT_REQUEST, ...away },
      { 'x-portkey-custom-host': trap.url },
    )
    expect(trap.received.length).toBe(0)
    expect(a.received.length).toBe(1)
  })

  test('a redirect is not followed', async () => {
    const trap = await bench.upstream(good)
    const a = await bench.upstream((_, response) =>
      response.writeHead(307, { location: `${trap.url}/v1/chat/completions` }).end(),
    )
    const gateway = gatewayOver([a], { models: LONE, defaults: 'defaults: { attempts: 1 }' })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.status).toBe(502)
    expect(gateway.evidence[0]?.attempts.map(({ reason }) => reason)).toEqual(['redirected'])
    expect(trap.received.length).toBe(0)
  })
})

describe('time', () => {
  const silent: UpstreamHandler = () => undefined

  test('a silent platform is left after its first-event time', async () => {
    const gateway = gatewayOver([await bench.upstream(silent), await bench.upstream(good)], {
      models: TWO,
      options: ', timeouts: { firstEvent: 80ms }',
    })
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true })
    expect(await response.text()).toBe(CHAT_EVENTS.join(''))
    expect(gateway.evidence[0]?.attempts[0]?.reason).toBe('first-event-timeout')
  })

  test('an answer that is not streamed has a total time only', async () => {
    const gateway = gatewayOver([await bench.upstream(silent), await bench.upstream(good)], {
      models: TWO,
      options: ', timeouts: { total: 80ms }',
    })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.status).toBe(200)
    expect(gateway.evidence[0]?.attempts[0]?.reason).toBe('total-timeout')
  })

  test('the client’s own deadline caps the exchange, and an untried platform gets half of what is left', async () => {
    const a = await bench.upstream(silent)
    const gateway = gatewayOver([a, await bench.upstream(silent)], { models: TWO })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, { 'x-stainless-timeout': '0.1' })
    expect(response.status).toBe(504)
    expect(gateway.evidence[0]?.attempts.map(({ reason }) => reason)).toEqual(['total-timeout', 'deadline'])
  })

  test('bytes that make no event do not count as a sign of life', async () => {
    const a = await bench.upstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`${CHAT_EVENTS.slice(0, 2).join('')}data: {`)
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    })
    const gateway = gatewayOver([a], { models: LONE, options: ', timeouts: { idle: 120ms }', defaults: LIVE })
    const startedAt = performance.now()
    const { aborted } = await readAll(await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true }))
    expect(aborted).toBe(true)
    expect(gateway.evidence[0]?.attempts[0]?.reason).toBe('idle-timeout')
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  test('a stall in the middle is an honest ending, and the upstream is freed', async () => {
    const a = await bench.upstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(CHAT_EVENTS.slice(0, 3).join(''))
    })
    const gateway = gatewayOver([a], { models: LONE, options: ', timeouts: { idle: 80ms }', defaults: LIVE })
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true })
    const { text, aborted } = await readAll(response)
    expect(aborted).toBe(true)
    expect(text).toStartWith(CHAT_EVENTS.slice(0, 3).join('') + 'data: {"error"')
    expect(text).not.toContain('[DONE]')
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'broken-off', verdict: 'truncated' })
    expect(a.abandoned()).toBe(1)
  })
})

describe('bounds', () => {
  test('a gzip bomb is not swallowed', async () => {
    const bomb = Bun.gzipSync(new Uint8Array(100 * 1024 * 1024))
    const a = await bench.upstream((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    )
    const gateway = gatewayOver([a, await bench.upstream(good)], { models: TWO })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(response.headers.get('x-fullstop-platform')).toBe('b/x')
    expect(gateway.evidence[0]?.attempts[0]?.reason).toBe('too-large')
    expect(gateway.evidence[0]?.attempts[0]?.bytes ?? 0).toBeLessThan(80 * 1024 * 1024)
  })

  test('a compressed answer that nobody asked for is understood', async () => {
    const packed = Bun.gzipSync(Buffer.from(JSON.stringify(CHAT_ANSWER)))
    const a = await bench.upstream((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed),
    )
    const gateway = gatewayOver([a], { models: LONE })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect(await response.json()).toEqual(CHAT_ANSWER)
  })

  test('a giant event is refused, not kept', async () => {
    const a = await bench.upstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const piece = 'x'.repeat(1024 * 1024)
      response.write('data: {"x":"')
      for (let i = 0; i < 20; i++) response.write(piece)
      response.end('"}\n\n')
    })
    const gateway = gatewayOver([a, await bench.upstream(good)], { models: TWO })
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true })
    expect(await response.text()).toBe(CHAT_EVENTS.join(''))
    expect(gateway.evidence[0]?.attempts[0]?.reason).toBe('too-large')
  })
})

test('a shutdown does not wait for the time of the next attempt, and makes none', async () => {
  const a = await bench.upstream(status(503, { message: 'later' }, { 'retry-after': '5' }))
  const gateway = bench.gateway(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "${a.url}/v1", apiKey: k }\nmodels:\n${LONE}\n`,
  )
  const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST)
  while (a.received.length === 0) await Bun.sleep(2)
  await Bun.sleep(20)
  await gateway.stop(1)
  // Before the connection is cut.
  expect((await asked).status).toBe(503)
  expect(a.received.length).toBe(1)
  expect(gateway.evidence[0]).toMatchObject({ outcome: 'refused', attempts: [{ status: 503 }] })
})

async function readAll(response: Response): Promise<{ text: string; aborted: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    if (response.body !== null) for await (const piece of response.body) text += decoder.decode(piece, { stream: true })
    return { text, aborted: false }
  } catch {
    return { text, aborted: true }
  }
}

describe('text behind the reason to stop', () => {
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  // Clients that stop reading at the first reason have half of it, and take it for all.
  const late: UpstreamHandler = (_, response) =>
    sse(response, `${chunk({ content: 'Half. ' }, 'stop')}${chunk({ content: 'Late.' }, 'stop')}data: [DONE]\n\n`)

  for (const [path, request] of [
    ['/v1/chat/completions', CHAT_REQUEST],
    ['/v1/messages', MESSAGES_REQUEST],
  ] as const)
    for (const defaults of ['defaults: { delivery: hold }', LIVE, '']) {
      test(`is out of order, and another platform answers, through ${path}, ${defaults || 'guarded'}`, async () => {
        const gateway = gatewayOver([await bench.upstream(late), await bench.upstream(good)], { models: TWO, defaults })
        const response = await gateway.post(path, { ...request, stream: true })
        const text = await response.text()
        expect([text.includes('Half'), text.includes('Late'), text.includes('well')]).toEqual([false, false, true])
        const [first, second] = gateway.evidence[0]?.attempts ?? []
        expect([first?.verdict, first?.reason, second?.verdict]).toEqual(['malformed', 'event-order', 'complete'])
      })
    }
})
