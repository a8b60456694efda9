import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { concurrently } from '../support/concurrently.ts'
import { isRecordedFailure, isSentinelOnly, type RecordedStream, recordedStreams } from '../support/corpus.ts'
import { readRecording } from '../support/recorded-answer.ts'
import { bodyOf } from '../support/recorded-body.ts'
import { type Declared, type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import type { Replay } from '../support/replay-upstream.ts'
import { type ExpectedAnswer, otherProtocol, plainRequest, translated } from '../support/translated-answer.ts'

const WIDTH = 24
const POSITIONS = 60
const TAIL_BYTES = 40

const streams = recordedStreams().filter((stream) => !isRecordedFailure(stream))
const distinct = [...new Map(streams.map((stream) => [Bun.hash(stream.bytes), stream] as const)).values()]

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

  test('says the same to a client of the other protocol', async () => {
    const pairs = await concurrently(streams, WIDTH, async (stream) => {
      const client = otherProtocol(stream.protocol)
      const { status, body } = await play(stream, client, { pieces: [bodyBytes(stream)], ending: 'clean' })
      const answer: unknown = JSON.parse(new TextDecoder().decode(body))
      return [stream.name, status, client === 'anthropic' ? readMessage(answer) : readCompletion(answer)]
    })
    expect(pairs).toEqual(streams.map((stream) => [stream.name, 200, translated(stream)]))
  })
})

describe.skipIf(streams.length === 0).each(['same', 'other'] as const)(
  'a cut body for a client of the %s protocol',
  (whose) => {
    const ways: readonly (readonly [string, (whole: number) => Omit<Replay, 'pieces'>, number])[] = [
      ['a clean last chunk', () => ({ ending: 'clean' }), 1],
      ['a FIN before its declared length', (whole) => ({ ending: 'fin', declaredLength: whole }), 4],
      ['a FIN without the last chunk', () => ({ ending: 'fin' }), 6],
      ['the end of a connection without any framing', () => ({ ending: 'close' }), 6],
      ['a reset', (whole) => ({ ending: 'reset', declaredLength: whole }), 1],
      ['silence', () => ({ ending: 'stall' }), 30],
    ]

    test.each(ways)('by %s is an error status, at every place', async (_, wayOf, every) => {
      const cuts = distinct.flatMap((stream) => {
        const bytes = bodyBytes(stream)
        return positions(bytes.length).map((at) => ({ stream, bytes, at }))
      })
      const found = await concurrently(
        cuts.filter((_, turn) => turn % every === 0),
        WIDTH,
        async ({ stream, bytes, at }) => {
          const client = whose === 'same' ? stream.protocol : otherProtocol(stream.protocol)
          const answer = await play(stream, client, { pieces: [bytes.subarray(0, at)], ...wayOf(bytes.length) })
          const { status, end, body, evidence } = answer
          const isHonest = (status === 502 || status === 504) && end === 'clean' && evidence?.outcome === 'refused'
          const error: { error?: { message?: unknown } } = isHonest ? JSON.parse(new TextDecoder().decode(body)) : {}
          if (typeof error.error?.message === 'string') return []
          return [`${stream.name} cut at ${at} of ${bytes.length}: ${status} ${end} ${evidence?.outcome}`]
        },
      )
      expect(found.flat()).toEqual([])
      expect(found.length).toBeGreaterThan(50)
    })
  },
)

/** Spread over the body, and every one of the last. */
function positions(length: number): readonly number[] {
  const spread = Array.from({ length: POSITIONS }, (_, turn) => Math.floor((turn * length) / POSITIONS))
  const tail = Array.from({ length: TAIL_BYTES }, (_, back) => length - 1 - back)
  return [...new Set([...spread, ...tail])].filter((at) => at >= 0)
}

/** JSON of another maker, read as it comes. */
type Loose = ReturnType<typeof JSON.parse>

function readMessage({ content, stop_reason: stop, usage }: Loose): ExpectedAnswer {
  const cacheRead = usage.cache_read_input_tokens
  const cacheWrite = usage.cache_creation_input_tokens
  return {
    text: content.map((block: Loose) => block.text ?? '').join(''),
    thinking: content.map((block: Loose) => block.thinking ?? '').join(''),
    calls: content.flatMap(({ type, id, name, input }: Loose) =>
      type === 'tool_use' ? [{ id, name, arguments: input }] : [],
    ),
    stop,
    usage: { input: usage.input_tokens + cacheRead + cacheWrite, output: usage.output_tokens, cacheRead, cacheWrite },
  }
}

function readCompletion({ choices, usage }: Loose): ExpectedAnswer {
  const [{ message, finish_reason: stop }] = choices
  return {
    text: message.content ?? '',
    thinking: message.reasoning_content ?? '',
    calls: (message.tool_calls ?? []).map(({ id, function: { name, arguments: json } }: Loose) => ({
      id,
      name,
      arguments: JSON.parse(json),
    })),
    stop,
    usage: {
      input: usage.prompt_tokens,
      output: usage.completion_tokens,
      cacheRead: usage.prompt_tokens_details?.cached_tokens ?? 0,
      cacheWrite: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
    },
  }
}
