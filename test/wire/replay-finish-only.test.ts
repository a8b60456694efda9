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
import { falseSuccesses } from '../support/false-successes.ts'
import { eventBoundaries } from '../support/recorded-events.ts'
import { type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import type { Ending } from '../support/replay-upstream.ts'
import { plainRequest } from '../support/translated-answer.ts'

const WIDTH = 192
const TIMEOUT_MS = 60_000

// What upstreams send that leave the last terminal event out: the recordings without it.
// Gemini's have none, and Responses' say by theirs how the answer ended.
const streams = distinct(recordedStreams(['anthropic', 'openai-chat']))
  .filter((stream) => !isRecordedFailure(stream) && !isSentinelOnly(stream))
  .map((stream) => ({ ...stream, bytes: stream.bytes.subarray(0, eventBoundaries(stream.bytes).at(-2)) }))

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

type Client = RecordedStream['protocol']

function play(stream: RecordedStream, client: Client, ending: Ending): Promise<ReplayAnswer> {
  const half = stream.bytes.length / 2
  return gateway.play({
    upstream: stream.protocol,
    completion: 'finish-only',
    replay: { pieces: [stream.bytes.subarray(0, half), stream.bytes.subarray(half)], ending, pauseMs: 3 },
    client,
    delivery: 'live',
    body: plainRequest(client, true),
    impatient: ending === 'stall',
  })
}

describe.skipIf(streams.length === 0).each(PROTOCOLS)('finish-only, for a client that speaks %s', (client) => {
  test('a stop reason and a clean end are the proof', async () => {
    const found = await concurrently(streams, WIDTH, async (stream) => {
      const { status, end, evidence, body } = await play(stream, client, 'clean')
      const isSame = client !== stream.protocol || Buffer.compare(body, stream.bytes) === 0
      const [attempt] = evidence?.attempts ?? []
      return [stream.name, status, end, isSame, evidence?.outcome, attempt?.proof]
    })
    expect(found).toEqual(streams.map(({ name }) => [name, 200, 'clean', true, 'delivered', 'finish-reason+end']))
  })

  test(
    'a stop reason and then anything but a clean end is not',
    async () => {
      const plays = (['close', 'fin', 'reset', 'stall'] as const).flatMap((ending) =>
        streams.map((stream) => ({ stream, ending })),
      )
      const found = await concurrently(plays, WIDTH, async ({ stream, ending }) => {
        const problems = falseSuccesses(client, await play(stream, client, ending))
        return problems.map((problem) => `${stream.name} ended by ${ending}: ${problem}`)
      })
      expect(found.flat()).toEqual([])
    },
    TIMEOUT_MS,
  )
})
