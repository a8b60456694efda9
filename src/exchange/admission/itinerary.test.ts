import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Reason } from '../../evidence/index.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import { Itinerary, type Lesson, LONGEST_WAIT_MS, type NextStep } from './itinerary.ts'
import { KeyRing } from './key-ring.ts'
import type { Refusal } from '../memory/platform-health.ts'
import type { Platform } from './routing.ts'

function platform(name: string, contextWindow?: number): Platform {
  const [provider = '', model = ''] = name.split('/')
  const timeouts = { firstEventMs: 1, idleMs: 1, totalMs: 1, declared: { firstEvent: false, idle: false } }
  return {
    name,
    model,
    provider: {
      name: provider,
      protocol: openAiChat,
      baseUrl: '',
      keys: new KeyRing([]),
      completion: 'strict',
      timeouts,
      limits: { concurrent: undefined, requestsPerMinute: undefined, tokensPerMinute: undefined },
      contextWindow,
      prefill: { isAccepted: false, style: 'turn' },
    },
  }
}

const [a, b, c] = [platform('a/x'), platform('b/x'), platform('c/y')]

const itineraryOf = (stages: readonly (readonly Platform[])[], attempts: number, preferred?: string): Itinerary =>
  new Itinerary({ route: { name: 'm', stages, affinity: 'session' }, attempts, preferred, random: () => 0.5 })

/** The names that are tried when every attempt fails for its reason, and how it ends. */
function walk(
  stages: readonly (readonly Platform[])[],
  attempts: number,
  reasons: readonly Reason[],
  retryAfterMs?: number,
): string[] {
  const itinerary = itineraryOf(stages, attempts)
  const way: string[] = []
  let step: NextStep = itinerary.first()
  for (let i = 0; step.do === 'try'; i++) {
    way.push(step.platform.name)
    const reason = reasons[Math.min(i, reasons.length - 1)] ?? 'server-error'
    step = itinerary.after({ platform: step.platform, reason, ...(retryAfterMs !== undefined && { retryAfterMs }) }, i)
  }
  return [...way, step.do]
}

