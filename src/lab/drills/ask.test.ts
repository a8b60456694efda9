import { expect, test } from 'bun:test'
import { setTimeout as timeout } from 'node:timers/promises'
import { startSimulatedProviders } from '../index.ts'
import { ask } from './ask.ts'
import type { AskDeps, DrillOutcome } from './ask.ts'
import { DRILL_MODEL, drillQuestion, toRequest } from './requests.ts'
import type { DrillRequest } from './requests.ts'

const requests = Array.from({ length: 200 }, (_, index) => toRequest(drillQuestion(3, index)))

/** Real time, and real sockets. */
const onSockets: AskDeps = {
  fetch,
  nowMs: () => performance.now(),
  sleep: (durationMs, signal) => timeout(durationMs, undefined, { signal }).catch(() => undefined),
}

async function outcomesOf(fault: string, matching: Partial<DrillRequest>): Promise<DrillOutcome[]> {
  const providers = await startSimulatedProviders({ port: 0 })
  try {
    const chosen = requests.filter((request) =>
      Object.entries(matching).every(([key, value]) => request[key as keyof DrillRequest] === value),
    )
    const asked = chosen.slice(0, 6).map((request) => ({
      ...request,
      body: request.body.replace(`"${DRILL_MODEL}"`, `"${DRILL_MODEL}${fault}"`),
    }))
    expect(asked.length).toBeGreaterThan(2)
    const client = {
      baseUrl: `${providers.url}/trainium`,
      headers: {},
      timeoutMs: fault.includes('stall') ? 200 : 20_000,
    }
    const outcomes = await Promise.all(asked.map(async (request) => (await ask(request, client, onSockets)).outcome))
    return [...new Set(outcomes)]
  } finally {
    await providers.stop()
  }
}

const anthropic = { protocol: 'anthropic', stream: true } as const
const chat = { protocol: 'openai-chat', stream: true } as const

// What raw iterators of the official SDKs make of each ending; only the checksum in the answer tells the truth.
test.each<[string, DrillOutcome, DrillOutcome]>([
  ['', 'complete', 'complete'],
  ['+no-terminal', 'complete', 'complete'],
  ['+cut-eof=3', 'truncatedAsSuccess', 'truncatedAsSuccess'],
  ['+cut-midjson=3', 'truncatedAsSuccess', 'errors'],
  ['+limited=3', 'truncatedAsSuccess', 'truncatedAsSuccess'],
  ['+wrong-content-type', 'truncatedAsSuccess', 'truncatedAsSuccess'],
  ['+cut-fin=3', 'errors', 'errors'],
  ['+cut-reset=3', 'errors', 'errors'],
  ['+in-band-error=3', 'errors', 'errors'],
  ['+reset-before-headers', 'errors', 'errors'],
  ['+status=503', 'errors', 'errors'],
  ['+stall=2', 'errors', 'errors'],
])('streams with "%s": Anthropic clients see %s, OpenAI clients %s', async (fault, byAnthropic, byChat) => {
  expect(await outcomesOf(fault, { ...anthropic, usesTool: false })).toEqual([byAnthropic])
  expect(await outcomesOf(fault, { ...chat, usesTool: false })).toEqual([byChat])
})

test('tool calls are judged by their arguments, streamed or not', async () => {
  for (const protocol of ['anthropic', 'openai-chat'] as const) {
    expect(await outcomesOf('', { protocol, stream: true, usesTool: true })).toEqual(['complete'])
    expect(await outcomesOf('', { protocol, stream: false })).toEqual(['complete'])
    expect(await outcomesOf('+bad-tool-args', { protocol, stream: true, usesTool: true })).toEqual([
      'truncatedAsSuccess',
    ])
    expect(await outcomesOf('+truncated-json', { protocol, stream: false })).toEqual(['errors'])
    expect(await outcomesOf('+in-band-error', { protocol, stream: false })).toEqual(['errors'])
  }
})

test('the mix is as stated, every body is different, and the same seed gives the same', () => {
  const many = Array.from({ length: 2000 }, (_, index) => toRequest(drillQuestion(1, index)))
  const share = (is: (request: DrillRequest) => boolean): number => many.filter(is).length / many.length
  expect(share(({ protocol }) => protocol === 'anthropic')).toBeCloseTo(0.5, 1)
  expect(share(({ stream }) => stream)).toBeCloseTo(0.8, 1)
  expect(share(({ usesTool }) => usesTool)).toBeCloseTo(0.2, 1)
  expect(new Set(many.map(({ body }) => body)).size).toBe(2000)
  expect(toRequest(drillQuestion(1, 5))).toEqual(many[5]!)
})
