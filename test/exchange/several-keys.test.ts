import { describe, expect, test } from 'bun:test'
import { CHAT_REQUEST } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { CHAT_ANSWER, json, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

const limits =
  (bad: ReadonlyMap<string, number>): UpstreamHandler =>
  (request, response) => {
    const key = String(request.headers.authorization).replace('Bearer ', '')
    const status = bad.get(key)
    if (status === undefined) return json(response, 200, CHAT_ANSWER)
    return json(response, status, { error: { message: `no more for ${key}` } }, { 'retry-after': '30' })
  }
const keysOf = ({ received }: TestUpstream): string =>
  received.map(({ headers }) => String(headers.authorization).at(-1)).join('')

async function ask(
  bad: ReadonlyMap<string, number>,
  times: number,
): Promise<{ keys: string; statuses: Set<number>; last: string }> {
  const upstream = await bench.upstream(limits(bad))
  const gateway = bench.gateway(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "${upstream.url}/v1", apiKeys: [key-1, key-2, key-3] }\nmodels:\n  m: { platforms: [a/x] }\n`,
  )
  const statuses = new Set<number>()
  let last = ''
  for (let i = 0; i < times; i++) {
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
    statuses.add(response.status)
    last = await response.text()
  }
  return { keys: keysOf(upstream), statuses, last }
}

describe('several keys of one account', () => {
  test('are used in turn', async () => {
    expect(await ask(new Map(), 6)).toMatchObject({ keys: '123123', statuses: new Set([200]) })
  })

  test.each([429, 401])('one that fails with %i rests, and nobody notices', async (status) => {
    expect(await ask(new Map([['key-2', status]]), 6)).toMatchObject({ keys: '1231313', statuses: new Set([200]) })
  })

  test('when all are limited the caller hears it, and sees none of them', async () => {
    const bad = new Map(['key-1', 'key-2', 'key-3'].map((key) => [key, 429]))
    const { keys, statuses, last } = await ask(bad, 1)
    expect(keys).toBe('123')
    expect(statuses).toEqual(new Set([429]))
    expect(last).not.toMatch(/key-\d/)
  })
})
