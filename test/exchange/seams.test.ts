import { describe, expect, test } from 'bun:test'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { readRecording } from '../support/recorded-answer.ts'
import {
  type Answer,
  deltaText,
  eventsIn,
  playSeam,
  saying,
  type SeamPlatform,
  type SeamResult,
} from '../support/seam-bench.ts'
import { flaws } from '../support/well-formed.ts'

const TEXT = 'All is well here. The night was calm, and nobody has called since. We go home at six.'

/** Dies behind so many events, each time it is asked. */
const dying = (protocol: ProtocolName, events: number, said = saying({ text: TEXT })): SeamPlatform => ({
  protocol,
  answer: () => ({ events: eventsIn(protocol, said).slice(0, events), end: 'broken' }),
})

/** Continues a half answer, and answers anything else with `anew`. */
const continuing = (protocol: ProtocolName, anew = 'Something else. Entirely.', more: object = {}): SeamPlatform => ({
  protocol,
  prefill: 'accepted',
  answer: ({ prefill }): Answer => {
    if (prefill !== undefined && !TEXT.startsWith(prefill)) throw new Error(`not the beginning: ${prefill}`)
    const text = prefill === undefined ? anew : TEXT.slice(prefill.length)
    return { events: eventsIn(protocol, saying({ text, ...more })), end: 'clean' }
  },
})

const answering = (protocol: ProtocolName, text: string, more: object = {}): SeamPlatform => ({
  protocol,
  answer: () => ({ events: eventsIn(protocol, saying({ text, ...more })), end: 'clean' }),
})

const refusing = (protocol: ProtocolName, anew: string): SeamPlatform => ({
  protocol,
  prefill: 'accepted',
  answer: ({ prefill }) =>
    prefill === undefined ? { events: eventsIn(protocol, saying({ text: anew })), end: 'clean' } : { status: 400 },
})

const textOf = (client: ProtocolName, { body }: SeamResult): string => deltaText(client, body)

const seamsOf = ({ evidence }: SeamResult): readonly string[] =>
  (evidence.seams ?? []).map(({ kind, outcome }) => `${kind} ${outcome}`)

describe.each(PROTOCOLS.flatMap((client) => PROTOCOLS.map((upstream) => [client, upstream] as const)))(
  'a client of %s whose platform speaks %s',
  (client, upstream) => {
    test('has its text continued by a platform of the same model', async () => {
      for (const other of ['anthropic', 'openai-chat', 'gemini'] as const) {
        const result = await playSeam({ client, platforms: [dying(upstream, 12), continuing(other)] })
        expect(result.isAborted).toBe(false)
        expect(textOf(client, result)).toBe(TEXT)
        expect(readRecording(client, result.body)).toMatchObject({ text: TEXT, usage: { input: 10, output: 5 } })
        expect(flaws(client, result.body)).toEqual([])
        expect(seamsOf(result)).toEqual(['prefill joined'])
        expect(result.evidence).toMatchObject({
          outcome: 'delivered',
          verdict: 'complete',
          platform: 'p1/x',
          attempts: [{ verdict: 'truncated' }, { cause: 'seam', verdict: 'complete' }],
        })
      }
    })

    test('has it go on where another answer begins with exactly what is there', async () => {
      const result = await playSeam({
        client,
        platforms: [dying(upstream, 12), answering(upstream, 'All is ill. Very.'), answering('gemini', TEXT)],
      })
      expect(textOf(client, result)).toBe(TEXT)
      expect(flaws(client, result.body)).toEqual([])
      expect(seamsOf(result)).toEqual(['regenerate diverged', 'regenerate joined'])
      expect(result.evidence.attempts[1]).toMatchObject({ verdict: 'failed', reason: 'diverged', cause: 'seam' })
    })

    test('has a refused half answer hide nothing', async () => {
      const rescued = await playSeam({ client, platforms: [dying(upstream, 12), refusing('anthropic', TEXT)] })
      expect(textOf(client, rescued)).toBe(TEXT)
      expect(seamsOf(rescued)).toEqual(['prefill failed', 'regenerate joined'])
      const lost = await playSeam({ client, platforms: [dying(upstream, 12), refusing('anthropic', 'No. Never.')] })
      expect(lost.isAborted).toBe(true)
      expect(lost.evidence).toMatchObject({
        outcome: 'broken-off',
        verdict: 'truncated',
        errorCode: 'no-complete-answer',
      })
      expect(TEXT.startsWith(textOf(client, lost))).toBe(true)
      expect(new TextDecoder().decode(lost.body)).toContain('no-complete-answer')
    })
  },
)

