import { expect, test } from 'bun:test'
import { anthropicProtocol } from './protocol.ts'
import { signatureOf } from './signature.ts'
import type { JsonRecord } from '../../json-checks.ts'
import type { ReadContext } from '../provider-protocol.ts'
import { ResponseMemory } from '../openai-responses/response-memory.ts'
import { simulatedModels } from '../../simulated-models.ts'

const context: ReadContext = {
  platform: 'gpu',
  header: () => undefined,
  address: undefined,
  responses: new ResponseMemory(),
}
const user = { role: 'user', content: 'Hi' }
const call = { type: 'tool_use', id: 'toolu_1', name: 'find', input: {} }
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'found' }
const tool = { name: 'find', input_schema: { type: 'object' } }
const schema = { type: 'json_schema', schema: { type: 'object' } }

// `undefined` as a value removes the field.
function problemOf(changes: object, modelId = 'sim-sonnet', beta?: string): string {
  const model = simulatedModels.find(({ id }) => id === modelId)!
  const body: JsonRecord = { model: modelId, max_tokens: 2000, messages: [user], ...changes }
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  try {
    anthropicProtocol.read(given, model, { ...context, header: () => beta })
    return ''
  } catch (error) {
    expect(error).toMatchObject({ status: 400 })
    return (error as Error).message
  }
}

const assistant = (content: unknown): object => ({ role: 'assistant', content })
const image = (source: object): object => ({ messages: [{ role: 'user', content: [{ type: 'image', source }] }] })

test.each<[string, object, string | RegExp]>([
  ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
  ['max_tokens below one', { max_tokens: 0 }, /max_tokens: .*greater than or equal to 1/],
  ['max_tokens above the model’s', { max_tokens: 64_001 }, /64001 > 64000/],
  ['max_tokens as text', { max_tokens: '5' }, /valid integer/],
  ['no messages', { messages: undefined }, 'messages: Field required'],
  ['empty messages', { messages: [] }, 'messages: at least one message is required'],
  ['assistant first', { messages: [assistant('a'), user] }, 'messages: first message must use the "user" role'],
  ['system as a role', { messages: [{ role: 'system', content: 'x' }, user] }, /Unexpected role "system"/],
  ['unknown role', { messages: [{ role: 'robot', content: 'x' }] }, /messages\.0\.role/],
  ['empty content', { messages: [{ role: 'user', content: '' }] }, /non-empty content/],
  ['empty text block', { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }, /must be non-empty/],
  ['unknown block', { messages: [{ role: 'user', content: [{ type: 'smell' }] }] }, /Input tag 'smell'/],
  ['temperature above one', { temperature: 1.5 }, 'temperature: range: 0..1'],
  ['stream as text', { stream: 'yes' }, /stream: .*boolean/],
  ['unknown field', { fullstop: true }, 'fullstop: Extra inputs are not permitted'],
  ['blank stop sequence', { stop_sequences: [' '] }, /non-whitespace/],
  ['tool without a schema', { tools: [{ name: 'x' }] }, /input_schema: Field required/],
  ['tool names twice', { tools: [tool, tool] }, 'tools: Tool names must be unique.'],
  ['choice without tools', { tool_choice: { type: 'any' } }, /only be specified while providing tools/],
  ['choice of an unknown tool', { tools: [tool], tool_choice: { type: 'tool', name: 'x' } }, /'x' not found/],
  ['unanswered call', { messages: [user, assistant([call]), user] }, /without `tool_result` blocks.*toolu_1/],
  ['trailing call', { messages: [user, assistant([call])] }, /without `tool_result`/],
  ['result without call', { messages: [{ role: 'user', content: [result] }] }, /unexpected `tool_use_id`.*toolu_1/],
  [
    'result for another call',
    {
      messages: [
        user,
        assistant([{ ...call, id: 'a' }]),
        { role: 'user', content: [result, { ...result, tool_use_id: 'a' }] },
      ],
    },
    /unexpected `tool_use_id`.*toolu_1/,
  ],
  ['budget at max_tokens', { thinking: { type: 'enabled', budget_tokens: 2000 } }, /must be greater than `thinking/],
  ['budget too small', { thinking: { type: 'enabled', budget_tokens: 5 } }, /1024/],
  [
    'thinking and forced tools',
    { thinking: { type: 'adaptive' }, tools: [tool], tool_choice: { type: 'any' } },
    /forces tool use/,
  ],
  ['thinking and temperature', { thinking: { type: 'adaptive' }, temperature: 0 }, /only be set to 1/],
  [
    'foreign thinking',
    { messages: [user, assistant([{ type: 'thinking', thinking: 'a', signature: 'b' }]), user] },
    /Invalid `signature`/,
  ],
  ['image of an unknown kind', image({ type: 'base64', media_type: 'image/bmp', data: 'AA==' }), /media_type/],
  ['image that is no base64', image({ type: 'base64', media_type: 'image/png', data: '???' }), /invalid base64/],
])('refuses: %s', (_name, changes, expected) => {
  const problem = problemOf(changes)
  if (typeof expected === 'string') expect(problem).toBe(expected)
  else expect(problem).toMatch(expected)
})

test.each<[string, object]>([
  ['a plain request', {}],
  ['consecutive messages of one role', { messages: [user, user] }],
  ['an answered call', { messages: [user, assistant([call]), { role: 'user', content: [result] }] }],
  [
    'its own thinking',
    {
      messages: [
        user,
        assistant([
          { type: 'thinking', thinking: 'a', signature: signatureOf('a', 'gpu') },
          { type: 'text', text: 'b' },
        ]),
        user,
      ],
    },
  ],
  ['system blocks, stops and metadata', { system: [{ type: 'text', text: 's' }], stop_sequences: ['x'], metadata: {} }],
  ['a server tool', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
  ['a structured answer', { output_config: { format: schema } }],
  ['an image', image({ type: 'base64', media_type: 'image/png', data: 'AAAA' })],
])('accepts: %s', (_name, changes) => {
  expect(problemOf(changes)).toBe('')
})

test('system messages may interject where the beta allows it, also between a call and its result', () => {
  const system = { role: 'system', content: 'Remember.' }
  const messages = [user, system, assistant([call]), system, { role: 'user', content: [result] }, system]
  expect(problemOf({ messages }, 'sim-sonnet', 'a-1,mid-conversation-system-2026-04-07')).toBe('')
  expect(problemOf({ messages })).toMatch(/Unexpected role "system"/)
  expect(problemOf({ messages: [system, user] }, 'sim-sonnet', 'mid-conversation-system-2026-04-07')).toMatch(/first/)
})

test('prefill is refused by the newer model and accepted by the older one', () => {
  const messages = [user, assistant('Half an ans')]
  expect(problemOf({ messages })).toMatch(/does not support assistant message prefill/)
  expect(problemOf({ messages }, 'sim-haiku')).toBe('')
  expect(problemOf({ messages: [user, assistant('Half ')] }, 'sim-haiku')).toMatch(/trailing whitespace/)
  expect(problemOf({ messages, output_config: { format: schema } }, 'sim-haiku')).toMatch(/prefill/)
})

test('a prompt beyond the context window is refused with both numbers', () => {
  const messages = [{ role: 'user', content: 'word '.repeat(9000) }]
  expect(problemOf({ messages }, 'sim-haiku')).toMatch(/^prompt is too long: 9\d\d\d tokens > 8000 maximum$/)
  expect(problemOf({ messages })).toBe('')
})
