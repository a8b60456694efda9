import { expect, test } from 'bun:test'
import { outage20260621, renderDrill, runDrill } from './index.ts'
import type { DrillDeps, DrillResult } from './index.ts'

// Stand-ins for a gateway: one that always goes to a healthy platform, one that hides nothing.
const toPlatform = (name: string): DrillDeps => ({
  startGateway: (upstreamUrl) => Promise.resolve({ url: `${upstreamUrl}/${name}`, stop: () => Promise.resolve() }),
})
const timeless = (run: DrillResult['direct']): object => ({ ...run, durationMs: 0 })

test('the outage shows itself to bare clients, and the same seed repeats it', async () => {
  const options = { scenario: 'outage-2026-06-21', requests: 300, seed: 7 }
  const result = await runDrill(options, toPlatform('gpu'))
  const { direct, fullstop } = result
  expect(direct.complete + direct.truncatedAsSuccess + direct.errors).toBe(300)
  expect(direct.upstreamRequests).toBe(300)
  // A third of 30 % are clean ends; the four fifths of them that stream pass for success.
  expect(direct.truncatedAsSuccess).toBeGreaterThan(8)
  expect(direct.errors).toBeGreaterThan(30)
  const struck = Object.values(direct.faults).reduce((sum, count) => sum + count, 0)
  expect(direct.truncatedAsSuccess + direct.errors).toBe(struck)
  expect(struck / 300).toBeCloseTo(0.35, 1)
  expect(fullstop).toMatchObject({ complete: 300, truncatedAsSuccess: 0, errors: 0, faults: {} })
  expect(fullstop.upstreamByPlatform).toEqual({ trainium: 0, gpu: 300, tpu: 0 })
  expect(result.detection.detected).toBeNull()
  const again = await runDrill({ ...options, concurrency: 3 }, toPlatform('gpu'))
  expect(timeless(again.direct)).toEqual(timeless(direct))
})

test('a gateway that hides nothing is not flattered', async () => {
  const { direct, fullstop } = await runDrill({ scenario: 'outage-2026-06-21', requests: 60 }, toPlatform('trainium'))
  expect(timeless(fullstop)).toEqual(timeless(direct))
  expect(direct.truncatedAsSuccess).toBeGreaterThan(0)
})

test('calm is calm, the delivery is sent along, progress and the end of the gateway are told', async () => {
  const seen = new Set<string | null>()
  const progress: string[] = []
  let stopped = 0
  const deps: DrillDeps = {
    startGateway: async (upstreamUrl) => {
      const relay = Bun.serve({
        port: 0,
        hostname: '127.0.0.1',
        fetch: (request) => {
          seen.add(request.headers.get('x-fullstop-delivery'))
          return fetch(`${upstreamUrl}/gpu${new URL(request.url).pathname}`, request)
        },
      })
      return {
        url: `http://127.0.0.1:${relay.port}`,
        stop: async () => {
          stopped += 1
          await relay.stop(true)
        },
      }
    },
    onProgress: (phase, done, total) => progress.push(`${phase} ${done}/${total}`),
  }
  const { direct, fullstop } = await runDrill({ scenario: 'calm', requests: 20, delivery: 'live' }, deps)
  expect([direct.complete, fullstop.complete]).toEqual([20, 20])
  expect([...seen]).toEqual(['live'])
  expect(progress).toHaveLength(40)
  expect([progress[0], progress.at(-1)]).toEqual(['direct 1/20', 'fullstop 20/20'])
  expect(stopped).toBe(1)
})

test('a gateway that does not start fails the drill and leaves no providers behind', async () => {
  let upstream = ''
  const startGateway: DrillDeps['startGateway'] = (upstreamUrl) => {
    upstream = upstreamUrl
    return Promise.reject(new Error('no gateway today'))
  }
  expect(await runDrill({ scenario: 'calm', requests: 1 }, { startGateway }).catch(String)).toContain(
    'no gateway today',
  )
  expect(await fetch(upstream).catch(() => 'gone')).toBe('gone')
})

test('the table shows both runs and says under which conditions', async () => {
  const scenario = outage20260621({ cutShare: 0.5, connectShare: 0.1 })
  const result = await runDrill({ scenario, requests: 40 }, toPlatform('tpu'))
  const table = renderDrill(result)
  expect(table).toContain(
    `${result.direct.truncatedAsSuccess} (${((result.direct.truncatedAsSuccess / 40) * 100).toFixed(1)} %)`,
  )
  expect(table).toMatch(/bare +through Fullstop/)
  expect(table).toContain('trainium 60.0 %')
  expect(table).toContain('Delivery: hold')
  expect(table).toContain('no retries')
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThan(80)
})

test('cuts of the scenario are mid-sentence: the text is never whole', async () => {
  const scenario = outage20260621({ cutShare: 1, connectShare: 0 })
  const { direct } = await runDrill({ scenario, requests: 60 }, toPlatform('gpu'))
  expect(direct.complete).toBe(0)
  expect(direct.truncatedAsSuccess).toBeGreaterThan(0)
})
