import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import type { Caller, ClientLimits } from '../admission/routing.ts'
import { ClientLoads, type ClientRefusal, ClientStay, SAME_BODY_WINDOW_MS, REMEMBERED_BODIES } from './client-load.ts'

const caller = (limits: Partial<ClientLimits>, client = 'shop'): Caller => ({
  client,
  tenant: undefined,
  keyHash: undefined,
  workflows: undefined,
  limits: {
    concurrent: undefined,
    requestsPerMinute: undefined,
    tokensPerMinute: undefined,
    repeats: 1_000,
    ...limits,
  },
})

function setUp() {
  const clock = new FakeClock()
  const loads = new ClientLoads({ clock })
  const enter = (limits: Partial<ClientLimits>, body = '{}', client = 'shop'): ClientStay | ClientRefusal => {
    const entered = loads.enter(caller(limits, client), body)
    if (entered === undefined) throw new Error('no limits')
    return entered
  }
  const stay = (limits: Partial<ClientLimits>, body?: string): ClientStay => {
    const entered = enter(limits, body)
    if (!(entered instanceof ClientStay)) throw new Error(`refused by ${entered.by}`)
    return entered
  }
  return { clock, loads, enter, stay }
}

describe('a client’s limits', () => {
  test('who has none is not counted', () => {
    const { loads } = setUp()
    expect(loads.enter({ ...caller({}), limits: undefined }, '{}')).toBeUndefined()
    expect(loads.enter({ ...caller({}), client: undefined }, '{}')).toBeUndefined()
    expect(loads.known('shop')).toBeUndefined()
  })

  test('requests: what was refused does not count, and the time is exact', () => {
    const { clock, enter, stay } = setUp()
    stay({ requestsPerMinute: 2 }).end(0)
    stay({ requestsPerMinute: 2 }).end(0)
    for (let i = 0; i < 5; i++)
      expect(enter({ requestsPerMinute: 2 })).toEqual({
        client: 'shop',
        by: 'client-requests-per-minute',
        limit: 2,
        used: 2,
        retryAfterMs: 61_000,
      })
    clock.advance(60_999)
    expect(enter({ requestsPerMinute: 2 })).toMatchObject({ retryAfterMs: 1 })
    clock.advance(1)
    stay({ requestsPerMinute: 2 })
  })

  test('concurrency: an end frees once, however often it is told', () => {
    const { enter, stay } = setUp()
    const [first] = [stay({ concurrent: 2 }), stay({ concurrent: 2 })]
    expect(enter({ concurrent: 2 })).toMatchObject({ by: 'client-concurrency', limit: 2, used: 2, retryAfterMs: 1_000 })
    first.end(0)
    first.end(0)
    stay({ concurrent: 2 })
    expect(enter({ concurrent: 2 })).toMatchObject({ by: 'client-concurrency' })
  })

  test('tokens: counted at the end, all that was used', () => {
    const { clock, enter, stay } = setUp()
    const first = stay({ tokensPerMinute: 100 })
    clock.advance(10_000)
    first.end(150)
    expect(enter({ tokensPerMinute: 100 })).toMatchObject({
      by: 'client-tokens-per-minute',
      limit: 100,
      used: 150,
      retryAfterMs: 61_000,
    })
  })

  test('the same body: as often as the limit says within a minute from its first coming, other bodies as before', () => {
    const { clock, enter, stay } = setUp()
    for (let i = 0; i < 3; i++) {
      stay({ repeats: 3 }, 'again').end(0)
      clock.advance(1_000)
    }
    expect(enter({ repeats: 3 }, 'again')).toMatchObject({
      by: 'client-repeats',
      limit: 3,
      used: 3,
      retryAfterMs: 57_000,
    })
    stay({ repeats: 3 }, 'other').end(0)
    clock.advance(56_999)
    expect(enter({ repeats: 3 }, 'again')).toMatchObject({ retryAfterMs: 1 })
    clock.advance(1)
    for (let i = 0; i < 3; i++) stay({ repeats: 3 }, 'again').end(0)
    expect(enter({ repeats: 3 }, 'again')).toMatchObject({ retryAfterMs: SAME_BODY_WINDOW_MS })
  })

  test('long bodies that differ in their midst are different', () => {
    const { stay } = setUp()
    const body = (i: number): string => `${'a'.repeat(50_000)}${i}${'b'.repeat(50_000)}`
    for (let i = 0; i < 5; i++) stay({ repeats: 1 }, body(i))
  })

  test('a call whose body nobody reads is no repetition', () => {
    const { loads } = setUp()
    for (let i = 0; i < 5; i++) expect(loads.enter(caller({ repeats: 1 }), undefined)).toBeInstanceOf(ClientStay)
  })

  test('of several limits the one that holds longest is told', () => {
    const { clock, enter, stay } = setUp()
    const limits = { requestsPerMinute: 1, concurrent: 1, repeats: 1 }
    stay(limits)
    expect(enter(limits)).toMatchObject({ by: 'client-requests-per-minute', retryAfterMs: 61_000 })
    clock.advance(61_000)
    expect(enter(limits)).toMatchObject({ by: 'client-concurrency' })
  })

  test('clients are apart, and another configuration changes limits, not what is known', () => {
    const { loads, enter, stay } = setUp()
    stay({ requestsPerMinute: 1 })
    expect(enter({ requestsPerMinute: 1 }, '{}', 'other')).toBeInstanceOf(ClientStay)
    expect(enter({ requestsPerMinute: 1 })).not.toBeInstanceOf(ClientStay)
    stay({ requestsPerMinute: 2 })
    expect(loads.known('shop')?.used).toEqual({ concurrent: 2, requests: 2, tokens: 0 })
  })

  test('bodies are remembered for each client apart, and no more than so many', () => {
    const { enter, stay } = setUp()
    stay({ repeats: 1 }, 'first')
    for (let i = 0; i < REMEMBERED_BODIES; i++) enter({ repeats: 1 }, `body ${i}`, 'other')
    expect(enter({ repeats: 1 }, 'first')).toMatchObject({ by: 'client-repeats' })
    for (let i = 0; i < REMEMBERED_BODIES; i++) stay({ repeats: 1 }, `body ${i}`)
    stay({ repeats: 1 }, 'first')
  })
})

