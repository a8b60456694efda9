import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { renderTrace } from '../../src/cli/trace-text.ts'
import { parseConfig } from '../../src/config/index.ts'
import { dying } from '../support/dying-upstream.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { FOUR_CLIENTS, objectsOf, valuesNamed } from '../support/four-clients.ts'
import { CHAT_REQUEST, MESSAGES_REQUEST, type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { onFakeTime } from '../support/on-fake-time.ts'
import { CHAT_ANSWER, CHAT_EVENTS, json, sse, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'
import { until } from '../support/until.ts'

const bench = useBench()

const good: UpstreamHandler = (request, response) =>
  request.body.includes('"stream":true') ? sse(response, CHAT_EVENTS.join('')) : json(response, 200, CHAT_ANSWER)
const down: UpstreamHandler = (_, response) => json(response, 503, { error: { message: 'down' } })
const failing =
  (status: number, error: object): UpstreamHandler =>
  (_, response) =>
    json(response, status, { error })

/** An upstream that somebody switches. */
function switched(): { handler: UpstreamHandler; readonly relay: UpstreamHandler } {
  const state = { handler: good, relay: (...args: Parameters<UpstreamHandler>): unknown => state.handler(...args) }
  return state
}

interface World {
  readonly gateway: TestGateway
  readonly primary: ReturnType<typeof switched>
  readonly simpler: ReturnType<typeof switched>
  readonly upstreams: readonly TestUpstream[]
}

/** The model `m` at a/x and, to degrade to, `small` at b/y. */
async function world(degrade: string, more = '', clients = '', options = {}): Promise<World> {
  const [primary, simpler] = [switched(), switched()]
  const upstreams = [await bench.upstream(primary.relay), await bench.upstream(simpler.relay)]
  const providers = upstreams.map(
    ({ url }, i) => `  ${'ab'.charAt(i)}: { protocol: openai-chat, baseUrl: "${url}/v1", apiKey: upstream-key }`,
  )
  const gateway = bench.gateway(
    `providers:\n${providers.join('\n')}\nmodels:\n  m: { platforms: [a/x] }\n  small: { platforms: [b/y] }\nworkflows:\n  w: { ${more}degrade: { ${degrade} } }\n  plain: {}\n${clients}`,
    { random: () => 0, ...options },
  )
  return { gateway, primary, simpler, upstreams }
}

const W = { 'x-fullstop-workflow': 'w' }
const NOTE = 'We have your message and will reply shortly.'
const note = { degraded: 'answer', exchange: expect.stringMatching(/^fs_/) as string }

describe.each(FOUR_CLIENTS.map((client) => [client.name, client] as const))('%s', (_, client) => {
  test('a fixed answer is said to be one, in header, body and evidence, and is no model’s', async () => {
    const { gateway, primary } = await world(`answer: "${NOTE}"`)
    primary.handler = down
    const response = await client.ask(gateway, W)
    const body = await response.text()
    expect([response.status, response.headers.get('x-fullstop-degraded')]).toEqual([200, 'answer'])
    expect(response.headers.get('x-fullstop-platform')).toBeNull()
    expect(response.headers.get('content-type')).toContain(client.isStream ? 'text/event-stream' : 'application/json')
    expect(body).toContain(NOTE)
    expect(valuesNamed('fullstop', objectsOf(body))[0]).toEqual(note)
    const models = [...valuesNamed('model', objectsOf(body)), ...valuesNamed('modelVersion', objectsOf(body))]
    expect(new Set(models)).toEqual(new Set(['fullstop-fixed-answer']))
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'degraded',
      degraded: 'answer',
      verdict: 'failed',
      model: 'm',
      platform: undefined,
      usage: undefined,
    })
    expect(JSON.stringify(gateway.evidence)).not.toContain('your message')
  })

  test('a simpler model’s answer is said to be one, and the simpler model’s', async () => {
    const { gateway, primary } = await world(`model: small, answer: "${NOTE}"`)
    primary.handler = down
    const response = await client.ask(gateway, W)
    const body = await response.text()
    expect([response.status, response.headers.get('x-fullstop-degraded')]).toEqual([200, 'model'])
    expect(response.headers.get('x-fullstop-platform')).toBe('b/y')
    expect(valuesNamed('fullstop', objectsOf(body))[0]).toEqual({ ...note, degraded: 'model' })
    const attempts = gateway.evidence[0]?.attempts ?? []
    expect(attempts.map(({ ordinal, provider, verdict }) => [ordinal, provider, verdict])).toEqual([
      [1, 'a', 'failed'],
      [2, 'a', 'failed'],
      [3, 'a', 'failed'],
      [4, 'b', 'complete'],
    ])
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'degraded',
      degraded: 'model',
      platform: 'b/y',
      verdict: 'complete',
    })
    expect(response.headers.get('x-fullstop-attempts')).toBe('4')
    const trace = gateway.evidence.map(renderTrace).join('\n')
    expect(trace).toContain('something else was delivered in its place, and labelled')
    expect(trace).toContain('degraded  model: a simpler model')
  })

  test('a kept answer is the same request’s own, as its model gave it, billed to nobody', async () => {
    const { gateway, primary } = await world('cache: 1h')
    const before = await (await client.ask(gateway, W)).text()
    primary.handler = down
    const response = await client.ask(gateway, W)
    const body = await response.text()
    expect([response.status, response.headers.get('x-fullstop-degraded')]).toEqual([200, 'cache'])
    expect(valuesNamed('fullstop', objectsOf(before))).toEqual([])
    expect(valuesNamed('fullstop', objectsOf(body))[0]).toEqual({ ...note, degraded: 'cache' })
    const models = [...valuesNamed('model', objectsOf(body)), ...valuesNamed('modelVersion', objectsOf(body))]
    expect(new Set(models)).toEqual(new Set(['served-model']))
    expect(textIn(body)).toContain('All is well.')
    expect(gateway.evidence.map(({ outcome, degraded, usage }) => [outcome, degraded, usage?.outputTokens])).toEqual([
      ['delivered', undefined, client.isStream ? undefined : 4],
      ['degraded', 'cache', undefined],
    ])
    const other = await client.ask(gateway, W, 'And how is it elsewhere?')
    expect(other.status).toBe(503)
    await other.text()
  })

  test('where the healthy answer comes, nothing of this shows', async () => {
    const { gateway, upstreams } = await world(`cache: 1h, model: small, answer: "${NOTE}"`)
    const response = await client.ask(gateway, W)
    const body = await response.text()
    expect(response.headers.get('x-fullstop-degraded')).toBeNull()
    expect(valuesNamed('fullstop', objectsOf(body))).toEqual([])
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'delivered', degraded: undefined })
    expect(upstreams[1]?.received).toEqual([])
  })
})

