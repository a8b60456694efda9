import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { parseConfig } from '../../src/config/index.ts'
import { InsecureBind, startServer } from '../../src/server/index.ts'
import { CHAT_REQUEST, MESSAGES_REQUEST, type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { CHAT_ANSWER, CHAT_EVENTS, json, sse, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

const hash = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`
const good: UpstreamHandler = (request, response) =>
  request.body.includes('"stream":true') ? sse(response, CHAT_EVENTS.join('')) : json(response, 200, CHAT_ANSWER)

async function gatewayWith(extra = '', handler = good): Promise<{ gateway: TestGateway; upstream: TestUpstream }> {
  const upstream = await bench.upstream(handler)
  const gateway = bench.gateway(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "${upstream.url}/v1" }\nmodels:\n  m: { platforms: [a/x] }\n${extra}`,
  )
  return { gateway, upstream }
}

interface AnyError {
  readonly type?: string
  readonly error: { readonly message: string; readonly type: string; readonly fullstop: { readonly code: string } }
}
const problem = async (response: Response): Promise<AnyError> => (await response.json()) as AnyError

describe('bad input gets a clear error in the caller’s protocol, and the next request succeeds', () => {
  const cases: readonly (readonly [string, number, string, (g: TestGateway) => Promise<Response>])[] = [
    ['malformed JSON', 400, 'invalid-json', (g) => g.post('/v1/chat/completions', '{"model": "m"')],
    ['malformed JSON to Messages', 400, 'invalid-json', (g) => g.post('/v1/messages', 'oops')],
    ['an empty body', 400, 'invalid-json', (g) => g.post('/v1/messages', '')],
    ['an array', 400, 'invalid-json', (g) => g.post('/v1/chat/completions', '[]')],
    ['nothing but brackets', 413, 'body-too-large', (g) => g.post('/v1/messages', '['.repeat(20_000_000))],
    ['no model', 400, 'invalid-request', (g) => g.post('/v1/chat/completions', { messages: [] })],
    [
      'a model that is no string',
      400,
      'invalid-request',
      (g) => g.post('/v1/messages', { ...MESSAGES_REQUEST, model: 7 }),
    ],
    [
      'stream that is no boolean',
      400,
      'invalid-request',
      (g) => g.post('/v1/messages', { ...MESSAGES_REQUEST, stream: 'yes' }),
    ],
    ['an unknown model', 404, 'unknown-model', (g) => g.post('/v1/messages', { ...MESSAGES_REQUEST, model: 'nobody' })],
    [
      'a model of the prototype',
      404,
      'unknown-model',
      (g) => g.post('/v1/messages', { ...MESSAGES_REQUEST, model: '__proto__' }),
    ],
    [
      'messages that cannot be translated',
      400,
      'invalid-request',
      (g) => g.post('/v1/messages', { ...MESSAGES_REQUEST, messages: 'hello' }),
    ],
    ['an unknown route', 404, 'unknown-route', (g) => g.post('/v1/unheard-of', CHAT_REQUEST)],
    ['a family that is not served', 404, 'not-supported', (g) => g.post('/v1/audio/speech', {})],
    ['calls that are never served', 404, 'not-supported', (g) => g.post('/v1/realtime', {})],
    ['the wrong method', 405, 'method-not-allowed', (g) => fetch(`${g.url}/v1/messages`)],
    [
      'an unknown workflow',
      404,
      'unknown-workflow',
      (g) => g.post('/v1/messages', MESSAGES_REQUEST, { 'x-fullstop-workflow': 'nope' }),
    ],
    [
      'an unknown delivery',
      400,
      'invalid-request',
      (g) => g.post('/v1/messages', MESSAGES_REQUEST, { 'x-fullstop-delivery': 'fast' }),
    ],
    [
      'a profile that nobody knows',
      400,
      'invalid-request',
      (g) => g.post('/v1/messages', MESSAGES_REQUEST, { 'x-fullstop-profile': 'relaxed' }),
    ],
    [
      'a profile that needs a person where nobody is named',
      400,
      'approval-not-possible',
      (g) => g.post('/v1/messages', MESSAGES_REQUEST, { 'x-fullstop-profile': 'critical' }),
    ],
    ['a body above the limit', 413, 'body-too-large', (g) => g.post('/v1/messages', ' '.repeat(33 * 1024 * 1024))],
    [
      'a chunked body above the limit',
      413,
      'body-too-large',
      (g) => fetch(`${g.url}/v1/chat/completions`, { method: 'POST', body: chunked(33) }),
    ],
  ]
  test.each(cases)('%s: %i', async (_, status, code, send) => {
    const { gateway } = await gatewayWith()
    const response = await send(gateway)
    expect(response.status).toBe(status)
    expect(response.headers.get('x-should-retry')).toBe('false')
    const body = await problem(response)
    expect(body.error.fullstop.code).toBe(code)
    expect(body.error.message.length).toBeGreaterThan(30)
    expect(body.type).toBe(new URL(response.url).pathname.startsWith('/v1/messages') ? 'error' : undefined)
    expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST)).status).toBe(200)
  })

  test('bytes that are not UTF-8 are refused, at once or piece by piece, small or large: nobody is sent other characters', async () => {
    const { gateway, upstream } = await gatewayWith()
    for (const length of [10, 100_000]) {
      const content = `${'x'.repeat(length)} größe`
      const body = Buffer.from(JSON.stringify({ ...CHAT_REQUEST, messages: [{ role: 'user', content }] }), 'latin1')
      for (const each of [body, new Blob([body]).stream()]) {
        const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body: each })
        expect(response.status).toBe(400)
        expect((await problem(response)).error.message).toContain('Expected a body in UTF-8')
      }
    }
    expect(upstream.received).toEqual([])
  })

  test('raw rubbish on the socket does not stop the server', async () => {
    const { gateway } = await gatewayWith()
    const port = Number(new URL(gateway.url).port)
    for (const rubbish of [
      '\u0000\u0001\u0002',
      'GET\r\n\r\n',
      'POST /v1/messages HTTP/1.1\r\ncontent-length: -5\r\n\r\n',
      `GET / HTTP/1.1\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`,
    ])
      await sendRaw(port, rubbish)
    expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST)).status).toBe(200)
  })
})

