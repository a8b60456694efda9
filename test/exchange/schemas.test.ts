import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderTrace } from '../../src/cli/trace-text.ts'
import { loadConfigFile } from '../../src/config/index.ts'
import type { TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { call, type Saying, speaking, text, type Tongue, TONGUES } from '../support/speaking.ts'
import { json, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

const SCHEMA = {
  type: 'object',
  properties: { id: { type: 'integer' }, note: { type: 'string' } },
  required: ['id'],
  additionalProperties: false,
} as const
const GOOD = '{"id": 1, "note": "GOOD"}'
const BAD = '{"id": "one", "note": "BAD"}'

const SEARCH = {
  name: 'search',
  schema: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'], additionalProperties: false },
}

/** A gateway over providers of one protocol each, all serving the model `m`. */
async function gatewayOver(speakers: readonly (readonly [Tongue, Saying])[], rest = '') {
  const upstreams = await Promise.all(speakers.map(([tongue, saying]) => bench.upstream(speaking(tongue, saying))))
  const providers = speakers.map(([{ protocol, base }], index) => {
    const url = `${upstreams[index]?.url ?? ''}${base}`
    return `  ${'abc'.charAt(index)}: { protocol: ${protocol.name}, baseUrl: "${url}", apiKey: k }\n`
  })
  const platforms = speakers.map((_, index) => `${'abc'.charAt(index)}/x`)
  const gateway = bench.gateway(
    `providers:\n${providers.join('')}models:\n  m: { platforms: [${platforms.join(', ')}] }\n${rest}`,
  )
  return { gateway, upstreams }
}

const pairs = TONGUES.flatMap((client) =>
  TONGUES.flatMap((provider) =>
    [false, true].map(
      (stream) =>
        [
          `${client.protocol.name} ← ${provider.protocol.name}${stream ? ', streamed' : ''}`,
          { client, provider, stream },
        ] as const,
    ),
  ),
)

function traceOf({ evidence: [first] }: TestGateway): string {
  return first === undefined ? '' : renderTrace(first)
}

const withoutQuotes = (body: string): string => body.replaceAll('\\', '')

describe.each(pairs)('%s', (_, { client, provider, stream }) => {
  const path = client.path(stream)

  test('an answer against the caller’s schema is a failed attempt: the next platform’s is delivered', async () => {
    const { gateway } = await gatewayOver([
      [provider, { content: [text(BAD)] }],
      [provider, { content: [text(GOOD)] }],
    ])
    const response = await gateway.post(path, client.request({ stream, answer: SCHEMA }))
    const body = await response.text()
    expect([response.status, body.includes('GOOD'), body.includes('BAD')]).toEqual([200, true, false])
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'delivered',
      attempts: [
        { verdict: 'malformed', reason: 'schema-violation', violation: '/properties/id/type' },
        { verdict: 'complete', violation: undefined, unchecked: undefined },
      ],
    })
  })

  test('a call whose arguments break its tool’s schema is one too', async () => {
    const { gateway } = await gatewayOver([
      [provider, { content: [call('search', { q: 'BAD', colour: 1 })] }],
      [provider, { content: [call('search', { q: 'GOOD' })] }],
    ])
    const response = await gateway.post(path, client.request({ stream, tool: SEARCH }))
    const body = await response.text()
    expect([response.status, body.includes('GOOD'), body.includes('BAD')]).toEqual([200, true, false])
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'delivered',
      attempts: [
        { verdict: 'malformed', reason: 'arguments-violation', violation: 'search/additionalProperties' },
        { verdict: 'complete', toolCalls: 1 },
      ],
    })
  })

  test('when nobody keeps to it the error says which part was broken, and nothing of what was said', async () => {
    const { gateway } = await gatewayOver([[provider, { content: [text(BAD)] }]], 'defaults: { attempts: 1 }\n')
    const response = await gateway.post(path, client.request({ stream, answer: SCHEMA }))
    const body = await response.text()
    expect(response.status).toBe(502)
    expect(body).toContain('schema-violation: /properties/id/type')
    expect(body).toContain('"violation":"/properties/id/type"')
    expect(body).not.toContain('BAD')
    expect(JSON.stringify(gateway.evidence)).not.toContain('BAD')
  })
})