/** What the client of OpenAI's Chat protocol gets, unless it is said otherwise. */
function play(platforms: readonly SeamPlatform[], more: Partial<Parameters<typeof playSeam>[0]> = {}) {
  return playSeam({ client: 'openai-chat', platforms, ...more })
}

/** Of an exchange in which nothing was tried to go on. */
function expectHonestEnding(result: SeamResult): void {
  expect(result.isAborted).toBe(true)
  expect(result.evidence.seams).toBeUndefined()
  expect(result.evidence).toMatchObject({ outcome: 'broken-off', attempts: [{ verdict: 'truncated' }] })
  expect(result.evidence.attempts).toHaveLength(1)
}

describe('nothing is continued', () => {
  const pair = [dying('openai-chat', 12), continuing('anthropic', TEXT)]

  test.each([
    ['where the policy says so', { policy: { seam: 'off' } }],
    ['under the profile prototype', { policy: { profile: 'prototype' } }],
    ['under live delivery', { policy: { delivery: 'live' } }],
    ['where several answers were asked for', { request: { n: 2 } }],
  ])('%s', async (_, more) => {
    expectHonestEnding(await play(pair, more))
  })

  test('that is JSON, of which nothing is delivered', async () => {
    const result = await play([dying('openai-chat', 12), answering('openai-chat', '{"a": 1}')], {
      request: { response_format: { type: 'json_object' } },
    })
    expect(result.evidence.seams).toBeUndefined()
    expect(textOf('openai-chat', result)).toBe('{"a": 1}')
  })

  test('once thinking was delivered', async () => {
    const thoughtful = dying('anthropic', 20, saying({ text: TEXT, thinking: 'Hm. Let us see.' }))
    for (const client of PROTOCOLS)
      expectHonestEnding(await playSeam({ client, platforms: [thoughtful, continuing('anthropic', TEXT)] }))
  })

  test('that its provider declined in the middle', async () => {
    const error = { error: { message: 'filtered', type: 'invalid_request_error', code: 'content_filter' } }
    const declining: SeamPlatform = {
      protocol: 'openai-chat',
      answer: () => ({
        events: [...eventsIn('openai-chat', saying({ text: TEXT })).slice(0, 12), `data: ${JSON.stringify(error)}\n\n`],
        end: 'clean',
      }),
    }
    const result = await play([declining, continuing('anthropic', TEXT)])
    expect(result.evidence.attempts.map(({ reason }) => reason)).toEqual(['policy'])
    expect(result.evidence.seams).toBeUndefined()
  })

  test('without an attempt in the budget', async () => {
    expectHonestEnding(await play(pair, { policy: { attempts: 1 } }))
  })
})

