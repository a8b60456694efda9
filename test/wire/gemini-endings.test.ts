import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { concurrently } from '../support/concurrently.ts'
import { distinct, hasCorpus, PROTOCOLS, recordedStreams } from '../support/corpus.ts'
import { endsInErrorEvent, falseSuccesses } from '../support/false-successes.ts'
import { readRecording } from '../support/recorded-answer.ts'
import { type Loose, recordedEvents } from '../support/recorded-events.ts'
import { type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import { comparable, contentOf, plainRequest, translated } from '../support/translated-answer.ts'
import { flaws } from '../support/well-formed.ts'

// Endings of Gemini's that are its own: errors that stand bare between events, and upstreams that finish with every chunk.

/** Content in several chunks: a finish reason before the last of them is contradicted. */
const streams = distinct(recordedStreams(['gemini'])).filter(
  ({ bytes }) => recordedEvents(bytes).filter(hasContent).length > 1,
)

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

type Client = (typeof PROTOCOLS)[number]

function play(
  client: Client,
  events: readonly string[],
  delivery: 'live' | 'hold',
  ending: 'clean' | 'close' = 'clean',
): Promise<ReplayAnswer> {
  const encoder = new TextEncoder()
  return gateway.play({
    upstream: 'gemini',
    completion: 'strict',
    replay: { pieces: events.map((event) => encoder.encode(event)), ending, pauseMs: 5 },
    client,
    delivery,
    body: plainRequest(client, true),
  })
}

function hasContent({ candidates }: Loose): boolean {
  return (candidates?.[0]?.content?.parts ?? []).some(({ text, ...rest }: Loose) => text || rest.functionCall)
}

const toEvent = (chunk: Loose): string => `data: ${JSON.stringify(chunk)}\r\n\r\n`
const ways = PROTOCOLS.flatMap((client) => (['live', 'hold'] as const).map((delivery) => ({ client, delivery })))

const words = ['Half of', ' the answer', ' is here.'].map((text) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }],
  responseId: 'r',
  modelVersion: 'm',
}))
const finished = { ...words[2], candidates: [{ ...words[2]?.candidates[0], finishReason: 'STOP' }] }
const ERROR = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }

describe.each(ways)('for a client that speaks $client, $delivery', ({ client, delivery }) => {
  test.concurrent('an end that only the closed connection tells is none', async () => {
    const events = [words[0], words[1], finished].map(toEvent)
    const whole = await play(client, events, delivery)
    expect([whole.evidence?.outcome, whole.evidence?.verdict]).toEqual(['delivered', 'complete'])
    const closed = await play(client, events, delivery, 'close')
    expect(falseSuccesses(client, closed)).toEqual([])
    expect(closed.evidence?.attempts[0]).toMatchObject({ verdict: 'truncated', reason: 'ended-before-proof' })
  })

  test.concurrent.each([
    ['in the midst', [words[0], words[1]], [words[2], finished]],
    ['behind all text', [words[0], words[1], words[2]], []],
    ['behind the finish reason', [words[0], words[1], finished], []],
  ] as const)('a bare error %s is a failure', async (_, before, behind) => {
    const forms = [`${JSON.stringify(ERROR)}\n\n`, JSON.stringify(ERROR), `${JSON.stringify(ERROR, undefined, 2)}\n`]
    await concurrently(forms, forms.length, async (bare) => {
      const answer = await play(client, [...before.map(toEvent), bare, ...behind.map(toEvent)], delivery)
      expect(falseSuccesses(client, answer)).toEqual([])
      expect(answer.status === 200).toBe(delivery === 'live')
      if (delivery === 'live') expect(endsInErrorEvent(client, answer)).toBe(true)
      // Glued to the next event's `data:` it is neither an error nor an event.
      if (behind.length === 0 || bare.endsWith('\n'))
        expect(answer.evidence?.attempts[0]).toMatchObject({ verdict: 'failed', reason: 'overloaded' })
    })
  })

  test.skipIf(!hasCorpus)(
    'an upstream that finishes with every chunk is read to its end, and the evidence says so',
    async () => {
      const found = await concurrently(streams, 8, async (stream) => {
        const chunks = recordedEvents(stream.bytes).map((chunk) => ({
          ...chunk,
          candidates: chunk.candidates?.map((candidate: Loose) => ({ ...candidate, finishReason: 'STOP' })),
        }))
        const events = chunks.map(toEvent)
        const { status, end, body, evidence } = await play(client, events, delivery)
        const [attempt] = evidence?.attempts ?? []
        const own = readRecording('gemini', stream.bytes)
        const expected = client === 'gemini' ? contentOf(own) : translated(stream, client)
        expect(comparable(contentOf(readRecording(client, body)), expected)).toEqual(expected)
        if (client === 'gemini') expect(new TextDecoder().decode(body)).toBe(events.join(''))
        else expect(flaws(client, body)).toEqual([])
        return [stream.name, status, end, evidence?.outcome, attempt?.caveat, attempt?.proof]
      })
      expect(found).toEqual(
        streams.map(({ name }) => [name, 200, 'clean', 'delivered', 'finish-on-every-chunk', 'finish-reason+end']),
      )
    },
  )
})