const [anthropic, chat] = TONGUES as readonly [Tongue, Tongue, Tongue, Tongue]
const ways = [
  ['whole', false],
  ['streamed', true],
] as const

describe.each(ways)('%s', (_, stream) => {
  test('prose where JSON was asked for is a violation', async () => {
    const { gateway } = await gatewayOver([
      [chat, { content: [text('```json\n{"id":1}\n```')] }],
      [chat, { content: [text(GOOD)] }],
    ])
    const request = { ...chat.request({ stream }), response_format: { type: 'json_object' } }
    expect(await (await gateway.post(chat.path(stream), request)).text()).toContain('GOOD')
    expect(gateway.evidence[0]?.attempts).toMatchObject([{ violation: 'not-json' }, { verdict: 'complete' }])
    expect(traceOf(gateway)).toContain('malformed (schema-violation: not-json)')
  })

  test('a refusal, and a call on the way to the answer, are no violations', async () => {
    for (const saying of [
      { content: [text('I cannot help with that.')], stop: 'refusal' },
      { content: [text('Let me see.'), call('search', { q: 'x' })] },
    ] as const) {
      const { gateway } = await gatewayOver([[chat, saying]])
      const response = await gateway.post(chat.path(stream), chat.request({ stream, answer: SCHEMA, tool: SEARCH }))
      expect(response.status).toBe(200)
      await response.text()
      expect(gateway.evidence[0]?.attempts).toHaveLength(1)
    }
  })

  test('calls of tools that the request does not describe are left to whoever runs them', async () => {
    const { gateway } = await gatewayOver([[anthropic, { content: [call('bash', { anything: 1 })] }]])
    const request = { ...anthropic.request({ stream }), tools: [{ type: 'bash_20250124', name: 'bash' }] }
    expect((await gateway.post(anthropic.path(stream), request)).status).toBe(200)
  })

  test('toolArguments: pass leaves all of them to whoever runs them', async () => {
    const { gateway } = await gatewayOver(
      [[chat, { content: [call('search', { nothing: 1 })] }]],
      'defaults: { toolArguments: pass }\n',
    )
    expect((await gateway.post(chat.path(stream), chat.request({ stream, tool: SEARCH }))).status).toBe(200)
  })

  test.each([
    ['of another dialect', { type: 'OBJECT' }, 'not-compilable'],
    ['that is huge', { type: 'object', description: 'x'.repeat(20_000) }, 'too-large'],
  ])(
    'a caller’s schema %s is not enforced, the evidence says so, and nothing breaks',
    async (__, schema, unchecked) => {
      const { gateway } = await gatewayOver([[chat, { content: [call('search', { q: 1 })] }]])
      const request = chat.request({ stream, tool: { ...SEARCH, schema } })
      expect((await gateway.post(chat.path(stream), request)).status).toBe(200)
      expect(gateway.evidence[0]).toMatchObject({
        outcome: 'delivered',
        attempts: [{ verdict: 'complete', unchecked }],
      })
      expect(traceOf(gateway)).toContain('not held to a schema of its caller')
    },
  )

  test('a pattern that takes for ever hangs nobody', async () => {
    const { gateway } = await gatewayOver([[chat, { content: [call('search', { q: `${'a'.repeat(50)}!` })] }]])
    const schema = { type: 'object', properties: { q: { type: 'string', pattern: '^(a+)+$' } } }
    const started = performance.now()
    const response = await gateway.post(chat.path(stream), chat.request({ stream, tool: { ...SEARCH, schema } }))
    await response.text()
    expect([response.status, performance.now() - started < 2_000]).toEqual([200, true])
  })
})

