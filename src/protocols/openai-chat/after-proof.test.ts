import { test } from 'bun:test'
import { expectNothingAfterProof } from '../../../test/support/after-proof.ts'
import { createOpenAiChatScanner } from './scanner.ts'

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

test('what follows the proof changes nothing, whatever it is and however it is split', () => {
  expectNothingAfterProof({
    createScanner: createOpenAiChatScanner,
    completions: ['strict', 'finish-only', 'sentinel-only'],
    stream: STREAM,
    late: LATE,
    eventLimitBytes: 1_000,
  })
})