describe('Itinerary', () => {
  test('goes through the platforms, then around again while budget is left', () => {
    expect(walk([[a, b]], 4, ['connection-lost'])).toEqual(['a/x', 'b/x', 'a/x', 'b/x', 'give-up'])
  })

  test('tries a lone platform twice before its fallbacks', () => {
    expect(walk([[a], [c]], 4, ['idle-timeout'])).toEqual(['a/x', 'a/x', 'c/y', 'c/y', 'give-up'])
    expect(walk([[a, b], [c]], 3, ['idle-timeout'])).toEqual(['a/x', 'b/x', 'c/y', 'give-up'])
  })

  test('goes on elsewhere, last at the one that died, within the one budget', () => {
    const itinerary = itineraryOf([[a, b], [c]], 4)
    expect(itinerary.first()).toMatchObject({ platform: a })
    const tried = new Set<Platform>()
    const onward = (): string => {
      const step = itinerary.onward((each) => !tried.has(each), a, 0)
      if (step.do !== 'try') return step.do
      tried.add(step.platform)
      return step.platform.name
    }
    expect([onward(), onward(), onward()]).toEqual(['b/x', 'c/y', 'a/x'])
    tried.clear()
    expect(onward()).toBe('give-up')
    itinerary.uncount()
    expect(onward()).toBe('b/x')
  })

  test('waits before it goes back, but not where what was asked was at fault', () => {
    const itinerary = itineraryOf([[a, b]], 6)
    itinerary.first()
    const afterMs = (only: Platform): number => {
      const step = itinerary.onward((each) => each === only, a, 0)
      return step.do === 'try' ? step.afterMs : Number.NaN
    }
    expect(afterMs(b)).toBe(0)
    expect(afterMs(a)).toBeGreaterThan(0)
    itinerary.forgive(b)
    expect(afterMs(b)).toBe(0)
    expect(afterMs(b)).toBeGreaterThan(0)
  })

  test('goes on nowhere that a gate refuses, and nowhere that is not paid for', () => {
    const refused: Refusal = { platform: 'b/x', by: 'breaker', retryAfterMs: 1 }
    const spent: Refusal = { platform: 'c/y', by: 'retry-budget', retryAfterMs: 1 }
    const gate = {
      refusal: (each: Platform) => (each === b ? refused : undefined),
      pay: (each: Platform) => (each === c ? spent : undefined),
    }
    const itinerary = new Itinerary({
      route: { name: 'm', stages: [[a, b, c]], affinity: 'session' },
      attempts: 9,
      random: () => 0,
      gate,
    })
    expect(itinerary.onward((each) => each !== c, undefined, 0)).toMatchObject({ do: 'try', platform: a })
    expect(itinerary.onward((each) => each === b, undefined, 0)).toEqual({ do: 'give-up', refusal: refused })
    expect(itinerary.onward((each) => each === c, undefined, 0)).toEqual({ do: 'give-up', refusal: spent })
  })

  test('does not repeat what would be the same anywhere', () => {
    expect(walk([[a, b]], 4, ['bad-request'])).toEqual(['a/x', 'pass-on'])
    expect(walk([[a, b]], 4, ['policy'])).toEqual(['a/x', 'pass-on'])
  })

  test('leaves a provider whose key or account is no use, and a platform that lacks the model', () => {
    const sibling = platform('a/other')
    expect(walk([[a, sibling, b]], 4, ['account-spent', 'authentication'])).toEqual(['a/x', 'b/x', 'give-up'])
    expect(walk([[a, sibling]], 4, ['not-found'])).toEqual(['a/x', 'a/other', 'give-up'])
  })

  test('takes a context that is too long only to a larger declared window', () => {
    const [small, same, large] = [platform('a/x', 8), platform('b/x', 8), platform('c/y', 100)]
    expect(walk([[small, same], [large]], 4, ['context-length'])).toEqual(['a/x', 'c/y', 'pass-on'])
    expect(walk([[small, same], [platform('d/z')]], 4, ['context-length'])).toEqual(['a/x', 'pass-on'])
  })

  test('going elsewhere does not wait, going back does, and no longer than is bearable', () => {
    const itinerary = itineraryOf([[a, b]], 4)
    itinerary.first()
    expect(itinerary.after({ platform: a, reason: 'overloaded', retryAfterMs: 700 }, 0)).toMatchObject({
      platform: b,
      afterMs: 0,
    })
    expect(itinerary.after({ platform: b, reason: 'overloaded' }, 100)).toMatchObject({ platform: a, afterMs: 600 })
    expect(walk([[a]], 4, ['rate-limit'], LONGEST_WAIT_MS + 1_000)).toEqual(['a/x', 'give-up'])
  })

  test('a provider that asked for time is waited for only where nobody else can be tried at once', () => {
    const itinerary = itineraryOf([[a], [c]], 4)
    itinerary.first()
    const limited = { platform: a, reason: 'rate-limit', retryAfterMs: 5_000 } as const
    expect(itinerary.after(limited, 0)).toMatchObject({ platform: c, afterMs: 0 })
    expect(itinerary.after({ platform: c, reason: 'not-found' }, 1_000)).toMatchObject({ platform: a, afterMs: 4_000 })
    const soon = itineraryOf([[a], [c]], 4)
    soon.first()
    expect(soon.after({ ...limited, retryAfterMs: 900 }, 0)).toMatchObject({ platform: a, afterMs: 900 })
  })

  test('what another model refuses after the model itself failed hides no failure, a policy’s refusal aside', () => {
    const refused = (reason: Reason): NextStep => {
      const itinerary = itineraryOf([[a], [c]], 3)
      itinerary.first()
      itinerary.after({ platform: a, reason: 'overloaded' }, 0)
      expect(itinerary.after({ platform: a, reason: 'overloaded' }, 0)).toMatchObject({ platform: c })
      return itinerary.after({ platform: c, reason }, 0)
    }
    expect(refused('bad-request')).toEqual({ do: 'give-up' })
    expect(refused('policy')).toEqual({ do: 'pass-on' })
  })

  test('a platform that could not be sent the request costs no attempt', () => {
    const itinerary = itineraryOf([[a, b]], 1)
    itinerary.first()
    expect(itinerary.notSent(a, 0)).toMatchObject({ do: 'try', platform: b })
    expect(itinerary.notSent(b, 0)).toEqual({ do: 'give-up' })
  })

  test('never exceeds its budget and always ends', () => {
    const reasons: Reason[] = [
      'server-error',
      'rate-limit',
      'account-spent',
      'not-found',
      'context-length',
      'idle-timeout',
      'not-expressible',
    ]
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.constantFrom(...reasons), { minLength: 1 }),
        (attempts, each) => {
          expect(walk([[a], [b, c]], attempts, each).length - 1).toBeLessThanOrEqual(attempts)
        },
      ),
    )
  })

  test('a session goes first where it was answered last, and takes the usual way from there', () => {
    const itinerary = itineraryOf([[a, b], [c]], 4, 'c/y')
    expect(itinerary.first()).toMatchObject({ platform: c })
    expect(itinerary.after({ platform: c, reason: 'overloaded' }, 0)).toMatchObject({ platform: a, afterMs: 0 })
    expect(itineraryOf([[a, b]], 4, 'no/longer').first()).toMatchObject({ platform: a })
  })

  test('another key of the same account is tried at once, within the budget', () => {
    const itinerary = itineraryOf([[a]], 2)
    itinerary.first()
    const limited = { platform: a, reason: 'rate-limit', retryAfterMs: 5_000, mayTryAgainAtOnce: true } as const
    expect(itinerary.after(limited, 0)).toMatchObject({ do: 'try', platform: a, afterMs: 0 })
    expect(itinerary.after(limited, 0)).toEqual({ do: 'give-up' })
  })

  test('but never at the cost of a platform that was not asked', () => {
    const itinerary = itineraryOf([[a, b]], 2)
    itinerary.first()
    const limited = { platform: a, reason: 'rate-limit', retryAfterMs: 60_000, mayTryAgainAtOnce: true } as const
    expect(itinerary.after(limited, 0)).toMatchObject({ do: 'try', platform: b })
  })

  test('what a translation is refused for is asked of who speaks the client’s own protocol', () => {
    const elsewhere = { ...a, provider: { ...a.provider, protocol: { ...openAiChat, name: 'anthropic' } as const } }
    const route = { name: 'm', stages: [[elsewhere], [b]], affinity: 'session' } as const
    const walkOf = (spoken: 'openai-chat' | 'gemini'): NextStep => {
      const itinerary = new Itinerary({ route, attempts: 4, spoken, random: () => 0.5 })
      itinerary.first()
      return itinerary.after({ platform: elsewhere, reason: 'bad-request', isTranslated: true }, 0)
    }
    expect(walkOf('openai-chat')).toMatchObject({ do: 'try', platform: b })
    expect(walkOf('gemini')).toEqual({ do: 'pass-on' })
  })

  test('a policy’s refusal is no translation’s', () => {
    const elsewhere = { ...a, provider: { ...a.provider, protocol: { ...openAiChat, name: 'anthropic' } as const } }
    const route = { name: 'm', stages: [[elsewhere], [b]], affinity: 'session' } as const
    const itinerary = new Itinerary({ route, attempts: 4, spoken: 'openai-chat', random: () => 0.5 })
    itinerary.first()
    expect(itinerary.after({ platform: elsewhere, reason: 'policy', isTranslated: true }, 0)).toEqual({ do: 'pass-on' })
  })

  test('also where that one is being asked beside it', () => {
    const elsewhere = { ...a, provider: { ...a.provider, protocol: { ...openAiChat, name: 'anthropic' } as const } }
    const route = { name: 'm', stages: [[elsewhere, b]], affinity: 'session' } as const
    const lessonOf = (spoken: 'openai-chat' | 'gemini'): Lesson => {
      const itinerary = new Itinerary({ route, attempts: 4, spoken, random: () => 0.5 })
      itinerary.first()
      const beside = itinerary.beside(0)
      return itinerary.learn({ platform: elsewhere, reason: 'bad-request', isTranslated: true }, 0, beside)
    }
    expect(lessonOf('openai-chat')).toBe('elsewhere-or-pass-on')
    expect(lessonOf('gemini')).toBe('pass-on')
  })

  test('a platform that takes no attempt now keeps no attempt from another key', () => {
    const refusal = (platform: Platform): Refusal | undefined =>
      platform === b ? { platform: b.name, by: 'breaker', retryAfterMs: 1_000 } : undefined
    const gate = { refusal, pay: () => undefined }
    const route = { name: 'm', stages: [[a, b]], affinity: 'session' } as const
    const itinerary = new Itinerary({ route, attempts: 2, random: () => 0.5, gate })
    itinerary.first()
    expect(itinerary.after({ platform: a, reason: 'authentication', mayTryAgainAtOnce: true }, 0)).toMatchObject({
      do: 'try',
      platform: a,
    })
  })

  test('a refusal of the request that nobody is left to doubt is the caller’s, whatever failed before', () => {
    const itinerary = itineraryOf([[a, b]], 2)
    itinerary.first()
    itinerary.after({ platform: a, reason: 'overloaded' }, 0)
    expect(itinerary.after({ platform: b, reason: 'bad-request', isTranslated: true }, 0)).toEqual({ do: 'pass-on' })
  })
})
