import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startSimulatedProviders } from './index.ts'
import type { SimulatedProviders, SimulatedProvidersOptions } from './index.ts'

let providers: SimulatedProviders
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
})
afterAll(() => providers.stop())

const keys = {
  'content-type': 'application/json',
  'x-api-key': 'k',
  'anthropic-version': '2023-06-01',
  authorization: 'Bearer k',
  'x-goog-api-key': 'k',
}
const request = { model: 'sim-sonnet', max_tokens: 300, messages: [{ role: 'user', content: 'How is the weather?' }] }

interface Post {
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly method?: string
}

function post(
  path: string,
  { headers = keys, body = request, method = 'POST' }: Post = {},
  at = providers,
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(at.url + path, { method, headers, ...(method === 'GET' ? {} : { body: text }) })
}

async function answerOf(platform: string, at: SimulatedProviders, changes: object = {}): Promise<string> {
  const response = await post(`/${platform}/v1/messages`, { body: { ...request, ...changes } }, at)
  return ((await response.json()) as { content: { text: string }[] }).content[0]!.text
}

async function withProviders<T>(
  options: SimulatedProvidersOptions,
  work: (at: SimulatedProviders) => Promise<T>,
): Promise<T> {
  const started = await startSimulatedProviders({ port: 0, ...options })
  try {
    return await work(started)
  } finally {
    await started.stop()
  }
}

test('the same seed repeats, in any order of arrival; repetitions, platforms and seeds differ', async () => {
  const run = (seed: number, platforms: string[]): Promise<string[]> =>
    withProviders({ seed }, (at) => Promise.all(platforms.map((platform) => answerOf(platform, at))))
  const [first, second, third] = await run(1, ['trainium', 'gpu', 'trainium'])
  expect(await run(1, ['gpu', 'trainium'])).toEqual([second!, first!])
  expect(new Set([first, second, third]).size).toBe(3)
  expect(await run(2, ['trainium'])).not.toEqual([first!])
})

test('reset begins the seeded sampling and the counts anew', async () => {
  await withProviders({}, async (at) => {
    const first = await answerOf('tpu', at)
    at.reset()
    expect(at.counts()['tpu']).toMatchObject({ requests: 0, faults: {} })
    expect(await answerOf('tpu', at)).toBe(first)
  })
})

test('temperature zero gives the same text on every platform', async () => {
  const texts = await Promise.all(
    ['trainium', 'gpu', 'tpu'].map((platform) => answerOf(platform, providers, { temperature: 0 })),
  )
  expect(new Set(texts).size).toBe(1)
})

test('a fault with a probability strikes that share of the requests, platform by platform', async () => {
  await withProviders({}, async (at) => {
    for (let ask = 0; ask < 200; ask += 1) {
      const response = await post(
        '/gpu/v1/messages',
        { body: { ...request, model: 'sim-sonnet+status=503@0.3', max_tokens: 1 } },
        at,
      )
      await response.body?.cancel()
    }
    const { requests, answered, rejected, faults } = at.counts()['gpu']!
    expect(requests).toBe(200)
    expect(answered + rejected).toBe(200)
    expect(faults['status']).toBe(rejected)
    // 60 expected; beyond 38 to 82 it would be odd to more than one in a thousand.
    expect(rejected).toBeGreaterThan(38)
    expect(rejected).toBeLessThan(82)
    expect(at.counts()['trainium']?.requests).toBe(0)
  })
})

