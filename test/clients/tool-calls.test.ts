import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { RunningServer } from '../../src/server/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { answerOf, contentOf } from './answers.ts'
import { CLIENT_PATHS } from './clients.ts'
import { alone, startGateway } from './gateway.ts'
import { type Fault, type Script, whole } from './script.ts'
import { questionFor, type ScriptedUpstream, startUpstream } from './upstream.ts'

let upstream: ScriptedUpstream
let gateway: RunningServer
beforeAll(async () => {
  upstream = await startUpstream()
  gateway = startGateway({ upstreamUrl: upstream.url, attempts: 1 })
})
afterAll(async () => {
  await gateway.stop(0)
  await upstream.stop()
})

const ROUTES = CLIENT_PATHS.flatMap((path) => PROTOCOLS.map((provider) => ({ name: path.name, path, provider })))
const DELIVERIES = ['live', 'hold'] as const

const LIMIT: Readonly<Record<ProtocolName, string>> = {
  anthropic: 'max_tokens',
  'openai-chat': 'length',
  'openai-responses': 'max_output_tokens',
  gemini: 'MAX_TOKENS',
}

describe('a limit that stops inside a tool call', () => {
  const pairs = PROTOCOLS.flatMap((client) => PROTOCOLS.map((provider) => ({ client, provider })))

  test.each(pairs)(
    '$client client, $provider upstream: nothing of the call on the wire',
    async ({ client, provider }) => {
      for (const streamed of [true, false]) {
        const { path, body } = questionFor(client, alone(whole('limited-call'), provider), streamed)
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
        const seen = await response.text()
        expect(response.status).toBe(200)
        expect(seen).toContain(`"${LIMIT[client]}"`)
        expect(seen).toContain('up. ')
        expect(seen).not.toMatch(/get_tide|call_tide|tool_use|function_?call|Ålesund/i)
      }
    },
  )

  test.each(ROUTES)('$name, $provider upstream: all text, the limit, and no call', async ({ path, provider }) => {
    for (const delivery of DELIVERIES) {
      const { outcome, text, toolCalls, stop } = await path.ask({
        url: gateway.url,
        model: alone(whole('limited-call'), provider),
        scenario: 'limited-call',
        headers: { 'x-fullstop-delivery': delivery },
      })
      expect(answerOf('limited-call', 'first').calls.length).toBe(1)
      expect({ outcome, text, toolCalls, stop }).toEqual({
        outcome: 'success',
        stop: LIMIT[path.protocol],
        ...contentOf(answerOf('limited-call', 'first')),
      })
    }
  })
})

describe('a stream cut inside arguments', () => {
  const cuts: readonly Fault[] = ['eof', 'midjson', 'fin', 'rst', 'err', 'stall', 'malformed', 'bad-arguments']
  const routes = PROTOCOLS.flatMap((client) => PROTOCOLS.map((provider) => ({ client, provider })))

  test.concurrent.each(routes)(
    '$client client, $provider upstream: no byte of a call reaches the client',
    async ({ client, provider }) => {
      await Promise.all(
        cuts.map(async (fault) => {
          const script: Script = { ...whole('tool'), fault }
          const { path, body } = questionFor(client, alone(script, provider), true)
          const response = await fetch(gateway.url + path, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          })
          const seen = await textOf(response)
          expect(seen).toContain('No complete answer after 1 attempt')
          expect(seen).not.toMatch(
            /get_tide|call_tide|tool_use|"tool_calls|function_?call"|message_stop|\[DONE\]|response\.(?:in)?complete|"(?:stop_reason|finish_?reason)":"/i,
          )
        }),
      )
    },
  )
})

/** All that comes until the body breaks. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  const reader = response.body?.getReader()
  try {
    for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read())
      text += decoder.decode(piece.value, { stream: true })
  } catch {
    // The broken body is what the stream is expected to end in.
  }
  return text
}

describe('arguments that are no JSON object in a whole Anthropic message', () => {
  const paths = CLIENT_PATHS.filter(({ streamed }) => !streamed)

  test.each(paths)('$name: not an answer', async (path) => {
    const script: Script = { ...whole('tool'), fault: 'bad-arguments' }
    const reading = await path.ask({ url: gateway.url, model: alone(script, 'anthropic'), scenario: 'tool' })
    expect(reading.outcome).toBe('error')
  })
})
