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
import { readRecording, readWholeBody } from '../support/recorded-answer.ts'
import { bodyOf } from '../support/recorded-body.ts'
import { type Declared, type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import type { Replay } from '../support/replay-upstream.ts'
import { comparable, contentOf, othersThan, plainRequest, translated } from '../support/translated-answer.ts'

const WIDTH = 24
const POSITIONS = 60
const TAIL_BYTES = 40

const streams = distinct(recordedStreams()).filter((stream) => !isRecordedFailure(stream))

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

type Client = RecordedStream['protocol']

const bodyBytes = ({ protocol, bytes }: RecordedStream): Uint8Array => bodyOf(protocol, readRecording(protocol, bytes))
const declared = (stream: RecordedStream): Declared => (isSentinelOnly(stream) ? 'sentinel-only' : 'strict')

function play(stream: RecordedStream, client: Client, replay: Omit<Replay, 'contentType'>): Promise<ReplayAnswer> {
  return gateway.play({
    upstream: stream.protocol,
    completion: declared(stream),
    replay: { ...replay, contentType: 'application/json' },
    client,
    delivery: 'live',
    body: plainRequest(client, false),
    streamed: false,
    impatient: replay.ending === 'stall',
  })
}

describe.skipIf(streams.length === 0)('a whole body', () => {
  test.each(['length', 'chunks', 'close'] as const)('comes through byte for byte, framed by %s', async (framing) => {
    const found = await concurrently(streams, WIDTH, async (stream) => {
      const bytes = bodyBytes(stream)
      const pieces = [bytes.subarray(0, bytes.length / 3), bytes.subarray(bytes.length / 3)]
      const framed = framing === 'length' ? { declaredLength: bytes.length } : {}
      const ending = framing === 'close' ? 'close' : 'clean'
      const { status, end, body, evidence } = await play(stream, stream.protocol, { pieces, ending, ...framed })
      const isSame = status === 200 && end === 'clean' && Buffer.compare(body, bytes) === 0
      const proof = evidence?.attempts[0]?.proof
      return isSame && evidence?.outcome === 'delivered' && proof === 'body' ? [] : [`${stream.name}: ${status} ${end}`]
    })
    expect(found.flat()).toEqual([])
  })

  test.each(PROTOCOLS)('says the same to the clients of the three other protocols, from %s', async (upstream) => {
    const plays = streams
      .filter(({ protocol }) => protocol === upstream)
      .flatMap((stream) => othersThan(upstream).map((client) => ({ stream, client })))
    const answers = await concurrently(plays, WIDTH, async ({ stream, client }) => {
      const { status, body } = await play(stream, client, { pieces: [bodyBytes(stream)], ending: 'clean' })
      const said = comparable(contentOf(readWholeBody(client, body)), translated(stream, client))
      return { name: stream.name, client, status, ...said }
    })
    expect(answers).toEqual(
      plays.map(({ stream, client }) => ({ name: stream.name, client, status: 200, ...translated(stream, client) })),
    )
  })
})

const pairs = PROTOCOLS.flatMap((upstream) => PROTOCOLS.map((client) => ({ upstream, client })))

describe.skipIf(streams.length === 0).each(pairs)(
  'a cut body of $upstream for a client that speaks $client',
  ({ upstream, client }) => {
    const ways: readonly (readonly [string, (whole: number) => Omit<Replay, 'pieces'>, number])[] = [
      ['a clean last chunk', () => ({ ending: 'clean' }), 5],
      ['a FIN before its declared length', (whole) => ({ ending: 'fin', declaredLength: whole }), 17],
      ['a FIN without the last chunk', () => ({ ending: 'fin' }), 17],
      ['the end of a connection without any framing', () => ({ ending: 'close' }), 17],
      ['a reset', (whole) => ({ ending: 'reset', declaredLength: whole }), 5],
      ['silence', () => ({ ending: 'stall' }), 61],
    ]

    test.each(ways)('by %s is an error status, at every place', async (_, wayOf, every) => {
      const shift = PROTOCOLS.indexOf(client)
      const cuts = streams
        .filter(({ protocol }) => protocol === upstream)
        .flatMap((stream, turn) => {
          const bytes = bodyBytes(stream)
          const chosen = positions(bytes.length).filter((_, at) => (at + turn + shift) % every === 0)
          return chosen.map((at) => ({ stream, bytes, at }))
        })
      const found = await concurrently(cuts, WIDTH, async ({ stream, bytes, at }) => {
        const answer = await play(stream, client, { pieces: [bytes.subarray(0, at)], ...wayOf(bytes.length) })
        const { status, end, body, evidence } = answer
        const isHonest = (status === 502 || status === 504) && end === 'clean' && evidence?.outcome === 'refused'
        const error: { error?: { message?: unknown } } = isHonest ? JSON.parse(new TextDecoder().decode(body)) : {}
        if (typeof error.error?.message === 'string') return []
        return [`${stream.name} cut at ${at} of ${bytes.length}: ${status} ${end} ${evidence?.outcome}`]
      })
      expect(found.flat()).toEqual([])
      expect(found.length).toBeGreaterThan(8)
    })
  },
)

/** Spread over the body, and every one of the last. */
function positions(length: number): readonly number[] {
  const spread = Array.from({ length: POSITIONS }, (_, turn) => Math.floor((turn * length) / POSITIONS))
  const tail = Array.from({ length: TAIL_BYTES }, (_, back) => length - 1 - back)
  return [...new Set([...spread, ...tail])].filter((at) => at >= 0)
}
