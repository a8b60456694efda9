import { test } from 'bun:test'
import { expectNothingAfterProof } from '../../../test/support/after-proof.ts'
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

test('what follows the proof changes nothing, whatever it is and however it is split', () => {
  expectNothingAfterProof({
    createScanner: createOpenAiResponsesScanner,
    completions: ['strict'],
    stream: STREAM,
    late: LATE,
    eventLimitBytes: 10_000,
  })
})