describe('client keys', () => {
  const clients = `workflows:\n  w: { model: m }\n  v: {}\nclients:\n  shop: { keyHash: "${hash('key-of-shop')}", workflows: [w], tenant: t }\n  all: { keyHash: "${hash('key-of-all')}" }\n`

  test('are asked for, in either SDK’s header', async () => {
    const { gateway } = await gatewayWith(clients)
    const none = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect([none.status, (await problem(none)).error.fullstop.code]).toEqual([401, 'missing-key'])
    const wrong = await gateway.post('/v1/messages', MESSAGES_REQUEST, { 'x-api-key': 'key-of-nobody' })
    expect(wrong.status).toBe(401)
    expect(await wrong.text()).not.toContain('key-of-nobody')
    for (const header of [{ authorization: 'Bearer key-of-all' }, { 'x-api-key': 'key-of-all' }])
      expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST, header)).status).toBe(200)
  })

  test('bound to workflows serve those alone', async () => {
    const { gateway } = await gatewayWith(clients)
    const key = { 'x-api-key': 'key-of-shop' }
    expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST, key)).status).toBe(403)
    expect(
      (await gateway.post('/v1/chat/completions', CHAT_REQUEST, { ...key, 'x-fullstop-workflow': 'v' })).status,
    ).toBe(403)
    expect(
      (await gateway.post('/v1/chat/completions', CHAT_REQUEST, { ...key, 'x-fullstop-workflow': 'w' })).status,
    ).toBe(200)
    expect(gateway.evidence.at(-1)).toMatchObject({ client: 'shop', tenant: 't', workflow: 'w' })
  })

  test('without them nothing but loopback can be bound', () => {
    const open = parseConfig('providers:\n  a: { protocol: anthropic, apiKey: k }\n', { source: 'c', env: {} })
    if (!open.ok) throw new Error('the configuration is good')
    expect(() => startServer({ config: open.config, hostname: '0.0.0.0', port: 0 })).toThrow(InsecureBind)
  })

  test('without them a foreign Host or Origin is refused, with them it is not', async () => {
    const { gateway } = await gatewayWith()
    const { gateway: keyed } = await gatewayWith(clients)
    for (const foreign of [{ host: 'evil.example' }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      expect((await gateway.post('/v1/messages', MESSAGES_REQUEST, foreign)).status).toBe(403)
      expect(
        (await keyed.post('/v1/chat/completions', CHAT_REQUEST, { ...foreign, 'x-api-key': 'key-of-all' })).status,
      ).toBe(200)
    }
    for (const host of ['localhost:99999', 'localhost/evil', 'evil@localhost']) {
      expect((await gateway.post('/v1/messages', MESSAGES_REQUEST, { host })).status).toBe(403)
      const answer = await keyed.post('/v1/chat/completions', CHAT_REQUEST, { host, 'x-api-key': 'key-of-all' })
      expect([host, answer.status]).toEqual([host, host.startsWith('localhost:') ? 200 : 400])
    }
    for (const own of [{ host: 'localhost:1' }, { host: '[::1]:1' }, { origin: 'http://localhost:3000' }])
      expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST, own)).status).toBe(200)
  })

  test('without them a proxy on the machine opens neither plane to others', async () => {
    const { gateway } = await gatewayWith()
    const { gateway: keyed } = await gatewayWith(clients)
    const forwarded: readonly Record<string, string>[] = [
      { 'x-forwarded-for': '203.0.113.9' },
      // The first address is what the caller claims, the last one what the proxy saw.
      { 'x-forwarded-for': '127.0.0.1, 203.0.113.9' },
      { 'x-real-ip': '203.0.113.9' },
      { forwarded: 'for=203.0.113.9' },
    ]
    const ask = (of: TestGateway, headers: Record<string, string>): Promise<Response> =>
      fetch(`${of.url}/api/exchanges`, { headers })
    for (const headers of forwarded) {
      expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)).status).toBe(403)
      expect((await ask(gateway, headers)).status).toBe(403)
      expect((await ask(keyed, headers)).status).toBe(403)
      const own = { ...headers, 'x-api-key': 'key-of-all' }
      expect((await keyed.post('/v1/chat/completions', CHAT_REQUEST, own)).status).toBe(200)
    }
    const local = { 'x-forwarded-for': '127.0.0.1, ::ffff:127.0.0.1', 'x-real-ip': '::1' }
    expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST, local)).status).toBe(200)
    expect((await ask(gateway, local)).status).toBe(200)
  })
})

