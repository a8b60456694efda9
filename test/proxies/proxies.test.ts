import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { probeWire, type WireReading } from '../../src/lab/index.ts'
import { CHAT_REQUEST, startGateway, type TestGateway } from '../support/gateway.ts'
import { CHAT_EVENTS, startUpstream, type TestUpstream } from '../support/upstream.ts'
import { readHttp2 } from './http2-client.ts'
import { PROXIES, type RunningProxy, startProxy, versionOf } from './proxy-process.ts'

const KEEP_ALIVE_MS = 50

/** An event with content, many times over: each is written when the one before has arrived. */
const WORD = CHAT_EVENTS[2] ?? ''
const WORDS = 10
const PACED_EVENTS = CHAT_EVENTS.flatMap((event) => (event === WORD ? Array<string>(WORDS).fill(WORD) : [event]))
/** All of them; were each held back for the 200 ms that Linux corks a connection, it would be twice as long. */
const PROMPT_MS = 1_000

/** What the upstream waits for before it goes on, each time by the test of that name. */
let goOn: () => void = () => undefined
const untilTold = (): Promise<void> => new Promise((resolve) => void (goOn = resolve))

let upstream: TestUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startUpstream(async ({ body }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (body.includes('"late"')) {
      response.flushHeaders()
      await untilTold()
    }
    const events = body.includes('"cut"') ? CHAT_EVENTS.slice(0, 3) : CHAT_EVENTS
    for (const event of body.includes('"paced"') ? PACED_EVENTS : events) {
      response.write(event)
      if (body.includes('"paced"') && event === WORD) await untilTold()
    }
    response.end()
  })
  const models = ['whole', 'cut', 'paced', 'late'].map((name) => `  ${name}: { platforms: [a/${name}] }`)
  gateway = startGateway(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "${upstream.url}/v1", completion: strict }\nmodels:\n${models.join('\n')}\ndefaults: { delivery: live, replay: off }\n`,
    { keepAliveMs: KEEP_ALIVE_MS },
  )
})
afterAll(async () => {
  await gateway.stop(0)
  await upstream.stop()
})

const bodyFor = (model: string): string => JSON.stringify({ ...CHAT_REQUEST, model, stream: true })
const JSON_TYPE = { 'content-type': 'application/json' }
const PATH = '/v1/chat/completions'

for (const proxy of PROXIES) {
  const version = versionOf(proxy)
  if (version === undefined) console.warn(`NOTICE: ${proxy.name} is not installed here: its tests are skipped`)

  describe.skipIf(version === undefined)(`${proxy.name} ${version}, as in examples/proxies/${proxy.file}`, () => {
    let before: RunningProxy
    let before2: RunningProxy
    beforeAll(async () => {
      before = await startProxy(proxy, gateway.url)
      before2 = await startProxy(proxy, gateway.url, proxy.asHttp2)
    })
    afterAll(async () => {
      await before?.stop()
      await before2?.stop()
    })

    function probe(model: string, headers: Record<string, string> = {}): Promise<WireReading> {
      const body = bodyFor(model)
      return probeWire(before.url + PATH, {
        method: 'POST',
        headers: { ...JSON_TYPE, ...headers },
        body,
        silenceMs: 5_000,
      })
    }

    /** Reads, and tells the upstream to go on each time that this has come; the text without keep-alives. */
    async function readTelling(model: string, awaited: RegExp): Promise<string> {
      const response = await fetch(before.url + PATH, { method: 'POST', headers: JSON_TYPE, body: bodyFor(model) })
      let text = ''
      const decoder = new TextDecoder()
      for await (const bytes of response.body ?? []) {
        const part = decoder.decode(bytes, { stream: true })
        text += part
        if (awaited.test(awaited.source.startsWith('^') ? text : part)) goOn()
      }
      return withoutKeepAlives(text)
    }

    test('a whole answer arrives as it is, not compressed, with its headers', async () => {
      const { status, headers, body, end } = await probe('whole', { 'accept-encoding': 'gzip' })
      expect({ status, end, body: withoutKeepAlives(body) }).toEqual({
        status: 200,
        end: 'clean',
        body: CHAT_EVENTS.join(''),
      })
      expect(headers['x-fullstop-id']).toMatch(/^fs_/)
      expect(headers['content-encoding']).toBeUndefined()
    })

    test('events arrive at once, each before the next one is written', async () => {
      const startedAtMs = performance.now()
      expect(await readTelling('paced', /"content":"is "/)).toBe(PACED_EVENTS.join(''))
      expect(performance.now() - startedAtMs).toBeLessThan(PROMPT_MS)
    })

    test('keep-alives arrive while there is nothing else', async () => {
      expect(await readTelling('late', /^(:[^\n]*\n\n){2}/)).toBe(CHAT_EVENTS.join(''))
    })

    /** That an end is none, unless this version is known to hide it; the day it does not, the list is out of date. */
    function expectBroken(end: string, faulty: RegExp | undefined): void {
      const isFaulty = faulty?.test(version ?? '') ?? false
      if (isFaulty)
        console.warn(`NOTICE: ${proxy.name} ${version} ends answers that break off cleanly, as is known of it`)
      expect(end === 'clean').toBe(isFaulty)
    }

    test('an answer that breaks off does not end cleanly for HTTP/1.1', async () => {
      const { status, body, end } = await probe('cut')
      expect({ status, said: body.includes('"code":"no-complete-answer"') }).toEqual({ status: 200, said: true })
      expectBroken(end, proxy.hidesAborts?.http1)
    })

    test('an answer that breaks off does not end cleanly for HTTP/2', async () => {
      const whole = await readHttp2(before2.url + PATH, bodyFor('whole'))
      expect({ ...whole, text: withoutKeepAlives(whole.text) }).toEqual({ end: 'clean', text: CHAT_EVENTS.join('') })
      const { end, text } = await readHttp2(before2.url + PATH, bodyFor('cut'))
      expect(text).toContain('"code":"no-complete-answer"')
      expectBroken(end, proxy.hidesAborts?.http2)
    })

    test('2 MiB of request pass, more than 32 MiB are refused', async () => {
      const ask = (mebibytes: number): Promise<Response> =>
        fetch(before.url + PATH, {
          method: 'POST',
          headers: JSON_TYPE,
          body: JSON.stringify({
            model: 'whole',
            stream: true,
            messages: [{ role: 'user', content: 'x'.repeat(mebibytes * 1024 * 1024) }],
          }),
        })
      expect((await ask(2)).status).toBe(200)
      expect((await ask(33)).status).toBe(413)
    })

    test('a request is not sent twice', async () => {
      let requests = 0
      // Says that it is well, and hangs up on each request.
      const rude = createServer((socket) => {
        socket.once('data', (data) => {
          if (!data.toString().startsWith('POST'))
            return void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
          requests += 1
          socket.destroy()
        })
        socket.on('error', () => undefined)
      })
      await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
      const own = await startProxy(proxy, `http://127.0.0.1:${(rude.address() as AddressInfo).port}`)
      const response = await fetch(own.url + PATH, { method: 'POST', headers: JSON_TYPE, body: bodyFor('whole') })
      await own.stop()
      rude.close()
      expect({ isFailure: response.status >= 500, requests }).toEqual({ isFailure: true, requests: 1 })
    })

    test('the callers of others do not pass for the machine’s own', async () => {
      const asked = { 'x-forwarded-for': '203.0.113.9', host: '127.0.0.1' }
      const response = await fetch(`${before.url}/api/exchanges`, { headers: asked })
      // A proxy that trusts nobody drops what the caller claims; the caller is this machine then, and that is true.
      expect(response.status).toBe(proxy.name === 'Caddy' ? 200 : 403)
    })
  })
}

/** A machine that is busy may be so late that there are some. */
function withoutKeepAlives(text: string): string {
  return text.replaceAll(/^:[^\n]*\n\n/gm, '')
}
