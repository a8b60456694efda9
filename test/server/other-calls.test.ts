import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { useBench } from '../support/gateways.ts'
import { json } from '../support/upstream.ts'

const bench = useBench()

async function gatewayWith(passthrough: string) {
  const upstream = await bench.upstream((request, response) =>
    request.path.includes('moved')
      ? void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
      : json(response, 201, { id: 'file-1', bytes: request.body.length }, { 'set-cookie': 'a=b', 'request-id': 'r1' }),
  )
  const gateway = bench.gateway(
    `providers:\n  o: { protocol: openai-chat, baseUrl: "${upstream.url}/v1", apiKey: provider-key }\n  a: { protocol: anthropic, baseUrl: "${upstream.url}", apiKey: other-key }\nmodels:\n  big/model: { platforms: [o/x] }\n${passthrough}\n`,
  )
  return { upstream, gateway }
}

describe('calls that Fullstop does not understand', () => {
  test('go whole to the one provider that the configuration names', async () => {
    const { upstream, gateway } = await gatewayWith('passthrough: { files: o }')
    const form = new FormData()
    form.set('purpose', 'assistants')
    form.set('file', new Blob(['x'.repeat(100_000)]), 'notes.txt')
    const response = await fetch(`${gateway.url}/v1/files?order=asc&key=client-key`, {
      method: 'POST',
      body: form,
      headers: { authorization: 'Bearer client-key', 'x-secret': 'canary', 'openai-beta': 'files=v2' },
    })
    expect([response.status, (await response.json()) as { bytes: number }]).toMatchObject([201, { id: 'file-1' }])
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(response.headers.get('request-id')).toBe('r1')
    expect(response.headers.get('x-fullstop-id')).toStartWith('fs_')
    const [received] = upstream.received
    expect(received?.path).toBe('/v1/files?order=asc')
    expect(received?.headers).toMatchObject({ authorization: 'Bearer provider-key', 'openai-beta': 'files=v2' })
    expect(received?.headers['content-type']).toStartWith('multipart/form-data; boundary=')
    expect(received?.body).toContain('x'.repeat(100_000))
    expect(JSON.stringify(received?.headers)).not.toMatch(/canary|client-key/)

    expect((await fetch(`${gateway.url}/v1/files/file-1/content`)).status).toBe(201)
    expect((await fetch(`${gateway.url}/v1/files/file-1`, { method: 'DELETE' })).status).toBe(201)
    expect(upstream.received.map(({ method, path }) => `${method} ${path}`).slice(1)).toEqual([
      'GET /v1/files/file-1/content',
      'DELETE /v1/files/file-1',
    ])
  })

  test('go to Anthropic below its own base URL, and redirects are not followed', async () => {
    const { upstream, gateway } = await gatewayWith('passthrough: { batches: a }')
    await gateway.post('/v1/messages/batches', { requests: [] }, { 'anthropic-version': '2023-06-01' })
    expect(upstream.received[0]).toMatchObject({ path: '/v1/messages/batches', body: '{"requests":[]}' })
    expect(upstream.received[0]?.headers['x-api-key']).toBe('other-key')
    expect((await fetch(`${gateway.url}/v1/batches/moved`)).status).toBe(502)
  })

  test('are refused by name where it names none', async () => {
    const { upstream, gateway } = await gatewayWith('')
    for (const [path, named] of [
      ['/v1/files', 'files: not served by this gateway; `passthrough: { files: PROVIDER }`'],
      ['/v1/images/generations', 'images: not served'],
      ['/v1/realtime', 'realtime: not served'],
      ['/v1/responses/resp_1', 'stored responses: not served'],
      ['/v1beta/cachedContents', 'cached contents: not served'],
      ['/v1beta/models/m:embedContent', ':embedContent: not served'],
    ] as const) {
      const response = await gateway.post(path, {})
      expect([path, response.status, await response.text()]).toEqual([path, 404, expect.stringContaining(named)])
    }
    expect(upstream.received.length).toBe(0)
  })
})

describe('calls that are passed through', () => {
  const hash = (key: string): string => new Bun.CryptoHasher('sha256').update(key).digest('hex')

  test('are for no caller with named workflows, and have no store for several tenants', async () => {
    const { upstream, gateway } = await gatewayWith(
      `passthrough: { files: o, moderations: o }\nworkflows:\n  w: { model: big/model }\nclients:\n  one: { keyHash: "sha256:${hash('k1')}", tenant: t1 }\n  two: { keyHash: "sha256:${hash('k2')}", tenant: t2, workflows: [w] }\n`,
    )
    const ask = async (path: string, key: string): Promise<readonly [number, string]> => {
      const response = await gateway.post(path, {}, { authorization: `Bearer ${key}` })
      const { error } = (await response.json()) as { error?: { fullstop?: { code: string } } }
      return [response.status, error?.fullstop?.code ?? '']
    }
    expect(await ask('/v1/files', 'k1')).toEqual([404, 'not-supported'])
    expect(await ask('/v1/moderations', 'k2')).toEqual([403, 'workflow-not-allowed'])
    expect(upstream.received.length).toBe(0)
    expect(await ask('/v1/moderations', 'k1')).toEqual([201, ''])
  })

  test('reach no other path than the one that was routed', async () => {
    const { upstream, gateway } = await gatewayWith('passthrough: { files: o }')
    const { port } = new URL(gateway.url)
    for (const path of [
      '/v1/files/..%2f..%2fadmin',
      '/v1/files/%2e%2e/admin',
      '/v1/files/../../admin',
      '/v1/files//admin',
      '/v1/files/a%5cb',
      '/v1/files/a%00',
      'http://127.0.0.1:99999/v1/files/../../admin',
    ]) {
      const answer = await rawly(Number(port), `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
      expect([path, answer.split(' ')[1]]).toEqual([path, expect.stringMatching(/^4/)])
    }
    const strange = await rawly(Number(port), 'GET /q/v1/files/../x HTTP/1.1\r\nhost: localhost:99999\r\n\r\n')
    expect(strange.split(' ')[1]).toBe('403')
    const traced = await fetch(`${gateway.url}/v1/files`, { method: 'OPTIONS' })
    expect([traced.status, traced.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, PUT, PATCH, DELETE'])
    expect(upstream.received.length).toBe(0)
  })
})

/** What comes back for these bytes, up to the end of its head. */
function rawly(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let came = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (piece) => {
      came += piece.toString()
      if (!came.includes('\r\n\r\n')) return
      socket.destroy()
      resolve(came)
    })
    socket.on('error', reject)
    socket.on('end', () => resolve(came))
  })
}

describe('the list of models', () => {
  const get = async (url: string, headers: Record<string, string> = {}): Promise<unknown> =>
    (await fetch(url, { headers })).json()

  test('has the form that the caller’s SDK expects', async () => {
    const { gateway } = await gatewayWith('')
    const { url } = gateway
    expect(await get(`${url}/v1/models`)).toMatchObject({
      object: 'list',
      data: [{ id: 'big/model', object: 'model' }],
    })
    expect(await get(`${url}/v1/models`, { 'anthropic-version': '2023-06-01' })).toMatchObject({
      data: [{ id: 'big/model', type: 'model' }],
      has_more: false,
    })
    expect(await get(`${url}/v1beta/models`)).toMatchObject({ models: [{ name: 'models/big/model' }] })
    expect(await get(`${url}/v1/models/big%2Fmodel`)).toMatchObject({ id: 'big/model' })
    expect(await get(`${url}/v1beta/models/big/model`)).toMatchObject({ name: 'models/big/model' })
    expect((await fetch(`${url}/v1/models/none`)).status).toBe(404)
  })
})