describe('control plane', () => {
  test('shows health, and exchanges by id', async () => {
    const { gateway } = await gatewayWith()
    expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ status: 'up' })
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
    const id = (await gateway.post('/v1/chat/completions', CHAT_REQUEST)).headers.get('x-fullstop-id')
    const exchange = (await (await fetch(`${gateway.url}/api/exchanges/${id}`)).json()) as {
      id: string
      attempts: unknown[]
    }
    expect(exchange).toMatchObject({
      id,
      outcome: 'delivered',
      verdict: 'complete',
      usage: { inputTokens: 3, outputTokens: 4 },
    })
    expect(exchange.attempts).toMatchObject([{ proof: 'body', rawStop: 'stop', servedModel: 'served-model' }])
    expect((await fetch(`${gateway.url}/api/exchanges/fs_nope`)).status).toBe(404)
    expect((await fetch(`${gateway.url}/api/releases`)).status).toBe(404)
    expect((await fetch(`${gateway.url}/api/exchanges`, { method: 'DELETE' })).status).toBe(405)
  })

  test('needs its key where there is one, health aside', async () => {
    const { gateway } = await gatewayWith(`control: { keyHash: "${hash('control')}" }`)
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${gateway.url}/api/exchanges`)).status).toBe(401)
    expect((await fetch(`${gateway.url}/api/exchanges`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(
      401,
    )
    expect((await fetch(`${gateway.url}/api/exchanges`, { headers: { authorization: 'Bearer control' } })).status).toBe(
      200,
    )
  })

  test('refuses a rebound name', async () => {
    const { gateway } = await gatewayWith()
    expect((await fetch(`${gateway.url}/api/exchanges`, { headers: { host: 'evil.example' } })).status).toBe(403)
  })

  test('no prompt, answer or key is in what it keeps', async () => {
    const { gateway } = await gatewayWith()
    const canary = 'CANARY-7f3a'
    await gateway.post(
      '/v1/chat/completions',
      { ...CHAT_REQUEST, messages: [{ role: 'user', content: canary }], user: canary },
      { authorization: `Bearer ${canary}`, 'x-fullstop-run': `${canary} with spaces` },
    )
    const kept = await (await fetch(`${gateway.url}/api/exchanges`)).text()
    expect(kept).toContain('"outcome":"delivered"')
    expect(kept).not.toContain(canary)
    expect(kept).not.toContain('All is well')
  })
})

describe('shutdown', () => {
  test('refuses new requests, lets running ones end, and is bounded', async () => {
    let finish = (): void => undefined
    const { gateway } = await gatewayWith('', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(CHAT_EVENTS.slice(0, 2).join(''))
      finish = () => response.end(CHAT_EVENTS.slice(2).join(''))
    })
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true })
    const stopped = gateway.stop(5_000)
    const refused = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    expect([refused.status, (await problem(refused)).error.fullstop.code]).toEqual([503, 'shutting-down'])
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503)
    finish()
    expect(await response.text()).toBe(CHAT_EVENTS.join(''))
    await stopped
  })

  test('lets answers that are not streamed leave whole, errors and uploads too', async () => {
    const wide = { ...CHAT_ANSWER, padding: 'x'.repeat(3_000_000) }
    const { gateway } = await gatewayWith('', (request, response) => {
      const isBad = request.body.includes('fail')
      setTimeout(() => (isBad ? json(response, 400, { error: { message: 'no' } }) : json(response, 200, wide)), 100)
    })
    const answer = gateway.post('/v1/chat/completions', CHAT_REQUEST).then((response) => response.text())
    const error = gateway
      .post('/v1/chat/completions', { ...CHAT_REQUEST, fail: true })
      .then((response) => response.text())
    const upload = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: slowly(JSON.stringify(CHAT_REQUEST)),
    }).then((response) => response.text())
    await Bun.sleep(30)
    await gateway.stop(5_000)
    expect((await answer).length).toBeGreaterThan(3_000_000)
    expect(await error).toContain('"error"')
    expect((await upload).length).toBeGreaterThan(3_000_000)
  })

  test('does not wait for ever', async () => {
    const { gateway } = await gatewayWith('', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(CHAT_EVENTS.slice(0, 2).join(''))
    })
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true })
    let text = ''
    const reading = (async (): Promise<string> => {
      const decoder = new TextDecoder()
      try {
        if (response.body !== null) for await (const piece of response.body) text += decoder.decode(piece)
        return 'ended'
      } catch {
        return 'aborted'
      }
    })()
    await gateway.stop(50)
    expect(await reading).toBe('aborted')
    expect(text).toContain('"code":"shutting-down"')
  })
})

function chunked(megabytes: number): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull: (controller) => {
      if (sent++ < megabytes) controller.enqueue(new Uint8Array(1024 * 1024).fill(32))
      else controller.close()
    },
  })
}

function slowly(text: string): ReadableStream<Uint8Array> {
  const pieces = [text.slice(0, 10), text.slice(10, 20), text.slice(20)]
  return new ReadableStream({
    pull: async (controller) => {
      await Bun.sleep(20)
      const piece = pieces.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(piece))
    },
  })
}

function sendRaw(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
    socket.resume()
  })
}