/** What a client joins of an answer. */
function textIn(body: string): string {
  const objects = objectsOf(body)
  return ['content', 'text', 'delta']
    .flatMap((name) => valuesNamed(name, objects))
    .filter((v) => typeof v === 'string')
    .join('')
}

describe('the form that was asked for', () => {
  test('Gemini’s array of a stream has the fixed answer and what it is', async () => {
    const { gateway, primary } = await world(`answer: "${NOTE}"`)
    primary.handler = down
    const body = { contents: [{ role: 'user', parts: [{ text: 'How is it?' }] }] }
    const response = await gateway.post('/v1beta/models/m:streamGenerateContent', body, W)
    const pieces = (await response.json()) as readonly object[]
    expect(JSON.stringify(pieces)).toContain(NOTE)
    expect(pieces[0]).toMatchObject({ fullstop: note, modelVersion: 'fullstop-fixed-answer' })
  })

  test('several answers are as many, within reason', async () => {
    const { gateway, primary } = await world(`answer: "${NOTE}"`)
    primary.handler = down
    const several = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, n: 3 }, W)
    const { choices } = (await several.json()) as { choices: readonly { index: number }[] }
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2])
    const countless = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, n: 1_000_000_000 }, W)
    expect(countless.status).toBe(503)
    await countless.text()
  })
})

