import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { RunningServer } from '../../src/server/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import type { Scenario } from './answers.ts'
import { alone, startGateway } from './gateway.ts'
import { pause } from './playback.ts'
import { type Fault, type Script, toModel, whole } from './script.ts'
import { type ScriptedUpstream, startUpstream, type UpstreamRequest } from './upstream.ts'
import { questionFor } from './wires.ts'

let upstream: ScriptedUpstream
let gateway: RunningServer
beforeAll(async () => {
  upstream = await startUpstream()
  // So long that no time-out of the gateway can be what ends the request.
  gateway = startGateway({ upstreamUrl: upstream.url, patienceMs: 60_000 })
})
afterAll(async () => {
  await gateway.stop(0)
  await upstream.stop()
})

/** What counts as at once, on a busy machine, ms. */
const AT_ONCE_MS = 1_500
/** The client stays so long after its request has reached the upstream. */
const STAY_MS = 120

interface When {
  readonly when: string
  readonly scenario: Scenario
  readonly fault: Fault
  readonly position: Script['position']
  readonly streamed: boolean
  readonly delivery: 'live' | 'hold'
}

const stream = { streamed: true, delivery: 'live', scenario: 'text', position: 'mid', fault: 'stall' } as const
const WHENS: readonly When[] = [
  { ...stream, when: 'before headers', fault: 'silent' },
  { ...stream, when: 'before content', position: 'start' },
  { ...stream, when: 'in mid-stream, with text delivered' },
  { ...stream, when: 'in mid-stream, inside a tool call', scenario: 'parallel' },
  { ...stream, when: 'in hold', delivery: 'hold', scenario: 'tool' },
  { ...stream, when: 'before headers of an answer that is not streamed', fault: 'silent', streamed: false },
  { ...stream, when: 'amid an answer that is not streamed', streamed: false },
]

/** Each case waits: every protocol with itself and with one other shows both ways to let a provider go. */
const ROUTES = PROTOCOLS.flatMap((client, at) =>
  [client, PROTOCOLS[(at + 1) % PROTOCOLS.length] ?? client].map((provider) => ({ client, provider })),
)
const CASES = ROUTES.flatMap(({ client, provider }) =>
  WHENS.map((each) => ({ ...each, client, provider, name: `${each.when}, ${client} client, ${provider} upstream` })),
)

/** Asks over a bare connection, and closes it a moment after the upstream was asked. */
async function askAndLeave(each: When & { client: ProtocolName; provider: ProtocolName }): Promise<UpstreamRequest> {
  const { scenario, fault, position, client, provider, delivery, streamed } = each
  const script: Script = { ...whole(scenario), fault, position }
  const question = questionFor(client, alone(script, provider), streamed)
  const body = JSON.stringify(question.body)
  const head = [`POST ${question.path} HTTP/1.1`, 'host: 127.0.0.1', `x-fullstop-delivery: ${delivery}`]
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => {
    socket.write(`${[...head, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`)
  })
  socket.resume()
  const asked = await upstream.nextRequest(toModel(script))
  await pause(STAY_MS)
  socket.destroy()
  return asked
}

describe('a client that disconnects', () => {
  test.each(CASES)('$name: the provider is let go at once', async (each) => {
    const asked = await askAndLeave(each)
    const stayedMs = await Promise.race([asked.abandoned, pause(STAY_MS + AT_ONCE_MS).then(() => Number.NaN)])
    expect(stayedMs).toBeLessThan(STAY_MS + AT_ONCE_MS)
    expect(stayedMs).toBeGreaterThan(STAY_MS / 2)
  })

  test('is counted as gone, and nothing is left running', async () => {
    for (let waited = 0; gateway.engine.running > 0 && waited < AT_ONCE_MS; waited += 20) await pause(20)
    expect(gateway.engine.running).toBe(0)
    const outcomes = new Set(gateway.engine.recent.list(CASES.length).map(({ outcome }) => outcome))
    expect([...outcomes]).toEqual(['client-gone'])
  })
})
