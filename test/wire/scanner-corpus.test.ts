import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isFinished } from '../../src/evidence/index.ts'
import { createAnthropicScanner } from '../../src/protocols/anthropic/scanner.ts'
import type {
  Completion,
  ScannerOptions,
  StreamEvent,
  StreamFacts,
  StreamScanner,
} from '../../src/protocols/core/index.ts'
import { createGeminiScanner } from '../../src/protocols/gemini/scanner.ts'
import { createOpenAiChatScanner } from '../../src/protocols/openai-chat/scanner.ts'
import { createOpenAiResponsesScanner } from '../../src/protocols/openai-responses/scanner.ts'
import { isRecordedFailure, isSentinelOnly, proofEnd, type RecordedStream, recordedStreams } from '../support/corpus.ts'
import { readRecording } from '../support/recorded-answer.ts'
import { comparable, contentOf, type ExpectedAnswer } from '../support/translated-answer.ts'

const EVENT_LIMIT_BYTES = 16 * 1024 * 1024

function scannerFor(stream: RecordedStream, completion: Completion, decode = false): StreamScanner {
  const options = { completion, decode, choices: 1, eventLimitBytes: EVENT_LIMIT_BYTES }
  return SCANNERS[stream.protocol](options)
}

const SCANNERS: Readonly<Record<RecordedStream['protocol'], (options: ScannerOptions) => StreamScanner>> = {
  anthropic: createAnthropicScanner,
  'openai-chat': createOpenAiChatScanner,
  'openai-responses': createOpenAiResponsesScanner,
  gemini: createGeminiScanner,
}

const strictest = (stream: RecordedStream): Completion => (isSentinelOnly(stream) ? 'sentinel-only' : 'strict')
const lost = { name: 'truncated', reason: 'connection-lost' } as const
const streams = recordedStreams()

describe.each(streams.map((stream) => [stream.name, stream] as const))('%s', (_, stream) => {
  test('uncut it is finished, or the failure that its provider reports', () => {
    const scanner = scannerFor(stream, strictest(stream))
    scanner.push(stream.bytes)
    const verdict = scanner.verdictAtEnd()
    if (isRecordedFailure(stream)) expect(verdict).toEqual({ name: 'failed', reason: 'in-band-error' })
    else expect(verdict.name).toBe('complete')
  })

  test('cut after any byte before its proof is whole it is never finished', () => {
    const scanner = scannerFor(stream, strictest(stream))
    const whole = proofEnd(stream)
    for (let end = 0; end < whole; end++) {
      // A fork judges, so that judging cannot help the scanner that goes on.
      const cut = scanner.fork()
      if (isFinished(cut.verdictAtEnd())) throw new Error(`finished after ${end} of ${whole} bytes (clean end)`)
      if (isFinished(cut.verdictAfter(lost))) throw new Error(`finished after ${end} of ${whole} bytes (reset)`)
      if (cut.phase === 'proven') throw new Error(`proven after ${end} of ${whole} bytes`)
      scanner.push(stream.bytes.subarray(end, end + 1))
    }
    expect(isFinished(scanner.verdictAtEnd())).toBe(!isRecordedFailure(stream))
  })

  test('any split gives the same verdict, facts and content', () => {
    const whole = scannerFor(stream, strictest(stream), true)
    whole.push(stream.bytes)
    const expected = { verdict: whole.verdictAtEnd(), facts: whole.facts, content: whole.takeEvents() }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const scanner = scannerFor(stream, strictest(stream), true)
        for (let at = 0, i = 0; at < stream.bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1
          scanner.push(stream.bytes.subarray(at, at + size))
          at += size
        }
        expect({ verdict: scanner.verdictAtEnd(), facts: scanner.facts, content: scanner.takeEvents() }).toEqual(
          expected,
        )
      }),
      { numRuns: 20 },
    )
  })

  test('all of it is what an independent reader finds', () => {
    const scanner = scannerFor(stream, strictest(stream), true)
    scanner.push(stream.bytes)
    scanner.verdictAtEnd()
    const expected = readRecording(stream.protocol, stream.bytes)
    const said = saidBy(scanner.takeEvents(), scanner.facts)
    expect(comparable(said, expected) as object).toEqual(contentOf(expected))
    expect(scanner.facts).toMatchObject({
      servedModel: expected.model as never,
      caveat: undefined,
      invalidToolCalls: 0,
    })
  })
})

test.skipIf(streams.length === 0)('the one stop that says nothing is the one that was not said', () => {
  const silent = streams.filter((stream) => readRecording(stream.protocol, stream.bytes).stop === null)
  expect(silent.every((stream) => isSentinelOnly(stream) || isRecordedFailure(stream))).toBe(true)
})

/** What a decoding scanner has told, as the independent reader tells it. */
function saidBy(events: readonly StreamEvent[], { rawStop, usage }: StreamFacts): ExpectedAnswer {
  const text = (type: 'text' | 'thinking' | 'refusal'): string =>
    events.map((event) => (event.type === type ? event.text : '')).join('')
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0 } = usage
  return {
    text: text('text'),
    thinking: text('thinking'),
    refusal: text('refusal'),
    calls: events.flatMap((event) =>
      event.type === 'whole' && event.content.type === 'tool-call' && event.content.kind === 'json'
        ? [{ id: event.content.id, name: event.content.name, arguments: JSON.parse(event.content.input) }]
        : [],
    ),
    stop: rawStop ?? null,
    usage: {
      input: inputTokens,
      output: outputTokens,
      cacheRead: cacheReadTokens,
      cacheWrite: cacheWriteTokens,
      reasoning: reasoningTokens,
    },
  }
}
