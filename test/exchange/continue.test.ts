import { describe, expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import type { PlatformsReport } from '../../src/engine/index.ts'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { readRecording, readWholeBody, type RecordedAnswer } from '../support/recorded-answer.ts'
import { eventsIn, playSeam, type SeamPlatform, type SeamPlay, type SeamResult, saying } from '../support/seam-bench.ts'
import { useBench } from '../support/gateways.ts'
import { speaking, text, type Tongue, TONGUES } from '../support/speaking.ts'
import type { UpstreamHandler } from '../support/upstream.ts'
import { flaws } from '../support/well-formed.ts'

const bench = useBench()

// `limited: continue`: an answer that became as long as it may be is gone on with.

const TEXT = 'All is well here. The night was calm, and nobody has called since. We go home at six, by JavaScript.'

/** Says so many characters of it at a time, whoever said what comes before. */
const upTo = (protocol: ProtocolName, length: number, more: Partial<SeamPlatform> = {}): SeamPlatform => ({
  protocol,
  prefill: 'accepted',
  answer: ({ prefill = '' }) => {
    if (!TEXT.startsWith(prefill)) throw new Error(`not the beginning: ${prefill}`)
    const rest = TEXT.slice(prefill.length)
    return { said: saying({ text: rest.slice(0, length), stop: rest.length > length ? 'limit' : 'end' }) }
  },
  ...more,
})

/** Stops there the first time, and does this when it is handed that. */
const then = (protocol: ProtocolName, length: number, answer: SeamPlatform['answer']): SeamPlatform => ({
  ...upTo(protocol, length),
  answer: (asked) =>
    asked.prefill === undefined && asked.instruction === undefined
      ? { said: saying({ text: TEXT.slice(0, length), stop: 'limit' }) }
      : answer(asked),
})

interface Way {
  readonly stream: boolean
  readonly delivery: 'guarded' | 'hold'
}
const WAYS: readonly Way[] = [
  { stream: true, delivery: 'guarded' },
  { stream: true, delivery: 'hold' },
  { stream: false, delivery: 'guarded' },
]

function play(platforms: readonly SeamPlatform[], { delivery, stream }: Way, more: Partial<SeamPlay> = {}) {
  const policy = { limited: 'continue', delivery, attempts: 10, ...more.policy }
  return playSeam({ client: 'openai-chat', platforms, stream, ...more, policy })
}

function readResult(client: ProtocolName, { stream }: Way, { body }: SeamResult): RecordedAnswer {
  if (!stream) return readWholeBody(client, body)
  expect(flaws(client, body)).toEqual([])
  return readRecording(client, body)
}

const HALF: Readonly<Record<ProtocolName, string>> = {
  anthropic: 'max_tokens',
  'openai-chat': 'length',
  'openai-responses': 'max_output_tokens',
  gemini: 'MAX_TOKENS',
}
const WHOLE: Readonly<Record<ProtocolName, string>> = {
  anthropic: 'end_turn',
  'openai-chat': 'stop',
  'openai-responses': 'completed',
  gemini: 'STOP',
}

describe.each(WAYS)('an answer that a limit stopped, %o', (way) => {
  test.each(PROTOCOLS)('is whole for a client of %s, however often it stops', async (client) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('anthropic', 'openai-chat', 'gemini'),
        fc.constantFrom('anthropic', 'openai-chat', 'gemini'),
        fc.integer({ min: 15, max: TEXT.length }),
        async (first, second, length) => {
          const result = await play([upTo(first, length), upTo(second, length)], way, { client })
          const { text, stop, usage, model } = readResult(client, way, result)
          expect([result.isAborted, text, stop, model]).toEqual([false, TEXT, WHOLE[client], 'other-model'])
          const { attempts, seams = [] } = result.evidence
          const asked = attempts.length
          expect(seams).toHaveLength(asked - 1)
          expect(usage).toMatchObject({ input: 10 * asked, output: 5 * asked })
          expect(result.evidence).toMatchObject({
            outcome: 'delivered',
            verdict: 'complete',
            usage: { inputTokens: 10 * asked, outputTokens: 5 * asked },
          })
          expect(attempts.slice(1).every(({ cause }) => cause === 'seam')).toBe(true)
          expect(seams.every(({ kind, outcome }) => kind === 'prefill' && outcome === 'joined')).toBe(true)
        },
      ),
      { numRuns: 25 },
    )
  })

  test.each(PROTOCOLS)('is passed on to a client of %s as it is where nobody goes on', async (client) => {
    for (const other of [
      then('anthropic', 40, () => ({ status: 400 })),
      then('gemini', 40, () => ({ said: saying({ text: 'All is well here. The night was long.' }) })),
      { ...upTo('openai-chat', 40), prefill: 'never' } as const,
      { ...upTo('openai-responses', 40), prefill: 'never' } as const,
    ]) {
      const result = await play([other], way, { client })
      const { text, stop, usage } = readResult(client, way, result)
      expect([result.isAborted, text, stop]).toEqual([false, TEXT.slice(0, 40), HALF[client]])
      expect(usage).toMatchObject({ input: 10, output: 5 })
      expect(result.evidence).toMatchObject({
        outcome: 'delivered',
        verdict: 'limited',
        platform: 'p0/x',
        usage: { inputTokens: 10, outputTokens: 5 },
      })
    }
  })

  test('ends at the limit where the attempts do', async () => {
    const result = await play([upTo('anthropic', 20)], way, { policy: { attempts: 3 } })
    const { text, stop } = readResult('openai-chat', way, result)
    expect(stop).toBe('length')
    // The word that each limit cut was written again.
    expect(TEXT.startsWith(text) && text.length > 40 && text.length <= 60).toBe(true)
    expect(result.evidence).toMatchObject({ verdict: 'limited', attempts: [{}, {}, { verdict: 'limited' }] })
  })

  test('is gone on with elsewhere where its platform cannot', async () => {
    const result = await play([then('anthropic', 40, () => ({ status: 503 })), upTo('gemini', 1_000)], way)
    const { text, stop } = readResult('openai-chat', way, result)
    expect([text, stop]).toEqual([TEXT, 'stop'])
    expect(result.evidence.platform).toBe('p1/x')
  })

  test('is no longer for who adds nothing, and is not whole: once each is asked, and the half answer stands', async () => {
    const nothing = ['', ' ', '\n', ' \n\n'].flatMap((said) =>
      (['limit', 'end'] as const).map((stop) => ({ said: saying({ text: said, stop }) })),
    )
    const halves = ['All is well. The night was ca', 'All is well. Ok', 'All is well. The night was calm,']
    for (const begun of [...halves, 'All is well.'])
      for (const answer of nothing) {
        // A whole sentence may have been all that there was to say.
        if (begun === 'All is well.' && answer.said.some((event) => event.type === 'stop' && event.stop.kind === 'end'))
          continue
        const first = ({ prefill }: { prefill: string | undefined }) =>
          prefill === undefined ? { said: saying({ text: begun, stop: 'limit' }) } : answer
        const platform: SeamPlatform = { protocol: 'anthropic', prefill: 'accepted', answer: first }
        const result = await play([platform, platform], way)
        const { text, stop, usage } = readResult('openai-chat', way, result)
        expect([text, stop, result.asked.length]).toEqual([begun, 'length', 3])
        expect(usage).toMatchObject({ input: 10, output: 5 })
        expect(result.evidence).toMatchObject({
          verdict: 'limited',
          seams: [{ outcome: 'diverged' }, { outcome: 'diverged' }],
        })
      }
  })

  test.each([
    ['half a character that is not Unicode', 'Look here: \ud83d', 'Look here: ', '😀 yes.'],
    ['half a character as a server replaces it', 'Look here: \ufffd', 'Look here: ', '😀 yes.'],
    ['several of them', 'Look here: \ufffd\ufffd', 'Look here: ', '😀 yes.'],
    ['a sign and its mark', 'I have ❤\ufe0f', 'I have ', '❤\ufe0f you.'],
    ['a letter and its mark', 'In the cafe\u0301', 'In the ', 'cafe\u0301 noir.'],
    ['a family in the making', 'They are 👨\u200d', 'They are 👨\u200d', '👩\u200d👧 now.'],
    ['a Thai letter without its vowel', 'อากาศดีมาก ท', 'อากาศดีมาก ท', 'ี่สุด'],
    ['Chinese', '天气很好。我们去公', '天气很好。我们去公', '园散步。'],
    ['a word that is not written again', 'Rain in the valleys and', 'Rain in the valleys', '. The sun comes.'],
    ['half a line break', 'One line.\r', 'One line.\r', '\nAnother.'],
  ])('is joined behind %s', async (_, begun, before, rest) => {
    for (const client of PROTOCOLS) {
      const platform: SeamPlatform = {
        protocol: 'gemini',
        prefill: 'accepted',
        answer: ({ prefill }) => {
          if (prefill === undefined) return { said: saying({ text: begun, stop: 'limit' }) }
          expect(prefill).toBe(before.trimEnd())
          return { said: saying({ text: rest }) }
        },
      }
      const result = await play([platform], way, { client })
      expect(readResult(client, way, result)).toMatchObject({ text: before + rest, stop: WHOLE[client] })
    }
  })

  test('is not gone on with for ever, however much a platform says', async () => {
    const long = 'It goes on and on and on. '.repeat(9_000)
    const endless: SeamPlatform = {
      protocol: 'anthropic',
      prefill: 'accepted',
      // In few events: fake time passes with each.
      answer: ({ prefill }) => {
        const said = saying({ text: prefill === undefined ? 'Once.' : ` And${prefill.length}`, stop: 'limit' })
        return { said: said.map((event) => (event.type === 'text' ? { ...event, text: event.text + long } : event)) }
      },
    }
    const result = await play([endless], way)
    const { text, stop } = readResult('openai-chat', way, result)
    expect([stop, result.asked.length]).toEqual(['length', 3])
    expect(text.length).toBeGreaterThan(3 * long.length)
  })

  test('is gone on with by a call', async () => {
    const calls = [{ id: 'c1', name: 'f', input: '{}' }]
    const calling = then('anthropic', 40, ({ prefill = '' }) => ({
      said: saying({ text: TEXT.slice(prefill.length, 60), calls }),
    }))
    const result = await play([calling], way)
    const answer = readResult('openai-chat', way, result)
    expect([answer.text, answer.stop, answer.calls.length]).toEqual([TEXT.slice(0, 60), 'tool_calls', 1])
  })

  test('is gone on with by instruction only where that is opted in', async () => {
    const long = 'What was a long night is over now and nothing of it is left but the tea in the pot on the table. '
    const told: SeamPlatform = {
      ...then('openai-responses', 45, () => ({ said: saying({ text: `that is that. ${long}` }) })),
      prefill: 'never',
    }
    for (const [seam, expected] of [
      ['proven', TEXT.slice(0, 45)],
      ['off', TEXT.slice(0, 45)],
      ['instruct', `${TEXT.slice(0, 42)}that is that. ${long}`],
    ] as const) {
      const result = await play([told], way, { policy: { seam } })
      expect(readResult('openai-chat', way, result).text).toBe(expected)
    }
  })

  test('is nothing to go on with where it is more than text, or another limit', async () => {
    const calls = [{ id: 'c1', name: 'f', input: '{}' }]
    const cases: readonly SeamPlatform['answer'][] = [
      // Of a body nobody can tell whether the last call was finished: see below.
      ...(way.stream ? [() => ({ said: saying({ text: 'Hm.', calls, stop: 'limit' }) })] : []),
      () => ({ said: saying({ text: 'One. Two.', thinking: 'Let us see.', stop: 'limit' }) }),
      () => ({ said: saying({ text: '', stop: 'limit' }) }),
      () => ({ said: saying({ text: 'Hm', stop: 'limit' }) }),
      () => ({ said: saying({ text: 'One. Two.', stop: 'pause' }) }),
    ]
    for (const answer of cases) {
      const result = await play([{ protocol: 'anthropic', prefill: 'accepted', answer }], way, { client: 'anthropic' })
      expect(result.asked).toHaveLength(1)
      expect(result.evidence).toMatchObject({ outcome: 'delivered', verdict: 'limited', seams: undefined })
    }
    const full = saying({ text: 'One. Two.', stop: 'limit' })
    for (const word of ['model_context_window_exceeded', 'energy_saver']) {
      const events = eventsIn('anthropic', full).map((event) => event.replace('"max_tokens"', `"${word}"`))
      const other: SeamPlatform = {
        protocol: 'anthropic',
        prefill: 'accepted',
        answer: () => ({ events, end: 'clean' }),
      }
      if (way.stream) expect((await play([other], way)).asked).toHaveLength(1)
    }
    for (const request of [{ n: 2 }, { response_format: { type: 'json_object' } }])
      expect((await play([upTo('openai-chat', 40)], way, { request })).evidence.seams).toBeUndefined()
  })

  test('what its platform thinks of it is left out, and a thought before it keeps others from going on', async () => {
    const thinking = then('gemini', 40, ({ prefill = '' }) => ({
      said: saying({ text: TEXT.slice(prefill.length), thinking: 'Where was I?' }),
    }))
    const { text, thinking: heard } = readResult('openai-chat', way, await play([thinking], way))
    expect([text, heard]).toEqual([TEXT, ''])
  })
})

