import { test } from 'bun:test'
import { expectNothingAfterProof } from '../../../test/support/after-proof.ts'
import { createAnthropicScanner } from './scanner.ts'

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

test('what follows the proof changes nothing, whatever it is and however it is split', () => {
  expectNothingAfterProof({
    createScanner: createAnthropicScanner,
    completions: ['strict', 'finish-only'],
    stream: STREAM,
    late: LATE,
    eventLimitBytes: 1_000,
  })
})