describe('the official SDKs', () => {
  const scene = async (): Promise<{ openai: OpenAI; anthropic: Anthropic }> => {
    const { gateway, primary } = await world(`answer: "${NOTE}"`)
    primary.handler = down
    const options = { apiKey: 'k', maxRetries: 0, defaultHeaders: W }
    return {
      openai: new OpenAI({ ...options, baseURL: `${gateway.url}/v1` }),
      anthropic: new Anthropic({ ...options, baseURL: gateway.url }),
    }
  }
  const messages = [{ role: 'user' as const, content: 'How is it?' }]

  test('read it like any answer, and keep what says that it is none', async () => {
    const { openai, anthropic } = await scene()
    const chat = openai.chat.completions
    const found = [
      await chat.create({ model: 'm', messages }),
      await chat.stream({ model: 'm', messages }).finalChatCompletion(),
      await openai.responses.create({ model: 'm', input: 'How is it?' }),
      await openai.responses.stream({ model: 'm', input: 'How is it?' }).finalResponse(),
      await anthropic.messages.create({ model: 'm', max_tokens: 9, messages }),
      await anthropic.messages.stream({ model: 'm', max_tokens: 9, messages }).finalMessage(),
    ]
    for (const answer of found) {
      expect(JSON.stringify(answer)).toContain(NOTE)
      expect(answer).toMatchObject({ fullstop: note, model: 'fullstop-fixed-answer' })
    }
  })
})

describe('the order, the best that there is', () => {
  test('a kept answer before a simpler model’s, that before fixed words, and an error where nothing is left', async () => {
    const { gateway, primary, simpler, upstreams } = await world(`cache: 1h, model: small, answer: "${NOTE}"`)
    const ask = async (content: string): Promise<string | null> => {
      const response = await gateway.post(
        '/v1/chat/completions',
        { ...CHAT_REQUEST, messages: [{ role: 'user', content }] },
        W,
      )
      await response.text()
      return response.headers.get('x-fullstop-degraded')
    }
    expect(await ask('one')).toBeNull()
    primary.handler = down
    expect(await ask('one')).toBe('cache')
    expect(upstreams[1]?.received).toHaveLength(0)
    expect(await ask('two')).toBe('model')
    // What is degraded is never kept as the real one.
    expect(await ask('two')).toBe('model')
    simpler.handler = down
    expect(await ask('two')).toBe('answer')
    expect(gateway.evidence.at(-1)?.attempts.map(({ provider }) => provider)).toEqual(['a', 'a', 'a', 'b'])
    expect(gateway.evidence.at(-1)).toMatchObject({
      outcome: 'degraded',
      degraded: 'answer',
      platform: undefined,
      usage: undefined,
    })
  })

  test('with nothing left the error is that of the model that was asked for, with all attempts', async () => {
    const { gateway, primary, simpler } = await world('model: small')
    primary.handler = failing(429, { message: 'slow down' })
    simpler.handler = failing(400, { message: 'too clever for me' })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, W)
    const { error } = (await response.json()) as {
      error: { message: string; fullstop: { code: string; attempts: unknown[] } }
    }
    expect([response.status, error.fullstop.code, error.fullstop.attempts.length]).toEqual([429, 'rate-limited', 4])
    // The sentence tells of the same attempts as the list, each kind once.
    expect(error.message).toContain('after 3 attempts: a/x failed (rate-limit) 3 times.')
    expect(error.message).toEndWith('In its place: b/y failed (bad-request).')
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'refused', degraded: undefined })
  })

  test('the attempts of the workflow are for both models, and one of them is the simpler one’s', async () => {
    const { gateway, primary, simpler, upstreams } = await world('model: small', 'attempts: 2, ')
    primary.handler = down
    simpler.handler = down
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, W)
    await response.text()
    expect([response.status, ...upstreams.map(({ received }) => received.length)]).toEqual([503, 1, 1])
  })
})

