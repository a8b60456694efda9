import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { concurrently } from '../support/concurrently.ts'
import {
  distinct,
  isRecordedFailure,
  isSentinelOnly,
  proofEnd,
  PROTOCOLS,
  type RecordedStream,
  recordedStreams,
} from '../support/corpus.ts'
import { endsInErrorEvent, eventsOf, falseSuccesses } from '../support/false-successes.ts'
import { asJsonArray, readJsonArray } from '../support/json-array.ts'
import { readRecordedEvents, readRecording } from '../support/recorded-answer.ts'
import { type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import type { Ending } from '../support/replay-upstream.ts'
import { comparable, contentOf, type ExpectedAnswer, plainRequest, translated } from '../support/translated-answer.ts'

// Gemini without `alt=sse` streams one JSON array. Its clients may ask for one, whoever answers, and its providers may
// send one, whoever asked.

const streams = distinct(recordedStreams()).filter((stream) => !isRecordedFailure(stream))
const ofGemini = streams.filter(({ protocol }) => protocol === 'gemini')
const WIDTH = 256
const TIMEOUT_MS = 60_000

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

interface Play {
  readonly stream: RecordedStream
  readonly client: RecordedStream['protocol']
  /** How the client asks, and how the provider answers. */
  readonly asked: 'events' | 'array'
  readonly sent: 'events' | 'array'
  /** Bytes of what the provider sends; all of them where it is not said. */
  readonly cutAt?: number
  readonly ending: Ending
  readonly delivery: 'live' | 'hold'
}

const bytesOf = ({ stream, sent }: Pick<Play, 'stream' | 'sent'>): Uint8Array =>
  sent === 'array' ? asJsonArray(stream.bytes) : stream.bytes

function play(each: Play): Promise<ReplayAnswer> {
  const { stream, client, asked, sent, ending, delivery } = each
  const bytes = bytesOf(each)
  const cutAt = each.cutAt ?? bytes.length
  const most = Math.floor(cutAt * 0.8)
  return gateway.play({
    upstream: stream.protocol,
    completion: isSentinelOnly(stream) ? 'sentinel-only' : 'strict',
    replay: {
      pieces: [bytes.subarray(0, most), bytes.subarray(most, cutAt)],
      ending,
      pauseMs: 3,
      contentType: sent === 'array' ? 'application/json; charset=UTF-8' : 'text/event-stream',
    },
    client,
    delivery,
    body: plainRequest(client, true),
    array: asked === 'array',
    impatient: ending === 'stall',
  })
}

/** Every way in which an array comes in or goes out. */
const plays: readonly Omit<Play, 'ending' | 'delivery'>[] = [
  ...streams.map((stream) => ({ stream, client: 'gemini', asked: 'array', sent: 'events' }) as const),
  ...ofGemini.flatMap((stream) =>
    PROTOCOLS.map((client) => ({ stream, client, asked: 'events', sent: 'array' }) as const),
  ),
  ...ofGemini.map((stream) => ({ stream, client: 'gemini', asked: 'array', sent: 'array' }) as const),
]

const placeOf = ({ stream, client, asked, sent }: Omit<Play, 'ending' | 'delivery'>): string =>
  `${stream.name} sent as ${sent} for ${client} as ${asked}`

function expectedOf({ stream, client }: Pick<Play, 'stream' | 'client'>): ExpectedAnswer {
  const own = readRecording(stream.protocol, stream.bytes)
  return stream.protocol === client ? contentOf(own) : translated(stream, client)
}

describe.skipIf(streams.length === 0)('arrays', () => {
  test.each(['live', 'hold'] as const)('a whole answer is one, %s', async (delivery) => {
    const answers = await concurrently(plays, WIDTH, async (each) => {
      const answer = await play({ ...each, ending: 'clean', delivery })
      const { status, end, evidence, body, headers } = answer
      const events = each.asked === 'array' ? readJsonArray(body) : eventsOf(answer)
      const said = comparable(contentOf(readRecordedEvents(each.client, events)), expectedOf(each))
      const type = headers.get('content-type')?.split(';')[0]
      return { place: placeOf(each), status, end, type, outcome: evidence?.outcome, ...said }
    })
    expect(answers).toEqual(
      plays.map((each) => ({
        place: placeOf(each),
        status: 200,
        end: 'clean',
        type: each.asked === 'array' ? 'application/json' : 'text/event-stream',
        outcome: 'delivered',
        ...expectedOf(each),
      })),
    )
  })

  test.each([
    ['live', 'clean', 41],
    ['live', 'reset', 41],
    ['live', 'fin', 61],
    ['hold', 'clean', 41],
    ['hold', 'close', 61],
    ['hold', 'stall', 211],
  ] as const)(
    '%s, a cut ended by %s is never a success, and no array closes',
    async (delivery, ending, parts) => {
      const cuts = plays.flatMap((each, turn): readonly Play[] => {
        const whole = each.sent === 'array' ? bytesOf(each).length - 1 : proofEnd(each.stream)
        return cutPlaces(whole, parts, turn).map((cutAt) => ({ ...each, cutAt, ending, delivery }))
      })
      let begun = 0
      const found = await concurrently(cuts, WIDTH, async (each) => {
        const answer = await play(each)
        const problems = [...falseSuccesses(each.client, answer)]
        if (answer.status === 200) begun += 1
        if (answer.status === 200 && !endsInErrorEvent(each.client, answer)) problems.push('no error')
        return problems.map((problem) => `${placeOf(each)} cut at ${each.cutAt}: ${problem}`)
      })
      expect(found.flat()).toEqual([])
      expect(cuts.length).toBeGreaterThan(300)
      if (delivery === 'live') expect(begun).toBeGreaterThan(200)
      else expect(begun).toBe(0)
    },
    TIMEOUT_MS,
  )
})

/** A few places in the midst, another few for each turn, and all around the end, where the proof is nearly there. */
function cutPlaces(whole: number, parts: number, turn: number): readonly number[] {
  const spread = [1, 2, 3].map((step) => Math.floor((whole * ((turn * 7 + step * 13) % parts)) / parts))
  return [...new Set([...spread, whole - 1, whole - 2, whole - 3, whole - 5])].filter((at) => at >= 0)
}
