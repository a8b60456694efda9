import { describe, expect, test } from 'bun:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import { KeyRing } from '../admission/key-ring.ts'
import type { Platform } from '../admission/routing.ts'
import { type BreakerChange, Health } from './health.ts'
import { Visit } from './platform-health.ts'

function platform(name: string, concurrent?: number): Platform {
  const [provider = '', model = ''] = name.split('/')
  const timeouts = { firstEventMs: 1, idleMs: 1, totalMs: 1, declared: { firstEvent: false, idle: false } }
  const keys = new KeyRing([])
  const limits = { concurrent, requestsPerMinute: undefined, tokensPerMinute: undefined }
  return {
    name,
    model,
    provider: {
      name: provider,
      protocol: openAiChat,
      baseUrl: '',
      keys,
      completion: 'strict',
      timeouts,
      limits,
      contextWindow: undefined,
      prefill: { isAccepted: false, style: 'turn' },
    },
  }
}

const HEEDED = { overloadControl: true, isLastResort: false }

function setUp(capacity?: number): { clock: FakeClock; health: Health; changes: BreakerChange[] } {
  const clock = new FakeClock()
  const changes: BreakerChange[] = []
  const deps = { clock, random: () => 0, onBreakerChange: (change: BreakerChange) => void changes.push(change) }
  return { clock, health: new Health(deps, capacity), changes }
}

function enter(health: Health, name: string, concurrent?: number): Visit {
  const visit = health.of(platform(name, concurrent)).enter(HEEDED)
  if (!(visit instanceof Visit)) throw new Error(`refused by ${visit.by}`)
  return visit
}

describe('Health', () => {
  test('a provider’s limit is over all its platforms, and a new configuration’s holds at once', () => {
    const { health } = setUp()
    const first = enter(health, 'a/x', 2)
    enter(health, 'a/y', 2)
    expect(health.of(platform('a/x', 2)).enter(HEEDED)).toMatchObject({ by: 'concurrency', limit: 2 })
    enter(health, 'a/x', 3)
    expect(health.of(platform('a/x', 2)).refusal(HEEDED)?.by).toBe('concurrency')
    first.end('success', undefined)
    first.end('success', undefined)
    expect(health.of(platform('a/x', 3)).load.inFlight).toBe(2)
  })

  test('an attempt that outlives its platform’s memory still frees its provider', () => {
    const { health } = setUp(1)
    const visit = enter(health, 'a/x', 1)
    enter(health, 'b/x')
    expect(health.names).toEqual(['b/x'])
    visit.end('success', undefined)
    expect(health.of(platform('a/x', 1)).refusal(HEEDED)).toBeUndefined()
  })

  test('who does not heed a breaker does not teach it, but is measured', () => {
    const { health, changes } = setUp()
    const it = health.of(platform('a/x'))
    for (let i = 0; i < 20; i++) {
      const visit = it.enter({ overloadControl: false, isLastResort: false })
      if (visit instanceof Visit) visit.end('failure', undefined)
    }
    expect(changes).toEqual([])
    expect(it.outcomes).toEqual({ count: 20, successRate: 0 })
    for (let i = 0; i < 5; i++) enter(health, 'a/x').end('failure', undefined)
    expect(it.enter(HEEDED)).toMatchObject({ by: 'breaker', retryAfterMs: 1_000 })
    expect(it.enter({ ...HEEDED, overloadControl: false })).toBeInstanceOf(Visit)
    expect(changes).toEqual([
      { platform: 'a/x', from: 'closed', to: 'open', reason: 'consecutive-failures', atMs: 1_800_000_000_000 },
    ])
  })

  test('a platform that answers late takes fewer at once', () => {
    const { clock, health } = setUp()
    const visits = Array.from({ length: 60 }, () => enter(health, 'a/x'))
    const showAll = (firstContentMs: number): void => {
      clock.advance(1_000)
      for (const visit of visits.slice(0, 50)) visit.onFirstContent(firstContentMs, { isTypical: true })
    }
    showAll(400)
    for (let i = 0; i < 10; i++) showAll(4_000)
    const refused = health.of(platform('a/x')).enter(HEEDED)
    expect(refused).toMatchObject({ by: 'adaptive-concurrency' })
    expect(health.of(platform('a/x')).enter({ ...HEEDED, overloadControl: false })).toBeInstanceOf(Visit)
    expect(health.of(platform('a/x')).p95FirstContentMs).toBeGreaterThanOrEqual(4_000)
  })

  test('remembers no more platforms than its capacity', () => {
    const { health } = setUp(100)
    for (let i = 0; i < 10_000; i++) health.of(platform(`a/${i}`))
    expect(health.names.length).toBe(100)
  })
})