test.each(TONGUES.map((tongue) => [tongue.protocol.name, tongue] as const))(
  'under live delivery calls of %s wait for their judgement all the same',
  async (_, tongue) => {
    const { gateway } = await gatewayOver(
      [
        [tongue, { content: [call('search', { q: 'BAD', colour: 1 })] }],
        [tongue, { content: [text('One moment.'), call('search', { q: 'GOOD' })] }],
      ],
      'defaults: { delivery: live }\n',
    )
    const response = await gateway.post(tongue.path(true), tongue.request({ stream: true, tool: SEARCH }))
    const body = await response.text()
    expect([response.status, body.includes('GOOD'), body.includes('BAD')]).toEqual([200, true, false])
    expect(gateway.evidence[0]?.attempts).toMatchObject([{ reason: 'arguments-violation' }, { verdict: 'complete' }])
  },
)

test('each of several choices is judged', async () => {
  const choice = (index: number, content: string): object => ({
    index,
    message: { role: 'assistant', content },
    finish_reason: 'stop',
  })
  const answer = (...contents: readonly string[]): UpstreamHandler => {
    const choices = contents.map((content, index) => choice(index, content))
    return (_, response) => json(response, 200, { id: 'a', object: 'chat.completion', created: 1, model: 'm', choices })
  }
  const [bad, good] = await Promise.all([bench.upstream(answer(GOOD, BAD)), bench.upstream(answer(GOOD, GOOD))])
  const gateway = bench.gateway(`providers:
  a: { protocol: openai-chat, baseUrl: "${bad.url}/v1" }
  b: { protocol: openai-chat, baseUrl: "${good.url}/v1" }
models:
  m: { platforms: [a/x, b/x] }
`)
  const request = { ...chat.request({ stream: false, answer: SCHEMA }), n: 2 }
  expect(await (await gateway.post(chat.path(false), request)).text()).not.toContain('BAD')
  expect(gateway.evidence[0]?.attempts).toMatchObject([{ violation: '/properties/id/type' }, { verdict: 'complete' }])
})

