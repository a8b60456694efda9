import { describe, expect, test } from 'bun:test'
import { MESSAGES_REQUEST } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { json, sse, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

const USAGE = { input_tokens: 3, output_tokens: 4 }

/** A platform that thinks, and signs its thinking as nobody else does. */
const thinker =
  (name: string, isDown: () => boolean = () => false): UpstreamHandler =>
  (request, response, ordinal) => {
    if (isDown()) return json(response, 503, { type: 'error', error: { type: 'api_error', message: 'down' } })
    const signature = `signed-by-${name}-${ordinal}`
    const thinking = { type: 'thinking', thinking: 'hm', signature }
    if (!request.body.includes('"stream":true'))
      return json(response, 200, {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'c',
        content: [thinking, { type: 'text', text: `${name} speaks` }],
        stop_reason: 'end_turn',
        usage: USAGE,
      })
    const events = [
      { type: 'message_start', message: { id: 'msg_1', model: 'c', content: [], usage: USAGE } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: `${name} speaks` } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: USAGE },
      { type: 'message_stop' },
    ]
    return sse(response, events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
  }

const user = (content: string): object => ({ role: 'user', content })
const thought = (signature: string, text: string): object => ({
  role: 'assistant',
  content: [
    { type: 'thinking', thinking: 'hm', signature },
    { type: 'text', text },
  ],
})
const lastBody = (upstream: TestUpstream): string => upstream.received.at(-1)?.body ?? ''
const providers = (a: TestUpstream, b: TestUpstream): string =>
  `providers:\n  a: { protocol: anthropic, baseUrl: "${a.url}", apiKey: ka }\n  b: { protocol: anthropic, baseUrl: "${b.url}", apiKey: kb }\n`

describe.each([true, false])('a conversation that changes hands (streamed: %p)', (stream) => {
  test('leaves signed thinking with its maker, and takes it back there', async () => {
    let isDown = false
    const a = await bench.upstream(thinker('a', () => isDown))
    const b = await bench.upstream(thinker('b'))
    const gateway = bench.gateway(`${providers(a, b)}models:\n  m: { platforms: [a/x, b/x], affinity: none }\n`)
    const ask = async (messages: readonly object[]): Promise<string> => {
      const response = await gateway.post('/v1/messages', { ...MESSAGES_REQUEST, stream, messages })
      expect(response.status).toBe(200)
      return response.text()
    }
    expect(await ask([user('one')])).toContain('a speaks')

    isDown = true
    const second = [user('one'), thought('signed-by-a-1', 'a speaks'), user('two')]
    expect(await ask(second)).toContain('b speaks')
    expect(lastBody(b)).not.toContain('signed-by-a-1')
    expect(lastBody(b)).toContain('a speaks')
    const evidence = gateway.evidence.at(-1)
    expect(evidence?.attempts.map(({ provider, dropped }) => [provider, dropped])).toEqual([
      ...Array.from({ length: (evidence?.attempts.length ?? 1) - 1 }, () => ['a', undefined]),
      ['b', ['thinking-history']],
    ])

    isDown = false
    const third = [...second, thought('signed-by-b-1', 'b speaks'), user('three')]
    expect(await ask(third)).toContain('a speaks')
    expect(lastBody(a)).toContain('signed-by-a-1')
    expect(lastBody(a)).not.toContain('signed-by-b-1')
    expect(lastBody(a)).toContain('b speaks')
  })

  test('thinking of an unknown maker is passed on as it came', async () => {
    const a = await bench.upstream(thinker('a'))
    const b = await bench.upstream(thinker('b'))
    const gateway = bench.gateway(`${providers(a, b)}models:\n  m: { platforms: [a/x, b/x] }\n`)
    const messages = [user('one'), thought('signed-elsewhere', 'text'), user('two')]
    const body = JSON.stringify({ ...MESSAGES_REQUEST, model: 'm', stream, messages }, null, 1)
    await (await gateway.post('/v1/messages', body)).text()
    expect(lastBody(a)).toBe(body.replace('"model": "m"', '"model": "x"'))
  })
})

/** OpenAI Responses, which seals its reasoning. */
const sealer =
  (isDown: () => boolean): UpstreamHandler =>
  (_, response, ordinal) => {
    if (isDown()) return json(response, 503, { error: { message: 'down' } })
    return json(response, 200, {
      id: `resp_${ordinal}`,
      object: 'response',
      created_at: 1,
      status: 'completed',
      model: 'o',
      output: [
        {
          type: 'reasoning',
          id: `rs_${ordinal}`,
          summary: [{ type: 'summary_text', text: 'hm' }],
          encrypted_content: `sealed-${ordinal}`,
        },
        {
          type: 'message',
          id: `msg_${ordinal}`,
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'o speaks', annotations: [] }],
        },
      ],
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
    })
  }

