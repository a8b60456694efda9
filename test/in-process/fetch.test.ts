import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { createFullstop } from '../../src/index.ts'
import { CHAT_EVENTS, sse, startUpstream, type UpstreamHandler } from '../support/upstream.ts'
import { chat, message, overloaded, startTwoProviders, until } from './upstreams.ts'

const CHAT_URL = 'https://api.openai.com/v1/chat/completions'
const CALL = { model: 'm', messages: [{ role: 'user', content: 'How is it?' }] } as const
const BODY = JSON.stringify(CALL)

const whole: UpstreamHandler = (_, response) => sse(response, CHAT_EVENTS.join(''))
/** Ends cleanly after two pieces of text. */
const cut: UpstreamHandler = (_, response) => sse(response, CHAT_EVENTS.slice(0, 3).join(''))
/** The same, and then nothing more. */
const stalled: UpstreamHandler = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(CHAT_EVENTS.slice(0, 3).join(''))
}

describe('fetch for SDKs that know nothing of it', () => {
  test('their base URLs stay, their keys go nowhere, and failing over is invisible', async () => {
    await using world = await startTwoProviders(overloaded, message('All is well.'))
    const { fetch } = world.fullstop
    const openai = new OpenAI({ fetch, apiKey: 'SDK-KEY', maxRetries: 0 })
    const anthropic = new Anthropic({ fetch, apiKey: 'SDK-KEY', maxRetries: 0 })
    const completion = await openai.chat.completions.create({ ...CALL, messages: [...CALL.messages] })
    expect(completion.choices[0]?.message.content).toBe('All is well.')
    const answer = await anthropic.messages.create({ ...CALL, messages: [...CALL.messages], max_tokens: 9 })
    expect(answer.content).toMatchObject([{ type: 'text', text: 'All is well.' }])
    const received = [...world.openai.received, ...world.anthropic.received]
    expect(received.length).toBeGreaterThanOrEqual(4)
    expect(JSON.stringify(received)).not.toContain('SDK-KEY')
    expect(world.openai.received[0]?.headers.authorization).toBe('Bearer openai-key')
    expect(world.anthropic.received[0]?.headers['x-api-key']).toBe('anthropic-key')
  })

  test('a stream comes whole', async () => {
    await using world = await startTwoProviders(whole, overloaded)
    const openai = new OpenAI({ fetch: world.fullstop.fetch, apiKey: 'x', maxRetries: 0 })
    let text = ''
    for await (const chunk of await openai.chat.completions.create({
      ...CALL,
      messages: [...CALL.messages],
      stream: true,
    }))
      text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('All is well.')
  })

  test('a stream that breaks off rejects', async () => {
    await using world = await startTwoProviders(cut, overloaded)
    const openai = new OpenAI({ fetch: world.fullstop.fetch, apiKey: 'x', maxRetries: 0 })
    let text = ''
    const read = async (): Promise<void> => {
      const stream = await openai.chat.completions.create({ ...CALL, messages: [...CALL.messages], stream: true })
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    }
    await expect(read()).rejects.toThrow('No complete answer')
    expect(text).toBe('All is ')
    expect(world.exchanges).toMatchObject([{ outcome: 'broken-off', verdict: 'truncated' }])
  })

  test('the raw body of one that breaks off rejects too, after the error event', async () => {
    await using world = await startTwoProviders(cut, overloaded)
    const response = await world.fullstop.fetch(CHAT_URL, {
      method: 'POST',
      body: JSON.stringify({ ...CALL, stream: true }),
    })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const piece of response.body ?? []) text += new TextDecoder().decode(piece)
    }
    await expect(read()).rejects.toThrow('No complete answer')
    expect(text).toContain('"error"')
    expect(text).not.toContain('[DONE]')
  })

  test('Google’s address is routed too, and the key in it goes nowhere', async () => {
    await using world = await startTwoProviders(chat('All is well.'), overloaded)
    const url = 'https://generativelanguage.googleapis.com/v1beta/models/m:generateContent?key=SDK-KEY'
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'How is it?' }] }] })
    const response = await world.fullstop.fetch(url, { method: 'POST', body })
    expect(await response.json()).toMatchObject({
      candidates: [{ content: { parts: [{ text: 'All is well.' }] }, finishReason: 'STOP' }],
    })
    expect(JSON.stringify(world.openai.received)).not.toContain('SDK-KEY')
  })

  test('models are listed, unknown paths are errors in the caller’s protocol', async () => {
    await using world = await startTwoProviders(overloaded, overloaded)
    const list = await world.fullstop.fetch('https://api.openai.com/v1/models')
    expect(await list.json()).toMatchObject({ data: [{ id: 'm' }, { id: 'n' }] })
    const unknown = await world.fullstop.fetch('https://api.anthropic.com/nowhere', {
      headers: { 'anthropic-version': 'x' },
    })
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })
})

