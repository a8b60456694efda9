import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { renderTrace } from '../../src/cli/trace-text.ts'
import { dying, type DyingOptions, type Fate, saying } from '../support/dying-upstream.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { CHAT_REQUEST, MESSAGES_REQUEST, type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { onFakeTime } from '../support/on-fake-time.ts'
import { CHAT_ANSWER, json } from '../support/upstream.ts'
import { until } from '../support/until.ts'

const bench = useBench()

const dies = (): Fate => 'dies'
const firstDies = (ordinal: number): Fate => (ordinal === 1 ? 'dies' : 'ends')
const textOf = (text: string): string =>
  [...text.matchAll(/"(?:content|text|delta)":"([^"]*)"/g)].map((match) => match[1]).join('')

interface Try {
  readonly status: number
  readonly isWhole: boolean
  readonly isReplayed: boolean
  readonly text: string
  readonly headers: Headers
}

async function read(response: Response): Promise<Try> {
  const { status, headers } = response
  const isReplayed = headers.get('x-fullstop-replayed') === '1'
  const text = await response.text().catch(() => undefined)
  return { status, headers, isReplayed, isWhole: status === 200 && text !== undefined, text: textOf(text ?? '') }
}

const PATHS = [
  ['the same protocol', '/v1/chat/completions', CHAT_REQUEST],
  ['a translation', '/v1/messages', MESSAGES_REQUEST],
  ['another translation', '/v1/responses', { model: 'm', input: 'How is it?' }],
] as const

describe.each(PATHS)('an answer that broke off, through %s', (_, path, request) => {
  const streamed = { ...request, stream: true }

  test.each([
    ['a stream again', streamed, false],
    ['a whole answer', request, false],
    ['a stream with a call', streamed, true],
    ['a whole answer with a call', request, true],
  ])('is there for who asks again for %s, once', async (_name, again, tool) => {
    const up = await bench.upstream(dying({ streams: firstDies, tool }))
    const gateway = bench.gatewayOver([up])
    const ask = async (body: object): Promise<Try> => read(await gateway.post(path, body))
    expect((await ask(streamed)).isWhole).toBe(false)
    const second = await ask(again)
    expect([second.isWhole, second.isReplayed]).toEqual([true, true])
    expect(second.text).toContain(saying(2))
    expect(up.received.length).toBe(2)
    // What comes now asks for an answer of its own.
    const third = await ask(again)
    expect([third.isWhole, third.isReplayed, up.received.length]).toEqual([true, false, 3])
    const [cut, finished, replayed] = gateway.evidence
    expect(cut).toMatchObject({ outcome: 'broken-off', finishOf: undefined, replayOf: undefined })
    expect(finished).toMatchObject({
      outcome: 'kept',
      verdict: 'complete',
      finishOf: cut?.id,
      streamed: false,
      delivery: 'hold',
    })
    expect(finished?.attempts.length).toBe(1)
    expect(replayed).toMatchObject({ outcome: 'delivered', attempts: [], replayOf: finished?.id, platform: 'a/x' })
  })

  test('is finished by the other platform of its model, and its stream is that platform’s', async () => {
    const first = await bench.upstream(dying({ streams: dies, whole: dies }))
    const second = await bench.upstream(dying({ streams: () => 'ends' }))
    const gateway = bench.gatewayOver([first, second])
    expect((await read(await gateway.post(path, streamed))).isWhole).toBe(false)
    const again = await read(await gateway.post(path, streamed))
    expect([again.isWhole, again.headers.get('x-fullstop-platform')]).toEqual([true, 'b/x'])
    expect([first.received.length, second.received.length]).toEqual([1, 1])
    expect(JSON.parse(second.received[0]?.body ?? '{}')).toMatchObject({ stream: true })
  })
})