describe('a half answer', () => {
  test('to which a model adds nothing is not finished in the midst of a sentence, and is at the end of one', async () => {
    const silent: SeamPlatform = {
      protocol: 'openai-chat',
      prefill: 'accepted',
      answer: ({ prefill }) => ({
        events: eventsIn('openai-chat', saying({ text: prefill === undefined ? 'No.' : '' })),
        end: 'clean',
      }),
    }
    const cut = await playSeam({ client: 'openai-chat', platforms: [dying('openai-chat', 12), silent] })
    expect(cut.isAborted).toBe(true)
    expect(seamsOf(cut)).toContain('prefill diverged')
    const whole = saying({ text: 'All is well. ' })
    const ended = await playSeam({
      client: 'openai-chat',
      platforms: [dying('openai-chat', eventsIn('openai-chat', whole).length - 2, whole), silent],
    })
    expect([ended.isAborted, textOf('openai-chat', ended).trim()]).toEqual([false, 'All is well.'])
  })

  test('is never handed to a provider that is not declared to continue it, nor to a model that is known not to', async () => {
    for (const [protocol, prefill, model] of [
      ['anthropic', 'never', 'claude-sonnet-4-5'],
      ['anthropic', 'accepted', 'claude-opus-4-6'],
      ['anthropic', 'accepted', 'claude-sonnet-5'],
      ['anthropic', 'accepted', 'anthropic.claude-opus-4-7-v1:0'],
      ['gemini', 'accepted', 'gemini-3.6-flash'],
      ['openai-chat', 'accepted', 'gpt-5.2'],
    ] as const) {
      const other = { ...answering(protocol, TEXT), prefill, model }
      const result = await play([dying('openai-chat', 12), other])
      expect(result.asked.map(({ prefill: asked }) => asked)).toEqual([undefined, undefined])
      expect(textOf('openai-chat', result)).toBe(TEXT)
    }
    for (const model of [
      'claude-sonnet-4-5-20250929',
      'claude-3-5-haiku-latest',
      'claude-sonnet-4-20250514',
      'gpt-oss-120b',
    ])
      expect(seamsOf(await play([dying('openai-chat', 12), { ...continuing('anthropic'), model }]))).toEqual([
        'prefill joined',
      ])
  })

  test('that was refused is handed to nobody else', async () => {
    const never: SeamPlatform = { ...refusing('gemini', 'No. Never.'), answer: continuing('gemini').answer }
    const result = await play([dying('openai-chat', 12), refusing('anthropic', 'No. Never.'), never], {
      policy: { attempts: 6 },
    })
    expect(result.asked.flatMap(({ platform, prefill }) => (prefill === undefined ? [] : [platform]))).toEqual([1])
  })

  test('that could not be handed over is no refusal, where another seam did', async () => {
    const full = { ...dying('openai-chat', 12), prefill: 'accepted', limits: { requestsPerMinute: 1 } } as const
    const result = await play([full, answering('anthropic', TEXT)])
    expect(seamsOf(result)).toEqual(['regenerate joined'])
    expect(result.evidence).toMatchObject({ outcome: 'delivered', refusedBy: undefined })
    const lost = await play([full, answering('anthropic', 'No. Never.')])
    expect(lost.evidence).toMatchObject({ outcome: 'broken-off' })
  })

  test('is not handed to another model', async () => {
    const result = await play([dying('openai-chat', 12), { ...continuing('anthropic', TEXT), isFallback: true }])
    expect(result.asked.map(({ prefill }) => prefill)).toEqual([undefined, undefined])
    expect(seamsOf(result)).toEqual(['regenerate joined'])
  })

  test('is not added behind one of the caller’s own', async () => {
    const messages = [
      { role: 'user', content: 'How is it?' },
      { role: 'assistant', content: 'I think: ' },
    ]
    const result = await play(
      [dying('openai-chat', 12), { ...refusing('anthropic', TEXT), answer: continuing('anthropic', TEXT).answer }],
      {
        request: { messages: [...messages, { role: 'user', content: 'Go on.' }] },
      },
    )
    expect(seamsOf(result)).toEqual(['prefill joined'])
    const own = await play(
      [dying('openai-chat', 12), answering('openai-chat', TEXT)].map((each) => ({ ...each, prefill: 'accepted' })),
      {
        request: { messages },
      },
    )
    expect(own.asked.map(({ prefill }) => prefill)).toEqual(['I think: ', 'I think: '])
    expect(seamsOf(own)).toEqual(['regenerate joined'])
  })

  test('ends without white space, and what the model writes for it is not written twice', async () => {
    for (const [before, after] of [
      ['One. Two. \n\n', 'Three. Four.'],
      ['One. Two.\n\n', ' Three. Four.'],
      ['One. Two. ', '\n- Three. Four.'],
    ] as const) {
      const spaced: SeamPlatform = {
        protocol: 'openai-chat',
        answer: () => ({
          events: eventsIn('openai-chat', [
            { type: 'text', choice: 0, part: 0, text: before },
            { type: 'text', choice: 0, part: 0, text: 'X' },
          ]).slice(0, 3),
          end: 'broken',
        }),
      }
      let handed = ''
      const other: SeamPlatform = {
        protocol: 'anthropic',
        prefill: 'accepted',
        answer: ({ prefill = '' }) => {
          handed = prefill
          return { events: eventsIn('anthropic', [...saying({ text: after })]), end: 'clean' }
        },
      }
      const result = await play([spaced, other])
      expect(handed).toBe('One. Two.')
      const joined = after.startsWith('\n') ? 'One. Two. \n- Three. Four.' : before + after.trimStart()
      expect(textOf('openai-chat', result)).toBe(joined)
    }
  })

  test('is asked for in the words of the host', async () => {
    const styles: unknown[] = []
    const host = (name: string): SeamPlatform => ({
      ...continuing('openai-chat'),
      host: name,
      answer: (asked) => {
        const messages = asked.body['messages'] as readonly Record<string, unknown>[]
        styles.push([
          messages.at(-1)?.['prefix'],
          asked.body['continue_final_message'],
          asked.body['add_generation_prompt'],
        ])
        return continuing('openai-chat').answer(asked)
      },
    })
    for (const name of ['mistral', 'vllm', 'groq']) await play([dying('openai-chat', 12), host(name)])
    expect(styles).toEqual([
      [true, undefined, undefined],
      [undefined, true, false],
      [undefined, undefined, undefined],
    ])
  })
})