describe('a response handed to a server', () => {
  test('is served whole: Bun reads its body past its methods', async () => {
    await using world = await startTwoProviders(chat('All is well.'), overloaded)
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => world.fullstop.fetch(request) })
    const response = await fetch(new URL('/v1/chat/completions', server.url), { method: 'POST', body: BODY })
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'All is well.' } }] })
    await server.stop(true)
  })
})

describe('what fetch is called with', () => {
  const bytes = new TextEncoder().encode(BODY)
  const stream = (): ReadableStream =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 5))
        controller.enqueue(bytes.subarray(5))
        controller.close()
      },
    })
  // A stream may be longer than it says; nobody holds it to that in-process.
  const headers = { 'content-length': '3' }
  const ways: readonly (readonly [string, () => [string | URL | Request, RequestInit?]])[] = [
    ['text', () => [CHAT_URL, { method: 'post', body: BODY }]],
    ['a URL', () => [new URL(CHAT_URL), { method: 'POST', body: BODY }]],
    ['bytes', () => [CHAT_URL, { method: 'POST', body: bytes }]],
    ['a part of a buffer', () => [CHAT_URL, { method: 'POST', body: new Uint8Array([0, ...bytes]).subarray(1) }]],
    ['an ArrayBuffer', () => [CHAT_URL, { method: 'POST', body: bytes.buffer }]],
    ['a blob', () => [CHAT_URL, { method: 'POST', body: new Blob([bytes]) }]],
    ['a stream', () => [CHAT_URL, { method: 'POST', body: stream(), duplex: 'half', headers } as RequestInit]],
    ['a Request', () => [new Request(CHAT_URL, { method: 'POST', body: BODY })]],
    ['a Request and more', () => [new Request(CHAT_URL, { method: 'POST', body: 'not this' }), { body: BODY }]],
  ]
  test.each(ways)('%s', async (_, arguments_) => {
    await using world = await startTwoProviders(chat('All is well.'), overloaded)
    const response = await world.fullstop.fetch(...arguments_())
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'All is well.' } }] })
    expect(JSON.parse(world.openai.received[0]?.body ?? '')).toMatchObject({ messages: CALL.messages })
  })

  test.each([
    ['bytes', (bytes: Uint8Array<ArrayBuffer>) => bytes],
    ['a blob', (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes])],
  ])('%s that are not UTF-8 are refused', async (_, bodyOf) => {
    await using world = await startTwoProviders(chat('All is well.'), overloaded)
    const body = bodyOf(new Uint8Array(Buffer.from(BODY.replace(/"content":"/, '"content":"größe '), 'latin1')))
    const response = await world.fullstop.fetch(CHAT_URL, { method: 'POST', body })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Expected a body in UTF-8')])
    expect(world.openai.received).toEqual([])
  })

  test('a stream is bounded, whatever length it announces', async () => {
    await using world = await startTwoProviders(overloaded, overloaded)
    const megabyte = new Uint8Array(1024 * 1024)
    let sent = 0
    const body = new ReadableStream({
      pull: (controller) => (sent++ < 40 ? controller.enqueue(megabyte) : controller.close()),
    })
    const response = await world.fullstop.fetch(CHAT_URL, { method: 'POST', body, headers })
    expect(response.status).toBe(413)
  })

  test('what is no URL rejects as fetch does', async () => {
    await using world = await startTwoProviders(overloaded, overloaded)
    expect(world.fullstop.fetch('http://[')).rejects.toThrow(TypeError)
  })
})

describe('what is passed through', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)

  test.each([
    ['bytes that are no text', bytes, undefined],
    ['a stream of them', new Blob([bytes]).stream(), undefined],
    ['a blob, with its type', new Blob([bytes], { type: 'audio/wav' }), 'audio/wav'],
    ['text', 'All is well.', undefined],
  ])('%s arrives as it is', async (_, body, type) => {
    const seen: { readonly bytes: Uint8Array; readonly type: string | undefined }[] = []
    const files = createServer(async (request, response) => {
      seen.push({ bytes: Buffer.concat(await request.toArray()), type: request.headers['content-type'] })
      response.end('{}')
    })
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
    const { port } = files.address() as AddressInfo
    const fullstop = await createFullstop({
      config: {
        providers: { a: { protocol: 'openai-chat', baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'k' } },
        passthrough: { files: 'a' },
      },
    })
    const expected = Buffer.from(typeof body === 'string' ? body : bytes)
    const response = await fullstop.fetch('https://api.openai.com/v1/files', { method: 'POST', body })
    expect(response.status).toBe(200)
    expect(expected.equals(seen[0]?.bytes ?? Buffer.alloc(0))).toBe(true)
    if (type !== undefined) expect(seen[0]?.type).toBe(type)
    files.close()
  })
})