test('text that was delivered before a call cannot be taken back: a violation then ends honestly', async () => {
  let go = (): void => undefined
  const pause = new Promise<void>((resolve) => (go = resolve))
  const said = text('Let me look that up. It will take a moment.')
  const { gateway, upstreams } = await gatewayOver(
    [
      [chat, { content: [said, call('search', { q: 7 })], pause }],
      [chat, { content: [text(GOOD)] }],
    ],
    'defaults: { replay: off }\n',
  )
  const response = await gateway.post(chat.path(true), chat.request({ stream: true, tool: SEARCH }))
  const reader = response.body?.getReader()
  let body = ''
  const decoder = new TextDecoder()
  while (!body.includes('look that up')) body += decoder.decode((await reader?.read())?.value, { stream: true })
  go()
  try {
    for (;;) {
      const piece = await reader?.read()
      if (piece?.done !== false) break
      body += decoder.decode(piece.value, { stream: true })
    }
  } catch {
    body += ' aborted'
  }
  expect(body).toEndWith(' aborted')
  expect(body).toContain('arguments-violation: search/properties/q/type')
  expect(body).not.toMatch(/\[DONE\]|tool_calls":\[/)
  expect(upstreams[1]?.received).toHaveLength(0)
})

describe.each(ways)('a workflow that expects something, %s', (_, stream) => {
  const workflow = 'workflows:\n  w: { expect: [id, note] }\n'
  const headers = { 'x-fullstop-workflow': 'w' }

  test.each([
    ['a missing field', '{"id": 1}', '/required/note'],
    ['a null', '{"id": null, "note": "BAD"}', '/properties/id/not'],
    ['a list', '[{"id": 1, "note": "BAD"}]', '/type'],
    ['prose', 'Here is your object.', 'not-json'],
  ])('goes elsewhere with %s', async (__, said, violation) => {
    const { gateway } = await gatewayOver(
      [
        [anthropic, { content: [text(said)] }],
        [chat, { content: [text(GOOD)] }],
      ],
      workflow,
    )
    const response = await gateway.post(chat.path(stream), chat.request({ stream }), headers)
    const body = await response.text()
    expect([response.status, withoutQuotes(body).includes('GOOD'), body.includes('BAD')]).toEqual([200, true, false])
    expect(gateway.evidence[0]?.attempts).toMatchObject([{ violation }, { verdict: 'complete' }])
  })

  test('never has half an answer, whatever was asked for', async () => {
    const { gateway } = await gatewayOver([[chat, { content: [text(GOOD)], stop: 'limit' }]], workflow)
    const response = await gateway.post(chat.path(stream), chat.request({ stream }), headers)
    expect([response.status, (await response.text()).includes('stopped-by-limit')]).toEqual([502, true])
  })

  test('holds its caller to nothing where none is named', async () => {
    const { gateway } = await gatewayOver([[chat, { content: [text('Prose.')] }]], workflow)
    expect((await gateway.post(chat.path(stream), chat.request({ stream }))).status).toBe(200)
  })
})

describe('what a workflow expects is asked for too', () => {
  const headers = { 'x-fullstop-workflow': 'w' }
  const asksFor = (body: string): boolean => body.includes('"additionalProperties":false')
  const folder = mkdtempSync(join(tmpdir(), 'fullstop-schemas-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  async function gatewayWithSchema(tongue: Tongue, handler: UpstreamHandler) {
    const { protocol, base } = tongue
    const upstream = await bench.upstream(handler)
    writeFileSync(join(folder, 'answer.json'), JSON.stringify(SCHEMA))
    writeFileSync(
      join(folder, 'fullstop.yaml'),
      `providers:\n  a: { protocol: ${protocol.name}, baseUrl: "${upstream.url}${base}", apiKey: k }\nmodels:\n  m: { platforms: [a/x] }\nworkflows:\n  w: { schema: answer.json }\n`,
    )
    const loaded = await loadConfigFile(join(folder, 'fullstop.yaml'), {})
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    return { upstream, gateway: bench.gatewayOf(loaded.config) }
  }

  test.each(pairs)('%s', async (_, { client, provider, stream }) => {
    const { upstream, gateway } = await gatewayWithSchema(provider, speaking(provider, { content: [text(GOOD)] }))
    const response = await gateway.post(client.path(stream), client.request({ stream }), headers)
    expect([response.status, withoutQuotes(await response.text()).includes('GOOD')]).toEqual([200, true])
    expect(asksFor(upstream.received[0]?.body ?? '')).toBe(true)
    // The caller's own wish stands before it.
    const own = { type: 'object', properties: { id: { type: 'integer' } } }
    await (await gateway.post(client.path(stream), client.request({ stream, answer: own }), headers)).text()
    expect(asksFor(upstream.received[1]?.body ?? '')).toBe(false)
    expect(upstream.received).toHaveLength(2)
  })

  test.each(TONGUES.map((tongue) => [tongue.protocol.name, tongue] as const))(
    'a platform of %s that refuses it is asked without, and not asked for it again',
    async (_, provider) => {
      const answer = speaking(provider, { content: [text(GOOD)] })
      const { upstream, gateway } = await gatewayWithSchema(provider, (request, response, ordinal) =>
        asksFor(request.body) ? json(response, 400, { error: { message: 'no' } }) : answer(request, response, ordinal),
      )
      for (const client of TONGUES) {
        const response = await gateway.post(client.path(false), client.request({ stream: false }), headers)
        expect(response.status).toBe(200)
      }
      expect(upstream.received.map(({ body }) => asksFor(body))).toEqual([true, false, false, false, false])
    },
  )

  test('what only has fields asks for JSON, where the protocol has a word for that', async () => {
    const said: string[] = []
    for (const provider of TONGUES) {
      const { gateway, upstreams } = await gatewayOver(
        [[provider, { content: [text(GOOD)] }]],
        'workflows:\n  w: { expect: [id] }\n',
      )
      for (const client of TONGUES) {
        const response = await gateway.post(client.path(false), client.request({ stream: false }), headers)
        expect(response.status).toBe(200)
      }
      said.push(`${provider.protocol.name} ${upstreams[0]?.received.map(({ body }) => body.includes('json')).join()}`)
    }
    expect(said).toEqual([
      'anthropic false,false,false,false',
      'openai-chat true,true,true,true',
      'openai-responses true,true,true,true',
      'gemini true,true,true,true',
    ])
  })
})
