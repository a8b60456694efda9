import { describe, expect, test } from 'bun:test'
import type { AttemptEvidence } from '../../src/evidence/index.ts'
import { useBench } from '../support/gateways.ts'
import { type Received, receive } from './client.ts'
import {
  type Act,
  answers,
  dawdles,
  endsEarly,
  filters,
  garbles,
  isCut,
  isSilent,
  leavesOutDone,
  Platform,
  refuses,
  rejectsPrefill,
  resets,
  stalls,
  type Voice,
} from './platform.ts'

// The sixteen faults of a public crash test for gateways (failoverbench, 2026-09), and what its catalogue leaves out: a clean end in
// the middle, another protocol behind the client's, answers that are not streamed. Over real sockets; a primary in the one protocol, a fallback
// in the other.

const bench = useBench()

const PRIMARY: Voice = {
  protocol: 'openai-chat',
  served: 'one-2026',
  words: ['Noon', ' it', ' is.', ' Pack', ' light', ' and', ' ring', ' me.'],
  input: 11,
  output: 8,
}
const FALLBACK: Voice = {
  protocol: 'anthropic',
  served: 'two-2026',
  words: ['Zwölf', ' Uhr.', ' Nimm', ' Stiefel', ' mit.'],
  input: 13,
  output: 5,
}
const FIRST_EVENT_MS = 200

const CLIENTS = ['openai-chat', 'anthropic'] as const
type ClientProtocol = (typeof CLIENTS)[number]

interface Ask {
  readonly client: ClientProtocol
  readonly streamed: boolean
}

interface Setting {
  readonly primary: readonly Act[]
  readonly fallback?: readonly Act[]
  /** There is no fallback. */
  readonly isAlone?: boolean
  readonly delivery?: 'hold' | 'guarded' | 'live'
  /** Of the primary. */
  readonly completion?: 'strict' | 'finish-only'
  readonly windows?: boolean
  /** The conversation ends with the beginning of the answer. */
  readonly prefill?: boolean
  /** Default: `FIRST_EVENT_MS`. */
  readonly idleMs?: number
  /** What both speak, in place of each its own. */
  readonly protocol?: ClientProtocol
  /** What broke off is finished in the background. Default: it is not, so that one request is all that there is to count. */
  readonly replay?: boolean
  /** The fallback says the same words as the primary. */
  readonly isSameAnswer?: boolean
}

const providerLine = (name: string, { protocol }: Voice, url: string, idleMs: number, rest: string): string =>
  `  ${name}: { protocol: ${protocol}, baseUrl: "${url}${protocol === 'anthropic' ? '' : '/v1'}", apiKey: k, timeouts: { firstEvent: ${FIRST_EVENT_MS}ms, idle: ${idleMs}ms, total: 900ms }${rest} }`

