import { describe, expect, test } from 'bun:test'
import {
  distinct,
  isRecordedFailure,
  isSentinelOnly,
  PROTOCOLS,
  type RecordedStream,
  recordedStreams,
} from '../support/corpus.ts'
import { readRecording } from '../support/recorded-answer.ts'
import { deltaText, playSeam, type SeamResult, splitEvents } from '../support/seam-bench.ts'

// What `guarded` costs whoever reads along: how much later the first text comes than under `live`, and how far the text is
// behind. The recordings have their pieces, and no times: each is played at 50 tokens a second of 4 characters each.

const TOKEN_CHARACTERS = 4
const TOKEN_MS = 20

interface Cost {
  /** First text, behind live's, ms. */
  readonly laterMs: number
  /** Tokens, on average over the text, and at most. */
  readonly behind: number
  readonly mostBehind: number
}

/** When how much of the text was there. */
function textTimes(protocol: RecordedStream['protocol'], { body, arrivals }: SeamResult): readonly [number, number][] {
  return arrivals.map(({ atMs, length }) => [atMs, deltaText(protocol, body.subarray(0, length)).length])
}

async function costOf(stream: RecordedStream): Promise<Cost | undefined> {
  const { protocol } = stream
  const events = splitEvents(stream.bytes)
  const paceMs = (event: string): number =>
    Math.max(1, (deltaText(protocol, new TextEncoder().encode(event)).length / TOKEN_CHARACTERS) * TOKEN_MS)
  const play = (delivery: string): Promise<SeamResult> =>
    playSeam({
      client: protocol,
      platforms: [{ protocol, answer: () => ({ events, end: 'clean' }) }],
      policy: { delivery },
      paceMs,
    })
  const live = textTimes(protocol, await play('live'))
  const guarded = textTimes(protocol, await play('guarded'))
  const first = (times: typeof live): number => times.find(([, length]) => length > 0)?.[0] ?? Number.NaN
  const lags = live
    .filter(([, length]) => length > 0)
    .map(([atMs, length]) => (length - (guarded.findLast(([at]) => at <= atMs)?.[1] ?? 0)) / TOKEN_CHARACTERS)
  if (lags.length < 3) return undefined
  const behind = lags.reduce((sum, lag) => sum + lag, 0) / lags.length
  return { laterMs: first(guarded) - first(live), behind, mostBehind: Math.max(...lags) }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN

const streams = distinct(recordedStreams()).filter(
  (stream) =>
    !isRecordedFailure(stream) &&
    !isSentinelOnly(stream) &&
    readRecording(stream.protocol, stream.bytes).text.length > 40,
)

describe.skipIf(streams.length === 0)('guarded delivery of recorded answers', () => {
  test('shows its first text at most 350 ms later than live at the median, and is at most 25 tokens behind', async () => {
    const rows: Record<string, readonly Cost[]> = {}
    for (const protocol of PROTOCOLS) {
      const costs = await Promise.all(streams.filter((stream) => stream.protocol === protocol).map(costOf))
      rows[protocol] = costs.filter((cost) => cost !== undefined)
    }
    const all = Object.values(rows).flat()
    expect(all.length).toBeGreaterThan(20)
    if (process.env['SHOW'] !== undefined)
      for (const [name, costs] of [...Object.entries(rows), ['all', all] as const])
        console.log(
          `| ${name} | ${costs.length} | ${median(costs.map(({ laterMs }) => laterMs)).toFixed(0)} | ${quantile(
            costs.map(({ laterMs }) => laterMs),
            0.95,
          ).toFixed(0)} | ${median(costs.map(({ behind }) => behind)).toFixed(1)} | ${median(
            costs.map(({ mostBehind }) => mostBehind),
          ).toFixed(1)} |`,
        )
    expect(median(all.map(({ laterMs }) => laterMs))).toBeLessThanOrEqual(350)
    expect(median(all.map(({ behind }) => behind))).toBeLessThanOrEqual(25)
    expect(median(all.map(({ mostBehind }) => mostBehind))).toBeLessThanOrEqual(25)
    // It is no live delivery either.
    expect(median(all.map(({ laterMs }) => laterMs))).toBeGreaterThan(0)
  }, 60_000)
})
