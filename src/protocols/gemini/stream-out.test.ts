import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { toLabel } from '../../evidence/index.ts'
import type { Json, StreamEvent, StreamScanner } from '../core/index.ts'
import { createGeminiScanner } from './scanner.ts'
import { createStreamEncoder } from './stream-out.ts'

const OPTIONS = { includeUsage: true, fallbackId: 'fallback', fallbackModel: 'asked', nowSeconds: 0 }
const START: StreamEvent = { type: 'start', id: 'abc', model: 'm', usage: { inputTokens: 9 } }
const STOP: StreamEvent = { type: 'stop', choice: 0, stop: { kind: 'end', raw: toLabel('end_turn') } }
const at = { choice: 0 } as const
const text = (part: number, value: string): StreamEvent => ({ type: 'text', ...at, part, text: value })
const call = (part: number, input: string, name = 'f'): StreamEvent => ({
  type: 'whole',
  ...at,
  part,
  content: { type: 'tool-call', kind: 'json', id: `c${part}`, name, input },
})

function encoded(events: readonly StreamEvent[], options = OPTIONS): string {
  const encoder = createStreamEncoder(options)
  return events.map((event) => encoder.encode(event)).join('') + encoder.finish()
}
/** JSON of our own making, read as it comes. */
type Loose = ReturnType<typeof JSON.parse>
const chunksOf = (sse: string): Loose[] =>
  sse
    .split('\n\n')
    .slice(0, -1)
    .map((event) => JSON.parse(event.replace(/^data: /, '')))

function scanned(sse: string, choices = 1): StreamScanner {
  const scanner = createGeminiScanner({ completion: 'strict', choices, decode: true, eventLimitBytes: 100_000 })
  scanner.push(new TextEncoder().encode(sse))
  return scanner
}

describe('encoding a stream', () => {
  test('each chunk is an answer with what is new; the last one ends it', () => {
    const sse = encoded([
      START,
      text(0, 'hi\n'),
      STOP,
      { type: 'usage', usage: { outputTokens: 5, reasoningTokens: 2 } },
    ])
    expect(sse).toEndWith('}\n\n')
    expect(chunksOf(sse)).toEqual([
      {
        candidates: [{ content: { parts: [{ text: 'hi\n' }], role: 'model' }, index: 0 }],
        modelVersion: 'm',
        responseId: 'abc',
      },
      {
        candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 14, thoughtsTokenCount: 2 },
        modelVersion: 'm',
        responseId: 'abc',
      },
    ])
  })

  test('says nothing of an end before it is finished, nor anything before there is content', () => {
    const encoder = createStreamEncoder(OPTIONS)
    expect(encoder.encode(START) + encoder.encode(STOP) + encoder.encode({ type: 'usage', usage: {} })).toBe('')
    expect(encoder.encode(call(0, '{}'))).not.toContain('finishReason')
    expect(encoder.finish()).toContain('"finishReason":"STOP"')
  })

  test('an answer without anything is still one, in the names that were asked for', () => {
    const [only] = chunksOf(encoded([]))
    expect(only).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      modelVersion: 'asked',
      responseId: 'fallback',
    })
    expect(chunksOf(encoded([], { ...OPTIONS, includeUsage: false }))[0]).not.toHaveProperty('usageMetadata')
  })

  test('thoughts, signatures and refusals', () => {
    const events: StreamEvent[] = [
      { type: 'thinking', ...at, part: 0, text: 'hm' },
      { type: 'thinking-signature', ...at, part: 0, signature: 'S' },
      { type: 'refusal', ...at, part: 1, text: 'no' },
      STOP,
    ]
    const chunks = chunksOf(encoded(events))
    expect(chunks.map(({ candidates }) => candidates[0].content.parts[0])).toEqual([
      { text: 'hm', thought: true },
      { text: '', thought: true, thoughtSignature: 'S' },
      { text: 'no' },
      { text: '' },
    ])
    expect(chunks.at(-1).candidates[0].finishReason).toBe('SAFETY')
  })

  test('what only others understand has no place', () => {
    const foreign = { type: 'opaque', protocol: 'anthropic', kind: 'x', value: {} } as const
    expect(chunksOf(encoded([{ type: 'whole', ...at, part: 0, content: foreign }]))).toHaveLength(1)
    const server = { type: 'tool-call', kind: 'server', id: 'a', name: 'search', input: '{}' } as const
    expect(chunksOf(encoded([{ type: 'whole', ...at, part: 0, content: server }]))).toHaveLength(1)
  })

  test('several answers end together', () => {
    const other: StreamEvent = { type: 'text', choice: 1, part: 0, text: 'b' }
    const sse = encoded([
      START,
      other,
      text(0, 'a'),
      STOP,
      { type: 'stop', choice: 1, stop: { kind: 'limit', raw: undefined } },
    ])
    const last = chunksOf(sse).at(-1)
    expect(
      last.candidates.map(({ index, finishReason }: { index: number; finishReason: string }) => [index, finishReason]),
    ).toEqual([
      [0, 'STOP'],
      [1, 'MAX_TOKENS'],
    ])
    expect(scanned(sse, 2).verdictAtEnd()).toMatchObject({ name: 'limited' })
  })
})

