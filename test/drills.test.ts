import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createGateway } from '../src/cli/drill.ts'
import { compareApproaches, type DrillOptions, type DrillResult, findDrill, runDrill } from '../src/lab/index.ts'

// Whole runs: a second or two each, and several times that on a machine that is busy.
setDefaultTimeout(60_000)

const play = (drill: string, options: Omit<DrillOptions, 'drill'> = {}): Promise<DrillResult> =>
  runDrill({ drill, ...options }, { createGateway })

/** Nothing that is not whole is ever taken for whole. */
function expectNoHalfAnswer({ fullstop }: DrillResult): void {
  expect(fullstop.truncatedAsSuccess).toBe(0)
  expect(fullstop.afterRetries.truncatedAsSuccess).toBe(0)
}

describe('outage-2026-06-21', () => {
  for (const seed of [1, 2])
    test(`held, everybody is answered whole, seed ${seed}`, async () => {
      const result = await play('outage-2026-06-21', { requests: 600, seed, delivery: 'hold' })
      expect(result.direct.truncatedAsSuccess).toBeGreaterThan(20)
      expectNoHalfAnswer(result)
      expect(result.fullstop).toMatchObject({ complete: 600, errors: 0, retried: 0 })
      expect(result.fullstop.upstreamRequests).toBeLessThan(1.3 * 600)
    })

  test('guarded, some streams end honestly in an error, and asking again nearly always helps', async () => {
    const result = await play('outage-2026-06-21', { requests: 600, delivery: 'guarded' })
    expectNoHalfAnswer(result)
    const { complete, errors, retried, afterRetries } = result.fullstop
    expect(complete + errors).toBe(600)
    expect(retried).toBe(errors)
    expect(errors / 600).toBeLessThan(0.1)
    expect(afterRetries.complete / 600).toBeGreaterThan(0.98)
  })

  test('guarded, 99.9 % are answered whole counting one client retry', async () => {
    const { fullstop } = await play('outage-2026-06-21', { requests: 2_000, delivery: 'guarded' })
    expect(fullstop.afterRetries.complete / 2_000).toBeGreaterThanOrEqual(0.999)
  })

  test('the same seed gives the same run through Fullstop, to the last digit', async () => {
    const options = { requests: 150, delivery: 'guarded' } as const
    expect(await play('outage-2026-06-21', options)).toEqual(await play('outage-2026-06-21', options))
  })
})

test('flapping-2026-03-02: down, fixed, down again, and through Fullstop hardly anybody notices', async () => {
  const result = await play('flapping-2026-03-02', { requests: 600 })
  expectNoHalfAnswer(result)
  expect(result.direct.errors).toBeGreaterThan(150)
  expect(result.fullstop.complete / 600).toBeGreaterThanOrEqual(0.999)
  // While it is down it is probed, not asked.
  const { offeredDuringCause = 0, upstreamDuringCause = 0 } = result.fullstop.recovery ?? {}
  expect(upstreamDuringCause / offeredDuringCause).toBeLessThan(1.4)
})

test('rate-limit-storm: what one platform will not take goes to the next, instead of being asked for again', async () => {
  const result = await play('rate-limit-storm', { requests: 600 })
  expectNoHalfAnswer(result)
  expect(result.direct.errors).toBeGreaterThan(400)
  expect(result.fullstop).toMatchObject({ complete: 600, errors: 0 })
  expect(result.direct.upstreamRequests).toBeGreaterThan(2.5 * 600)
  expect(result.fullstop.upstreamRequests).toBeLessThan(1.6 * 600)
})

describe('total-outage', () => {
  for (const seed of [1, 2])
    test(`costs the providers no more than what users asked for, and is over when it is over, seed ${seed}`, async () => {
      const result = await play('total-outage', { requests: 2_000, seed })
      expectNoHalfAnswer(result)
      const [bare, guarded] = [result.direct.recovery, result.fullstop.recovery]
      const ratio = (each: typeof bare): number => (each?.upstreamDuringCause ?? 0) / (each?.offeredDuringCause ?? 1)
      // Clients that retry whatever happens.
      expect(ratio(bare)).toBeGreaterThan(3.5)
      expect(ratio(guarded)).toBeLessThanOrEqual(1.1)
      // One probe interval.
      expect(guarded?.recoveredAfterSeconds).toBeLessThanOrEqual(1)
      // No herd: nothing was kept waiting.
      expect(guarded?.busiestSecond.after).toBeLessThanOrEqual(bare?.busiestSecond.after ?? 0)
    })
})

