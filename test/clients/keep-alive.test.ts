import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { probeWire } from '../../src/lab/index.ts'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { RunningServer } from '../../src/server/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { answerOf, contentOf, type Telling } from './answers.ts'
import type { ClientPath } from './client-path.ts'
import { CLIENT_PATHS } from './clients.ts'
import { alone, backed, startGateway } from './gateway.ts'
import { type Fault, type Script, whole } from './script.ts'
import { type ScriptedUpstream, startUpstream } from './upstream.ts'
import { questionFor } from './wires.ts'

let upstream: ScriptedUpstream
let gateway: RunningServer
beforeAll(async () => {
  upstream = await startUpstream()
  gateway = startGateway({ upstreamUrl: upstream.url, patienceMs: 2_000, keepAliveMs: 50 })
})
afterAll(async () => {
  await gateway.stop(0)
  await upstream.stop()
})

const slow = (fault: Fault): Script => ({ ...whole('text'), fault, position: 'start', pace: 'slow' })
const ROUTES = CLIENT_PATHS.filter(({ streamed }) => streamed).flatMap((path) =>
  PROTOCOLS.map((provider) => ({ name: path.name, path, provider })),
)
const KEEP_ALIVES: Readonly<Record<ProtocolName, RegExp>> = {
  anthropic: /^(event: ping\ndata: \{[^\n]*\}\n\n)+/,
  'openai-chat': /^(:[^\n]*\n\n)+/,
  'openai-responses': /^(:[^\n]*\n\n)+/,
  gemini: /^(data: \{"candidates":\[\{"content":\{"parts":\[\{"text":""\}\],"role":"model"\},"index":0\}\]\}\n\n)+/,
}

const ERROR_EVENTS: Readonly<Record<ProtocolName, RegExp>> = {
  anthropic: /^event: error\ndata: \{[^\n]*\}\n\n$/,
  'openai-chat': /^data: \{"error":[^\n]*\}\n\n$/,
  'openai-responses': /^event: error\ndata: \{[^\n]*\}\n\nevent: response\.failed\ndata: \{[^\n]*\}\n\n$/,
  gemini: /^data: \{"error":[^\n]*\}\n\n$/,
}

function ask(path: ClientPath, model: string): ReturnType<ClientPath['ask']> {
  return path.ask({ url: gateway.url, model, scenario: 'text' })
}

async function expectWhole(path: ClientPath, model: string, telling: Telling): Promise<void> {
  const { outcome, error, text, toolCalls, headers } = await ask(path, model)
  expect({ outcome, error, text, toolCalls }).toEqual({
    outcome: 'success',
    error: '',
    ...contentOf(answerOf('text', telling)),
  })
  // The status was sent before it was known who would answer.
  expect(headers.get('x-fullstop-platform')).toBeNull()
}

function probe(client: ProtocolName, model: string): ReturnType<typeof probeWire> {
  const { path, body } = questionFor(client, model, true)
  return probeWire(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    silenceMs: 15_000,
  })
}

describe('keep-alives before the first content', () => {
  test.concurrent.each(ROUTES)(
    '$name, $provider upstream: the client waits and gets the whole answer',
    ({ path, provider }) => expectWhole(path, alone(slow('none'), provider), 'first'),
  )

  test.concurrent.each(ROUTES)(
    '$name, $provider upstream: going elsewhere after them is still unseen',
    ({ path, provider }) => expectWhole(path, backed(slow('fin'), provider, provider), 'second'),
  )

  test.concurrent.each(ROUTES)(
    '$name, $provider upstream: a failure after them is an error',
    async ({ path, provider }) => {
      const { outcome, error, text } = await ask(path, alone(slow('eof'), provider))
      expect({ outcome, text }).toEqual({ outcome: 'error', text: '' })
      expect(error).toContain('No complete answer after 2 attempts')
    },
  )

  const routes = PROTOCOLS.flatMap((client) => PROTOCOLS.map((provider) => ({ client, provider })))

  test.concurrent.each(routes)(
    '$client client, $provider upstream: on the wire they come first',
    async ({ client, provider }) => {
      const { status, body, end } = await probe(client, alone(slow('none'), provider))
      expect({ status, end }).toEqual({ status: 200, end: 'clean' })
      const before = KEEP_ALIVES[client].exec(body)?.[0] ?? ''
      expect(before.split('\n\n').length - 1).toBeGreaterThan(1)
      expect(body.slice(before.length)).toMatch(
        /^(event: message_start|event: response\.created|data: \{"(?:id|candidates)")/,
      )
    },
  )

  test.concurrent.each(routes)(
    '$client client, $provider upstream: on the wire a failure after them is an error event, then an aborted body',
    async ({ client, provider }) => {
      const { status, body, end } = await probe(client, alone(slow('eof'), provider))
      expect(status).toBe(200)
      const rest = body.slice(KEEP_ALIVES[client].exec(body)?.[0].length ?? 0)
      expect(rest).toMatch(ERROR_EVENTS[client])
      expect(['fin', 'reset']).toContain(end)
    },
    20_000,
  )
})
