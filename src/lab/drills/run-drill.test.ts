import { expect, setDefaultTimeout, test } from 'bun:test'
import { renderDrill, runDrill, startSimulatedProviders } from '../index.ts'
import type { DrillDeps } from '../index.ts'
import { ask } from './ask.ts'
import { findDrill } from './catalogue.ts'
import type { Drill } from './drill.ts'
import { drillQuestion, toRequest } from './requests.ts'

// Whole runs: a second or two each, and several times that on a machine that is busy.
setDefaultTimeout(60_000)

// Stand-ins for a gateway: one that always goes to the same platform, and hides nothing.
const toPlatform = (name: string): DrillDeps => ({
  createGateway: ({ fetch, url }) => ({
    fetch: async (request) => {
      const { method, headers, signal } = request
      const path = new URL(request.url).pathname
      const init = { method, headers: Object.fromEntries(headers), body: await request.text(), signal }
      return fetch(`${url}/${name}${path}`, init)
    },
  }),
})

test('the outage shows itself to bare clients, and the same seed repeats it to the last digit', async () => {
  const options = { drill: 'outage-2026-06-21', requests: 300, seed: 7 }
  const result = await runDrill(options, toPlatform('gpu'))
  const { direct, fullstop } = result
  expect(direct.complete + direct.truncatedAsSuccess + direct.errors).toBe(300)
  // A third of 30 % are clean ends; the four fifths of them that stream pass for success.
  expect(direct.truncatedAsSuccess).toBeGreaterThan(8)
  expect(direct.errors).toBeGreaterThan(30)
  // Who saw an error asked once more.
  expect(direct.retried).toBe(direct.errors)
  expect(direct.clientRequests).toBe(300 + direct.errors)
  expect(direct.upstreamRequests).toBe(direct.clientRequests)
  const struck = Object.values(direct.faults).reduce((sum, count) => sum + count, 0)
  const { afterRetries } = direct
  expect(direct.errors + afterRetries.truncatedAsSuccess + afterRetries.errors).toBe(struck)
  expect(struck / direct.upstreamRequests).toBeCloseTo(0.35, 1)
  expect(fullstop).toMatchObject({ complete: 300, truncatedAsSuccess: 0, errors: 0, retried: 0, faults: {} })
  expect(fullstop.upstreamByPlatform).toEqual({ trainium: 0, gpu: 300, tpu: 0 })
  expect(result.detection.detected).toBeNull()
  expect(await runDrill(options, toPlatform('gpu'))).toEqual(result)
  const other = await runDrill({ ...options, seed: 8 }, toPlatform('gpu'))
  expect(other.direct.series).not.toEqual(direct.series)
})

test('a world in memory and real sockets agree on what becomes of each request', async () => {
  const requests = 120
  const drill = findDrill('outage-2026-06-21')
  const { direct } = await runDrill({ drill: firstTryOnly(drill), requests, seed: 3 }, toPlatform('gpu'))
  const providers = await startSimulatedProviders({ port: 0, seed: 3, scenario: drill.scenario })
  const counts = { complete: 0, truncatedAsSuccess: 0, errors: 0 }
  try {
    const options = { baseUrl: `${providers.url}/trainium`, headers: {}, timeoutMs: 20_000 }
    const deps = { fetch, nowMs: () => 0, sleep: () => new Promise<void>(() => undefined) }
    for (let index = 0; index < requests; index += 1) {
      const { outcome } = await ask(toRequest(drillQuestion(3, index)), options, deps)
      counts[outcome] += 1
    }
    const { complete, truncatedAsSuccess, errors } = direct
    expect(counts).toEqual({ complete, truncatedAsSuccess, errors })
    expect(providers.counts()['trainium']?.faults).toEqual(direct.faults)
  } finally {
    await providers.stop()
  }
})

function firstTryOnly(drill: Drill): Drill {
  return {
    ...drill,
    habit: { description: 'One call.', play: async (question, client) => [await client.ask(question)] },
  }
}

