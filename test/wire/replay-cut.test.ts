import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { concurrently } from '../support/concurrently.ts'
import {
  distinct,
  isRecordedFailure,
  isSentinelOnly,
  ownRequest,
  proofEnd,
  PROTOCOLS,
  type RecordedStream,
  recordedStreams,
} from '../support/corpus.ts'
import { cutPositions } from '../support/cut-positions.ts'
import { endsInErrorEvent, falseSuccesses, isPrefixOfRecording } from '../support/false-successes.ts'
import { type Declared, type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import type { Ending } from '../support/replay-upstream.ts'
import { plainRequest } from '../support/translated-answer.ts'

// An honest ending may be a wait of seconds, in which nothing is to be done: many can wait at once.
const WIDTH = 1_024
/** Of those that the clock tells: content must come before the upstream's little time is over. */
const STALLED_WIDTH = 100
const TIMEOUT_MS = 120_000

const streams = distinct(recordedStreams()).filter((stream) => !isRecordedFailure(stream))

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
const positionsOf = (stream: RecordedStream): readonly number[] => cutPositions(stream.bytes, proofEnd(stream))

function playCut({ stream, at, ending, client, delivery }: Cut): Promise<ReplayAnswer> {
  // Most of it arrives some time before the end, so that a live client has content when the end comes.
  const most = Math.floor(at * 0.8)
  return gateway.play({
    upstream: stream.protocol,
    completion: strictest(stream),
    replay: { pieces: [stream.bytes.subarray(0, most), stream.bytes.subarray(most, at)], ending, pauseMs: 3 },
    client,
    delivery,
    body: client === stream.protocol ? ownRequest(stream) : plainRequest(client, true),
    impatient: ending === 'stall',
  })
}

/** What looks like a success, and the cuts after which the client had content already. */
async function falseSuccessesOf(
  cuts: readonly Cut[],
): Promise<{ readonly found: readonly string[]; readonly begun: readonly Cut[] }> {
  const begun: Cut[] = []
  const width = cuts.some(({ ending }) => ending === 'stall') ? STALLED_WIDTH : WIDTH
  const found = await concurrently(cuts, width, async (cut) => {
    const { client, stream, at } = cut
    const answer = await playCut(cut)
    const problems = [...falseSuccesses(client, answer)]
    if (answer.status === 200) {
      begun.push(cut)
      if (!endsInErrorEvent(client, answer)) problems.push('no error event')
      if (client === stream.protocol && !isPrefixOfRecording(client, answer.body, stream.bytes))
        problems.push('not whole events of the recording')
    }
    return problems.map((problem) => `${stream.name} cut at ${at} of ${stream.bytes.length} for ${client}: ${problem}`)
  })
  return { found: found.flat(), begun }
}

const SHIFTS: Readonly<Record<Ending, number>> = { clean: 0, reset: 1, fin: 2, close: 3, stall: 4 }

/** Of each recording of this protocol every so many positions; other clients and other endings have others. */
function cutsOf(upstream: RecordedStream['protocol'], cut: Omit<Cut, 'stream' | 'at'>, every: number): readonly Cut[] {
  const shift = 2 * PROTOCOLS.indexOf(cut.client) + SHIFTS[cut.ending]
  return streams
    .filter(({ protocol }) => protocol === upstream)
    .flatMap((stream, turn) =>
      positionsOf(stream)
        .filter((_, at) => (at + turn + shift) % every === 0)
        .map((at) => ({ ...cut, stream, at })),
    )
}

const PAIRS = PROTOCOLS.flatMap((upstream) => PROTOCOLS.map((client) => ({ upstream, client })))

/** All sixteen pairs at once, since what takes its time is waiting. */
const ofAllPairs = (cut: Pick<Cut, 'ending' | 'delivery'>, every: number): readonly Cut[] =>
  PAIRS.flatMap(({ upstream, client }) => cutsOf(upstream, { ...cut, client }, every))

const isOf =
  ({ upstream, client }: (typeof PAIRS)[number]) =>
  (cut: Cut): boolean =>
    cut.stream.protocol === upstream && cut.client === client

describe.skipIf(streams.length === 0)('a cut recording is never a success, whoever made it and whoever asks', () => {
  test.each([
    ['clean', 7],
    ['reset', 7],
    // A FIN leaves a socket in TIME_WAIT, and thousands of those slow the machine down.
    ['fin', 13],
    ['stall', 31],
  ] as const)(
    'live, ended by %s',
    async (ending, every) => {
      const cuts = ofAllPairs({ ending, delivery: 'live' }, every)
      const { found, begun } = await falseSuccessesOf(cuts)
      expect(found).toEqual([])
      for (const pair of PAIRS) {
        expect(cuts.filter(isOf(pair)).length, JSON.stringify(pair)).toBeGreaterThan(10)
        // Many cuts come after content was delivered, so that the honest ending was seen too. How many depends on how the
        // writes fall; a stall is told by the clock, and on a busy machine it may come first.
        if (ending !== 'stall') expect(begun.filter(isOf(pair)).length, JSON.stringify(pair)).toBeGreaterThan(0)
      }
      expect(begun.length).toBeGreaterThan(cuts.length / 8)
    },
    TIMEOUT_MS,
  )

  test.each([
    ['clean', 5],
    ['reset', 5],
    ['close', 17],
    ['fin', 17],
    ['stall', 41],
  ] as const)(
    'held, ended by %s: an error status and nothing of the answer',
    async (ending, every) => {
      const cuts = ofAllPairs({ ending, delivery: 'hold' }, every)
      const { found, begun } = await falseSuccessesOf(cuts)
      expect(found).toEqual([])
      expect(begun).toEqual([])
      for (const pair of PAIRS) expect(cuts.filter(isOf(pair)).length, JSON.stringify(pair)).toBeGreaterThan(0)
    },
    TIMEOUT_MS,
  )
})