describe('what stays an error', () => {
  test.each([
    ['a bad request', 400, { message: 'no such field', type: 'invalid_request_error' }],
    ['a refusal by policy', 400, { message: 'flagged', code: 'content_policy_violation' }],
    [
      'a context that is too long',
      400,
      { message: 'maximum context length is 9 tokens', code: 'context_length_exceeded' },
    ],
  ])('%s is the caller’s, and nothing is put in its place', async (_, status, error) => {
    const { gateway, primary, upstreams } = await world(`cache: 1h, model: small, answer: "${NOTE}"`)
    primary.handler = failing(status, error)
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, W)
    expect([response.status, response.headers.get('x-fullstop-degraded')]).toEqual([status, null])
    expect(await response.text()).toContain(error.message)
    expect(upstreams[1]?.received).toEqual([])
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'refused', degraded: undefined })
  })

  test('a model’s refusal is an answer', async () => {
    const { gateway, primary } = await world(`answer: "${NOTE}"`)
    primary.handler = (_, response) =>
      json(response, 200, {
        ...CHAT_ANSWER,
        choices: [
          { index: 0, message: { role: 'assistant', content: null, refusal: 'No.' }, finish_reason: 'content_filter' },
        ],
      })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, W)
    expect(await response.text()).toContain('No.')
    expect(response.headers.get('x-fullstop-degraded')).toBeNull()
  })

  test('what was cut after content stays an honest ending', async () => {
    const { gateway, primary } = await world(`cache: 1h, model: small, answer: "${NOTE}"`, 'delivery: live, ')
    const begun = Promise.withResolvers<void>()
    primary.handler = async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(CHAT_EVENTS.slice(0, 3).join(''))
      await begun.promise
      response.destroy()
    }
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true }, W)
    begun.resolve()
    await expect(response.text()).rejects.toThrow()
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'broken-off', degraded: undefined })
  })

  test('a workflow that asks for nothing gets nothing, and keeps nothing', async () => {
    const { gateway, primary } = await world(`cache: 1h, answer: "${NOTE}"`)
    const plain = { 'x-fullstop-workflow': 'plain' }
    await (await gateway.post('/v1/chat/completions', CHAT_REQUEST, plain)).text()
    primary.handler = down
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, plain)
    expect([response.status, response.headers.get('x-fullstop-degraded')]).toEqual([503, null])
    await response.text()
    // Neither is another workflow's answer.
    const other = await gateway.post('/v1/chat/completions', CHAT_REQUEST, W)
    expect(other.headers.get('x-fullstop-degraded')).toBe('answer')
    await other.text()
  })

  test('fixed words are not given to who asked for JSON, unless they are', async () => {
    for (const [answer, status] of [
      ['later', 503],
      ['{\\"reply\\": null}', 200],
    ] as const) {
      const { gateway, primary } = await world(`answer: "${answer}"`)
      primary.handler = down
      const body = { ...CHAT_REQUEST, response_format: { type: 'json_object' } }
      const response = await gateway.post('/v1/chat/completions', body, W)
      expect(response.status).toBe(status)
      await response.text()
    }
  })
})

describe('kept answers', () => {
  const keyOf = (name: string): string => `key-of-${name}`
  const hash = (key: string): string => new Bun.CryptoHasher('sha256').update(key).digest('hex')
  const clients = `clients:\n${['one', 'two', 'three'].map((name) => `  ${name}: { keyHash: "sha256:${hash(keyOf(name))}", tenant: ${name === 'three' ? 'other' : 'same'} }`).join('\n')}\n`

  test('are their own client’s, whoever else asks the same', async () => {
    const { gateway, primary } = await world('cache: 1h', '', clients)
    const ask = async (name: string): Promise<string | null> => {
      const headers = { ...W, authorization: `Bearer ${keyOf(name)}` }
      const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)
      await response.text()
      return response.headers.get('x-fullstop-degraded')
    }
    expect(await ask('one')).toBeNull()
    primary.handler = down
    expect([await ask('one'), await ask('two'), await ask('three')]).toEqual(['cache', null, null])
  })

  test('are gone with a configuration that keeps none', async () => {
    const { gateway, primary } = await world('cache: 1h')
    const yaml = (degrade: string): string =>
      `providers:\n  a: { protocol: openai-chat, baseUrl: "${gateway.engine.config.providers.get('a')?.baseUrl.href}", apiKey: k }\nmodels:\n  m: { platforms: [a/x] }\nworkflows: { w: { ${degrade} } }\n`
    const swap = (degrade: string): void => {
      const result = parseConfig(yaml(degrade), { source: 't', env: {} })
      if (!result.ok) throw new Error(JSON.stringify(result.problems))
      gateway.swap(result.config)
    }
    await (await gateway.post('/v1/chat/completions', CHAT_REQUEST, W)).text()
    swap('attempts: 1')
    swap('attempts: 1, degrade: { cache: 1h }')
    primary.handler = down
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, W)
    expect(response.status).toBe(503)
    await response.text()
  })

  test('serve a streamed request what a whole one left, and the other way round', async () => {
    const { gateway, primary } = await world('cache: 1h')
    await (await gateway.post('/v1/messages', MESSAGES_REQUEST, W)).text()
    primary.handler = down
    const response = await gateway.post('/v1/messages', { ...MESSAGES_REQUEST, stream: true }, W)
    const body = await response.text()
    expect(response.headers.get('x-fullstop-degraded')).toBe('cache')
    expect(body).toContain('All is well.')
    expect(body.trimEnd().endsWith('{"type":"message_stop"}')).toBe(true)
  })

  test('are kept for their time, and only whole ones', async () => {
    const clock = new FakeClock()
    const { gateway, primary } = await world('cache: 1m', '', '', { clock, random: () => 0 })
    const ask = async (content: string): Promise<string | null> => {
      const body = { ...CHAT_REQUEST, messages: [{ role: 'user', content }] }
      const response = await onFakeTime(clock, gateway.post('/v1/chat/completions', body, W))
      await response.text()
      return response.headers.get('x-fullstop-degraded')
    }
    await ask('whole')
    const choice = { index: 0, message: { role: 'assistant', content: 'Half' }, finish_reason: 'length' }
    primary.handler = (_, response) => json(response, 200, { ...CHAT_ANSWER, choices: [choice] })
    await ask('limited')
    const call = { id: 'c', type: 'function', function: { name: 'pay', arguments: '{}' } }
    const calling = {
      index: 0,
      message: { role: 'assistant', content: null, tool_calls: [call] },
      finish_reason: 'tool_calls',
    }
    primary.handler = (_, response) => json(response, 200, { ...CHAT_ANSWER, choices: [calling] })
    await ask('calling')
    primary.handler = down
    expect([await ask('whole'), await ask('limited'), await ask('calling')]).toEqual(['cache', null, null])
    clock.advance(60_000)
    expect(await ask('whole')).toBeNull()
  })
})

