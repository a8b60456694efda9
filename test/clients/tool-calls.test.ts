import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { RunningServer } from '../../src/server/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { answerOf, contentOf } from './answers.ts'
import { CLIENT_PATHS } from './clients.ts'
import { alone, startGateway } from './gateway.ts'
import { inParallel } from './pool.ts'
import { type Fault, type Script, toModel, whole } from './script.ts'
import { type ScriptedUpstream, startUpstream } from './upstream.ts'
import { questionFor } from './wires.ts'

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
const PAIRS = PROTOCOLS.flatMap((client) => PROTOCOLS.map((provider) => ({ client, provider })))
const DELIVERIES = ['live', 'hold'] as const
/** For hundreds of exchanges at once, some of which wait for a time-out; they take a tenth of this. */
const LIMIT_MS = 20_000
const LIMITS: Readonly<Record<ProtocolName, string>> = {
  anthropic: 'max_tokens',
  'openai-chat': 'length',
  'openai-responses': 'max_output_tokens',
  gemini: 'MAX_TOKENS',
}

/** What shows a call, in any protocol: the names and inputs of the scripts, and the words for a call. */
const CALL = /get_(?:tide|wind)|call_(?:tide|wind)|Ålesund|tool_use|"tool_calls|function_?call/i
/** What a client could take for a proper end. */
const END = /message_stop|\[DONE\]|response\.(?:completed|incomplete)|"(?:stop_reason|finish_?reason)":"/i

/** Asks without an SDK. */
function send(client: ProtocolName, model: string, streamed: boolean): Promise<Response> {
  const { path, body } = questionFor(client, model, streamed)
  const headers = { 'content-type': 'application/json' }
  return fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
}

describe('a limit that stops inside a tool call', () => {
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
        stop: LIMITS[path.protocol],
        ...contentOf(answerOf('limited-call', 'first')),
      })
    }
  })

  test.each(PAIRS)(
    '$client client, $provider upstream: on the wire the text, the limit, and nothing of the call',
    async ({ client, provider }) => {
      for (const streamed of [true, false]) {
        const response = await send(client, alone(whole('limited-call'), provider), streamed)
        const seen = await response.text()
        expect(response.status).toBe(200)
        expect(seen).toContain('that up. ')
        expect(seen).toContain(`"${LIMITS[client]}"`)
        expect(seen).not.toMatch(CALL)
      }
    },
  )
})

describe('a stream cut amid its calls', () => {
  const faults: readonly Fault[] = ['eof', 'midjson', 'fin', 'rst', 'err', 'stall', 'malformed', 'bad-arguments']
  // The midst is inside an input; of Gemini's calls, which come whole, it is the second. Behind all of them a provider
  // of any protocol has shown a whole call before it fails.
  const scriptsOf = (provider: ProtocolName): readonly Script[] =>
    faults.flatMap((fault): readonly Script[] => [
      { ...whole(provider === 'gemini' ? 'parallel' : 'tool'), fault },
      { ...whole('tool'), fault, position: 'late' },
    ])

  test.concurrent.each(PAIRS)(
    '$client client, $provider upstream: no byte of a call reaches the client',
    async ({ client, provider }) => {
      await inParallel(scriptsOf(provider), async (script) => {
        const seen = await textOf(await send(client, alone(script, provider), true))
        const explained = seen.includes('No complete answer after 1 attempt')
        const [shown] = CALL.exec(seen) ?? END.exec(seen) ?? []
        expect({ script: toModel(script), explained, shown }).toEqual({
          script: toModel(script),
          explained: true,
          shown: undefined,
        })
      })
    },
    LIMIT_MS,
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