// ## What was encoded is what a scanner finds

const piece = fc.string({ minLength: 1, unit: 'binary' })
const input = (fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<{ [key: string]: Json }>).map((value) =>
  JSON.stringify(JSON.parse(JSON.stringify(value))),
)
const shape = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('text' as const), pieces: fc.array(piece, { minLength: 1, maxLength: 3 }) }),
    fc.record({
      type: fc.constant('thinking' as const),
      pieces: fc.array(piece, { minLength: 1, maxLength: 3 }),
      signature: fc.option(fc.base64String({ minLength: 4 })),
    }),
    fc.record({ type: fc.constant('call' as const), input }),
  ),
  { maxLength: 6 },
)

/** Two parts of one kind in a row are one in this protocol, unless a signature ends the first. */
function eventsOf(parts: typeof shape extends fc.Arbitrary<infer T> ? T : never): readonly StreamEvent[] {
  let open = ''
  let part = -1
  return parts.flatMap((each): StreamEvent[] => {
    if (each.type !== open) part += 1
    open = each.type === 'call' || (each.type === 'thinking' && each.signature !== null) ? '' : each.type
    if (each.type === 'call') return [call(part, each.input)]
    const pieces = each.pieces.map((value): StreamEvent => ({ type: each.type, ...at, part, text: value }))
    if (each.type !== 'thinking' || each.signature === null) return pieces
    return [...pieces, { type: 'thinking-signature', ...at, part, signature: each.signature }]
  })
}

test('an encoded stream proves complete with the same content, and never before its end', () => {
  fc.assert(
    fc.property(shape, (parts) => {
      const events = eventsOf(parts)
      const encoder = createStreamEncoder(OPTIONS)
      const before = [START, ...events, STOP].map((event) => encoder.encode(event)).join('')
      expect(scanned(before).verdictAtEnd()).toMatchObject({ name: 'truncated' })
      const scanner = scanned(before + encoder.finish())
      const hasCalls = parts.some(({ type }) => type === 'call')
      expect(scanner.verdictAtEnd()).toEqual({
        name: 'complete',
        proof: 'finish-reason+end',
        stop: hasCalls ? 'tool-use' : 'end',
      })
      expect(scanner.facts).toMatchObject({ caveat: undefined, usage: { inputTokens: 9 } })
      const found = scanner.takeEvents().filter(({ type }) => type !== 'start' && type !== 'stop' && type !== 'usage')
      expect(found).toEqual(events as StreamEvent[])
    }),
    { numRuns: 300 },
  )
})
