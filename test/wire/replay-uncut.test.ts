import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { concurrently } from '../support/concurrently.ts'
import {
  isRecordedFailure,
  isSentinelOnly,
  ownRequest,
  proofEnd,
  type RecordedStream,
  recordedStreams,
} from '../support/corpus.ts'
import { eventBoundaries } from '../support/recorded-events.ts'
import { type Declared, type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import type { Ending } from '../support/replay-upstream.ts'
import { randomSizes, seededRandom, splitBySizes } from '../support/splits.ts'

const streams = recordedStreams()
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

type Delivery = 'live' | 'hold'
type Play = readonly [stream: RecordedStream, pieces: readonly Uint8Array[], completion: Declared]

const play = (delivery: Delivery, [stream, pieces, completion]: Play, pauseMs = 0): Promise<ReplayAnswer> => {
  const { protocol } = stream
  const replay = { pieces, ending: 'clean', pauseMs } as const
  return gateway.play({
    upstream: protocol,
    client: protocol,
    completion,
    replay,
    delivery,
    body: ownRequest(stream),
  })
}

function proofOf(stream: RecordedStream): string {
  switch (stream.protocol) {
    case 'anthropic':
      return 'message_stop'
    case 'openai-chat':
      return isSentinelOnly(stream) ? 'done' : 'finish-reason+done'
    case 'openai-responses':
      return 'response.completed'
    case 'gemini':
      return 'finish-reason+end'
  }
}

/** What is wrong with an answer that must be the recording; nothing if all is well. */
function deviations(stream: RecordedStream, { status, end, body, evidence }: ReplayAnswer): readonly string[] {
  const [attempt] = evidence?.attempts ?? []
  return [
    ...(status === 200 ? [] : [`${stream.name}: status ${status}: ${new TextDecoder().decode(body.subarray(0, 300))}`]),
    ...(end === 'clean' ? [] : [`${stream.name}: ended by ${end}`]),
    ...(Buffer.compare(body, stream.bytes) === 0 ? [] : [`${stream.name}: other bytes than the recording's`]),
    ...(attempt?.verdict === 'complete' ? [] : [`${stream.name}: verdict ${attempt?.verdict} (${attempt?.reason})`]),
    ...(attempt?.proof === proofOf(stream) ? [] : [`${stream.name}: proof ${attempt?.proof}`]),
    ...(evidence?.outcome === 'delivered' ? [] : [`${stream.name}: outcome ${evidence?.outcome}`]),
  ]
}

async function deviationsOfAll(delivery: Delivery, plays: readonly Play[]): Promise<readonly string[]> {
  const found = await concurrently(plays, WIDTH, async (each) => deviations(each[0], await play(delivery, each)))
  return found.flat()
}

const declared = (stream: RecordedStream, completion: Declared): Declared =>
  isSentinelOnly(stream) ? 'sentinel-only' : completion

describe.skipIf(streams.length === 0).each(['live', 'hold'] as const)('%s delivery', (delivery) => {
  describe.each(['default', 'strict'] as const)('completion %s', (completion) => {
    test('every recording in one write comes through byte for byte', async () => {
      const plays = finished.map((stream): Play => [stream, [stream.bytes], declared(stream, completion)])
      expect(await deviationsOfAll(delivery, plays)).toEqual([])
    })

    test('and so in random small writes', async () => {
      const random = seededRandom(delivery === 'live' ? 1 : 2)
      const plays = finished.map((stream): Play => {
        // Tiny pieces of a large recording are thousands of turns of the loop and show nothing new.
        const sizes = randomSizes(random, 50, Math.max(40, stream.bytes.length / 40))
        return [stream, splitBySizes(stream.bytes, sizes), declared(stream, completion)]
      })
      expect(await deviationsOfAll(delivery, plays)).toEqual([])
    })
  })

  test('a body that ends where the connection does is as good where its end is no part of the proof', async () => {
    const proven = finished.filter((stream) => proofOf(stream) !== 'finish-reason+end')
    const found = await concurrently(proven, WIDTH, async (stream) => {
      const { protocol, bytes } = stream
      const completion = declared(stream, 'strict')
      const replay = { pieces: [bytes], ending: 'close' } as const
      return deviations(
        stream,
        await gateway.play({
          upstream: protocol,
          client: protocol,
          completion,
          replay,
          delivery,
          body: ownRequest(stream),
        }),
      )
    })
    expect(found.flat()).toEqual([])
  })

  test('without its declaration the host that sends `[DONE]` alone is never a success', async () => {
    for (const stream of finished.filter(isSentinelOnly))
      for (const completion of ['default', 'strict'] as const) {
        const answer = await play(delivery, [stream, [stream.bytes], completion])
        expect(answer.status >= 400 || answer.end !== 'clean').toBe(true)
        expect(answer.evidence?.attempts[0]).toMatchObject({ verdict: 'truncated', reason: 'ended-before-proof' })
        expect(new TextDecoder().decode(answer.body)).not.toContain('[DONE]')
      }
  })

  test(
    "a recording that ends in the provider's own error is a failure",
    async () => {
      const plays = failed.flatMap((stream) =>
        (['default', 'strict'] as const).flatMap((completion) => [
          [stream, [stream.bytes], completion] as const,
          [stream, splitBySizes(stream.bytes, [700]), completion] as const,
        ]),
      )
      expect(plays.length).toBeGreaterThan(0)
      const answers = await concurrently(plays, WIDTH, (each) => play(delivery, each, 1))
      for (const [at, { status, end, body, evidence }] of answers.entries()) {
        const text = new TextDecoder().decode(body)
        expect(evidence?.attempts[0]).toMatchObject({ verdict: 'failed', reason: 'server-error' })
        expect(text).toContain('Tool choice is required')
        expect(text).not.toContain('[DONE]')
        if (status === 200) expect([end === 'clean', evidence?.outcome]).toEqual([false, 'broken-off'])
        else expect([status, evidence?.outcome]).toEqual([502, 'refused'])
        // A single write may arrive in one piece, so that its content and its error come at once.
        if (delivery === 'hold') expect(status).toBe(502)
        else if ((plays[at]?.[1].length ?? 0) > 1) expect(status).toBe(200)
      }
    },
    TIMEOUT_MS,
  )
})

describe.skipIf(streams.length === 0)('after the proof', () => {
  const [anthropic] = finished.filter(({ protocol, bytes }) => protocol === 'anthropic' && bytes.length < 6_000)
  const [chat] = finished.filter(({ host, bytes }) => host === 'api.openai.com' && bytes.length < 6_000)
  const [responses] = finished.filter(({ protocol, bytes }) => protocol === 'openai-responses' && bytes.length < 6_000)
  // Of Gemini's streams nothing is proven before their end.
  const each = [anthropic, chat, responses].filter((stream) => stream !== undefined)
  const playWith = (stream: RecordedStream, more: string, ending: Ending): Promise<ReplayAnswer> => {
    const { protocol } = stream
    const body = ownRequest(stream)
    const pieces = [stream.bytes, new TextEncoder().encode(more)]
    const replay = { pieces, ending, pauseMs: 20 }
    return gateway.play({ upstream: protocol, client: protocol, completion: 'strict', replay, delivery: 'live', body })
  }

  test.each(['reset', 'fin', 'stall'] as const)('it does not matter that the connection ends by %s', async (ending) => {
    for (const stream of each) expect(deviations(stream, await playWith(stream, '', ending))).toEqual([])
  })

  test('what the provider still says is passed on', async () => {
    const more = ': bye\n\n'
    for (const stream of each) {
      const answer = await playWith(stream, more, 'clean')
      expect([answer.status, answer.end, answer.evidence?.outcome]).toEqual([200, 'clean', 'delivered'])
      expect(Buffer.from(answer.body).toString()).toBe(Buffer.from(stream.bytes).toString() + more)
    }
  })

  // The client has its success by then; what follows can only contradict it.
  test.each([
    ['an error', 'data: {"error":{"message":"too late"}}\n\n'],
    ['no JSON', 'data: {"type":\n\n'],
  ])('%s changes nothing for a client that has the proof', async (_, more) => {
    const answers = await concurrently(each, WIDTH, (stream) => playWith(stream, more, 'clean'))
    for (const { status, end, evidence } of answers)
      expect([status, end, evidence?.outcome]).toEqual([200, 'clean', 'delivered'])
  })
})

describe.skipIf(streams.length === 0)('at any moment', () => {
  test(
    'a client has whole events only, however the upstream splits its writes',
    async () => {
      const random = seededRandom(3)
      // The largest would only take longer.
      const small = streams.filter(({ bytes }) => bytes.length < 90_000)
      const plays = [...small, ...small].map((stream): Play => {
        const sizes = randomSizes(random, 30, stream.bytes.length / 8)
        return [stream, splitBySizes(stream.bytes, sizes), isSentinelOnly(stream) ? 'sentinel-only' : 'strict']
      })
      let partial = 0
      const found = await concurrently(plays, WIDTH, async (each) => {
        const [stream] = each
        const { body, seen, end } = await play('live', each, 1)
        const boundaries = new Set(eventBoundaries(stream.bytes))
        const within = seen.filter((length) => length < stream.bytes.length && isPrefix(body, length, stream.bytes))
        partial += within.length
        // What a provider sends behind its proof is passed on as it comes.
        const torn = within.filter((length) => !boundaries.has(length) && length <= proofEnd(stream))
        // Past the recording's own bytes only the error event of a failed one may come.
        const foreign = seen.filter((length) => !isPrefix(body, Math.min(length, stream.bytes.length), stream.bytes))
        const isAllowed = foreign.length === 0 || (isRecordedFailure(stream) && end !== 'clean')
        return [...torn.map((length) => `${stream.name}: torn at ${length}`), ...(isAllowed ? [] : [stream.name])]
      })
      expect(found.flat()).toEqual([])
      expect(partial).toBeGreaterThan(500)
    },
    TIMEOUT_MS,
  )
})

function isPrefix(body: Uint8Array, length: number, of: Uint8Array): boolean {
  return Buffer.compare(body.subarray(0, length), of.subarray(0, length)) === 0
}