async function stage(setting: Setting) {
  const speaking = (voice: Voice): Voice => ({ ...voice, protocol: setting.protocol ?? voice.protocol })
  const primary = new Platform(speaking(PRIMARY), setting.primary)
  const voice = setting.isSameAnswer === true ? { ...FALLBACK, words: PRIMARY.words } : FALLBACK
  const fallback = new Platform(speaking(voice), setting.fallback ?? [answers])
  const [one, two] = [await bench.upstream(primary.handler), await bench.upstream(fallback.handler)]
  const { completion = 'strict', delivery = 'guarded', windows = false, idleMs = FIRST_EVENT_MS } = setting
  const gateway = bench.gateway(
    [
      'providers:',
      providerLine(
        'p',
        speaking(PRIMARY),
        one.url,
        idleMs,
        `, completion: ${completion}${windows ? ', contextWindow: 8000' : ''}`,
      ),
      providerLine('f', speaking(FALLBACK), two.url, idleMs, windows ? ', contextWindow: 200000' : ''),
      'models:',
      `  m: { platforms: [p/one]${setting.isAlone === true ? '' : ', fallbacks: [n]'} }`,
      '  n: { platforms: [f/two] }',
      `defaults: { profile: customer, delivery: ${delivery}, replay: ${setting.replay === true ? 'on' : 'off'} }`,
    ].join('\n'),
  )
  const ask = async ({ client, streamed }: Ask): Promise<Received> => {
    const messages = [
      { role: 'user', content: 'When is high tide?' },
      ...(setting.prefill === true ? [{ role: 'assistant', content: 'High tide is at' }] : []),
    ]
    const common = { model: 'm', messages, max_tokens: 100, stream: streamed }
    // So that what is billed can be counted: OpenAI's streams report only when they are asked to.
    const usage = streamed ? { stream_options: { include_usage: true } } : {}
    const response =
      client === 'anthropic'
        ? await gateway.post('/v1/messages', common)
        : await gateway.post('/v1/chat/completions', { ...common, ...usage })
    const received = await receive(response, streamed)
    while (!gateway.evidence.some(({ id }) => id === response.headers.get('x-fullstop-id')))
      await new Promise((resolve) => setTimeout(resolve, 0))
    return received
  }
  return { gateway, ask, primary, fallback, received: () => [one.received.length, two.received.length] }
}

type Stage = Awaited<ReturnType<typeof stage>>

const nameOf = ({ provider, verdict, reason }: AttemptEvidence): string => `${provider} ${reason ?? verdict}`

/** What is true whatever happened: nothing is sent, billed or said that the evidence does not have. */
function expectAccounts({ gateway, primary, fallback, received }: Stage): void {
  const attempts = gateway.evidence.flatMap((exchange) => exchange.attempts)
  const sent = (name: string): number => attempts.filter(({ provider }) => provider === name).length
  expect([sent('p'), sent('f')]).toEqual(received())
  const used = attempts.reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0), 0)
  expect(used).toBe(primary.reported + fallback.reported)
}

/** Somebody answered: whole, in one voice, and everything says that it was that one. */
function expectAnswerOf({ gateway }: Stage, received: Received, { served, words, input, output }: Voice): void {
  const [name, platform] = served === PRIMARY.served ? ['p', 'p/one'] : ['f', 'f/two']
  expect(received).toMatchObject({ status: 200, isWhole: true, text: words.join(''), model: served, error: undefined })
  expect(received.headers.get('x-fullstop-platform')).toBe(platform)
  const evidence = gateway.evidence.at(-1)
  expect(evidence).toMatchObject({
    outcome: 'delivered',
    platform,
    usage: { inputTokens: input, outputTokens: output },
  })
  expect(evidence?.attempts.at(-1)).toMatchObject({ provider: name, servedModel: served })
}

const WAYS: readonly Ask[] = CLIENTS.flatMap((client) => [true, false].map((streamed) => ({ client, streamed })))
const STREAMS = WAYS.filter(({ streamed }) => streamed)
const wayOf = ({ client, streamed }: Ask): string => `${client}, ${streamed ? 'streamed' : 'not streamed'}`

interface Rescue extends Setting {
  readonly name: string
  /** Attempts in their order, as `provider reason` or `provider verdict`. */
  readonly attempts: readonly string[]
  readonly by: Voice
  readonly ways?: readonly Ask[]
}

const LIMITED = { type: 'rate_limit_error', message: 'slow down' }
const BROKEN = { type: 'api_error', message: 'something broke' }
const OVERLOADED = { type: 'overloaded_error', message: 'come back later' }

