import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { isRecordedFailure, isSentinelOnly, type RecordedStream, recordedStreams } from '../support/corpus.ts'
import { type Declared, ReplayGateway } from '../support/replay-gateway.ts'
import { askAnthropicSdk, askOpenAiSdk } from '../support/sdk-answers.ts'
import { randomSizes, seededRandom, splitBySizes } from '../support/splits.ts'
import { type ExpectedAnswer, translated } from '../support/translated-answer.ts'

const streams = recordedStreams()
const finished = streams.filter((stream) => !isRecordedFailure(stream))
const failed = streams.filter(isRecordedFailure)
// To break a stream off may take seconds.
const TIMEOUT_MS = 60_000

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

/** The official client of the other protocol asks for the recording. */
async function askOther(
  stream: RecordedStream,
  pieces: readonly Uint8Array[],
  completion: Declared,
): Promise<ExpectedAnswer> {
  const model = gateway.offer({ upstream: stream.protocol, completion, replay: { pieces, ending: 'clean' } })
  return stream.protocol === 'anthropic' ? askOpenAiSdk(gateway.url, model) : askAnthropicSdk(gateway.url, model)
}

describe.skipIf(streams.length === 0).each(finished.map((stream) => [stream.name, stream] as const))(
  '%s',
  (name, stream) => {
    const completions: readonly Declared[] = isSentinelOnly(stream) ? ['sentinel-only'] : ['default', 'strict']

    test('the official client of the other protocol gets all that it says', async () => {
      const expected = translated(stream)
      expect(expected.text + expected.calls.length).not.toBe('0')
      for (const completion of completions) expect(await askOther(stream, [stream.bytes], completion)).toEqual(expected)
    })

    test('and so in small writes', async () => {
      const sizes = randomSizes(seededRandom(name.length), 40, Math.max(40, stream.bytes.length / 30))
      const pieces = splitBySizes(stream.bytes, sizes)
      expect(await askOther(stream, pieces, completions.at(-1) ?? 'strict')).toEqual(translated(stream))
    })
  },
)

test.skipIf(streams.length === 0)(
  "a recording that ends in the provider's own error is an error there too",
  async () => {
    for (const stream of failed)
      await expect(askOther(stream, splitBySizes(stream.bytes, [900]), 'strict')).rejects.toThrow('Tool choice')
  },
  TIMEOUT_MS,
)

test.skipIf(streams.length === 0)('the recordings hold what the comparison is about', () => {
  const answers = finished.map(translated)
  const count = (has: (answer: ExpectedAnswer) => boolean): number => answers.filter(has).length
  expect(count(({ calls }) => calls.length > 0)).toBeGreaterThan(5)
  expect(count(({ calls }) => calls.length > 1)).toBeGreaterThan(0)
  expect(count(({ thinking }) => thinking !== '')).toBeGreaterThan(3)
  expect(count(({ usage }) => usage.input > 0 && usage.output > 0)).toBeGreaterThan(30)
  expect(count(({ usage }) => usage.cacheRead > 0)).toBeGreaterThan(0)
})
