import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Completion, StreamScanner } from '../core/index.ts'
import { createOpenAiChatScanner } from './scanner.ts'

const encoder = new TextEncoder()
const event = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'a', model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const call = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
const STREAM = `${event({ content: 'Hi' })}${event({ tool_calls: [call] })}${event({}, 'tool_calls')}data: [DONE]\n\n`
const LATE = [
  '\n',
  'data: [DO',
  'data: [DONE]\n\n',
  'data: {"error":{"message":"no"}}\n\n',
  'event: error\ndata: {}\n\n',
  'data: not json\n\n',
  'x'.repeat(2_000),
  event({ content: 'more' }),
  event({ tool_calls: [call] }),
  event({}, 'abort'),
]

function scan(bytes: Uint8Array, completion: Completion, sizes: readonly number[]): StreamScanner {
  const scanner = createOpenAiChatScanner({ completion, choices: 1, decode: true, eventLimitBytes: 1_000 })
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    scanner.push(bytes.subarray(at, at + size))
    at += size
  }
  return scanner
}
const found = (scanner: StreamScanner): object => ({
  phase: scanner.phase,
  atEnd: scanner.verdictAtEnd(),
  afterLoss: scanner.verdictAfter({ name: 'truncated', reason: 'connection-lost' }),
  facts: scanner.facts,
  pendingBytes: scanner.pendingBytes,
  content: scanner.takeEvents(),
})

test('what follows the proof changes nothing, whatever it is and however it is split', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Completion>('strict', 'finish-only', 'sentinel-only'),
      fc.array(fc.oneof(fc.constantFrom(...LATE), fc.string()), { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 }),
      (completion, late, sizes) => {
        const alone = scan(encoder.encode(STREAM), completion, [STREAM.length])
        expect(alone.phase).toBe('proven')
        expect(found(scan(encoder.encode(STREAM + late.join('')), completion, sizes))).toEqual(found(alone))
      },
    ),
    { numRuns: 300 },
  )
})
