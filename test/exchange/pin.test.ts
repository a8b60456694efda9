import { describe, expect, test } from 'bun:test'
import { MESSAGES_REQUEST } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { json, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

/** A platform whose answers leave a container behind. */
const keeper =
  (name: string, isDown: () => boolean = () => false): UpstreamHandler =>
  (_, response) =>
    isDown()
      ? json(response, 503, { type: 'error', error: { type: 'api_error', message: 'down' } })
      : json(response, 200, {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'c',
          container: { id: `container_of_${name}` },
          content: [{ type: 'text', text: `${name} speaks` }],
          stop_reason: 'end_turn',
          usage: { input_tokens: 1, output_tokens: 1 },
        })

const providers = (a: TestUpstream, b: TestUpstream): string =>
  `providers:\n  a: { protocol: anthropic, baseUrl: "${a.url}", apiKey: ka }\n  b: { protocol: anthropic, baseUrl: "${b.url}", apiKey: kb }\nmodels:\n  m: { platforms: [a/x, b/x] }\n`
const withFile = {
  ...MESSAGES_REQUEST,
  messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'file', file_id: 'file_1' } }] }],
}

interface ErrorBody {
  readonly error: { readonly message: string; readonly fullstop: { readonly code: string } }
}

describe('a request that hangs on what a provider stores', () => {
  test('goes to the provider that made it, and to no other when that is down', async () => {
    let aIsDown = true
    let bIsDown = false
    const a = await bench.upstream(keeper('a', () => aIsDown))
    const b = await bench.upstream(keeper('b', () => bIsDown))
    const gateway = bench.gateway(providers(a, b))
    expect((await gateway.post('/v1/messages', MESSAGES_REQUEST)).headers.get('x-fullstop-platform')).toBe('b/x')
    aIsDown = false
    const ask = (): Promise<Response> =>
      gateway.post('/v1/messages', { ...MESSAGES_REQUEST, container: 'container_of_b' })
    expect((await ask()).headers.get('x-fullstop-platform')).toBe('b/x')

    bIsDown = true
    const before = a.received.length
    const response = await ask()
    const { error } = (await response.json()) as ErrorBody
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).not.toBeNull()
    expect(error.fullstop.code).toBe('pinned-platform-failed')
    expect(error.message).toContain('container hangs on what b/x stores, so no other platform was asked')
    expect(a.received.length).toBe(before)
  })

  test('goes to the first platform of its protocol where nobody here knows who made it', async () => {
    const a = await bench.upstream(keeper('a', () => true))
    const b = await bench.upstream(keeper('b'))
    const gateway = bench.gateway(providers(a, b))
    const response = await gateway.post('/v1/messages', withFile)
    expect(response.status).toBe(503)
    expect(((await response.json()) as ErrorBody).error.message).toContain(
      'messages[0].content[0] hangs on what a/x stores',
    )
    expect(b.received.length).toBe(0)
  })

  test('is refused before anything is sent where no platform speaks its protocol', async () => {
    const chat = await bench.upstream(keeper('a'))
    const gateway = bench.gateway(
      `providers:\n  a: { protocol: openai-chat, baseUrl: "${chat.url}/v1" }\nmodels:\n  m: { platforms: [a/x] }\n`,
    )
    const response = await gateway.post('/v1/messages', withFile)
    expect(response.status).toBe(400)
    expect(((await response.json()) as ErrorBody).error.fullstop.code).toBe('not-expressible')
    expect(chat.received.length).toBe(0)
  })

  test('of another tenant does not exist, and neither does one that nobody knows', async () => {
    const a = await bench.upstream(keeper('a'))
    const b = await bench.upstream(keeper('b'))
    const hash = (key: string): string => new Bun.CryptoHasher('sha256').update(key).digest('hex')
    const gateway = bench.gateway(
      `${providers(a, b)}clients:\n  one: { keyHash: "sha256:${hash('k1')}", tenant: t1 }\n  two: { keyHash: "sha256:${hash('k2')}", tenant: t2 }\n`,
    )
    const ask = async (key: string, container?: string): Promise<number> =>
      (
        await gateway.post(
          '/v1/messages',
          { ...MESSAGES_REQUEST, ...(container && { container }) },
          { 'x-api-key': key },
        )
      ).status
    expect(await ask('k1')).toBe(200)
    expect(await ask('k1', 'container_of_a')).toBe(200)
    expect(await ask('k2', 'container_of_a')).toBe(404)
    expect(await ask('k2', 'container_of_nobody')).toBe(404)
    expect(a.received.length).toBe(2)

    // However it is spelled: a provider may read escapes, or of two the first.
    const { model, ...rest } = MESSAGES_REQUEST
    const fields = `"model":${JSON.stringify(model)},${JSON.stringify(rest).slice(1, -1)}`
    const send = (text: string): Promise<Response> =>
      fetch(`${gateway.url}/v1/messages`, {
        method: 'POST',
        body: text,
        headers: { 'content-type': 'application/json', 'x-api-key': 'k2', 'anthropic-version': '2023-06-01' },
      })
    expect((await send(String.raw`{"c\u006fntainer":"container_of_a",${fields}}`)).status).toBe(404)
    expect((await send(`{"container":"container_of_a",${fields},"container":null}`)).status).toBe(200)
    expect(a.received.at(-1)?.body).not.toContain('container_of_a')
    // And an answer that repeats the id makes it nobody else's.
    expect(await ask('k2')).toBe(200)
    expect(await ask('k2', 'container_of_a')).toBe(404)
    expect(await ask('k1', 'container_of_a')).toBe(200)
  })
})
