import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { RunningServer } from '../../src/server/index.ts'
import { answerOf, type Scenario } from './answers.ts'
import { readChunkedBody } from './chunked-body.ts'
import { alone, startGateway } from './gateway.ts'
import { type Fault, type Script, toModel, whole } from './script.ts'
import { type ScriptedUpstream, startUpstream } from './upstream.ts'
import { questionFor, WIRES } from './wires.ts'

let upstream: ScriptedUpstream
let gateway: RunningServer
beforeAll(async () => {
  upstream = await startUpstream()
  gateway = startGateway({ upstreamUrl: upstream.url, patienceMs: 4_000, totalMs: 60_000 })
})
afterAll(async () => {
  await gateway.stop(0)
  await upstream.stop()
})

const LIMIT_MS = 40_000
/** Node where it is installed; the one that runs this test otherwise. */
const RUNTIMES = { bun: process.execPath, node: Bun.which('node') ?? undefined } as const
if (RUNTIMES.node === undefined) console.warn('NOTICE: there is no node here: its slow readers are skipped')

/** What is slow here is the transport, which knows no protocol: two of them are enough. */
const PROTOCOLS = ['openai-chat', 'anthropic'] as const

interface Case {
  readonly runtime: 'bun' | 'node'
  readonly protocol: (typeof PROTOCOLS)[number]
  readonly fault: Fault
  readonly scenario: Scenario
  readonly stallMs: number
}

const CASES: readonly Case[] = (['bun', 'node'] as const)
  .filter((runtime) => RUNTIMES[runtime] !== undefined)
  .flatMap((runtime) =>
    PROTOCOLS.flatMap((protocol): readonly Case[] => [
      { runtime, protocol, scenario: 'flood', fault: 'eof', stallMs: 2_500 },
      { runtime, protocol, scenario: 'flood', fault: 'stall', stallMs: 2_500 },
      { runtime, protocol, scenario: 'flood', fault: 'fin', stallMs: 2_500 },
      { runtime, protocol, scenario: 'swell', fault: 'eof', stallMs: 2_500 },
      { runtime, protocol, scenario: 'swell', fault: 'stall', stallMs: 9_000 },
      { runtime, protocol, scenario: 'flood', fault: 'eof', stallMs: 9_000 },
    ]),
  )

function scriptOf({ scenario, fault }: Pick<Case, 'scenario' | 'fault'>): Script {
  return { ...whole(scenario), fault, position: 'late' }
}

/** What the upstream sends of this script before it dies. */
function sentEvents(each: Case): readonly string[] {
  const { protocol, scenario } = each
  const answer = answerOf(scenario, 'first')
  const model = toModel(scriptOf(each))
  const { events } = WIRES[protocol](answer, { model, includeUsage: false })
  const at = events.findIndex(({ part }) => part === 'stop')
  return events.slice(0, at).map(({ text }) => text)
}

async function read(each: Case): Promise<{ raw: Buffer; end: string }> {
  const { runtime, protocol, stallMs } = each
  const { path, body } = questionFor(protocol, alone(scriptOf(each), protocol), true)
  const program = join(import.meta.dir, 'stalling-reader.mjs')
  const { port } = new URL(gateway.url)
  const reader = Bun.spawn({
    cmd: [RUNTIMES[runtime] ?? '', program, port, path, String(stallMs), JSON.stringify(body)],
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [raw, end] = await Promise.all([new Response(reader.stdout).arrayBuffer(), new Response(reader.stderr).text()])
  await reader.exited
  return { raw: Buffer.from(raw), end }
}

/** Everything that was sent, the error event behind it, and an end that nobody takes for one. */
async function expectAll(each: Case): Promise<void> {
  const { raw, end } = await read(each)
  const { text, isTerminated } = readChunkedBody(raw)
  const events = text.split(/(?<=\n\n)/)
  const sent = sentEvents(each)
  expect({ isTerminated, hasErrorEvent: events.at(-1)?.includes('No complete answer after ') }).toEqual({
    isTerminated: false,
    hasErrorEvent: true,
  })
  expect(['fin', 'reset']).toContain(end)
  // When a provider's connection breaks, what the runtime had not handed over yet is lost; the rest is in order.
  if (each.fault === 'fin') expect(events.length).toBeGreaterThan(sent.length / 2)
  else expect(events.length).toBe(sent.length + 1)
  expect(events.slice(0, -1).every((event, index) => event === sent[index])).toBe(true)
}

const named = (each: Case): Case & { readonly name: string } => ({
  ...each,
  name: `${each.runtime}, ${each.protocol}, ${each.scenario}, ${each.fault}, ${each.stallMs} ms`,
})

describe('a reader that stalls while the provider dies gets every byte, the error event, and an aborted body', () => {
  test.concurrent.each(CASES.map(named))('behind megabytes: $name', expectAll, LIMIT_MS)

  const short = CASES.filter(
    ({ scenario, fault, stallMs }) => scenario === 'flood' && fault === 'eof' && stallMs < 9_000,
  )
  test.concurrent.each(short.map((each) => named({ ...each, scenario: 'text', stallMs: 200 })))(
    'behind a short answer: $name',
    expectAll,
    LIMIT_MS,
  )
})