test('any history: never more at once than the limit, the time told is enough, and nothing is held in the end', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('enter'), n: fc.nat(3) }),
    fc.record({ what: fc.constant('enter'), n: fc.nat(3) }),
    fc.record({ what: fc.constant('end'), n: fc.nat(60) }),
    fc.record({
      what: fc.constant('advance'),
      n: fc.oneof(fc.nat(5_000), fc.constantFrom(59_999, 60_000, 60_999, 61_000, 3_600_000)),
    }),
    fc.record({ what: fc.constant('wait'), n: fc.nat(3) }),
  )
  const limits = { concurrent: 3, requestsPerMinute: 8, tokensPerMinute: 100, repeats: 4 }
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const { clock, loads, enter } = setUp()
      const running: ClientStay[] = []
      const taken: { atMs: number; body: number }[] = []
      for (const { what, n } of steps) {
        if (what === 'advance') clock.advance(n)
        if (what === 'end') running.shift()?.end(n)
        if (what !== 'enter' && what !== 'wait') continue
        const entered = enter(limits, `body ${n}`)
        if (entered instanceof ClientStay) {
          running.push(entered)
          taken.push({ atMs: clock.nowMs(), body: n })
        } else if (what === 'wait') {
          // Nobody else comes meanwhile, and what runs ends: then the time was the truth.
          for (const each of running.splice(0)) each.end(0)
          clock.advance(entered.retryAfterMs)
          const again = enter(limits, `body ${n}`)
          if (!(again instanceof ClientStay))
            throw new Error(`told ${entered.retryAfterMs}, then ${JSON.stringify(again)}`)
          running.push(again)
          taken.push({ atMs: clock.nowMs(), body: n })
        }
        expect(running.length).toBeLessThanOrEqual(limits.concurrent)
        const minute = taken.filter(({ atMs }) => atMs > clock.nowMs() - 60_000)
        expect(minute.length).toBeLessThanOrEqual(limits.requestsPerMinute)
      }
      for (const each of running) each.end(0)
      clock.advance(61_000)
      expect(loads.known('shop')?.used ?? { concurrent: 0, requests: 0, tokens: 0 }).toEqual({
        concurrent: 0,
        requests: 0,
        tokens: 0,
      })
    }),
    { numRuns: 300 },
  )
})