describe('what does not go on', () => {
  test('is given up at the first word that differs', async () => {
    const long = `${TEXT.slice(0, 8)}${' otherwise'.repeat(500)}`
    const result = await play([dying('openai-chat', 12), answering('openai-chat', long)])
    expect(result.isAborted).toBe(true)
    expect(result.evidence.seams?.[0]).toEqual({
      kind: 'regenerate',
      attempt: 2,
      outcome: 'diverged',
      charactersBefore: textOf('openai-chat', result).length,
      charactersAdded: 0,
    })
    expect(result.evidence.attempts[1]?.events).toBeLessThan(8)
    expect(TEXT.startsWith(textOf('openai-chat', result))).toBe(true)
  })

  test('is an answer that is shorter, or that calls a tool before it has said what is there', async () => {
    const call = { id: 'c1', name: 'f', input: '{}' }
    for (const other of [
      answering('anthropic', 'All is well'),
      answering('anthropic', 'All is well', { calls: [call] }),
    ]) {
      const result = await play([dying('openai-chat', 12), other])
      expect(seamsOf(result)).toContain('regenerate diverged')
      expect(result.isAborted).toBe(true)
      expect(new TextDecoder().decode(result.body)).not.toContain('"c1"')
    }
  })

  test('a half answer that is answered anew is no rest, even where it is the same answer', async () => {
    const anew = (text: string): SeamPlatform => ({ ...answering('anthropic', text), prefill: 'accepted' })
    const same = await play([dying('openai-chat', 12), anew(TEXT)])
    expect(textOf('openai-chat', same)).toBe(TEXT)
    expect(seamsOf(same)).toEqual(['prefill diverged', 'regenerate joined'])
    const reworded = await play([dying('openai-chat', 12), anew(`Well, all is fine here. The night was calm.`)])
    expect(reworded.isAborted).toBe(true)
    expect(seamsOf(reworded).slice(0, 2)).toEqual(['prefill diverged', 'regenerate diverged'])
    const other = await play([dying('openai-chat', 12), anew(`${TEXT.slice(0, 30)} strange${TEXT.slice(30)}`)])
    expect(other.isAborted).toBe(true)
    expect(TEXT.startsWith(textOf('openai-chat', other))).toBe(true)
    expect(seamsOf(other).slice(0, 2)).toEqual(['prefill diverged', 'regenerate diverged'])
  })
})

test('the error tells of what failed at first, whatever came of the seams', async () => {
  const limited: SeamPlatform = { protocol: 'anthropic', prefill: 'accepted', answer: () => ({ status: 429 }) }
  const result = await play([dying('openai-chat', 12), limited], { policy: { attempts: 3 } })
  expect(result.evidence.attempts.slice(1).map(({ cause }) => cause)).toContain('seam')
  expect(result.evidence).toMatchObject({ errorCode: 'no-complete-answer', verdict: 'truncated' })
  expect(new TextDecoder().decode(result.body)).not.toContain('rate-limited')
})

