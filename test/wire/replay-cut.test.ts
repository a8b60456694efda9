import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { concurrently } from '../support/concurrently.ts'
import { isRecordedFailure, isSentinelOnly, type RecordedStream, recordedStreams } from '../support/corpus.ts'
import { cutPositions } from '../support/cut-positions.ts'
import { endsInErrorEvent, falseSuccesses, isPrefixOfRecording } from '../support/false-successes.ts'
import { type Declared, type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import type { Ending } from '../support/replay-upstream.ts'
import { otherProtocol, plainRequest } from '../support/translated-answer.ts'

// An honest ending may be a wait of seconds, in which nothing is to be done: many can wait at once.
const WIDTH = 1_024
const TIMEOUT_MS = 120_000

// Some recordings were made twice and are the same byte for byte: to cut both would show the same twice.
const streams = [
  ...new Map(recordedStreams().map((stream) => [Bun.hash(stream.bytes), stream] as const)).values(),
].filter((stream) => !isRecordedFailure(stream))

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

interface Cut {
  readonly stream: RecordedStream
  readonly at: number
  readonly ending: Ending
  readonly client: RecordedStream['protocol']
  readonly delivery: 'live' | 'hold'
}

const strictest = (stream: RecordedStream): Declared => (isSentinelOnly(stream) ? 'sentinel-only' : 'strict')

/** The proof is whole only with the blank line behind the terminal event. */
const positionsOf = ({ bytes }: RecordedStream): readonly number[] => cutPositions(bytes, bytes.length)

function playCut({ stream, at, ending, client, delivery }: Cut): Promise<ReplayAnswer> {
  // Most of it arrives some time before the end, so that a live client has content when the end comes.
  const most = Math.floor(at * 0.8)
  return gateway.play({
    upstream: stream.protocol,
    completion: strictest(stream),
    replay: { pieces: [stream.bytes.subarray(0, most), stream.bytes.subarray(most, at)], ending, pauseMs: 3 },
    client,
    delivery,
    body: client === stream.protocol ? { ...stream.request, stream: true } : plainRequest(client, true),
    impatient: ending === 'stall',
  })
}

async function falseSuccessesOf(
  cuts: readonly Cut[],
): Promise<{ readonly found: readonly string[]; readonly begun: number }> {
  let begun = 0
  const found = await concurrently(cuts, WIDTH, async (cut) => {
    const answer = await playCut(cut)
    if (answer.status === 200) begun += 1
    const problems = [...falseSuccesses(cut.client, answer)]
    if (answer.status === 200 && !endsInErrorEvent(answer)) problems.push('no error event')
    if (
      answer.status === 200 &&
      cut.client === cut.stream.protocol &&
      !isPrefixOfRecording(answer.body, cut.stream.bytes)
    )
      problems.push('not whole events of the recording')
    return problems.map((problem) => `${cut.stream.name} cut at ${cut.at} of ${cut.stream.bytes.length}: ${problem}`)
  })
  return { found: found.flat(), begun }
}

const clientsOf = {
  'for a client of the same protocol': (stream: RecordedStream) => stream.protocol,
  'for a client of the other protocol': (stream: RecordedStream) => otherProtocol(stream.protocol),
}

// A FIN leaves a socket in TIME_WAIT, and thousands of those slow the machine down: it comes last, and less often.
const ENDINGS = ['clean', 'reset', 'fin'] as const

describe.skipIf(streams.length === 0).each(Object.entries(clientsOf))(
  'a cut recording %s is never a success',
  (_, clientOf) => {
    const cuts = (ending: Ending, delivery: Cut['delivery'], every: number, from = 0): readonly Cut[] =>
      streams.flatMap((stream, shift) =>
        positionsOf(stream)
          .filter((_, turn) => (turn + shift) % every === from)
          .map((at) => ({ stream, at, ending, client: clientOf(stream), delivery })),
      )

    // An honest ending takes its time, so each position has one of the three endings here, and all three where held.
    test.each(ENDINGS.map((ending, from) => [ending, from] as const))(
      'live, ended by %s',
      async (ending, from) => {
        const { found, begun } = await falseSuccessesOf(cuts(ending, 'live', ENDINGS.length, from))
        expect(found).toEqual([])
        // Most cuts come after content was delivered, so that the honest ending is what was seen.
        expect(begun).toBeGreaterThan(300)
      },
      TIMEOUT_MS,
    )

    test(
      'live, stalled',
      async () => {
        const { found, begun } = await falseSuccessesOf(cuts('stall', 'live', 17))
        expect(found).toEqual([])
        expect(begun).toBeGreaterThan(50)
      },
      TIMEOUT_MS,
    )

    test.each([
      ['clean', 1],
      ['reset', 1],
      ['close', 5],
      ['fin', 5],
      ['stall', 23],
    ] as const)(
      'held, ended by %s: an error status and nothing of the answer',
      async (ending, every) => {
        const { found, begun } = await falseSuccessesOf(cuts(ending, 'hold', every))
        expect(found).toEqual([])
        expect(begun).toBe(0)
      },
      TIMEOUT_MS,
    )
  },
)
