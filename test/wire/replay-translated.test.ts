import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { concurrently } from '../support/concurrently.ts'
import {
  distinct,
  isRecordedFailure,
  isSentinelOnly,
  PROTOCOLS,
  type RecordedStream,
  recordedStreams,
} from '../support/corpus.ts'
import { readRecordedEvents } from '../support/recorded-answer.ts'
import { recordedEvents } from '../support/recorded-events.ts'
import { type Declared, type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import { SDKS } from '../support/sdk-answers.ts'
import { randomSizes, seededRandom, splitBySizes } from '../support/splits.ts'
import {
  comparable,
  contentOf,
  type ExpectedAnswer,
  othersThan,
  plainRequest,
  translated,
} from '../support/translated-answer.ts'
import { flaws } from '../support/well-formed.ts'

type Client = RecordedStream['protocol']

const streams = distinct(recordedStreams())
const finished = streams.filter((stream) => !isRecordedFailure(stream))
const failed = streams.filter(isRecordedFailure)
const WIDTH = 24
// To break a stream off may take seconds.
const TIMEOUT_MS = 60_000

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

const declared = (stream: RecordedStream, completion: Declared): Declared =>
  isSentinelOnly(stream) ? 'sentinel-only' : completion

/** In small writes, other ones for each recording. */
function inPieces({ name, bytes }: RecordedStream): readonly Uint8Array[] {
  return splitBySizes(bytes, randomSizes(seededRandom(name.length), 40, Math.max(40, bytes.length / 30)))
}

interface Play {
  readonly stream: RecordedStream
  readonly pieces: readonly Uint8Array[]
  readonly delivery: 'live' | 'hold'
}

function play(client: Client, { stream, pieces, delivery }: Play): Promise<ReplayAnswer> {
  return gateway.play({
    upstream: stream.protocol,
    completion: declared(stream, 'strict'),
    replay: { pieces, ending: 'clean' },
    client,
    delivery,
    body: plainRequest(client, true),
  })
}

const pairs = PROTOCOLS.flatMap((upstream) => othersThan(upstream).map((client) => ({ upstream, client })))

describe.skipIf(streams.length === 0).each(pairs)(
  'streams of $upstream for a client that speaks $client',
  ({ upstream, client }) => {
    const ofUpstream = finished.filter(({ protocol }) => protocol === upstream)

    test('say all that they said, in a stream that is well-formed', async () => {
      const plays = ofUpstream.flatMap((stream): readonly Play[] => [
        { stream, pieces: [stream.bytes], delivery: 'live' },
        { stream, pieces: inPieces(stream), delivery: 'live' },
        { stream, pieces: inPieces(stream), delivery: 'hold' },
      ])
      expect(plays.length).toBeGreaterThan(20)
      const answers = await concurrently(plays, WIDTH, async (each) => {
        const { status, end, body, evidence } = await play(client, each)
        const expected = translated(each.stream, client)
        const answer = contentOf(readRecordedEvents(client, recordedEvents(body)))
        const said = comparable(answer, expected)
        return { name: each.stream.name, status, end, outcome: evidence?.outcome, flaws: flaws(client, body), ...said }
      })
      const due = { status: 200, end: 'clean', outcome: 'delivered', flaws: [] }
      expect(answers as readonly object[]).toEqual(
        plays.map(({ stream }) => ({ name: stream.name, ...due, ...translated(stream, client) })),
      )
    })

    const ask = SDKS.get(client)
    test.skipIf(ask === undefined)('say the same to the official SDK', async () => {
      for (const stream of ofUpstream) {
        const replay = { pieces: [stream.bytes], ending: 'clean' } as const
        const model = gateway.offer({ upstream, completion: declared(stream, 'default'), replay })
        const expected = translated(stream, client)
        const answer = await ask?.(gateway.url, model)
        expect(answer === undefined ? answer : comparable(answer, expected)).toEqual(expected)
      }
    })
  },
)

test.skipIf(streams.length === 0)(
  "a recording that ends in the provider's own error is an error there too",
  async () => {
    for (const stream of failed)
      for (const [client, ask] of SDKS) {
        if (client === stream.protocol) continue
        const replay = { pieces: splitBySizes(stream.bytes, [900]), ending: 'clean' } as const
        const model = gateway.offer({ upstream: stream.protocol, completion: 'strict', replay })
        await expect(ask(gateway.url, model)).rejects.toThrow('Tool choice')
      }
  },
  TIMEOUT_MS,
)

test.skipIf(streams.length === 0)('the recordings hold what the comparison is about', () => {
  const answers = finished.map((stream) => translated(stream, 'openai-chat'))
  const count = (has: (answer: ExpectedAnswer) => boolean): number => answers.filter(has).length
  expect(count(({ calls }) => calls.length > 0)).toBeGreaterThan(15)
  expect(count(({ calls }) => calls.length > 1)).toBeGreaterThan(1)
  expect(count(({ calls }) => calls.some(({ id }) => id === ''))).toBeGreaterThan(0)
  expect(count(({ thinking }) => thinking !== '')).toBeGreaterThan(10)
  expect(count(({ usage }) => usage.input > 0 && usage.output > 0)).toBeGreaterThan(50)
  expect(count(({ usage }) => usage.cacheRead > 0)).toBeGreaterThan(1)
  expect(count(({ usage }) => usage.reasoning > 0)).toBeGreaterThan(10)
})