describe('who gets what broke off', () => {
  const streamed = { ...CHAT_REQUEST, stream: true }
  const post = async (
    gateway: TestGateway,
    body: object = streamed,
    headers: Record<string, string> = {},
  ): Promise<Try> => read(await gateway.post('/v1/chat/completions', body, headers))

  test('nobody where nothing did: samples stay independent', async () => {
    const up = await bench.upstream(dying({ streams: () => 'ends' }))
    const gateway = bench.gatewayOver([up])
    const texts = await Promise.all([0, 1, 2, 3].map(async () => (await post(gateway)).text))
    expect(new Set(texts).size).toBe(4)
  })

  test('nobody but who asks for the same', async () => {
    const up = await bench.upstream(dying({ streams: firstDies }))
    const gateway = bench.gatewayOver([up], 'workflows:\n  w: { profile: internal }')
    await post(gateway)
    const others: readonly (readonly [object, Record<string, string>])[] = [
      [{ ...streamed, temperature: 0 }, {}],
      [{ ...streamed, messages: [{ role: 'user', content: 'How is it' }] }, {}],
      [streamed, { 'x-fullstop-run': 'another' }],
      [streamed, { 'x-fullstop-step': 'another' }],
      [streamed, { 'x-fullstop-workflow': 'w' }],
      [streamed, { 'x-fullstop-replay': 'off' }],
      [streamed, { 'idempotency-key': 'a new request' }],
      [{ ...streamed, model: 'a/x' }, {}],
    ]
    for (const [body, headers] of others) expect((await post(gateway, body, headers)).isReplayed).toBe(false)
    expect((await post(gateway)).isReplayed).toBe(true)
  })

  test('its own client alone, of its own tenant', async () => {
    const up = await bench.upstream(dying({ streams: firstDies }))
    const hash = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`
    const clients = ['a', 'b', 'c'].map((key) => `  ${key}: { keyHash: "${hash(key)}", tenant: ${key} }`)
    const gateway = bench.gatewayOver([up], `clients:\n${clients.join('\n')}`)
    const as = (client: string): Promise<Try> => post(gateway, streamed, { authorization: `Bearer ${client}` })
    await as('a')
    for (const [client, isReplayed] of [
      ['b', false],
      ['c', false],
      ['a', true],
    ] as const)
      expect((await as(client)).isReplayed).toBe(isReplayed)
  })

  test('each of several once: equal samples that were cut get an answer each', async () => {
    const up = await bench.upstream(dying({ streams: (ordinal) => (ordinal <= 2 ? 'dies' : 'ends') }))
    const gateway = bench.gatewayOver([up])
    await Promise.all([post(gateway), post(gateway)])
    const again = await Promise.all([post(gateway), post(gateway)])
    expect(again.map(({ isReplayed }) => isReplayed)).toEqual([true, true])
    expect(new Set(again.map(({ text }) => text)).size).toBe(2)
    expect((await post(gateway)).isReplayed).toBe(false)
  })

  test('the next one where the first left while it waited', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const up = await bench.upstream(
      dying({ streams: firstDies, before: (ordinal) => (ordinal === 2 ? promise : undefined) }),
    )
    const gateway = bench.gatewayOver([up])
    await post(gateway)
    const leaving = new AbortController()
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(CHAT_REQUEST)
    const left = fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body, signal: leaving.signal })
    await until(() => up.received.length === 2)
    await new Promise((done) => setTimeout(done, 20))
    leaving.abort()
    await expect(left).rejects.toThrow()
    await until(() => gateway.evidence.some(({ outcome }) => outcome === 'client-gone'))
    const next = post(gateway)
    resolve()
    expect(await next).toMatchObject({ isReplayed: true, isWhole: true, text: saying(2) })
    expect(up.received.length).toBe(2)
  })

  test('also of a request that nobody but its provider understands', async () => {
    const up = await bench.upstream(dying({ streams: dies }))
    const gateway = bench.gatewayOver([up])
    const ask = { ...streamed, messages: [{ role: 'user', content: [{ type: 'of_the_future', body: 1 }] }] }
    await post(gateway, ask)
    expect(await post(gateway, ask)).toMatchObject({ isWhole: true, isReplayed: true, text: saying(2) })
  })

  test('with its usage, where it asks for that this time', async () => {
    const first = await bench.upstream(dying({ streams: dies }))
    const second = await bench.upstream(dying({ streams: () => 'ends' }))
    const gateway = bench.gatewayOver([first, second])
    const ask = async (options: object): Promise<string> =>
      (await gateway.post('/v1/chat/completions', { ...streamed, ...options })).text().catch(() => '')
    await ask({})
    // The stream that is kept has none, as it was not asked for one.
    const text = await ask({ stream_options: { include_usage: true } })
    expect(textOf(text)).toBe(saying(1))
    expect(text).toContain('"usage":{')
    expect([first.received.length, second.received.length]).toEqual([1, 1])
  })

  test('nobody where the client, or the policy, wants nothing kept', async () => {
    for (const [rest, headers] of [
      ['', { 'x-fullstop-replay': 'off' }],
      ['defaults: { replay: off }', {}],
    ] as const) {
      const up = await bench.upstream(dying({ streams: firstDies }))
      const gateway = bench.gatewayOver([up], rest)
      await post(gateway, streamed, headers)
      expect((await post(gateway, streamed, rest === '' ? {} : headers)).isReplayed).toBe(false)
      expect([up.received.length, gateway.evidence.length]).toEqual([2, 2])
    }
    const gateway = bench.gatewayOver([await bench.upstream(dying({ streams: firstDies }))])
    const refused = await gateway.post('/v1/chat/completions', streamed, { 'x-fullstop-replay': 'never' })
    expect(refused.status).toBe(400)
  })

  test('nobody where the client itself left', async () => {
    // Says its first sentences and then nothing.
    const up = await bench.upstream(dying({ streams: () => 'falls-silent' }))
    const gateway = bench.gatewayOver([up])
    const response = await gateway.post('/v1/chat/completions', streamed)
    await response.body?.cancel()
    await until(() => gateway.evidence.length === 1)
    await new Promise((done) => setTimeout(done, 20))
    expect([gateway.evidence[0]?.outcome, up.received.length]).toEqual(['client-gone', 1])
  })

  test('who comes within the window', async () => {
    for (const [afterMs, isReplayed] of [
      [240_000, true],
      [301_000, false],
    ] as const) {
      const clock = new FakeClock()
      const up = await bench.upstream(dying({ streams: firstDies }))
      const gateway = bench.gatewayOver([up], 'replay: { window: 5m }', { clock })
      const ask = (): Promise<Try> => onFakeTime(clock, post(gateway))
      await ask()
      await until(() => gateway.evidence.length === 2)
      clock.advance(afterMs)
      expect((await ask()).isReplayed).toBe(isReplayed)
    }
  })

  test('who comes while there is room for it: the newest are kept', async () => {
    const stream = dying({ streams: dies })
    const up = await bench.upstream((request, response, ordinal) => {
      if (request.body.includes('"stream":true')) return stream(request, response, ordinal)
      const message = { role: 'assistant', content: 'x'.repeat(700_000) }
      return json(response, 200, { ...CHAT_ANSWER, choices: [{ index: 0, message, finish_reason: 'stop' }] })
    })
    const gateway = bench.gatewayOver([up], 'replay: { megabytes: 1 }')
    const named = (name: string): object => ({ ...streamed, messages: [{ role: 'user', content: name }] })
    for (const name of ['one', 'two']) {
      await post(gateway, named(name))
      await until(() => gateway.evidence.at(-1)?.outcome === 'kept')
    }
    expect((await post(gateway, { ...named('one'), stream: false })).isReplayed).toBe(false)
    expect((await post(gateway, named('two'))).isReplayed).toBe(true)
  })

  test('a stream that waits for it is kept alive', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const up = await bench.upstream(
      dying({ streams: firstDies, before: (ordinal) => (ordinal === 2 ? promise : undefined) }),
    )
    const gateway = bench.gatewayOver([up], '', { keepAliveMs: 20 })
    await post(gateway)
    const again = await gateway.post('/v1/chat/completions', streamed)
    expect(again.headers.get('x-fullstop-replayed')).toBe('1')
    const reader = again.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(new TextDecoder().decode(value)).toStartWith(':')
    resolve()
    let text = ''
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
      text += new TextDecoder().decode(next.value)
    expect(textOf(text)).toBe(saying(2))
    expect(text).toEndWith('data: [DONE]\n\n')
  })
})

describe('the background', () => {
  const streamed = { ...CHAT_REQUEST, stream: true }

  test('asks nobody while nothing has worked for long', async () => {
    const clock = new FakeClock()
    const up = await bench.upstream(dying({ streams: dies, whole: dies }))
    const gateway = bench.gatewayOver([up], 'defaults: { attempts: 1 }', { clock })
    const ask = async (content: string): Promise<void> => {
      const body = { ...streamed, messages: [{ role: 'user', content }] }
      await onFakeTime(clock, gateway.post('/v1/chat/completions', body).then(read))
    }
    await ask('one')
    await until(() => gateway.evidence.filter(({ finishOf }) => finishOf !== undefined).length > 0)
    clock.advance(20_000)
    await ask('two')
    clock.advance(20_000)
    const before = up.received.length
    await ask('three')
    await onFakeTime(clock, new Promise((done) => setTimeout(done, 50)))
    expect(up.received.length).toBe(before + 1)
  })

  test('is paid from the retry budget, whatever the profile', async () => {
    const up = await bench.upstream(dying({ streams: dies }))
    const gateway = bench.gatewayOver([up])
    await read(await gateway.post('/v1/chat/completions', streamed))
    const report = (await (await fetch(`${gateway.controlUrl}/api/platforms`)).json()) as { budgets: object[] }
    expect(report.budgets).toMatchObject([{ route: 'm', retries: 1 }])
  })

  test('is ended by a drain, unless somebody waits for it', async () => {
    for (const isAwaited of [false, true]) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const up = await bench.upstream(
        dying({ streams: firstDies, before: (ordinal) => (ordinal === 2 ? promise : undefined) }),
      )
      const gateway = bench.gatewayOver([up])
      await read(await gateway.post('/v1/chat/completions', streamed))
      await until(() => up.received.length === 2)
      const waiting = isAwaited ? gateway.post('/v1/chat/completions', streamed).then(read) : undefined
      await new Promise((done) => setTimeout(done, 30))
      const drained = gateway.engine.drain()
      if (!isAwaited) {
        await drained
        await until(() => up.abandoned() === 2)
        expect(gateway.evidence.at(-1)).toMatchObject({ outcome: 'given-up', errorCode: 'shutting-down' })
      }
      resolve()
      if (waiting !== undefined) expect(await waiting).toMatchObject({ isReplayed: true, isWhole: true })
      await drained
    }
  })

  test('is told apart by `fullstop trace`', async () => {
    const up = await bench.upstream(dying({ streams: firstDies }))
    const gateway = bench.gatewayOver([up])
    await read(await gateway.post('/v1/chat/completions', streamed))
    await read(await gateway.post('/v1/chat/completions', streamed))
    const list = (await (await fetch(`${gateway.controlUrl}/api/exchanges`)).json()) as { exchanges: object[] }
    const [replayed, finished, cut] = gateway.evidence.toReversed()
    expect(JSON.stringify(list)).toContain(`"finishOf":"${cut?.id}"`)
    expect(JSON.stringify(list)).toContain(`"replayOf":"${finished?.id}"`)
    expect([cut, finished, replayed].map((each) => (each === undefined ? '' : renderTrace(each)))).toEqual([
      expect.stringContaining('broken off: error event, then an aborted body'),
      expect.stringContaining(`finished  in the background what broke off in ${cut?.id}`),
      expect.stringContaining(`again     the answer of ${finished?.id}`),
    ])
  })
})

describe('an agent’s loop', () => {
  /** Repeats the request for 45 s, up to 100 times, whatever it hears; falls back to `stream: false` on its third try. */
  async function loop(gateway: TestGateway, clock: FakeClock, fallsBack: boolean): Promise<readonly Try[]> {
    const tries: Try[] = []
    const untilMs = clock.nowMs() + 45_000
    while (tries.length < 100 && clock.nowMs() < untilMs) {
      const body = fallsBack && tries.length >= 2 ? CHAT_REQUEST : { ...CHAT_REQUEST, stream: true }
      const last = await onFakeTime(clock, gateway.post('/v1/chat/completions', body).then(read))
      tries.push(last)
      if (last.isWhole) break
      clock.advance(100)
    }
    return tries
  }

  const profiles = ['prototype', 'customer']
  const worlds = [false, true].flatMap((fallsBack) =>
    profiles.flatMap((profile) => [1, 2].map((count) => ({ profile, count, fallsBack }))),
  )

  test.each(worlds)(
    '%o: when every stream dies after some content, it has its answer by its third try',
    async (world) => {
      const { profile, count, fallsBack } = world
      const clock = new FakeClock()
      const upstreams = await Promise.all(Array.from({ length: count }, () => bench.upstream(dying({ streams: dies }))))
      const gateway = bench.gatewayOver(upstreams, `defaults: { profile: ${profile} }`, { clock })
      const tries = await loop(gateway, clock, fallsBack)
      expect(tries.length).toBeLessThanOrEqual(3)
      expect(tries.at(-1)?.isWhole).toBe(true)
      expect(upstreams.reduce((sum, { received }) => sum + received.length, 0)).toBeLessThanOrEqual(3)
    },
  )

  test.each(worlds)('%o: when every stream of the primary dies, and the second platform is well', async (world) => {
    const { profile, count, fallsBack } = world
    if (count === 1) return
    const clock = new FakeClock()
    const primary = await bench.upstream(dying({ streams: dies, whole: dies }))
    const second = await bench.upstream(dying({ streams: () => 'ends' }))
    const gateway = bench.gatewayOver([primary, second], `defaults: { profile: ${profile} }`, { clock })
    const tries = await loop(gateway, clock, fallsBack)
    // Where the second says the same and the policy has seams, it goes on at once.
    expect(tries.length).toBeLessThanOrEqual(2)
    expect(tries.at(-1)?.isWhole).toBe(true)
    expect([primary.received.length, second.received.length]).toEqual([1, 1])
  })

  test.each(worlds)(
    '%o: when every answer dies, upstream hears of it three times, and the agent when to try again',
    async (world) => {
      const { profile, count, fallsBack } = world
      const clock = new FakeClock()
      const upstreams = await Promise.all(
        Array.from({ length: count }, () => bench.upstream(dying({ streams: dies, whole: dies }))),
      )
      const gateway = bench.gatewayOver(upstreams, `defaults: { profile: ${profile} }`, { clock, random: () => 0.5 })
      const tries = await loop(gateway, clock, fallsBack)
      const received = (): number => upstreams.reduce((sum, each) => sum + each.received.length, 0)
      expect(tries.length).toBe(100)
      expect(tries.some(({ isWhole }) => isWhole)).toBe(false)
      expect(received()).toBe(3)
      const { status, headers } = tries.at(-1) ?? { status: 0, headers: new Headers() }
      expect([status, headers.get('x-should-retry')]).toEqual([503, 'false'])
      const retryAfterS = Number(headers.get('retry-after'))
      expect(retryAfterS).toBeGreaterThan(0)
      expect(gateway.evidence.at(-1)).toMatchObject({ outcome: 'refused', errorCode: 'dies-every-time', attempts: [] })
      // Another request is not held back, and neither is this one for longer than was said.
      clock.advance(retryAfterS * 1_000)
      await onFakeTime(clock, gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true }).then(read))
      expect(received()).toBeGreaterThan(3)
    },
  )
})

describe('after two deaths', () => {
  /** Its stream died at the first platform, and at the second what was to finish it. */
  async function twoDeaths(first: Partial<DyingOptions>, clock: FakeClock): Promise<TwoDeaths> {
    const streams = (ordinal: number): Fate => (ordinal === 1 ? 'dies' : 'refuses')
    const upstreams = await Promise.all([
      bench.upstream(dying({ streams, whole: () => 'refuses', ...first })),
      bench.upstream(dying({ streams: firstDies, whole: () => 'refuses' })),
    ])
    const gateway = bench.gatewayOver(upstreams, 'defaults: { profile: prototype }', { clock, random: () => 0.5 })
    const ask = (stream: boolean): Promise<Try> =>
      onFakeTime(clock, gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream }).then(read))
    expect([(await ask(true)).isWhole, (await ask(true)).isWhole]).toEqual([false, false])
    const died = gateway.evidence.flatMap(({ attempts }) => attempts).filter(({ status }) => status === 200)
    expect(died).toHaveLength(2)
    return { ask, received: () => upstreams.map((each) => each.received.length), gateway }
  }

  interface TwoDeaths {
    readonly ask: (stream: boolean) => Promise<Try>
    readonly received: () => readonly number[]
    readonly gateway: TestGateway
  }

  test('what a platform refuses may still be answered by another', async () => {
    const { ask, gateway } = await twoDeaths({}, new FakeClock())
    expect((await ask(true)).isWhole).toBe(true)
    const attempts = gateway.evidence.at(-1)?.attempts
    expect(attempts?.map(({ provider, status }) => [provider, status])).toEqual([
      ['a', 503],
      ['b', 200],
    ])
  })

  test('a third is the last, though another platform was not asked', async () => {
    const whole = (ordinal: number): Fate => (ordinal <= 3 ? 'refuses' : 'dies')
    const { ask, received } = await twoDeaths({ whole }, new FakeClock())
    expect(received()).toEqual([3, 1])
    expect((await ask(false)).status).toBe(502)
    expect(received()).toEqual([4, 1])
    expect((await ask(false)).status).toBe(503)
    expect(received()).toEqual([4, 1])
  })
})

test('who leaves a request again and again is not in a loop', async () => {
  const streams = (ordinal: number): Fate => (ordinal === 1 ? 'dies' : ordinal === 3 ? 'refuses' : 'falls-silent')
  const up = await bench.upstream(dying({ streams, whole: () => 'refuses' }))
  const gateway = bench.gatewayOver([up], '', { random: () => 0 })
  const streamed = { ...CHAT_REQUEST, stream: true }
  await read(await gateway.post('/v1/chat/completions', streamed))
  // In the background nobody answers either, so the rest is up to the client.
  await until(() => gateway.evidence.filter(({ finishOf }) => finishOf !== undefined).length === 2)
  for (let i = 0; i < 4; i++) {
    const response = await gateway.post('/v1/chat/completions', streamed)
    expect([response.status, response.headers.get('x-fullstop-replayed')]).toEqual([200, null])
    await response.body?.cancel()
    await until(() => up.abandoned() === 2 + i)
  }
})

describe('the official SDKs', () => {
  test('openai: the stream that broke off is whole when the agent asks again, whichever way', async () => {
    for (const stream of [true, false]) {
      const up = await bench.upstream(dying({ streams: dies }))
      const gateway = bench.gatewayOver([up])
      const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1` })
      const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'How is it?' }] }
      await expect(client.chat.completions.stream(ask).finalChatCompletion()).rejects.toThrow()
      const again = stream
        ? await client.chat.completions.stream(ask).finalChatCompletion()
        : await client.chat.completions.create(ask)
      expect(again.choices[0]?.message.content).toBe(saying(2))
      expect(up.received.length).toBe(2)
    }
  })

  test('anthropic: the stream that broke off is whole when the agent asks again, whichever way', async () => {
    for (const stream of [true, false]) {
      const up = await bench.upstream(dying({ streams: dies, tool: true }))
      const gateway = bench.gatewayOver([up])
      const client = new Anthropic({ apiKey: 'k', baseURL: gateway.url })
      const ask = { model: 'm', max_tokens: 100, messages: [{ role: 'user' as const, content: 'How is it?' }] }
      await expect(client.messages.stream(ask).finalMessage()).rejects.toThrow()
      const { content, stop_reason } = stream
        ? await client.messages.stream(ask).finalMessage()
        : await client.messages.create(ask)
      expect(stop_reason).toBe('tool_use')
      expect(content).toMatchObject([
        { type: 'text', text: saying(2) },
        { type: 'tool_use', name: 'look', input: { at: 'it' } },
      ])
      expect(up.received.length).toBe(2)
    }
  })
})