describe('across protocols', () => {
  interface Answer {
    readonly content: readonly { readonly type: string; readonly signature?: string }[]
  }

  test('sealed reasoning goes back to its maker through another protocol’s client, and to nobody else', async () => {
    let isDown = false
    const o = await bench.upstream(sealer(() => isDown))
    const b = await bench.upstream(thinker('b'))
    const gateway = bench.gateway(
      `providers:\n  o: { protocol: openai-responses, baseUrl: "${o.url}/v1", apiKey: k }\n  b: { protocol: anthropic, baseUrl: "${b.url}", apiKey: k }\nmodels:\n  m: { platforms: [o/x, b/x], affinity: none }\n`,
    )
    const thinking = { type: 'enabled', budget_tokens: 2_000 }
    const messages: object[] = [user('one')]
    const ask = async (): Promise<Answer> => {
      const response = await gateway.post('/v1/messages', {
        ...MESSAGES_REQUEST,
        max_tokens: 4_000,
        thinking,
        messages,
      })
      const answer = (await response.json()) as Answer
      messages.push({ role: 'assistant', content: answer.content }, user('and then?'))
      return answer
    }
    expect((await ask()).content[0]).toMatchObject({ type: 'thinking', signature: 'sealed-1' })
    await ask()
    expect(JSON.parse(lastBody(o))).toMatchObject({
      store: false,
      input: [{ role: 'user' }, { type: 'reasoning', encrypted_content: 'sealed-1' }, {}, { role: 'user' }],
    })
    isDown = true
    expect(JSON.stringify(await ask())).toContain('b speaks')
    expect(lastBody(b)).not.toContain('sealed')
    expect(gateway.evidence.at(-1)?.attempts.at(-1)?.dropped).toEqual(['thinking-history'])
    isDown = false
    await ask()
    expect(lastBody(o)).toContain('sealed-2')
    expect(lastBody(o)).not.toContain('signed-by-b')
  })

  test('an earlier response is continued where it is stored, or not at all', async () => {
    let isDown = false
    const o = await bench.upstream(sealer(() => isDown))
    const b = await bench.upstream(thinker('b'))
    const gateway = bench.gateway(
      `providers:\n  b: { protocol: anthropic, baseUrl: "${b.url}", apiKey: k }\n  o: { protocol: openai-responses, baseUrl: "${o.url}/v1", apiKey: k }\nmodels:\n  m: { platforms: [b/x, o/x] }\n`,
    )
    const ask = (): Promise<Response> =>
      gateway.post('/v1/responses', { model: 'm', input: 'go on', previous_response_id: 'resp_1' })
    expect((await ask()).headers.get('x-fullstop-platform')).toBe('o/x')
    isDown = true
    const response = await ask()
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringContaining('previous_response_id hangs on what o/x stores'),
    ])
    expect(b.received.length).toBe(0)
  })
})

describe('a session', () => {
  const ask = (gateway: ReturnType<typeof bench.gateway>, session: string | undefined): Promise<Response> =>
    gateway.post('/v1/messages', MESSAGES_REQUEST, session === undefined ? {} : { 'x-fullstop-session': session })

  test('stays where it was answered, while others go the usual way', async () => {
    let isDown = true
    const a = await bench.upstream(thinker('a', () => isDown))
    const b = await bench.upstream(thinker('b'))
    const gateway = bench.gateway(`${providers(a, b)}models:\n  m: { platforms: [a/x, b/x] }\n`)
    const platformOf = async (session?: string): Promise<string | null> =>
      (await ask(gateway, session)).headers.get('x-fullstop-platform')
    expect(await platformOf('s1')).toBe('b/x')
    isDown = false
    expect(await platformOf('s1')).toBe('b/x')
    expect(await platformOf('s2')).toBe('a/x')
    expect(await platformOf()).toBe('a/x')
  })

  test('moves when its platform fails, and stays there then', async () => {
    let isDown = true
    const a = await bench.upstream(thinker('a'))
    const b = await bench.upstream(thinker('b', () => isDown))
    const gateway = bench.gateway(`${providers(a, b)}models:\n  m: { platforms: [b/x, a/x] }\n`)
    const attempts = async (): Promise<readonly string[]> => {
      await (await ask(gateway, 's')).text()
      return gateway.evidence.at(-1)?.attempts.map(({ provider }) => provider) ?? []
    }
    expect(await attempts()).toEqual(['b', 'a'])
    isDown = false
    expect(await attempts()).toEqual(['a'])
  })

  test('is not moved by a token count', async () => {
    let isDown = true
    const a = await bench.upstream(thinker('a', () => isDown))
    const b = await bench.upstream((request, response, ordinal) =>
      request.path.endsWith('count_tokens')
        ? json(response, 200, { input_tokens: 3 })
        : thinker('b')(request, response, ordinal),
    )
    const gateway = bench.gateway(`${providers(a, b)}models:\n  m: { platforms: [a/x, b/x] }\n`)
    const counted = await gateway.post('/v1/messages/count_tokens', MESSAGES_REQUEST, { 'x-fullstop-session': 's' })
    expect(counted.headers.get('x-fullstop-platform')).toBe('b/x')
    isDown = false
    expect((await ask(gateway, 's')).headers.get('x-fullstop-platform')).toBe('a/x')
  })

  test('has no memory where the model says so', async () => {
    let isDown = true
    const a = await bench.upstream(thinker('a', () => isDown))
    const b = await bench.upstream(thinker('b'))
    const gateway = bench.gateway(`${providers(a, b)}models:\n  m: { platforms: [a/x, b/x], affinity: none }\n`)
    await (await ask(gateway, 's')).text()
    isDown = false
    expect((await ask(gateway, 's')).headers.get('x-fullstop-platform')).toBe('a/x')
  })
})
