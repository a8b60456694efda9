import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Completion, StreamScanner } from '../core/index.ts'
import { createAnthropicScanner } from './scanner.ts'

const encoder = new TextEncoder()
const event = (value: { readonly type: string; readonly [key: string]: unknown }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`
const START = event({ type: 'message_start', message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 1 } } })
const BLOCK = event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
const TEXT = event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } })
const END = event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } })
const STREAM =
  START + BLOCK + TEXT + event({ type: 'content_block_stop', index: 0 }) + END + event({ type: 'message_stop' })
const LATE = [
  '\n',
  'event: mess',
  event({ type: 'message_stop' }),
  event({ type: 'error', error: { type: 'overloaded_error', message: 'no' } }),
  event({ type: 'message_delta', delta: { stop_reason: 'max_tokens' } }),
  START,
  TEXT,
  'data: not json\n\n',
  'x'.repeat(2_000),
]

function scan(bytes: Uint8Array, completion: Completion, sizes: readonly number[]): StreamScanner {
  const scanner = createAnthropicScanner({ completion, choices: 1, decode: true, eventLimitBytes: 1_000 })
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
      fc.constantFrom<Completion>('strict', 'finish-only'),
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