describe('an abort', () => {
  const post = (signal: AbortSignal, more: object = {}): [string, RequestInit] => [
    CHAT_URL,
    { method: 'POST', body: JSON.stringify({ ...CALL, ...more }), signal },
  ]

  test('before the call sends nothing', async () => {
    await using world = await startTwoProviders(whole, overloaded)
    await expect(world.fullstop.fetch(...post(AbortSignal.abort(new Error('gone'))))).rejects.toThrow('gone')
    expect(world.openai.received).toHaveLength(0)
  })

  test.each([false, true])('while an answer is waited for frees the upstream (stream: %p)', async (isStreamed) => {
    const arrived = Promise.withResolvers<void>()
    await using world = await startTwoProviders(() => arrived.resolve(), overloaded)
    const controller = new AbortController()
    const asked = world.fullstop.fetch(...post(controller.signal, { stream: isStreamed }))
    await arrived.promise
    controller.abort()
    await expect(asked).rejects.toThrow('abort')
    await until(() => world.openai.abandoned() === 1)
    expect(world.exchanges).toMatchObject([{ outcome: 'client-gone' }])
  })

  test('in the middle of a stream errors the body and frees the upstream', async () => {
    await using world = await startTwoProviders(stalled, overloaded)
    const controller = new AbortController()
    const response = await world.fullstop.fetch(...post(controller.signal, { stream: true }))
    const reader = response.body?.getReader()
    await reader?.read()
    const next = reader?.read()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
    await until(() => world.openai.abandoned() === 1)
    expect(world.exchanges).toMatchObject([{ outcome: 'client-gone' }])
  })

  test('by cancelling the body frees the upstream', async () => {
    await using world = await startTwoProviders(stalled, overloaded)
    const response = await world.fullstop.fetch(...post(new AbortController().signal, { stream: true }))
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await until(() => world.openai.abandoned() === 1)
  })
})