describe('a total outage', () => {
  test.each([false, true])('silence leaves time for the simpler model; streamed: %p', async (stream) => {
    const clock = new FakeClock()
    const { gateway, primary } = await world('model: small', 'deadline: 4s, ', '', { clock })
    primary.handler = () => undefined
    const asked = gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream }, W)
    await onFakeTime(
      clock,
      asked.then((response) => response.text()),
    )
    expect(clock.nowMs()).toBeLessThan(4_000)
    const evidence = gateway.evidence[0]
    expect([evidence?.outcome, evidence?.degraded, evidence?.attempts.at(-1)?.provider]).toEqual([
      'degraded',
      'model',
      'b',
    ])
  })

  test('what is degraded is served at once, and nobody upstream is asked for it', async () => {
    const clock = new FakeClock()
    const { gateway, primary, simpler, upstreams } = await world(
      `model: small, answer: "${NOTE}"`,
      'profile: customer, ',
      '',
      { clock, random: () => 0.5 },
    )
    primary.handler = down
    simpler.handler = down
    const ask = async (content: string): Promise<string | null> => {
      const body = { ...CHAT_REQUEST, messages: [{ role: 'user', content }] }
      const response = await onFakeTime(clock, gateway.post('/v1/chat/completions', body, W))
      await response.text()
      return response.headers.get('x-fullstop-degraded')
    }
    for (let i = 0; i < 8; i++) expect(await ask(`first ${i}`)).toBe('answer')
    const before = upstreams.map(({ received }) => received.length)
    // Within a probe's wait nobody is asked; over a minute only probes are.
    for (let i = 0; i < 20; i++) expect(await ask(`then ${i}`)).toBe('answer')
    const after = upstreams.map(({ received }) => received.length)
    const asked = after.reduce((sum, n, i) => sum + n - (before[i] ?? 0), 0)
    expect(asked).toBeLessThanOrEqual(4)
    const unasked = gateway.evidence.filter(({ attempts }) => attempts.length === 0)
    expect(unasked.length).toBeGreaterThanOrEqual(16)
    expect(unasked.every(({ outcome, degraded }) => outcome === 'degraded' && degraded === 'answer')).toBe(true)
  })

  test('who joins under a key gets it as what it is, in whatever form', async () => {
    const { gateway, primary } = await world(`answer: "${NOTE}"`)
    const asked = Promise.withResolvers<undefined>()
    const fails = Promise.withResolvers<undefined>()
    primary.handler = async (request, response, ordinal) => {
      asked.resolve(undefined)
      await fails.promise
      await down(request, response, ordinal)
    }
    const ask = (stream: boolean): Promise<Response> =>
      gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream }, { ...W, 'idempotency-key': 'k' })
    const first = ask(false)
    await asked.promise
    const joined = [ask(false), ask(true)]
    await Bun.sleep(20)
    fails.resolve(undefined)
    await (await first).text()
    for (const each of joined) {
      const response = await each
      expect([response.headers.get('x-fullstop-degraded'), response.headers.get('x-fullstop-replayed')]).toEqual([
        'answer',
        '1',
      ])
      expect(response.headers.get('x-fullstop-platform')).toBeNull()
      const body = await response.text()
      expect(body).toContain(NOTE)
      expect(valuesNamed('fullstop', objectsOf(body))[0]).toEqual(note)
    }
    for (const evidence of gateway.evidence)
      expect(evidence).toMatchObject({ outcome: 'degraded', degraded: 'answer', platform: undefined })
    expect(gateway.evidence.length).toBe(3)
  })

  test('after a keep-alive the headers are gone, and body and evidence say it', async () => {
    const { gateway, primary } = await world(`answer: "${NOTE}"`, '', '', { keepAliveMs: 20 })
    primary.handler = async (_, response) => {
      await Bun.sleep(80)
      json(response, 503, { error: { message: 'down' } })
    }
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true }, W)
    const body = await response.text()
    expect(response.headers.get('x-fullstop-degraded')).toBeNull()
    expect(body.startsWith(':')).toBe(true)
    expect(valuesNamed('fullstop', objectsOf(body))[0]).toEqual(note)
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'degraded', degraded: 'answer' })
  })
})