test('slow-drip: what hardly moves at all is given up for another platform', async () => {
  const result = await play('slow-drip', { requests: 400 })
  expectNoHalfAnswer(result)
  expect(result.fullstop.errors).toBeLessThan(result.direct.errors)
})

test('tool-call-cut: no half call is handed over, and every call arrives whole', async () => {
  for (const delivery of ['hold', 'guarded'] as const) {
    const result = await play('tool-call-cut', { requests: 400, delivery })
    expect(result.direct.truncatedAsSuccess).toBeGreaterThan(15)
    expectNoHalfAnswer(result)
    expect(result.fullstop).toMatchObject({ complete: 400, errors: 0 })
  }
})

describe('agent-loop', () => {
  test('bare agents loop until they give up; through Fullstop all are answered within a few tries', async () => {
    const result = await play('agent-loop', { requests: 12 })
    expect(result.conditions.delivery).toBe('guarded')
    expect(result.direct.mostTries).toBeGreaterThan(50)
    expect(result.direct.afterRetries.complete).toBe(0)
    expectNoHalfAnswer(result)
    expect(result.fullstop.afterRetries.complete).toBe(12)
    expect(result.fullstop.mostTries).toBeLessThanOrEqual(6)
  })

  test('everybody has the whole answer by the third try, for at most 3 requests upstream', async () => {
    for (const seed of [1, 2, 3]) {
      const { fullstop } = await play('agent-loop', { seed })
      expect(fullstop.afterRetries.complete).toBe(40)
      expect(fullstop.mostTries).toBeLessThanOrEqual(3)
      expect(fullstop.mostUpstream).toBeLessThanOrEqual(3)
    }
  })
})

describe('metastable', () => {
  test('retries keep it going for more than twice as long as its cause; through Fullstop it ends with it', async () => {
    const result = await play('metastable', { requests: 1_000 })
    expectNoHalfAnswer(result)
    const [bare, guarded] = [result.direct.recovery, result.fullstop.recovery]
    expect(bare?.lastedTimesCause).toBeGreaterThan(2)
    expect(bare?.recoveredAfterSeconds).toBeNull()
    expect(guarded?.recoveredAfterSeconds).toBeLessThanOrEqual(30)
    expect(guarded?.lastedTimesCause).toBeLessThan(1.5)
    expect(result.fullstop.afterRetries.complete / 1_000).toBeGreaterThanOrEqual(0.999)
  })

  test('where there is nowhere else to go it takes longer, but ends', async () => {
    const drill = findDrill('metastable', 1_000)
    const down = [{ label: 'down', share: 1, draw: () => ({ name: 'status', value: 503 }) }]
    const lone = { ...drill, scenario: { ...drill.scenario, platforms: { gpu: down, tpu: down } } }
    const { direct, fullstop } = await runDrill({ drill: lone }, { createGateway })
    expect(direct.recovery?.recoveredAfterSeconds).toBeNull()
    expect(fullstop.recovery?.recoveredAfterSeconds).toBeLessThan(240)
  })
})

test('compare: what each approach lets through, costs and prolongs', async () => {
  const requests = 400
  const { approaches } = await compareApproaches({ requests }, { createGateway })
  const of = (name: string): Record<string, DrillResult['direct'] | undefined> =>
    approaches.find((approach) => approach.name === name)?.runs ?? {}
  const outage = (name: string): DrillResult['direct'] | undefined => of(name)['outage-2026-06-21']
  const halves = (name: string): number => outage(name)?.afterRetries.truncatedAsSuccess ?? -1
  for (const name of ['naive', 'retry', 'router']) expect(halves(name)).toBeGreaterThan(15)
  for (const name of ['node', 'fullstop-guarded', 'fullstop-hold']) expect([name, halves(name)]).toEqual([name, 0])
  expect(outage('naive')?.upstreamRequests).toBe(requests)
  expect(outage('retry')?.upstreamRequests).toBeGreaterThan(1.2 * requests)
  expect(outage('fullstop-hold')?.afterRetries.complete).toBe(requests)
  // Who validates shows nothing before the end; guarded text flows.
  const shown = (name: string): number => outage(name)?.firstContentMs.p50 ?? -1
  expect(shown('fullstop-guarded')).toBeLessThan(shown('node') / 2)
  const lasted = (name: string): number => of(name)['metastable']?.recovery?.lastedTimesCause ?? -1
  expect(lasted('retry')).toBeGreaterThan(2)
  expect(lasted('fullstop-guarded')).toBeLessThan(1.5)
})
