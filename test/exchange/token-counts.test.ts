import { describe, expect, test } from 'bun:test'
import { useBench } from '../support/gateways.ts'
import { json, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

const counts =
  (body: unknown, status = 200): UpstreamHandler =>
  (_, response) =>
    json(response, status, body)
const REQUEST = { model: 'm', messages: [{ role: 'user', content: 'How long is this?' }], system: 'Be brief.' }

async function gatewayOver(protocols: readonly string[], handlers: readonly UpstreamHandler[]) {
  const upstreams = await Promise.all(handlers.map(bench.upstream))
  const lines = upstreams.map(({ url }, i) => {
    const base = protocols[i]?.startsWith('openai') ? `${url}/v1` : url
    return `  ${'abc'.charAt(i)}: { protocol: ${protocols[i]}, baseUrl: "${base}", apiKey: k }`
  })
  const names = upstreams.map((_, i) => `${'abc'.charAt(i)}/x`)
  const gateway = bench.gateway(`providers:\n${lines.join('\n')}\nmodels:\n  m: { platforms: [${names}] }\n`)
  return { gateway, upstreams, ask: () => gateway.post('/v1/messages/count_tokens', REQUEST) }
}

describe('token counts', () => {
  test('come from the platform, and from the next where it fails or gives none', async () => {
    const bad = [counts({}, 503), counts({ tokens: 'many' })]
    for (const first of bad) {
      const { ask, upstreams, gateway } = await gatewayOver(
        ['anthropic', 'anthropic'],
        [first, counts({ input_tokens: 9 })],
      )
      const response = await ask()
      expect([response.status, await response.json()]).toEqual([200, { input_tokens: 9 }])
      expect(response.headers.get('x-fullstop-platform')).toBe('b/x')
      expect(upstreams[1]?.received[0]).toMatchObject({
        path: '/v1/messages/count_tokens',
        body: JSON.stringify({ ...REQUEST, model: 'x' }),
      })
      expect(gateway.evidence[0]?.operation).toBe('count-tokens')
    }
  })

  test('leave out platforms that cannot count, and are refused where none can', async () => {
    const { ask, upstreams } = await gatewayOver(
      ['openai-chat', 'anthropic'],
      [counts({}), counts({ input_tokens: 9 })],
    )
    expect(await (await ask()).json()).toEqual({ input_tokens: 9 })
    expect(upstreams[0]?.received.length).toBe(0)
    const none = await gatewayOver(['openai-chat'], [counts({})])
    const response = await none.ask()
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('openai-chat has no call for it'),
    ])
  })
})