describe('calls', () => {
  const call = { id: 'call_1', name: 'look', input: '{"a":1}' }

  test('that had begun are made by who goes on, once', async () => {
    const events = eventsIn('openai-responses', saying({ text: TEXT, calls: [call] }))
    const begun = events.findIndex((event) => event.includes('function_call_arguments.delta'))
    for (const client of PROTOCOLS) {
      const result = await playSeam({
        client,
        platforms: [
          { protocol: 'openai-responses', answer: () => ({ events: events.slice(0, begun + 1), end: 'broken' }) },
          continuing('anthropic', 'No.', { calls: [{ ...call, id: 'call_2' }] }),
        ],
      })
      const answer = readRecording(client, result.body)
      expect(answer.text).toBe(TEXT)
      expect(answer.calls).toMatchObject([{ name: 'look', arguments: { a: 1 } }])
      expect(flaws(client, result.body)).toEqual([])
      expect(seamsOf(result)).toEqual(['prefill joined'])
    }
  })
})

describe('after a seam', () => {
  test('another death is another seam, and the usage is what all were billed that have a part', async () => {
    const dies = (prefill: string | undefined, upTo: number): Answer => ({
      events: eventsIn('anthropic', saying({ text: TEXT.slice(prefill?.length ?? 0) })).slice(0, upTo),
      end: 'broken',
    })
    const billed = saying({ text: TEXT, usage: { inputTokens: 1, outputTokens: 1 } })
    // Its head says what the prompt was billed.
    billed[0] = { type: 'start', id: 'first', model: 'm1', usage: { inputTokens: 7, outputTokens: 1 } }
    for (const client of PROTOCOLS) {
      const result = await playSeam({
        client,
        platforms: [
          dying('anthropic', 10, billed),
          { protocol: 'anthropic', prefill: 'accepted', answer: ({ prefill }) => dies(prefill, 14) },
          continuing('gemini'),
        ],
      })
      expect(textOf(client, result)).toBe(TEXT)
      expect(flaws(client, result.body)).toEqual([])
      expect(seamsOf(result)).toEqual(['prefill joined', 'prefill joined'])
      const attempts = result.evidence.attempts.map(({ usage }) => usage?.inputTokens ?? 0)
      expect(result.evidence.usage?.inputTokens).toBe(attempts.reduce((sum, each) => sum + each))
      expect(readRecording(client, result.body).usage.input).toBe(result.evidence.usage?.inputTokens ?? -1)
      expect(result.evidence.usage?.inputTokens).toBeGreaterThanOrEqual(17)
      const [first, second] = result.evidence.seams ?? []
      expect(second?.charactersBefore).toBe((first?.charactersBefore ?? 0) + (first?.charactersAdded ?? 0))
    }
  })

  test('who judges the answer sees the whole of it, and what is rejected is not the end', async () => {
    const judged: string[] = []
    const answers = ['We never go home.', TEXT.slice(TEXT.indexOf('We go'))]
    const result = await play(
      [
        dying('openai-chat', 12, [
          { type: 'start', id: 'answer-of-the-first', model: 'm', usage: {} },
          ...saying({ text: TEXT }).slice(1),
        ]),
        {
          protocol: 'anthropic',
          prefill: 'accepted',
          answer: ({ prefill = '' }) => ({
            events: eventsIn(
              'anthropic',
              saying({ text: `${TEXT.slice(prefill.length, TEXT.indexOf('We go'))}${answers.shift() ?? ''}` }),
            ),
            end: 'clean',
          }),
        },
      ],
      {
        accept: ({ id, choices }) => {
          const text = choices[0]?.content.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? ''
          judged.push(`${id} ${text}`)
          return text === TEXT ? undefined : 'schema-violation'
        },
      },
    )
    expect(judged[0]).toBe(`chatcmpl-answer-of-the-first ${TEXT.slice(0, TEXT.indexOf('We go'))}We never go home.`)
    // What was delivered of the rejected one stays; nothing can take it back.
    expect(result.evidence.attempts[1]?.reason).toBe('schema-violation')
    expect(result.isAborted).toBe(true)
    expect(textOf('openai-chat', result)).not.toContain('go home at six')
  })

  test('what the other one thinks is left out', async () => {
    for (const client of PROTOCOLS) {
      const result = await playSeam({
        client,
        platforms: [dying('openai-chat', 12), answering('anthropic', TEXT, { thinking: 'Again.' })],
      })
      expect(readRecording(client, result.body)).toMatchObject({ text: TEXT, thinking: '' })
      expect(flaws(client, result.body)).toEqual([])
    }
  })

  test('the same platform goes on where there is no other', async () => {
    let asked = 0
    const result = await play([
      {
        ...dying('openai-chat', 12),
        prefill: 'accepted',
        answer: (request) => (asked++ === 0 ? dying('openai-chat', 12) : continuing('openai-chat')).answer(request),
      },
    ])
    expect(textOf('openai-chat', result)).toBe(TEXT)
    expect(seamsOf(result)).toEqual(['prefill joined'])
  })
})

