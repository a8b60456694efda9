import { describe, expect, test } from 'bun:test'
import { useBench } from '../support/gateways.ts'
import { call, type Saying, speaking, text, type Tongue, TONGUES } from '../support/speaking.ts'

const bench = useBench()
const [anthropic, chat] = TONGUES as readonly [Tongue, Tongue, Tongue, Tongue]

const HALF: Saying = { content: [text('HALF an answer that goes on and')], stop: 'limit' }
const WHOLE: Saying = { content: [text('A WHOLE answer.')] }

async function gatewayOver(policy: string, ...speakers: readonly (readonly [Tongue, Saying])[]) {
  const upstreams = await Promise.all(speakers.map(([tongue, saying]) => bench.upstream(speaking(tongue, saying))))
  const providers = speakers.map(([{ protocol, base }], index) => {
    const url = `${upstreams[index]?.url ?? ''}${base}`
    return `  ${'abc'.charAt(index)}: { protocol: ${protocol.name}, baseUrl: "${url}", apiKey: k }\n`
  })
  const platforms = speakers.map((_, index) => `${'abc'.charAt(index)}/x`)
  const gateway = bench.gateway(
    `providers:\n${providers.join('')}models:\n  m: { platforms: [${platforms.join(', ')}] }\ndefaults: { ${policy} }\n`,
  )
  return { gateway, upstreams, asked: () => upstreams.map(({ received }) => received.length) }
}

const ways = [
  ['whole, same protocol', chat, false],
  ['streamed, same protocol', chat, true],
  ['whole, translated', anthropic, false],
  ['streamed, translated', anthropic, true],
] as const

describe.each(ways)('an answer that a limit stopped, %s', (_, client, stream) => {
  const ask = client.request({ stream })
  const path = client.path(stream)

  test('pass: is passed on as the protocol says it', async () => {
    const { gateway, asked } = await gatewayOver('limited: pass', [chat, HALF], [chat, WHOLE])
    const response = await gateway.post(path, ask)
    const body = await response.text()
    expect([response.status, body.includes('HALF'), /"(length|max_tokens)"/.test(body)]).toEqual([200, true, true])
    expect(asked()).toEqual([1, 0])
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'delivered', verdict: 'limited' })
  })

  test('reroute: is a failed attempt, and a whole one is looked for elsewhere', async () => {
    const { gateway } = await gatewayOver('delivery: hold, limited: reroute', [chat, HALF], [chat, WHOLE])
    const body = await (await gateway.post(path, ask)).text()
    expect([body.includes('WHOLE'), body.includes('HALF')]).toEqual([true, false])
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'delivered',
      verdict: 'complete',
      attempts: [{ verdict: 'limited', reason: 'stopped-by-limit', proof: undefined }, { verdict: 'complete' }],
    })
  })

  test('reroute: is refused where nobody gives a whole one; nobody is asked twice', async () => {
    const { gateway, asked } = await gatewayOver('delivery: hold, limited: reroute', [chat, HALF], [chat, HALF])
    const response = await gateway.post(path, ask)
    const body = await response.text()
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([502, 'false'])
    expect([body.includes('stopped-by-limit'), body.includes('HALF')]).toEqual([true, false])
    expect(asked()).toEqual([1, 1])
  })

  test('reroute: an only platform is asked once', async () => {
    const { gateway, asked } = await gatewayOver('delivery: hold, limited: reroute', [chat, HALF])
    expect((await gateway.post(path, ask)).status).toBe(502)
    expect(asked()).toEqual([1])
  })

  test('error: is an error at once', async () => {
    const { gateway, asked } = await gatewayOver('delivery: hold, limited: error', [chat, HALF], [chat, WHOLE])
    const response = await gateway.post(path, ask)
    expect([response.status, (await response.text()).includes('stopped-by-limit')]).toEqual([502, true])
    expect(asked()).toEqual([1, 0])
  })

  test('a pause is no limit', async () => {
    const { gateway } = await gatewayOver('limited: error', [anthropic, { content: [text('Wait.')], stop: 'pause' }])
    expect((await gateway.post(anthropic.path(stream), anthropic.request({ stream }))).status).toBe(200)
  })
})

describe.each([
  ['the same protocol', chat],
  ['a translation', anthropic],
] as const)('once text was delivered, through %s', (_, client) => {
  /** Reads the first text, lets the provider end, and reads to the end. */
  async function readingThrough(policy: string) {
    let go = (): void => undefined
    const pause = new Promise<void>((resolve) => (go = resolve))
    const content = [text('HALF an answer. It has a second sentence. '), text('And then')]
    const { gateway, asked } = await gatewayOver(policy, [chat, { content, stop: 'limit', pause }], [chat, WHOLE])
    const response = await gateway.post(client.path(true), client.request({ stream: true }))
    const reader = response.body?.getReader()
    const decoder = new TextDecoder()
    let body = ''
    while (!body.includes('sentence')) body += decoder.decode((await reader?.read())?.value, { stream: true })
    go()
    try {
      for (;;) {
        const piece = await reader?.read()
        if (piece?.done !== false) return { body, asked, gateway, isAborted: false }
        body += decoder.decode(piece.value, { stream: true })
      }
    } catch {
      return { body, asked, gateway, isAborted: true }
    }
  }

  test('reroute passes the protocol’s own word for it on', async () => {
    const { body, asked, gateway, isAborted } = await readingThrough('limited: reroute')
    expect([isAborted, /"(length|max_tokens)"/.test(body)]).toEqual([false, true])
    expect(asked()).toEqual([1, 0])
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'delivered', verdict: 'limited' })
  })

  test('error ends it as any failure', async () => {
    const { body, asked, gateway, isAborted } = await readingThrough('limited: error')
    expect([isAborted, body.includes('stopped-by-limit'), /"(length|max_tokens)"/.test(body)]).toEqual([
      true,
      true,
      false,
    ])
    expect(asked()).toEqual([1, 0])
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'broken-off', verdict: 'limited' })
  })
})

test('customer reroutes, and a header that names it does so over a looser policy', async () => {
  for (const [policy, headers] of [
    ['profile: customer', {}],
    ['profile: prototype', { 'x-fullstop-profile': 'customer' }],
    ['profile: internal', { 'x-fullstop-profile': 'customer' }],
  ] as const) {
    const { gateway } = await gatewayOver(policy, [chat, HALF], [chat, WHOLE])
    const body = await (await gateway.post(chat.path(false), chat.request({ stream: false }), headers)).text()
    expect(body).toContain('WHOLE')
  }
  const { gateway } = await gatewayOver('limited: error', [chat, HALF], [chat, WHOLE])
  const loosening = { 'x-fullstop-profile': 'customer' }
  expect((await gateway.post(chat.path(false), chat.request({ stream: false }), loosening)).status).toBe(502)
})

test('a call that was cut by a limit is no reason to deliver what stands before it', async () => {
  const cut: Saying = { content: [call('search', { q: 'x' })], stop: 'limit' }
  const { gateway } = await gatewayOver('limited: reroute', [chat, cut], [chat, WHOLE])
  const body = await (await gateway.post(chat.path(true), chat.request({ stream: true }))).text()
  expect(body).toContain('WHOLE')
})