test('a call that the limit may have cut is made anew by who goes on', async () => {
  const calls = [{ id: 'c1', name: 'f', input: '{"a":1}' }]
  const calling: SeamPlatform = {
    protocol: 'anthropic',
    prefill: 'accepted',
    answer: ({ prefill }) => ({
      said:
        prefill === undefined
          ? saying({ text: 'Let me look.', calls, stop: 'limit' })
          : saying({ text: ' Now.', calls: calls.map((call) => ({ ...call, id: 'c2' })) }),
    }),
  }
  for (const client of PROTOCOLS) {
    const whole: Way = { stream: false, delivery: 'guarded' }
    const answer = readResult(client, whole, await play([calling], whole, { client }))
    expect(answer).toMatchObject({ text: 'Let me look. Now.', calls: [{ name: 'f', arguments: { a: 1 } }] })
  }
})

test('under live delivery a stream ends at its limit', async () => {
  const result = await playSeam({
    client: 'openai-chat',
    platforms: [upTo('openai-chat', 40)],
    policy: { limited: 'continue', delivery: 'live' },
  })
  expect(readRecording('openai-chat', result.body)).toMatchObject({ text: TEXT.slice(0, 40), stop: 'length' })
  expect(result.asked).toHaveLength(1)
})

test('who goes on and dies once the client has more ends honestly, and is gone on behind where somebody can', async () => {
  const dying = then('openai-chat', 40, ({ prefill = '' }) => ({
    events: TEXT.slice(prefill.length, 85)
      .split(/(?= )/)
      .map((word) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: word } }] })}\n\n`),
    end: 'broken',
  }))
  const guarded: Way = { stream: true, delivery: 'guarded' }
  const rescued = await play([dying, upTo('anthropic', 1_000)], guarded)
  expect(readResult('openai-chat', guarded, rescued)).toMatchObject({ text: TEXT, stop: 'stop' })
  const lost = await play([dying], guarded, { policy: { seam: 'off' } })
  expect(lost.isAborted).toBe(true)
  expect(lost.evidence).toMatchObject({ outcome: 'broken-off', verdict: 'truncated' })
  // Where nothing is with the client yet, what was proven at the limit stands.
  const hold: Way = { stream: true, delivery: 'hold' }
  const held = await play([dying], hold)
  expect(readResult('openai-chat', hold, held)).toMatchObject({ text: TEXT.slice(0, 40), stop: 'length' })
})

test('a platform that is not at fault is not waited for', async () => {
  const guarded: Way = { stream: true, delivery: 'guarded' }
  const one = await play([upTo('anthropic', 50)], guarded, { random: 0.9 })
  const parts = one.evidence.attempts.map(({ startedAtMs, durationMs }) => [startedAtMs, durationMs] as const)
  for (const [index, [startedAtMs, durationMs]] of parts.slice(0, -1).entries())
    expect(parts[index + 1]?.[0]).toBeLessThanOrEqual(startedAtMs + durationMs + 10)
})

describe('over sockets', () => {
  const [anthropic, chat] = TONGUES as readonly [Tongue, Tongue, Tongue, Tongue]
  const isHandedOver = (body: string): boolean => JSON.parse(body).messages.at(-1).role === 'assistant'
  const half = speaking(anthropic, { content: [text('All is well. The night was ca')], stop: 'limit' })

  async function gatewayOver(goOn: UpstreamHandler, profile = 'prototype') {
    const upstream = await bench.upstream((request, response, ordinal) =>
      (isHandedOver(request.body) ? goOn : half)(request, response, ordinal),
    )
    const provider = `{ protocol: anthropic, baseUrl: "${upstream.url}", apiKey: k, prefill: accepted }`
    const gateway = bench.gateway(
      `providers: { a: ${provider} }\nmodels: { m: { platforms: [a/x] } }\ndefaults: { profile: ${profile}, limited: continue }\n`,
    )
    return { gateway, upstream }
  }

  test.each([
    ['a stream', true],
    ['a body', false],
  ] as const)('whoever sends a key again has the same whole or half answer, in %s', async (_, stream) => {
    const ways: readonly (readonly [UpstreamHandler, RegExp, string])[] = [
      [speaking(anthropic, { content: [text(' calm.')] }), /calm\./, 'complete'],
      [(_request, response) => response.writeHead(400).end('{}'), /"length"/, 'limited'],
    ]
    for (const [goOn, word, verdict] of ways) {
      const { gateway, upstream } = await gatewayOver(goOn)
      const ask = () => gateway.post(chat.path(stream), chat.request({ stream }), { 'idempotency-key': `k-${verdict}` })
      const body = await (await ask()).text()
      expect(body).toMatch(word)
      expect(await (await ask()).text()).toBe(body)
      expect(upstream.received).toHaveLength(2)
      expect(gateway.evidence).toMatchObject([
        { outcome: 'delivered', verdict },
        { outcome: 'delivered', verdict, replayOf: gateway.evidence[0]?.id },
      ])
    }
  })

  test('an answer of which the last part died once is one death, and whole in the background for who asks again', async () => {
    let hasDied = false
    const upstream = await bench.upstream((request, response, ordinal) => {
      const last = JSON.parse(request.body).messages.at(-1)
      const before: string = last.role === 'assistant' ? last.content : ''
      const isLast = TEXT.length - before.length <= 40
      const said = TEXT.slice(before.length, isLast ? undefined : before.length + 40)
      if (!isLast || hasDied)
        return speaking(anthropic, { content: [text(said)], stop: isLast ? 'end' : 'limit' })(
          request,
          response,
          ordinal,
        )
      hasDied = true
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const events = eventsIn('anthropic', saying({ text: said }))
      response.write(events.slice(0, -3).join(''))
      return setTimeout(() => response.destroy(), 20)
    })
    const provider = `{ protocol: anthropic, baseUrl: "${upstream.url}", apiKey: k, prefill: accepted }`
    const gateway = bench.gateway(
      `providers: { a: ${provider} }\nmodels: { m: { platforms: [a/x] } }\ndefaults: { limited: continue, seam: off, attempts: 8 }\n`,
    )
    const ask = () => gateway.post(chat.path(true), chat.request({ stream: true }))
    await (await ask()).text().catch(() => undefined)
    const again = await ask()
    expect(again.status).toBe(200)
    const answer = readRecording('openai-chat', new Uint8Array(await again.arrayBuffer()))
    expect(answer).toMatchObject({ text: TEXT, stop: 'stop' })
    expect(gateway.evidence).toMatchObject([
      { outcome: 'broken-off', attempts: [{ verdict: 'limited' }, { verdict: 'limited' }, { verdict: 'truncated' }] },
      { outcome: 'kept', verdict: 'complete', attempts: [{}, { cause: 'seam' }, { cause: 'seam' }] },
      { outcome: 'delivered', refusedBy: undefined, replayOf: gateway.evidence[1]?.id },
    ])
  })

  test('half an answer under a key is not given to who takes none', async () => {
    const { gateway, upstream } = await gatewayOver((_request, response) => response.writeHead(400).end('{}'))
    const ask = (headers: Record<string, string>) =>
      gateway.post(chat.path(false), chat.request({ stream: false }), { 'idempotency-key': 'k', ...headers })
    expect(await (await ask({})).text()).toContain('"length"')
    const strict = await ask({ 'x-fullstop-profile': 'customer' })
    expect([strict.status, await strict.text()]).toEqual([502, expect.stringContaining('stopped-by-limit')])
    expect(await (await ask({})).text()).toContain('"length"')
    expect(upstream.received).toHaveLength(3)
  })

  test('what healthy platforms stop is no retry, only another try of what failed to go on is', async () => {
    for (const [goOn, retries] of [
      [speaking(anthropic, { content: [text(' calm.')] }), 0],
      // One of the two that are asked is down.
      [(_request: unknown, response: ServerResponse) => response.writeHead(500).end('{}'), 1],
    ] as const) {
      const upstream = await bench.upstream((request, response, ordinal) =>
        (isHandedOver(request.body) ? goOn : half)(request, response, ordinal),
      )
      const provider = `{ protocol: anthropic, baseUrl: "${upstream.url}", apiKey: k, prefill: accepted }`
      const gateway = bench.gateway(
        `providers: { a: ${provider}, b: ${provider} }\nmodels: { m: { platforms: [a/x, b/x] } }\ndefaults: { profile: internal, limited: continue }\n`,
      )
      await (await gateway.post(chat.path(false), chat.request({ stream: false }))).text()
      const { budgets } = (await (await fetch(`${gateway.controlUrl}/api/platforms`)).json()) as PlatformsReport
      expect(budgets).toEqual([{ route: 'm', requests: 1, retries }])
    }
  })

  test('more of them at once than there may be retries become whole', async () => {
    const { gateway } = await gatewayOver(speaking(anthropic, { content: [text(' calm.')] }), 'internal')
    const ask = async (seed: number): Promise<string> =>
      (await gateway.post(chat.path(false), { ...chat.request({ stream: false }), seed })).text()
    const answers = await Promise.all(Array.from({ length: 200 }, (_, seed) => ask(seed)))
    expect(answers.filter((answer) => !answer.includes('"stop"'))).toEqual([])
  })

  test('a client that leaves while somebody goes on has not got its answer', async () => {
    const { gateway, upstream } = await gatewayOver(() => undefined)
    const leaving = new AbortController()
    const response = fetch(new URL(chat.path(false), gateway.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(chat.request({ stream: false })),
      signal: leaving.signal,
    })
    while (upstream.received.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    leaving.abort()
    await response.catch(() => undefined)
    while (gateway.evidence.length === 0 || upstream.abandoned() === 0)
      await new Promise((resolve) => setTimeout(resolve, 1))
    expect(gateway.evidence).toMatchObject([{ outcome: 'client-gone', platform: undefined }])
  })
})
