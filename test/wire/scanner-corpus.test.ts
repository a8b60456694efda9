import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isFinished } from '../../src/evidence/index.ts'
import { createAnthropicScanner } from '../../src/protocols/anthropic/scanner.ts'
import type { Completion, ScannerOptions, StreamEvent, StreamScanner } from '../../src/protocols/core/index.ts'
import { createGeminiScanner } from '../../src/protocols/gemini/scanner.ts'
import { createOpenAiChatScanner } from '../../src/protocols/openai-chat/scanner.ts'
import { createOpenAiResponsesScanner } from '../../src/protocols/openai-responses/scanner.ts'
import {
  ALL,
  isRecordedFailure,
  isSentinelOnly,
  proofEnd,
  type RecordedStream,
  recordedStreams,
} from '../support/corpus.ts'
import { readRecording } from '../support/recorded-answer.ts'

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
const streams = recordedStreams(ALL)

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

  test('the text is what parsing every event gives', () => {
    const scanner = scannerFor(stream, strictest(stream), true)
    scanner.push(stream.bytes)
    const text = scanner.takeEvents().flatMap((event) => (event.type === 'text' ? [event.text] : []))
    expect(text.join('')).toBe(textByParsing(stream))
  })

  test.skipIf(stream.protocol !== 'gemini')('all of it is what another reading finds', () => {
    const scanner = scannerFor(stream, strictest(stream), true)
    scanner.push(stream.bytes)
    const expected = readRecording(stream.protocol, stream.bytes)
    const events = scanner.takeEvents()
    expect(textOf(events, 'text')).toBe(expected.text)
    expect(textOf(events, 'thinking')).toBe(expected.thinking)
    expect(callsOf(events)).toEqual(expected.calls.map(({ name, arguments: args }) => ({ name, args })))
    expect(scanner.facts).toMatchObject({
      rawStop: expected.stop as never,
      servedModel: expected.model as never,
      usage: { inputTokens: expected.usage.input, outputTokens: expected.usage.output },
      caveat: undefined,
      toolCalls: expected.calls.length,
      invalidToolCalls: 0,
    })
  })
})

const answers = recordedStreams(['openai-responses'])
test.each(answers.map((stream) => [stream.name, stream] as const))(
  '%s says what an independent reader finds',
  (_, stream) => {
    const scanner = scannerFor(stream, 'strict', true)
    scanner.push(stream.bytes)
    const events = scanner.takeEvents()
    const text = (type: 'text' | 'thinking' | 'refusal'): string =>
      events.map((event) => (event.type === type ? event.text : '')).join('')
    const start = events.find((event) => event.type === 'start')
    const stop = events.find((event) => event.type === 'stop')
    const { usage } = scanner.facts
    expect({
      id: start?.id,
      model: String(scanner.facts.servedModel),
      text: text('text'),
      thinking: text('thinking'),
      refusal: text('refusal'),
      calls: events.flatMap((event) =>
        event.type === 'whole' && event.content.type === 'tool-call'
          ? [{ id: event.content.id, name: event.content.name, arguments: JSON.parse(event.content.input) }]
          : [],
      ),
      stop: stop?.stop.raw,
      usage: {
        input: usage.inputTokens,
        output: usage.outputTokens,
        cacheRead: usage.cacheReadTokens ?? 0,
        cacheWrite: usage.cacheWriteTokens ?? 0,
      },
    } as object).toEqual(readRecording('openai-responses', stream.bytes))
  },
)
function textOf(events: readonly StreamEvent[], type: 'text' | 'thinking'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('')
}

function callsOf(events: readonly StreamEvent[]): readonly object[] {
  return events.flatMap((event) =>
    event.type === 'whole' && event.content.type === 'tool-call'
      ? [{ name: event.content.name, args: JSON.parse(event.content.input) }]
      : [],
  )
}

function textByParsing(stream: RecordedStream): string {
  let text = ''
  for (const line of new TextDecoder().decode(stream.bytes).split('\n')) {
    if (!line.startsWith('data: {')) continue
    const event = JSON.parse(line.slice(6))
    if (event.type === 'response.output_text.delta') text += event.delta
    if (stream.protocol === 'anthropic') text += event.delta?.text ?? event.content_block?.text ?? ''
    for (const candidate of event.candidates ?? [])
      for (const part of candidate.content?.parts ?? []) if (part.thought !== true) text += part.text ?? ''
    for (const choice of event.choices ?? []) {
      const content = choice.delta?.content
      if (typeof content === 'string') text += content
      for (const piece of Array.isArray(content) ? content : []) if (piece.type === 'text') text += piece.text
    }
  }
  return text
}
