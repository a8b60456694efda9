import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { dying, saying } from '../support/dying-upstream.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { CHAT_REQUEST, MESSAGES_REQUEST } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { onFakeTime } from '../support/on-fake-time.ts'
import { CHAT_ANSWER, json } from '../support/upstream.ts'
import { until } from '../support/until.ts'

const bench = useBench()

const always = () => 'ends' as const
const GEMINI_REQUEST = { contents: [{ role: 'user', parts: [{ text: 'How is it?' }] }] }
const RESPONSES_REQUEST = { model: 'm', input: 'How is it?' }

interface Form {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Each protocol's two ways to ask for the same. */
const FORMS: readonly (readonly [string, { readonly streamed: Form; readonly whole: Form }])[] = [
  ['openai-chat', forms('/v1/chat/completions', CHAT_REQUEST)],
  ['anthropic', forms('/v1/messages', MESSAGES_REQUEST)],
  ['openai-responses', forms('/v1/responses', RESPONSES_REQUEST)],
  [
    'gemini',
    {
      streamed: { path: '/v1beta/models/m:streamGenerateContent?alt=sse', body: GEMINI_REQUEST },
      whole: { path: '/v1beta/models/m:generateContent', body: GEMINI_REQUEST },
    },
  ],
]

function forms(path: string, body: Form['body']): { readonly streamed: Form; readonly whole: Form } {
  return { streamed: { path, body: { ...body, stream: true } }, whole: { path, body } }
}

const KEY = { 'idempotency-key': 'k1' }
const wholeText = (text: string): string =>
  [...text.matchAll(/"(?:content|text|delta)":"([^"]*)"/g)].map((match) => match[1]).join('')

describe.each(FORMS)('a key, through %s', (protocol, { streamed, whole }) => {
  test.each([
    ['streamed', streamed],
    ['whole', whole],
  ])('%s: the same request gets the same bytes, and upstream is asked once', async (_, { path, body }) => {
    const up = await bench.upstream(dying({ streams: always }))
    const gateway = bench.gatewayOver([up])
    const first = await gateway.post(path, body, KEY)
    const text = await first.text()
    expect(wholeText(text)).toContain(saying(1))
    expect(first.headers.get('x-fullstop-replayed')).toBeNull()
    for (let i = 0; i < 2; i++) {
      const again = await gateway.post(path, body, KEY)
      expect(again.headers.get('x-fullstop-replayed')).toBe('1')
      expect(again.headers.get('x-fullstop-platform')).toBe('a/x')
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
      expect(await again.text()).toBe(text)
    }
    expect(up.received.length).toBe(1)
    const [original, replayed] = gateway.evidence
    expect(replayed).toMatchObject({ outcome: 'delivered', verdict: 'complete', attempts: [], platform: 'a/x' })
    expect(replayed?.replayOf).toBe(original?.id ?? '')
    expect(replayed?.usage).toBeUndefined()
  })

  test.each([
    ['streamed and then whole', streamed, whole],
    ['whole and then streamed', whole, streamed],
  ])('%s: it is the same answer in another form', async (_, one, other) => {
    const up = await bench.upstream(dying({ streams: always, tool: true }))
    const gateway = bench.gatewayOver([up])
    const first = await (await gateway.post(one.path, one.body, KEY)).text()
    const again = await gateway.post(other.path, other.body, KEY)
    expect(again.headers.get('x-fullstop-replayed')).toBe('1')
    const second = await again.text()
    for (const text of [first, second]) expect(text).toContain('look')
    expect([first, second].map((text) => wholeText(text).includes(saying(1)))).toEqual([true, true])
    // In its own form it is a whole answer, with everything that ends one.
    const fresh = bench.gatewayOver([await bench.upstream(dying({ streams: always, tool: true }))])
    const own = await (await fresh.post(other.path, other.body)).text()
    const ends = (text: string): unknown =>
      ['[DONE]', 'message_stop', 'response.completed', 'finishReason', 'stop_reason', 'finish_reason'].filter((end) =>
        text.includes(end),
      )
    expect(ends(second)).toEqual(ends(own))
    expect(up.received.length).toBe(1)
  })

  test('another request under it is refused in the protocol’s words', async () => {
    const up = await bench.upstream(dying({ streams: always }))
    const gateway = bench.gatewayOver([up])
    await (await gateway.post(whole.path, whole.body, KEY)).text()
    const other = JSON.parse(JSON.stringify(whole.body).replace('How is it?', 'Why is it?')) as object
    const refused = await gateway.post(whole.path, other, KEY)
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([422, 'false'])
    const { error } = (await refused.json()) as { error: { message: string; fullstop?: { code: string } } }
    expect(error.message).toContain('idempotency-key: expected the request that this key was first used for')
    if (protocol !== 'gemini') expect(error.fullstop?.code).toBe('key-reused')
    expect(up.received.length).toBe(1)
  })
})

describe('a key', () => {
  test.each([
    ['an empty one', '', 'an empty one came'],
    ['one of 256 characters', 'k'.repeat(256), '256 characters came'],
  ])('%s is refused', async (_, key, came) => {
    const gateway = bench.gatewayOver([await bench.upstream(dying({ streams: always }))])
    const refused = await gateway.post('/v1/messages', MESSAGES_REQUEST, { 'idempotency-key': key })
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain(`idempotency-key: expected 1 to 255 characters; ${came}.`)
    const longest = await gateway.post('/v1/messages', MESSAGES_REQUEST, { 'idempotency-key': 'k'.repeat(255) })
    expect(longest.status).toBe(200)
  })

  test('does not care for the order of keys in the body, but for everything that it says', async () => {
    const up = await bench.upstream(dying({ streams: always }))
    const gateway = bench.gatewayOver([up])
    const post = (body: string, headers = {}): Promise<Response> =>
      gateway.post('/v1/chat/completions', body, { ...KEY, ...headers })
    await post('{"model":"m","messages":[{"role":"user","content":"a"}],"top_p":1}')
    const same = await post('{"top_p":1.0, "messages":[{"content":"\\u0061","role":"user"}],"model":"m"}')
    expect(same.headers.get('x-fullstop-replayed')).toBe('1')
    expect((await post('{"model":"m","messages":[{"role":"user","content":"a"}],"top_p":"1"}')).status).toBe(422)
    const beta = await post('{"model":"m","messages":[{"role":"user","content":"a"}],"top_p":1}', {
      'openai-beta': 'x=1',
    })
    expect(beta.status).toBe(422)
    expect(up.received.length).toBe(1)
  })

  test.each([true, false])(
    'in progress (streamed: %p): who sends it again joins, and reaches nobody',
    async (stream) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const up = await bench.upstream(dying({ streams: always, before: () => promise }))
      const gateway = bench.gatewayOver([up])
      const ask = { ...CHAT_REQUEST, stream }
      const first = gateway.post('/v1/chat/completions', ask, KEY)
      await until(() => up.received.length === 1)
      const others = [0, 1, 2].map(() => gateway.post('/v1/chat/completions', ask, KEY))
      const mismatch = await gateway.post('/v1/chat/completions', { ...ask, seed: 1 }, KEY)
      expect(mismatch.status).toBe(422)
      resolve()
      const texts = await Promise.all([first, ...others].map(async (each) => (await each).text()))
      expect(new Set(texts).size).toBe(1)
      expect(wholeText(texts[0] ?? '')).toContain(saying(1))
      expect(up.received.length).toBe(1)
      expect(gateway.evidence.filter(({ replayOf }) => replayOf !== undefined).length).toBe(3)
    },
  )

  test('who joins is not held up by a first client that does not read', async () => {
    const up = await bench.upstream(dying({ streams: always }))
    const gateway = bench.gatewayOver([up])
    // In this process nothing reads ahead of the client.
    const ask = (): Promise<Response> => {
      const body = JSON.stringify({ ...CHAT_REQUEST, stream: true })
      return gateway.engine.fetch(new Request('http://g/v1/chat/completions', { method: 'POST', headers: KEY, body }))
    }
    const unread = await ask()
    const text = await (await ask()).text()
    expect(wholeText(text)).toBe(saying(1))
    expect(await unread.text()).toBe(text)
    expect(up.received.length).toBe(1)
  })

  test.each([true, false])('survives its client (streamed: %p)', async (stream) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const up = await bench.upstream(dying({ streams: always, before: () => promise }))
    const gateway = bench.gatewayOver([up])
    const ask = { ...CHAT_REQUEST, stream }
    const leaving = new AbortController()
    const headers = { 'content-type': 'application/json', ...KEY }
    const left = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(ask),
      signal: leaving.signal,
    })
    await until(() => up.received.length === 1)
    leaving.abort()
    await expect(left).rejects.toThrow()
    await new Promise((done) => setTimeout(done, 50))
    expect(up.abandoned()).toBe(0)
    resolve()
    await until(() => gateway.evidence.length === 1)
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'kept', verdict: 'complete' })
    const again = await gateway.post('/v1/chat/completions', ask, KEY)
    expect(wholeText(await again.text())).toBe(saying(1))
    expect(again.headers.get('x-fullstop-replayed')).toBe('1')
    expect(up.received.length).toBe(1)
  })

  test('outlives the time that its client said it would wait', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const up = await bench.upstream(dying({ streams: always, before: () => promise }))
    const gateway = bench.gatewayOver([up])
    const headers = { ...KEY, 'x-stainless-timeout': '0.1' }
    const leaving = AbortSignal.timeout(100)
    const body = JSON.stringify(CHAT_REQUEST)
    const url = `${gateway.url}/v1/chat/completions`
    const left = fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      signal: leaving,
    })
    await expect(left).rejects.toThrow()
    // Who joins waits as long as it says, and no longer.
    const impatient = await gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)
    expect([impatient.status, impatient.headers.get('x-should-retry')]).toEqual([504, 'true'])
    resolve()
    const again = await gateway.post('/v1/chat/completions', CHAT_REQUEST, KEY)
    expect(wholeText(await again.text())).toBe(saying(1))
    expect(up.received.length).toBe(1)
  })

  test('is tried again though its client has left', async () => {
    const up = await bench.upstream(
      dying({ streams: always, whole: (ordinal) => (ordinal === 1 ? 'refuses' : 'ends') }),
    )
    const gateway = bench.gatewayOver([up], '', { random: () => 0.99 })
    const leaving = new AbortController()
    const headers = { 'content-type': 'application/json', ...KEY }
    const body = JSON.stringify(CHAT_REQUEST)
    const left = fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body, signal: leaving.signal })
    await until(() => up.received.length === 1)
    await new Promise((done) => setTimeout(done, 30))
    leaving.abort()
    await expect(left).rejects.toThrow()
    await until(() => gateway.evidence.length === 1)
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'kept', verdict: 'complete' })
    expect(up.received.length).toBe(2)
  })

  test('lets 32 exchanges of a client go on without it, and frees the upstream of any more', async () => {
    const up = await bench.upstream(dying({ streams: () => 'falls-silent' }))
    const gateway = bench.gatewayOver([up])
    for (let i = 0; i < 33; i++) {
      const headers = { 'idempotency-key': `k${i}` }
      const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true }, headers)
      await response.body?.cancel()
    }
    await until(() => up.abandoned() === 1)
    await new Promise((done) => setTimeout(done, 50))
    // Nor is it finished in the background: it did not break off.
    expect([up.abandoned(), up.received.length]).toEqual([1, 33])
  })

  test('without one, a client that leaves still frees the upstream', async () => {
    const up = await bench.upstream(dying({ streams: always, before: () => new Promise(() => undefined) }))
    const gateway = bench.gatewayOver([up])
    const leaving = new AbortController()
    const body = JSON.stringify(CHAT_REQUEST)
    const headers = { 'content-type': 'application/json' }
    const left = fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body, signal: leaving.signal })
    await until(() => up.received.length === 1)
    leaving.abort()
    await expect(left).rejects.toThrow()
    await until(() => up.abandoned() === 1)
  })

  test('a failure is not its answer: whoever sends it again gets another try', async () => {
    const up = await bench.upstream(dying({ streams: always, whole: (ordinal) => (ordinal <= 4 ? 'refuses' : 'ends') }))
    const gateway = bench.gatewayOver([up], '', { random: () => 0 })
    const failed = await gateway.post('/v1/chat/completions', CHAT_REQUEST, KEY)
    expect(failed.status).toBeGreaterThanOrEqual(500)
    const again = await gateway.post('/v1/chat/completions', CHAT_REQUEST, KEY)
    expect([again.status, again.headers.get('x-fullstop-replayed')]).toEqual([200, null])
    expect(wholeText(await again.text())).toBe(saying(up.received.length))
  })

  test('what was refused before it was executed is not kept either', async () => {
    const up = await bench.upstream(dying({ streams: always }))
    const gateway = bench.gatewayOver([up])
    expect((await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, model: 'none' }, KEY)).status).toBe(404)
    expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST, KEY)).status).toBe(200)
  })

  test('a broken stream is finished under it, as often as it is asked for', async () => {
    const up = await bench.upstream(dying({ streams: () => 'dies' }))
    const gateway = bench.gatewayOver([up])
    const ask = { ...CHAT_REQUEST, stream: true }
    const broken = await gateway.post('/v1/chat/completions', ask, KEY)
    await expect(broken.text()).rejects.toThrow()
    await until(() => gateway.evidence.length > 0)
    for (let i = 0; i < 3; i++) {
      const again = await gateway.post('/v1/chat/completions', ask, KEY)
      expect(again.headers.get('x-fullstop-replayed')).toBe('1')
      expect(wholeText(await again.text())).toBe(saying(2))
    }
    expect(up.received.length).toBe(2)
    const [cut, finished] = gateway.evidence
    expect([cut?.outcome, finished?.outcome, finished?.finishOf]).toEqual(['broken-off', 'kept', cut?.id ?? ''])
  })

  test('is kept for its time', async () => {
    const clock = new FakeClock()
    const up = await bench.upstream(dying({ streams: always }))
    const gateway = bench.gatewayOver([up], 'replay: { keyWindow: 1h }', { clock })
    const ask = async (): Promise<string | null> => {
      const response = await onFakeTime(clock, gateway.post('/v1/chat/completions', CHAT_REQUEST, KEY))
      await onFakeTime(clock, response.text())
      return response.headers.get('x-fullstop-replayed')
    }
    expect(await ask()).toBeNull()
    clock.advance(3_590_000)
    expect(await ask()).toBe('1')
    clock.advance(10_000)
    expect(await ask()).toBeNull()
  })

  test('is one tenant’s, one client’s and one route’s alone', async () => {
    const up = await bench.upstream(dying({ streams: always }))
    const hash = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`
    const clients = ['a1', 'a2', 'b1'].map((key) => `  ${key}: { keyHash: "${hash(key)}", tenant: ${key.charAt(0)} }`)
    const gateway = bench.gatewayOver([up], `clients:\n${clients.join('\n')}`)
    const ask = async (client: string): Promise<string> => {
      const headers = { ...KEY, authorization: `Bearer ${client}` }
      return wholeText(await (await gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)).text())
    }
    const texts = await Promise.all(['a1', 'a2', 'b1', 'a1', 'a2', 'b1'].map(ask))
    expect(texts.slice(0, 3)).toEqual(texts.slice(3))
    expect(new Set(texts).size).toBe(3)
    expect(up.received.length).toBe(3)
    const bearer = { ...KEY, authorization: 'Bearer a1' }
    const elsewhere = await gateway.post('/v1/messages', MESSAGES_REQUEST, bearer)
    expect([elsewhere.status, elsewhere.headers.get('x-fullstop-replayed')]).toEqual([200, null])
  })

  test('gives Gemini’s array of what it kept as events', async () => {
    const up = await bench.upstream(dying({ streams: always }))
    const gateway = bench.gatewayOver([up])
    const events = await gateway.post('/v1beta/models/m:streamGenerateContent?alt=sse', GEMINI_REQUEST, KEY)
    const said = [...(await events.text()).matchAll(/^data: (.*)$/gm)].map(
      ([, json = '']) => JSON.parse(json) as unknown,
    )
    const array = await gateway.post('/v1beta/models/m:streamGenerateContent', GEMINI_REQUEST, KEY)
    expect(array.headers.get('x-fullstop-replayed')).toBe('1')
    expect(await array.json()).toEqual(said)
    expect(up.received.length).toBe(1)
  })

  test('survives a reload, as far as the new configuration has room for it', async () => {
    const up = await bench.upstream((_, response, ordinal) => {
      const message = { role: 'assistant', content: `${ordinal}${'x'.repeat(1_500_000)}` }
      json(response, 200, { ...CHAT_ANSWER, choices: [{ index: 0, message, finish_reason: 'stop' }] })
    })
    const gateway = bench.gatewayOver([up])
    const ask = async (): Promise<boolean> => {
      const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, KEY)
      await response.text()
      return response.headers.has('x-fullstop-replayed')
    }
    const reload = (megabytes: number): void => {
      const { config } = gateway.engine
      gateway.swap({ ...config, replay: { ...config.replay, limitBytes: megabytes * 1_048_576 } })
    }
    await ask()
    reload(2)
    expect(await ask()).toBe(true)
    reload(1)
    expect([await ask(), await ask()]).toEqual([false, false])
  })

  test('is ignored where the policy keeps nothing', async () => {
    const up = await bench.upstream(dying({ streams: always }))
    const gateway = bench.gatewayOver([up], 'defaults: { replay: off }')
    for (let i = 0; i < 2; i++) await (await gateway.post('/v1/chat/completions', CHAT_REQUEST, KEY)).text()
    expect(up.received.length).toBe(2)
  })

  test('keeps nothing that is larger than memory allows, and says nothing wrong for it', async () => {
    const large = 'x'.repeat(9 * 1024 * 1024)
    const up = await bench.upstream((_, response, ordinal) => {
      const message = { role: 'assistant', content: `${ordinal}${large}` }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          id: 'c',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
        }),
      )
    })
    const gateway = bench.gatewayOver([up])
    for (let i = 1; i <= 2; i++) {
      const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, KEY)
      expect(response.headers.get('x-fullstop-replayed')).toBeNull()
      expect((await response.text()).length).toBeGreaterThan(large.length)
    }
    expect(up.received.length).toBe(2)
  })

  test('an exchange that has outlived its client does not hold up a drain', async () => {
    const up = await bench.upstream(dying({ streams: always, before: () => new Promise(() => undefined) }))
    const gateway = bench.gatewayOver([up])
    const leaving = new AbortController()
    const headers = { 'content-type': 'application/json', ...KEY }
    const body = JSON.stringify(CHAT_REQUEST)
    const left = fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body, signal: leaving.signal })
    await until(() => up.received.length === 1)
    leaving.abort()
    await expect(left).rejects.toThrow()
    await new Promise((done) => setTimeout(done, 30))
    expect(up.abandoned()).toBe(0)
    await gateway.engine.drain()
    await until(() => up.abandoned() === 1)
    expect(gateway.evidence.at(-1)).toMatchObject({ outcome: 'client-gone', errorCode: 'shutting-down' })
  })
})

describe('the official SDKs', () => {
  test('openai: its own retry under a key meets the running answer, not a second one', async () => {
    const up = await bench.upstream(
      dying({
        streams: always,
        before: (ordinal) => (ordinal === 1 ? new Promise((done) => setTimeout(done, 400)) : undefined),
      }),
    )
    const gateway = bench.gatewayOver([up])
    // It gives up before the answer is there, and tries again by itself.
    const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1`, maxRetries: 4, timeout: 150 })
    const asked = client.chat.completions.create(
      { model: 'm', messages: [{ role: 'user', content: 'How is it?' }] },
      { headers: KEY },
    )
    expect((await asked).choices[0]?.message.content).toBe(saying(1))
    expect(up.received.length).toBe(1)
  })

  test('anthropic: its own retry under a key meets the running answer, not a second one', async () => {
    const up = await bench.upstream(
      dying({
        streams: always,
        before: (ordinal) => (ordinal === 1 ? new Promise((done) => setTimeout(done, 400)) : undefined),
      }),
    )
    const gateway = bench.gatewayOver([up])
    const client = new Anthropic({ apiKey: 'k', baseURL: gateway.url, maxRetries: 4, timeout: 150 })
    const stream = client.messages.stream(
      { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'How is it?' }] },
      { headers: KEY },
    )
    const { content } = await stream.finalMessage()
    expect(content[0]).toMatchObject({ type: 'text', text: saying(1) })
    expect(up.received.length).toBe(1)
  })
})