describe('a request whose answers die every time', () => {
  const dies = dying({ streams: () => 'dies', whole: () => 'dies' })
  // Fake time runs on while sockets are slow: no keep-alive is to say meanwhile that an answer has begun.
  const onTime = (clock: FakeClock): object => ({ clock, random: () => 0.5, keepAliveMs: 3_600_000 })

  /** The background is not over before somebody waits for it. */
  function diesOnceAwaited(): { readonly handler: typeof dies; readonly onAskedAgain: () => void } {
    let isAskedAgain = false
    return {
      handler: async (asked, response, ordinal) => {
        if (ordinal > 1) await until(() => isAskedAgain)
        if (ordinal > 1) await new Promise((resolve) => setTimeout(resolve, 100))
        return dies(asked, response, ordinal)
      },
      onAskedAgain: () => {
        isAskedAgain = true
      },
    }
  }

  const CLIENTS = [
    ['the same protocol', '/v1/chat/completions', CHAT_REQUEST],
    ['a translation', '/v1/messages', MESSAGES_REQUEST],
  ] as const
  const KEYS = [
    ['without a key', {}],
    ['under a key', { 'idempotency-key': 'k' }],
  ] as const
  const cases = CLIENTS.flatMap(([, path, request]) =>
    KEYS.flatMap(([key, headers]) => [true, false].map((stream) => [path, key, stream, request, headers] as const)),
  )

  interface Heard {
    readonly status: number
    readonly degraded: string | null
    /** `undefined`: it broke off. */
    readonly text: string | undefined
  }

  async function hears(asked: Promise<Response>): Promise<Heard> {
    const response = await asked
    const degraded = response.headers.get('x-fullstop-degraded')
    return { status: response.status, degraded, text: await response.text().catch(() => undefined) }
  }

  /** Breaks off once as a stream, after which it is asked for again as often as this. */
  async function loop(
    { gateway }: World,
    {
      path,
      stream,
      request,
      headers = {},
      times,
      clock,
      onAskedAgain,
    }: {
      readonly path: string
      readonly stream: boolean
      readonly request: object
      readonly headers?: Record<string, string>
      readonly times: number
      readonly clock: FakeClock
      readonly onAskedAgain?: () => void
    },
  ): Promise<readonly Heard[]> {
    const ask = (isStream: boolean): Promise<Heard> =>
      onFakeTime(clock, hears(gateway.post(path, { ...request, stream: isStream }, { ...W, ...headers })))
    expect((await ask(true)).text).toBeUndefined()
    const heard: Heard[] = []
    onAskedAgain?.()
    for (let i = 0; i < times; i++) heard.push(await ask(stream))
    return heard
  }

  test.each(cases)('%s %s, streams again %p: gets the fixed answer, and nobody is asked', async (...all) => {
    const [path, , stream, request, headers] = all
    const clock = new FakeClock()
    const there = await world(`answer: "${NOTE}"`, '', '', onTime(clock))
    const { handler, onAskedAgain } = diesOnceAwaited()
    there.primary.handler = handler
    const heard = await loop(there, { path, stream, request, headers, times: 4, clock, onAskedAgain })
    for (const { status, degraded, text } of heard) {
      expect([status, degraded]).toEqual([200, 'answer'])
      expect(text).toContain(NOTE)
      expect(valuesNamed('fullstop', objectsOf(text ?? ''))[0]).toEqual(note)
    }
    expect(there.upstreams.map(({ received }) => received.length)).toEqual([3, 0])
    const last = there.gateway.evidence.at(-1)
    expect(last).toMatchObject({ outcome: 'degraded', degraded: 'answer', refusedBy: 'loop', attempts: [] })
    expect(last === undefined ? '' : renderTrace(last)).toContain('held back by loop')
    // The one that waited for the background says for whom.
    const waited = there.gateway.evidence.find(({ replayOf }) => replayOf !== undefined)
    expect(waited).toMatchObject({ outcome: 'degraded', degraded: 'answer' })
  })

  test('gets the answer that it had before', async () => {
    const clock = new FakeClock()
    const there = await world('cache: 1h', '', '', onTime(clock))
    await hears(there.gateway.post('/v1/chat/completions', CHAT_REQUEST, W))
    there.primary.handler = dies
    const [path, request] = ['/v1/chat/completions', CHAT_REQUEST]
    const heard = await loop(there, { path, request, stream: true, times: 3, clock })
    expect(heard.map(({ degraded }) => degraded)).toEqual(['cache', 'cache', 'cache'])
    expect(textIn(heard[2]?.text ?? '')).toContain('All is well.')
  })

  test.each([...CLIENTS])('gets a simpler model’s, through %s, which may die no more often', async (...all) => {
    const [, path, request] = all
    const clock = new FakeClock()
    const there = await world(`model: small, answer: "${NOTE}"`, '', '', onTime(clock))
    there.primary.handler = dies
    const ask = { path, request, stream: false, clock }
    const heard = await loop(there, { ...ask, times: 4 })
    expect(heard.map(({ status, degraded }) => `${status} ${degraded}`)).toEqual(Array(4).fill('200 model'))
    expect(there.upstreams.map(({ received }) => received.length)).toEqual([3, 4])
    there.simpler.handler = dies
    const again = await onFakeTime(clock, hears(there.gateway.post(path, { ...request, stream: true }, W)))
    // The first sentence was out.
    expect(again.text).toBeUndefined()
    for (let i = 0; i < 10; i++) {
      const { degraded, text } = await onFakeTime(clock, hears(there.gateway.post(path, request, W)))
      expect([degraded, text?.includes(NOTE)]).toEqual(['answer', true])
    }
    // Three of them died, and nobody finished any in the background.
    expect(there.upstreams.map(({ received }) => received.length)).toEqual([3, 7])
    expect(there.gateway.evidence.at(-1)).toMatchObject({ outcome: 'degraded', degraded: 'answer', refusedBy: 'loop' })
  })

  test('gets the error, with all attempts and when to try again, where nothing can be given', async () => {
    const clock = new FakeClock()
    const there = await world('model: small', '', '', onTime(clock))
    const { handler, onAskedAgain } = diesOnceAwaited()
    there.primary.handler = handler
    there.simpler.handler = down
    const [path, request] = ['/v1/chat/completions', CHAT_REQUEST]
    const heard = await loop(there, { path, request, stream: true, times: 3, clock, onAskedAgain })
    expect(heard.map(({ status }) => status)).toEqual([502, 503, 503])
    expect(heard[2]?.text).toContain('"code":"dies-every-time"')
    expect(heard[2]?.text).toContain('{"platform":"b/y","verdict":"failed","reason":"overloaded"}')
    expect(there.gateway.evidence.at(-1)).toMatchObject({ errorCode: 'dies-every-time', refusedBy: 'loop' })
  })

  test('counts once against its client’s limits, waited for or resting', async () => {
    const clock = new FakeClock()
    const hash = createHash('sha256').update('k').digest('hex')
    const limited = `clients: { c: { keyHash: "sha256:${hash}", limits: { requestsPerMinute: 4, concurrent: 1 } } }`
    const there = await world(`answer: "${NOTE}"`, '', limited, onTime(clock))
    there.primary.handler = dies
    const [path, request] = ['/v1/chat/completions', CHAT_REQUEST]
    const headers = { authorization: 'Bearer k' }
    const heard = await loop(there, { path, request, headers, stream: true, times: 4, clock })
    expect(heard.map(({ status }) => status)).toEqual([200, 200, 200, 429])
  })
})