const RESCUES: readonly Rescue[] = [
  {
    name: '1. 429 with retry-after: nobody waits while another platform is there',
    primary: [refuses(429, LIMITED, { 'retry-after': '5' }), answers],
    attempts: ['p rate-limit', 'f complete'],
    by: FALLBACK,
  },
  {
    name: '1. 429 with retry-after, no other platform: it is waited for',
    primary: [refuses(429, LIMITED, { 'retry-after': '1' }), answers],
    isAlone: true,
    attempts: ['p rate-limit', 'p complete'],
    by: PRIMARY,
  },
  {
    name: '2. 429 without retry-after',
    primary: [refuses(429, LIMITED), answers],
    // A lone platform of a model is asked twice before its fallbacks.
    attempts: ['p rate-limit', 'p complete'],
    by: PRIMARY,
  },
  {
    name: '2. 429 without retry-after, for good',
    primary: [refuses(429, LIMITED)],
    attempts: ['p rate-limit', 'p rate-limit', 'f complete'],
    by: FALLBACK,
  },
  {
    name: '3. 500 once',
    primary: [refuses(500, BROKEN), answers],
    attempts: ['p server-error', 'p complete'],
    by: PRIMARY,
  },
  {
    name: '4. 503 for good',
    primary: [refuses(503, OVERLOADED)],
    attempts: ['p overloaded', 'p overloaded', 'f complete'],
    by: FALLBACK,
  },
  {
    name: '5. reset before headers',
    primary: [resets],
    attempts: ['p connect-failed', 'p connect-failed', 'f complete'],
    by: FALLBACK,
  },
  {
    name: '6. silence',
    primary: [isSilent],
    attempts: ['p first-event-timeout', 'p first-event-timeout', 'f complete'],
    by: FALLBACK,
    ways: STREAMS,
  },
  {
    name: '6. silence',
    primary: [isSilent],
    attempts: ['p total-timeout', 'p total-timeout', 'f complete'],
    by: FALLBACK,
    ways: WAYS.filter(({ streamed }) => !streamed),
  },
  {
    name: '7. a slow first token, within its time',
    primary: [dawdles(FIRST_EVENT_MS / 2)],
    attempts: ['p complete'],
    by: PRIMARY,
  },
  {
    name: '7. a slow first token, beyond its time',
    primary: [dawdles(FIRST_EVENT_MS * 2)],
    attempts: ['p first-event-timeout', 'p first-event-timeout', 'f complete'],
    by: FALLBACK,
    ways: STREAMS,
  },
  ...(['opening', 'text'] as const).flatMap((depth): readonly Rescue[] => {
    // Within its first sentence nothing was delivered yet; beyond it nothing is where everything is held.
    const delivery = depth === 'opening' ? 'guarded' : 'hold'
    const where = depth === 'opening' ? 'within the first sentence' : 'beyond it, everything held'
    return [
      {
        name: `8. cut mid-stream, ${where}`,
        primary: [isCut(depth)],
        delivery,
        attempts: ['p connection-lost', 'p connection-lost', 'f complete'],
        by: FALLBACK,
      },
      {
        name: `8. a clean end mid-stream, ${where}`,
        primary: [endsEarly(depth)],
        delivery,
        attempts: ['p ended-before-proof', 'p ended-before-proof', 'f complete'],
        by: FALLBACK,
        ways: STREAMS,
      },
      {
        // Where it is not held, an opening is delivered before any stall can be told from a pause.
        name: `9. stall mid-stream, ${depth === 'opening' ? 'within the first sentence' : 'beyond it'}, everything held`,
        primary: [stalls(depth)],
        delivery: 'hold',
        attempts: ['p idle-timeout', 'p idle-timeout', 'f complete'],
        by: FALLBACK,
        ways: STREAMS,
      },
      {
        name: `10. malformed chunk, ${where}`,
        primary: [garbles(depth)],
        delivery,
        attempts: ['p not-json', 'p not-json', 'f complete'],
        by: FALLBACK,
      },
    ]
  }),
  {
    // Longer than an opening is held back, but its one word may not have been whole.
    name: '9. stall within the first word',
    primary: [stalls('opening')],
    idleMs: 400,
    attempts: ['p idle-timeout', 'p idle-timeout', 'f complete'],
    by: FALLBACK,
    ways: STREAMS,
  },
  {
    name: '11. no [DONE] where it is due, everything held',
    primary: [leavesOutDone],
    delivery: 'hold',
    attempts: ['p ended-before-proof', 'p ended-before-proof', 'f complete'],
    by: FALLBACK,
    ways: STREAMS,
  },
  {
    name: '11. no [DONE] where none is due',
    primary: [leavesOutDone],
    completion: 'finish-only',
    attempts: ['p complete'],
    by: PRIMARY,
    ways: STREAMS,
  },
  {
    name: '12. context length, with a larger window declared',
    primary: [refuses(400, { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' })],
    windows: true,
    attempts: ['p context-length', 'f complete'],
    by: FALLBACK,
  },
]

describe('crash test, rescues', () => {
  const cases = RESCUES.flatMap(({ ways = WAYS, ...each }) =>
    ways.map((way) => [`${each.name} (${wayOf(way)})`, each, way] as const),
  )
  test.each(cases)('%s', async (_, each, way) => {
    const on = await stage(each)
    const received = await on.ask(way)
    expect(on.gateway.evidence.at(-1)?.attempts.map(nameOf)).toEqual([...each.attempts])
    expectAnswerOf(on, received, each.by)
    expectAccounts(on)
  })
})

/** Text was delivered when the fault comes. */
const AFTER_TEXT: readonly (readonly [string, Act])[] = [
  ['8. cut mid-stream', isCut('text')],
  ['8. a clean end mid-stream', endsEarly('text')],
  ['9. stall mid-stream', stalls('text')],
  ['9. stall within the first sentence', stalls('opening')],
  ['10. malformed chunk', garbles('text')],
  ['11. no [DONE] where it is due', leavesOutDone],
]

describe('crash test, after text was delivered', () => {
  const cases = AFTER_TEXT.flatMap(([name, act]) =>
    STREAMS.flatMap((way) =>
      (['guarded', 'live'] as const).map(
        (delivery) => [`${name} (${wayOf(way)}, ${delivery})`, act, way, delivery] as const,
      ),
    ),
  )
  test.each(cases)('%s: no success that is none', async (_, act, way, delivery) => {
    const on = await stage({ primary: [act], delivery })
    const received = await on.ask(way)
    const evidence = on.gateway.evidence.at(-1)
    // Either it was finished, and then with nothing changed of what was delivered, or its end says that it was not.
    if (evidence?.outcome === 'delivered') {
      expect(received.isWhole).toBe(true)
      if (evidence.platform === 'f/two' && !received.text.startsWith('Noon')) expectAnswerOf(on, received, FALLBACK)
      else expect(received.text.startsWith('Noon')).toBe(true)
    } else {
      expect(evidence).toMatchObject({ outcome: 'broken-off', usage: undefined, platform: undefined })
      expect(received).toMatchObject({ status: 200, isWhole: false })
      expect(received.error).toBeDefined()
      expect(PRIMARY.words.join('').startsWith(received.text)).toBe(true)
      expect(received.text).not.toBe('')
      expect(received.model).toBe(PRIMARY.served)
    }
    expectAccounts(on)
  })
})

describe('crash test, after text was delivered: rescues', () => {
  const died = AFTER_TEXT.filter(([name]) => !name.startsWith('11.'))
  const seamed = died.flatMap(([name, act]) => STREAMS.map((way) => [`${name} (${wayOf(way)})`, act, way] as const))

  test.each(seamed)('%s: another platform that says the same goes on, unseen', async (_, act, way) => {
    const on = await stage({ primary: [act], isSameAnswer: true })
    const received = await on.ask(way)
    expect(received).toMatchObject({ status: 200, isWhole: true, error: undefined, text: PRIMARY.words.join('') })
    expect(on.gateway.evidence.at(-1)).toMatchObject({ outcome: 'delivered', platform: 'f/two' })
    expectAccounts(on)
  })

  const retried = died.flatMap(([name, act]) =>
    STREAMS.flatMap((way) =>
      (['guarded', 'live'] as const).map(
        (delivery) => [`${name} (${wayOf(way)}, ${delivery})`, act, way, delivery] as const,
      ),
    ),
  )
  test.each(retried)('%s: whoever asks again has the whole answer', async (_, act, way, delivery) => {
    const on = await stage({ primary: [act], delivery, replay: true })
    const first = await on.ask(way)
    const second = first.isWhole ? first : await on.ask(way)
    expect(second).toMatchObject({ status: 200, isWhole: true, error: undefined })
    expect([PRIMARY.words.join(''), FALLBACK.words.join('')]).toContain(second.text)
    const [toPrimary = 0, toFallback = 0] = on.received()
    expect(toPrimary + toFallback).toBeLessThanOrEqual(3)
    expectAccounts(on)
  })
})

describe('crash test, what is not routed around', () => {
  const ways = WAYS.map((way) => [wayOf(way), way] as const)

  test.each(ways)(
    '12. context length, where nobody declares a larger window: the provider’s word (%s)',
    async (_, way) => {
      const error = { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' }
      const on = await stage({ primary: [refuses(400, error)] })
      const received = await on.ask(way)
      expect(received).toMatchObject({ status: 400, isWhole: false, text: '' })
      expect(on.received()).toEqual([1, 0])
      expectAccounts(on)
    },
  )

  test.each(ways)('13. content filter, as an error: passed on (%s)', async (_, way) => {
    const error = { message: 'flagged', type: 'invalid_request_error', code: 'content_policy_violation' }
    const on = await stage({ primary: [refuses(400, error)] })
    const received = await on.ask(way)
    expect(received).toMatchObject({ status: 400, isWhole: false, text: '' })
    expect(received.headers.get('x-should-retry')).toBe('false')
    expect(on.gateway.evidence.at(-1)?.attempts.map(nameOf)).toEqual(['p policy'])
    expect(on.received()).toEqual([1, 0])
    expectAccounts(on)
  })

  test.each(ways)('13. content filter, of the fallback after a failure: passed on (%s)', async (_, way) => {
    const on = await stage({
      primary: [refuses(503, OVERLOADED)],
      fallback: [filters],
    })
    const received = await on.ask(way)
    expect(received).toMatchObject({ status: 200, isWhole: true, model: FALLBACK.served })
    expect(received.stop).toBe(way.client === 'anthropic' ? 'refusal' : 'content_filter')
    expect(on.gateway.evidence.at(-1)).toMatchObject({ outcome: 'delivered', verdict: 'refused', platform: 'f/two' })
    expect(on.received()).toEqual([2, 1])
    expectAccounts(on)
  })

  test.each(ways)(
    '13. content filter, in the midst of an answer: passed on as the model’s refusal (%s)',
    async (_, way) => {
      const on = await stage({ primary: [filters] })
      const received = await on.ask(way)
      expect(received).toMatchObject({ status: 200, isWhole: true, model: PRIMARY.served, error: undefined })
      expect(received.stop).toBe(way.client === 'anthropic' ? 'refusal' : 'content_filter')
      expect(on.gateway.evidence.at(-1)).toMatchObject({ outcome: 'delivered', verdict: 'refused', platform: 'p/one' })
      expect(on.received()).toEqual([1, 0])
      expectAccounts(on)
    },
  )
})

describe('crash test, 14. a fallback that rejects prefill', () => {
  const ways = WAYS.map((way) => [wayOf(way), way] as const)

  const sent = WAYS.flatMap((way) => {
    const same = [`${wayOf(way)}, all in one protocol`, way, way.client] as const
    return way.client === 'openai-chat' ? [same, [`${wayOf(way)}, translated`, way, undefined] as const] : [same]
  })
  test.each(sent)(
    'hides no failure: the client learns what failed, and that it may pass (%s)',
    async (_, way, protocol) => {
      const on = await stage({
        primary: [refuses(503, OVERLOADED)],
        fallback: [rejectsPrefill],
        prefill: true,
        ...(protocol !== undefined && { protocol }),
      })
      const received = await on.ask(way)
      expect(received).toMatchObject({ status: 503, isWhole: false, text: '', error: 'overloaded' })
      expect(received.headers.get('x-should-retry')).toBe('true')
      const evidence = on.gateway.evidence.at(-1)
      expect(evidence).toMatchObject({ outcome: 'refused', errorCode: 'overloaded' })
      expect(evidence?.attempts.slice(0, 2).map(nameOf)).toEqual(['p overloaded', 'p overloaded'])
      expect(evidence?.attempts.filter(({ provider }) => provider === 'f').length).toBeLessThanOrEqual(1)
      expectAccounts(on)
    },
  )

  test.each(ways)('is a fallback for conversations that end with a question (%s)', async (_, way) => {
    const on = await stage({ primary: [refuses(503, OVERLOADED)], fallback: [rejectsPrefill] })
    expectAnswerOf(on, await on.ask(way), FALLBACK)
  })

  test.each(ways)('hides no cut, when the answer that began is what it was to go on with (%s)', async (_, way) => {
    const on = await stage({ primary: [isCut('opening')], fallback: [rejectsPrefill] })
    expectAnswerOf(on, await on.ask(way), FALLBACK)
    expectAccounts(on)
  })
})

describe('crash test, 15. a primary that flaps', () => {
  test.each(WAYS.map((way) => [wayOf(way), way] as const))(
    'everybody is answered, and it is asked less often than it is down (%s)',
    async (_, way) => {
      const isUp = (ordinal: number): boolean => Math.floor(ordinal / 8) % 2 === 0
      const acts = Array.from({ length: 60 }, (__, i) => (isUp(i) ? answers : refuses(503, OVERLOADED)))
      const on = await stage({ primary: acts })
      const voices = new Map([PRIMARY, FALLBACK].map((voice) => [voice.served, voice]))
      for (let i = 0; i < 40; i++) {
        const received = await on.ask(way)
        const voice = voices.get(received.model ?? '')
        if (voice === undefined) throw new Error(`nobody's answer: ${JSON.stringify(received)}`)
        expectAnswerOf(on, received, voice)
      }
      const [first = 0, second = 0] = on.received()
      expect(second).toBeGreaterThan(0)
      // Eight that it answered, five failures that open its breaker, and then not before its wait is over.
      expect(first).toBeLessThanOrEqual(8 + 5 + 8)
      expectAccounts(on)
    },
  )
})

describe('crash test, 16. accounting', () => {
  test('of many exchanges, whatever befell them: what was sent, billed and told is the same', async () => {
    const on = await stage({
      primary: [
        answers,
        refuses(429, LIMITED),
        answers,
        refuses(500, BROKEN),
        refuses(500, BROKEN),
        isCut('opening'),
        answers,
        filters,
        garbles('opening'),
        resets,
        answers,
      ],
      fallback: [answers],
    })
    const received: Received[] = []
    for (let round = 0; round < 3; round++) for (const way of WAYS) received.push(await on.ask(way))
    expect(received.every(({ isWhole }) => isWhole)).toBe(true)
    const answered = (served: string): number => received.filter(({ model }) => model === served).length
    const usage = on.gateway.evidence.map(
      (exchange) => (exchange.usage?.inputTokens ?? 0) + (exchange.usage?.outputTokens ?? 0),
    )
    expect(usage.reduce((sum, each) => sum + each, 0)).toBe(
      19 * answered(PRIMARY.served) + 18 * answered(FALLBACK.served),
    )
    expect(on.gateway.evidence.length).toBe(received.length)
    expect(on.gateway.evidence.flatMap(({ attempts }) => attempts).length).toBeGreaterThan(received.length + 4)
    expectAccounts(on)
  })
})