describe('by instruction', () => {
  const told = (rest: (asked: string) => string): SeamPlatform => ({
    protocol: 'anthropic',
    answer: ({ instruction, body }) => ({
      events: eventsIn(
        'anthropic',
        saying({ text: instruction === undefined ? 'Nothing of it.' : rest(JSON.stringify(body)) }),
      ),
      end: 'clean',
    }),
  })
  const policy = { seam: 'instruct', attempts: 6 }
  const GERMAN =
    'Das ist nicht wahr, und die Leute wissen es auch. Wir gehen mit den anderen nach Hause, weil es spät ist und der Bus nicht mehr fährt.'

  test('a model goes on where nobody else can, in each protocol', async () => {
    for (const client of PROTOCOLS) {
      let told_ = ''
      const result = await playSeam({
        client,
        policy,
        platforms: [dying('openai-chat', 12), told((asked) => ((told_ = asked), 'and the guests are on their way.'))],
      })
      expect(seamsOf(result)).toEqual(['regenerate diverged', 'regenerate failed', 'instruct joined'])
      const text = textOf(client, result)
      expect(text).toMatch(/^All is well here\..* and the guests are on their way\.$/)
      expect(text).not.toMatch(/ {2}/)
      expect(flaws(client, result.body)).toEqual([])
      expect(told_).toContain('cut off')
      expect(told_).toContain('All is well here.')
    }
  })

  test.each([
    ['begins anew', TEXT.replace('nobody', 'no one')],
    ['says it again', 'The night was calm, and nobody has called since then or before.'],
    ['talks about itself', 'Sure, here is the rest of my reply: nobody came.'],
    ['declines', "I'm sorry, but I can't continue this text."],
    ['changes its script', 'и никто не звонил с тех пор, а мы идём домой.'],
    ['changes its language', GERMAN],
  ])(
    'what %s is not taken for a rest',
    async (_, rest) => {
      const said =
        'All is well here. The night was calm, and it is now that we are in the house with the others, which was not planned. So'
      const result = await play(
        [dying('openai-chat', 30, saying({ text: `${said} it goes on and on and on, as it does.` })), told(() => rest)],
        { policy },
      )
      expect(result.isAborted).toBe(true)
      // The last one is the dead platform's.
      expect(seamsOf(result).slice(-2)).toEqual([expect.stringMatching(/diverged$/), 'instruct failed'])
      expect(result.evidence.attempts.length).toBeGreaterThan(2)
    },
    10_000,
  )

  test.each([
    ['where it did not opt in', { policy: { seam: 'proven', attempts: 6 } }, TEXT],
    [
      'with tools at hand',
      { policy, request: { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }] } },
      TEXT,
    ],
    ['inside a block of code', { policy }, 'Here is the code.\n```ts\nlet a = 1\nlet b = 2\nlet c = 3 and more'],
    ['inside of JSON', { policy }, '{"a": "b. c d e f", "g": "h i j k l m n o p q"}'],
  ])('nobody is told to %s', async (_, more, text) => {
    const result = await play([dying('openai-chat', 12, saying({ text })), told(() => 'and so on and so forth.')], more)
    expect(result.isAborted).toBe(true)
    expect(seamsOf(result).some((seam) => seam.startsWith('instruct'))).toBe(false)
  })
})