test.each<[string, string, Post, number, string]>([
  [
    'no key, Anthropic',
    '/gpu/v1/messages',
    { headers: { ...keys, 'x-api-key': '', authorization: '' } },
    401,
    'authentication_error',
  ],
  [
    'a refused key, Anthropic',
    '/gpu/v1/messages',
    { headers: { ...keys, 'x-api-key': 'invalid' } },
    401,
    'authentication_error',
  ],
  [
    'no version',
    '/gpu/v1/messages',
    { headers: { 'content-type': 'application/json', 'x-api-key': 'k' } },
    400,
    'anthropic-version',
  ],
  [
    'no key, OpenAI',
    '/gpu/v1/chat/completions',
    { headers: { 'content-type': 'application/json' } },
    401,
    "You didn't provide an API key",
  ],
  [
    'a refused key, OpenAI',
    '/gpu/v1/chat/completions',
    { headers: { ...keys, authorization: 'Bearer invalid' } },
    401,
    'invalid_api_key',
  ],
  ['an unknown model, Anthropic', '/gpu/v1/messages', { body: { ...request, model: 'x' } }, 404, 'not_found_error'],
  [
    'an unknown model, OpenAI',
    '/gpu/v1/chat/completions',
    { body: { ...request, model: 'x' } },
    404,
    'model_not_found',
  ],
  ['an unknown fault', '/gpu/v1/messages', { body: { ...request, model: 'sim-sonnet+nonsense' } }, 404, 'Known faults'],
  [
    'a fault named like a method of objects',
    '/gpu/v1/messages',
    { body: { ...request, model: 'sim-sonnet+constructor' } },
    404,
    'Known faults',
  ],
  ['no model', '/gpu/v1/messages', { body: {} }, 400, 'model: Field required'],
  ['invalid JSON', '/gpu/v1/messages', { body: '{"model"' }, 400, 'not valid JSON'],
  ['JSON that is no object', '/gpu/v1/chat/completions', { body: '[]' }, 400, 'dictionary'],
  [
    'another media type',
    '/gpu/v1/chat/completions',
    { headers: { ...keys, 'content-type': 'text/plain' } },
    400,
    'unsupported_content_type',
  ],
  ['another method', '/gpu/v1/messages', { method: 'GET' }, 405, 'Method Not Allowed'],
  ['an unknown path', '/gpu/v1/nothing', {}, 404, 'not_found_error'],
  ['a path named like a method of objects', '/gpu/v1/constructor', {}, 404, 'not_found_error'],
  [
    'no key, Responses',
    '/gpu/v1/responses',
    { headers: { 'content-type': 'application/json' } },
    401,
    "You didn't provide an API key",
  ],
  ['an unknown model, Responses', '/gpu/v1/responses', { body: { model: 'x', input: 'a' } }, 404, 'model_not_found'],
  ['another method, Responses', '/gpu/v1/responses', { method: 'PUT' }, 405, 'method_not_supported'],
  ['an unknown stored response', '/gpu/v1/responses/resp_x', { method: 'GET' }, 404, "'resp_x' not found"],
  [
    'no key, Gemini',
    '/gpu/v1beta/models/sim-gemini:generateContent',
    { headers: { 'content-type': 'application/json' } },
    403,
    'PERMISSION_DENIED',
  ],
  [
    'a refused key, Gemini',
    '/gpu/v1beta/models/sim-gemini:countTokens?key=invalid',
    { headers: {} },
    400,
    'API_KEY_INVALID',
  ],
  ['an unknown model, Gemini', '/gpu/v1beta/models/x:generateContent', {}, 404, 'models/x is not found'],
  ['an unknown method, Gemini', '/gpu/v1beta/models/sim-gemini:sing', {}, 404, 'NOT_FOUND'],
  [
    'invalid JSON, Gemini',
    '/gpu/v1beta/models/sim-gemini:generateContent',
    { body: '{"a' },
    400,
    'Invalid JSON payload',
  ],
  ['an unknown listed model, Gemini', '/gpu/v1beta/models/x', { method: 'GET' }, 404, 'NOT_FOUND'],
  ['an unknown platform', '/abacus/v1/messages', {}, 404, 'not_found_error'],
  ['a malformed model id', '/gpu/v1/models/%E0', { method: 'GET' }, 404, 'not_found_error'],
])('refuses: %s', async (_name, path, ask, status, text) => {
  const response = await post(path, ask)
  expect(response.status).toBe(status)
  const isOpenAi = /completions|responses|embeddings/.test(path)
  if (!path.includes('v1beta')) expect(response.headers.get(isOpenAi ? 'x-request-id' : 'request-id')).toMatch(/^req_/)
  const body = await response.text()
  expect(body).toContain(text)
  expect(JSON.parse(body)).toHaveProperty('error.message')
  // A refusal leaves the server well.
  expect((await post('/gpu/v1/messages')).status).toBe(200)
})

test('an oversized body is refused and the next request served', async () => {
  const response = await post('/gpu/v1/messages', { body: `"${'a'.repeat(33 * 1024 * 1024)}"` })
  expect(response.status).toBe(413)
  expect((await post('/gpu/v1/messages')).status).toBe(200)
})

test('a client that leaves in the middle is counted and frees the request', async () => {
  await withProviders({ tokenDelayMs: 60_000 }, async (at) => {
    const abort = new AbortController()
    const response = await fetch(`${at.url}/gpu/v1/messages`, {
      method: 'POST',
      headers: keys,
      body: JSON.stringify({ ...request, stream: true }),
      signal: abort.signal,
    })
    await response.body?.getReader().read()
    expect(at.counts()['gpu']?.open).toBe(1)
    abort.abort()
    for (let turn = 0; turn < 10_000 && at.counts()['gpu']?.open === 1; turn += 1) await new Promise(setImmediate)
    expect(at.counts()['gpu']).toMatchObject({ open: 0, clientLeft: 1, cut: 0 })
  })
})

test('stop ends connections that a fault keeps open', async () => {
  await withProviders({}, async (at) => {
    const silent = post('/gpu/v1/messages', { body: { ...request, model: 'sim-sonnet+silence' } }, at).catch(
      (error: unknown) => error,
    )
    while (at.counts()['gpu']?.open !== 1) await new Promise(setImmediate)
    await at.stop()
    expect(await silent).toBeInstanceOf(Error)
  })
})

test('the site describes itself, and a taken port is an error', async () => {
  const described = (await (await fetch(providers.url)).json()) as { simulated: boolean; platforms: object[] }
  expect(described).toMatchObject({
    simulated: true,
    platforms: [{ name: 'trainium' }, { name: 'gpu' }, { name: 'tpu' }],
    faults: { 'sequence-gap': expect.any(String) as string },
    promptHooks: { '[[call NAME JSON]]': expect.any(String) as string },
    embeddingModels: [{ id: 'sim-embedding', dimensions: 1536 }, {}],
  })
  await expect(startSimulatedProviders({ port: providers.port })).rejects.toThrow()
  await expect(startSimulatedProviders({ port: 0, scenario: 'nothing' })).rejects.toThrow(/outage-2026-06-21/)
})
