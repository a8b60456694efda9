import { describe, expect, test } from 'bun:test'
import { useBench } from '../support/gateways.ts'
import { json, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

const vectors = (count: number, change: (data: object[]) => unknown = (data) => data): object => ({
  object: 'list',
  model: 'embedder',
  data: change(Array.from({ length: count }, (_, index) => ({ object: 'embedding', index, embedding: [0.5, -1, 2] }))),
  usage: { prompt_tokens: 5, total_tokens: 5 },
})
const answers =
  (body: unknown, status = 200): UpstreamHandler =>
  (_, response) =>
    json(response, status, body)

async function gatewayOver(a: UpstreamHandler, b: UpstreamHandler, c: UpstreamHandler = answers(vectors(2))) {
  const upstreams = await Promise.all([a, b, c].map(bench.upstream))
  const lines = upstreams.map(
    ({ url }, i) => `  ${'abc'.charAt(i)}: { protocol: openai-chat, baseUrl: "${url}/v1", apiKey: k }`,
  )
  const gateway = bench.gateway(
    `providers:\n${lines.join('\n')}\nmodels:\n  m: { platforms: [a/x, b/x], fallbacks: [n] }\n  n: { platforms: [c/y] }\n`,
  )
  return { gateway, upstreams, ask: () => gateway.post('/v1/embeddings', { model: 'm', input: ['one', 'two'] }) }
}

describe('embeddings', () => {
  test('come as the platform sent them', async () => {
    const { ask, upstreams, gateway } = await gatewayOver(answers(vectors(2)), answers({}, 500))
    const response = await ask()
    expect(await response.json()).toEqual(vectors(2))
    expect(response.headers.get('x-fullstop-platform')).toBe('a/x')
    expect(upstreams[0]?.received[0]).toMatchObject({
      path: '/v1/embeddings',
      body: '{"model":"x","input":["one","two"]}',
    })
    expect(gateway.evidence[0]).toMatchObject({
      operation: 'embeddings',
      verdict: 'complete',
      usage: { inputTokens: 5 },
    })
  })

  const flawed: readonly (readonly [string, unknown])[] = [
    ['one vector short', vectors(1)],
    ['one too many', vectors(3)],
    ['an empty vector', vectors(2, ([first, second]) => [first, { ...second, embedding: [] }])],
    ['vectors of two lengths', vectors(2, ([first, second]) => [first, { ...second, embedding: [1] }])],
    ['vectors out of order', vectors(2, (data) => data.toReversed())],
    ['a vector of something else', vectors(2, ([first, second]) => [first, { ...second, embedding: [1, 'x', 3] }])],
    ['no list', vectors(2, () => 'none')],
    ['an error under a success status', { error: { message: 'overloaded', code: 503 } }],
  ]
  test.each(flawed)('%s is no answer: the same model elsewhere gives it', async (_, body) => {
    const { ask, gateway } = await gatewayOver(answers(body), answers(vectors(2)))
    expect((await ask()).headers.get('x-fullstop-platform')).toBe('b/x')
    expect(gateway.evidence[0]?.attempts[0]?.verdict).not.toBe('complete')
  })

  test('never come from another model', async () => {
    const { ask, upstreams } = await gatewayOver(answers({}, 503), answers({}, 503))
    expect((await ask()).status).toBe(503)
    expect(upstreams[2]?.received.length).toBe(0)
  })

  test('are refused where the provider has none, and bad input says what it is', async () => {
    const upstream = await bench.upstream(answers({}))
    const gateway = bench.gateway(
      `providers:\n  a: { protocol: anthropic, baseUrl: "${upstream.url}" }\nmodels:\n  m: { platforms: [a/x] }\n`,
    )
    const refused = await gateway.post('/v1/embeddings', { model: 'm', input: 'one' })
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining('speaks anthropic has no such call'),
    ])
    for (const input of [undefined, '', [], 7, {}]) {
      const response = await gateway.post('/v1/embeddings', { model: 'm', input })
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('input: expected')])
    }
    expect(upstream.received.length).toBe(0)
  })
})
