import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { parseConfigObject } from '../../src/config/index.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { CHAT_REQUEST } from '../support/gateway.ts'
import { CHAT_EVENTS, startUpstream, type TestUpstream } from '../support/upstream.ts'

/** An address of this machine that is not loopback: its connections are those of a client elsewhere to the gateway. */
const ELSEWHERE = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
if (ELSEWHERE === undefined)
  console.warn('NOTICE: no address but loopback here: endings for clients elsewhere are skipped')

let upstream: TestUpstream
let gateway: RunningServer
beforeAll(async () => {
  upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    // A clean end in mid-answer.
    response.end(CHAT_EVENTS.slice(0, 3).join(''))
  })
  const parsed = parseConfigObject(
    {
      providers: { a: { protocol: 'openai-chat', baseUrl: `${upstream.url}/v1` } },
      models: { m: { platforms: ['a/x'] } },
      // Something has to be with the client before the answer breaks off.
      defaults: { delivery: 'live', replay: 'off' },
      clients: { me: { keyHash: `sha256:${createHash('sha256').update('k').digest('hex')}` } },
    },
    { env: {} },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  gateway = startServer({ config: parsed.config, hostname: '0.0.0.0', port: 0 })
})
afterAll(async () => {
  await gateway.stop(0)
  await upstream.stop()
})

/** How a broken answer ends on the wire, for a client that reads all along. */
function endOf(version: '1.0' | '1.1', connection: string): Promise<{ end: 'fin' | 'reset'; text: string }> {
  const body = JSON.stringify({ ...CHAT_REQUEST, stream: true })
  const head = `POST /v1/chat/completions HTTP/${version}\r\nHost: gateway\r\nAuthorization: Bearer k\r\n${connection}`
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(new URL(gateway.url).port), ELSEWHERE, () => {
      socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    })
    socket.on('data', (data) => void (text += data.toString()))
    socket.on('end', () => resolve({ end: 'fin', text }))
    socket.on('error', () => resolve({ end: 'reset', text }))
  })
}

test.skipIf(ELSEWHERE === undefined)(
  'a broken answer for HTTP/1.0 ends in a reset: without chunks any other close would be its proper end',
  async () => {
    const { end, text } = await endOf('1.0', 'Connection: close\r\n')
    expect({ end, said: text.includes('"code":"no-complete-answer"') }).toEqual({ end: 'reset', said: true })
    expect(text).not.toContain('transfer-encoding: chunked')
  },
  15_000,
)

test.skipIf(ELSEWHERE === undefined)(
  'for HTTP/1.1 it ends in good order, but without the last chunk',
  async () => {
    const { end, text } = await endOf('1.1', '')
    expect({ end, said: text.includes('"code":"no-complete-answer"') }).toEqual({ end: 'fin', said: true })
    expect(text.toLowerCase()).toContain('transfer-encoding: chunked')
    expect(text.endsWith('0\r\n\r\n')).toBe(false)
  },
  15_000,
)