describe('a stream as body that its caller gives up', () => {
  test('is ended', async () => {
    await using world = await startTwoProviders(whole, overloaded)
    const controller = new AbortController()
    let reason: unknown
    const body = new ReadableStream({ cancel: (why) => void (reason = why) })
    const asked = world.fullstop.fetch(CHAT_URL, { method: 'POST', body, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    await until(() => reason !== undefined)
  })
})

describe('the upstream', () => {
  test('is reached by the given fetch, and its redirects are not followed', async () => {
    const seen: RequestInit[] = []
    const elsewhere = await startUpstream(chat('All is well.'))
    const fullstop = await createFullstop({
      config: { providers: { a: { protocol: 'openai-chat', baseUrl: 'https://a.example/v1', apiKey: 'k' } } },
      fetch: async (url, init) => {
        seen.push(init)
        return fetch(url.replace('https://a.example', elsewhere.url), init)
      },
    })
    const response = await fullstop.fetch(CHAT_URL, { method: 'POST', body: JSON.stringify({ ...CALL, model: 'a/x' }) })
    expect(response.status).toBe(200)
    expect(seen).toMatchObject([{ redirect: 'manual' }])
    await elsewhere.stop()
  })

  test('may undo a compression, and still cannot send more than fits', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, ' '))
    const gzipped: UpstreamHandler = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length })
      response.end(bomb)
    }
    await using world = await startTwoProviders(gzipped, message('All is well.'))
    const init = { method: 'POST', body: BODY, headers: { 'x-fullstop-workflow': 'tickets' } }
    await world.fullstop.fetch(CHAT_URL, init)
    expect(world.exchanges[0]?.attempts[0]).toMatchObject({ verdict: 'malformed', reason: 'too-large' })
  })

  test('cannot make Fullstop call itself by taking the global’s place', async () => {
    await using world = await startTwoProviders(chat('All is well.'), overloaded)
    const own = globalThis.fetch
    globalThis.fetch = world.fullstop.fetch as typeof fetch
    try {
      const response = await fetch(CHAT_URL, { method: 'POST', body: BODY })
      expect(response.headers.get('x-fullstop-platform')).toBe('openai/gpt-4o')
    } finally {
      globalThis.fetch = own
    }
  })
})

describe('close', () => {
  test('lets running exchanges end, and takes no more', async () => {
    const finish = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    await using world = await startTwoProviders(async (request, response, ordinal) => {
      arrived.resolve()
      await finish.promise
      await chat('All is well.')(request, response, ordinal)
    }, overloaded)
    const asked = world.fullstop.fetch(CHAT_URL, { method: 'POST', body: BODY })
    await arrived.promise
    const closed = world.fullstop.close()
    expect((await world.fullstop.fetch(CHAT_URL, { method: 'POST', body: BODY })).status).toBe(503)
    await expect(world.fullstop.generate('x', { model: 'm' })).rejects.toThrow('shutting down')
    finish.resolve()
    expect((await asked).status).toBe(200)
    await closed
  })

  test('ends what takes longer than its patience, as failed', async () => {
    const arrived = Promise.withResolvers<void>()
    await using world = await startTwoProviders(() => arrived.resolve(), overloaded)
    const asked = world.fullstop.fetch(CHAT_URL, { method: 'POST', body: BODY })
    await arrived.promise
    await world.fullstop.close(1)
    expect(await (await asked).json()).toMatchObject({ error: { fullstop: { code: 'shutting-down' } } })
  })
})

describe('the end of a compressed body', () => {
  const chunk = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Whole.' }] }, index: 0, finishReason: 'STOP' }],
  }
  const event = `data: ${JSON.stringify(chunk)}\r\n\r\n`

  test.each([
    ['is the proof of one that came as it is', false, 200],
    ['is none where the runtime undid the compression, since a cut one may look whole', true, 502],
  ] as const)('%s', async (_, isCompressed, status) => {
    await using provider = await disposable((_request, response) => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        ...(isCompressed && { 'content-encoding': 'gzip' }),
      })
      response.end(isCompressed ? gzipSync(event) : event)
    })
    const fullstop = await createFullstop({
      config: {
        providers: { g: { protocol: 'gemini', baseUrl: provider.url, apiKey: 'k' } },
        defaults: { attempts: 1 },
      },
    })
    const response = await fullstop.fetch('/v1beta/models/g/x:streamGenerateContent?alt=sse', {
      method: 'POST',
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }),
    })
    expect(response.status).toBe(status)
    expect((await response.text()).includes('Whole.')).toBe(!isCompressed)
  })
})

async function disposable(handler: UpstreamHandler): Promise<{ readonly url: string } & AsyncDisposable> {
  const { url, stop } = await startUpstream(handler)
  return { url, [Symbol.asyncDispose]: stop }
}
