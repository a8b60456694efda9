import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { StreamScanner } from '../core/index.ts'
import {
  call,
  callItem,
  completed,
  CREATED,
  delta,
  message,
  numbered,
  textItem,
  toSse,
} from '../../../test/support/responses-stream.ts'
import { createOpenAiResponsesScanner } from './scanner.ts'

const encoder = new TextEncoder()
const STREAM = toSse(
  numbered([CREATED, ...message(0, 'Hi'), ...call(1, ['{}']), completed([textItem('Hi'), callItem('{}')])]),
)
const LATE = [
  '\n',
  'data: [DO',
  'data: [DONE]\n\n',
  'data: {"error":{"message":"no"}}\n\n',
  'event: error\ndata: {}\n\n',
  'data: not json\n\n',
  'x'.repeat(12_000),
  toSse([delta(0, 'more')]),
  toSse([CREATED]),
  toSse([{ type: 'response.failed', response: {} }]),
  toSse([completed()]),
]

function scan(bytes: Uint8Array, sizes: readonly number[]): StreamScanner {
  const scanner = createOpenAiResponsesScanner({
    completion: 'strict',
    choices: 1,
    decode: true,
    eventLimitBytes: 10_000,
  })
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
  marks: scanner.takeMarks(),
})

test('what follows the proof changes nothing, whatever it is and however it is split', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...LATE), fc.string()), { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 }),
      (late, sizes) => {
        const alone = scan(encoder.encode(STREAM), [STREAM.length])
        expect(alone.phase).toBe('proven')
        expect(found(scan(encoder.encode(STREAM + late.join('')), sizes))).toEqual(found(alone))
      },
    ),
    { numRuns: 300 },
  )
})
