import { expect, test } from 'bun:test'
import type { JsonObject } from '../core/index.ts'
import { findState } from './state.ts'

const found = (body: JsonObject) => findState(body, JSON.stringify(body)).map(({ field, id }) => `${field}=${id}`)

test('what only one account has is found wherever a request can name it', () => {
  expect(
    found({
      model: 'm',
      previous_response_id: 'resp_1',
      conversation: 'conv_1',
      prompt: { id: 'pmpt_1', version: '2' },
      tools: [
        { type: 'function', name: 'f', parameters: {} },
        { type: 'file_search', vector_store_ids: ['vs_1', 'vs_2'] },
        { type: 'code_interpreter', container: 'cntr_1' },
        { type: 'code_interpreter', container: { type: 'auto', file_ids: ['file_1'] } },
        { type: 'shell', environment: { type: 'container_reference', container_id: 'cntr_2' } },
      ],
      input: [
        { role: 'user', content: [{ type: 'input_file', file_id: 'file_2' }] },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'x' },
            { type: 'input_image', file_id: 'file_3' },
          ],
        },
        { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_file', file_id: 'file_4' }] },
        { type: 'computer_call_output', call_id: 'b', output: { type: 'computer_screenshot', file_id: 'file_5' } },
        { type: 'code_interpreter_call', id: 'ci', container_id: 'cntr_3', code: '' },
        { type: 'item_reference', id: 'msg_1' },
        { id: 'msg_2' },
        { type: 'compaction', encrypted_content: 'gAAA' },
      ],
    }),
  ).toEqual([
    'previous_response_id=resp_1',
    'conversation=conv_1',
    'prompt=pmpt_1',
    'tools[1].vector_store_ids=vs_1',
    'tools[1].vector_store_ids=vs_2',
    'tools[2].container=cntr_1',
    'tools[3].container.file_ids=file_1',
    'tools[4].environment.container_id=cntr_2',
    'input[0].content=file_2',
    'input[1].content=file_3',
    'input[2].output=file_4',
    'input[3].output=file_5',
    'input[4].container_id=cntr_3',
    'input[5].id=msg_1',
    'input[6].id=msg_2',
    'input[7].encrypted_content=gAAA',
  ])
  expect(found({ conversation: { id: 'conv_2' } })).toEqual(['conversation=conv_2'])
  expect(found({ input: [{ id: 'msg_3' }] })).toEqual(['input[0].id=msg_3'])
})

test('an ordinary request names nothing, however its texts read', () => {
  expect(
    found({
      model: 'm',
      previous_response_id: null,
      input: [
        { role: 'user', content: '"file_id":"file_1"' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
        { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
      ],
    }),
  ).toEqual([])
  expect(found({ input: 'prompt' })).toEqual([])
  expect(findState({ input: [null, 1], tools: 'x', prompt: 3 }, '"prompt"')).toEqual([])
})

test('without one of the names in its text a body is not looked at', () => {
  const body = new Proxy({}, { get: () => expect.unreachable() })
  expect(findState(body, '{"input":"hello"}')).toEqual([])
})
