import { expect, test } from 'bun:test'
import type { JsonObject } from '../core/index.ts'
import { withoutForeign } from './foreign.ts'

const FOREIGN = new Set(['rs_f', 'gF', 'msg_f', 'fc_f', 'ws_f', 'data'])
const clean = (body: JsonObject): JsonObject => withoutForeign(body, JSON.stringify(body), (mark) => FOREIGN.has(mark))
const reasoning = (id: string, encrypted?: string) => ({
  type: 'reasoning',
  id,
  summary: [],
  ...(encrypted !== undefined && { encrypted_content: encrypted }),
})

test('a request without anything foreign is the same object', () => {
  const bodies: JsonObject[] = [
    { model: 'm', input: 'rs_f' },
    { model: 'm', input: [{ role: 'user', content: 'gF' }] },
    {
      model: 'm',
      input: [reasoning('rs_own', 'gOWN'), { type: 'message', id: 'msg_own', role: 'assistant', content: [] }],
    },
    { model: 'm', input: [null, 'x', { id: 5 }] },
  ]
  for (const body of bodies) expect(clean(body)).toBe(body)
  const opaque = new Proxy({}, { get: (_, key) => (key === 'input' ? 'x' : expect.unreachable()) })
  expect(withoutForeign(opaque, '{"input":"x"}', () => true)).toBe(opaque)
})

test('foreign reasoning goes, by what it holds and by its name; foreign names of other items go', () => {
  const kept = { role: 'user', content: 'hi' }
  expect(
    clean({
      model: 'm',
      store: false,
      input: [
        kept,
        reasoning('rs_f'),
        reasoning('rs_x', 'gF'),
        reasoning('rs_x', 'redacted-thinking:data'),
        reasoning('rs_own', 'gOWN'),
        { type: 'message', id: 'msg_f', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
        { type: 'function_call', id: 'fc_f', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'web_search_call', id: 'ws_f', status: 'completed' },
        { type: 'function_call_output', call_id: 'c', output: 'x' },
      ],
    }),
  ).toEqual({
    model: 'm',
    store: false,
    input: [
      kept,
      reasoning('rs_own', 'gOWN'),
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'x' },
    ],
  })
})

test('what was made here for a client is foreign everywhere, whether or not anybody remembers', () => {
  expect(
    clean({
      input: [
        reasoning('rs_fullstop_abc_0'),
        { type: 'message', id: 'msg_fullstop_abc_1', role: 'assistant', content: [] },
        { role: 'user', content: 'go' },
      ],
    }),
  ).toEqual({
    input: [
      { type: 'message', role: 'assistant', content: [] },
      { role: 'user', content: 'go' },
    ],
  })
})