test('a gateway that hides nothing is not flattered', async () => {
  const { direct, fullstop } = await runDrill({ drill: 'outage-2026-06-21', requests: 60 }, toPlatform('trainium'))
  expect(fullstop).toEqual(direct)
  expect(direct.truncatedAsSuccess).toBeGreaterThan(0)
})

test('calm is calm, the delivery is sent along, and progress is told', async () => {
  const seen = new Set<string | null>()
  const progress: string[] = []
  const deps: DrillDeps = {
    createGateway: (world) => {
      const { fetch } = toPlatform('gpu').createGateway(world)
      return {
        fetch: (request) => {
          seen.add(request.headers.get('x-fullstop-delivery'))
          return fetch(request)
        },
      }
    },
    onProgress: (phase, done, total) => progress.push(`${phase} ${done}/${total}`),
  }
  const { direct, fullstop } = await runDrill({ drill: 'calm', requests: 20, delivery: 'live' }, deps)
  expect([direct.complete, fullstop.complete]).toEqual([20, 20])
  expect([...seen]).toEqual(['live'])
  expect(progress).toHaveLength(40)
  expect([progress[0], progress.at(-1)]).toEqual(['direct 1/20', 'fullstop 20/20'])
})

test('a gateway that cannot be made fails the drill, and one that never answers is given up', async () => {
  const noGateway = (): never => {
    throw new Error('no gateway today')
  }
  const failed = runDrill({ drill: 'calm', requests: 1 }, { createGateway: noGateway })
  expect(await failed.catch(String)).toContain('no gateway today')
  const silent = { createGateway: () => ({ fetch: () => new Promise<Response>(() => undefined) }) }
  const { fullstop } = await runDrill({ drill: 'calm', requests: 2 }, silent)
  expect(fullstop).toMatchObject({ errors: 2, afterRetries: { errors: 2 }, upstreamRequests: 0 })
  expect(fullstop.durationMs).toBeGreaterThan(240_000)
})

test('a drill that does not exist is an error with the list of those that do', async () => {
  const failed = await runDrill({ drill: 'nope' }, toPlatform('gpu')).catch(String)
  expect(failed).toMatch(/Expected a drill \(calm, outage-2026-06-21, .*metastable\), got "nope"/)
})

test('the table shows both runs and says under which conditions', async () => {
  const result = await runDrill({ drill: 'outage-2026-06-21', requests: 40 }, toPlatform('tpu'))
  const { direct } = result
  const table = renderDrill(result)
  expect(table).toContain(`${direct.truncatedAsSuccess} (${((direct.truncatedAsSuccess / 40) * 100).toFixed(1)} %)`)
  expect(table).toMatch(/without Fullstop +with Fullstop/)
  expect(table).toMatch(/needed a client retry +\d+ .* +0 \(0\.0 %\)/)
  expect(table).toContain('trainium 35.0 %')
  expect(table).toContain('delivery “hold”')
  expect(table).toContain('They do not retry')
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThan(80)
})

test('series add up, and the recovery is told from the clients’ failures', async () => {
  const { direct } = await runDrill({ drill: 'total-outage', requests: 300 }, toPlatform('gpu'))
  const { series, recovery } = direct
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  expect(sum(series.offered)).toBe(300)
  expect(
    sum(series.completeAtOnce) + sum(series.completeAfterRetry) + sum(series.truncatedAsSuccess) + sum(series.errors),
  ).toBe(300)
  expect(sum(series.upstream)).toBe(direct.upstreamRequests)
  expect(series.offered).toHaveLength(3600 / series.stepSeconds)
  expect(recovery).toMatchObject({
    causeFromSeconds: 300,
    causeUntilSeconds: 3000,
    recoveredAfterSeconds: 0,
    lastedTimesCause: 1,
  })
  // Every request of the outage failed four times.
  expect(recovery?.offeredDuringCause).toBe(direct.errors)
  expect(direct.mostTries).toBe(4)
  expect(direct.answeredAfterMs.length).toBe(Math.floor((40 * direct.afterRetries.complete) / 300))
})
