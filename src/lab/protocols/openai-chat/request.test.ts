import { expect, test } from 'bun:test'
import { chatProtocol } from './protocol.ts'
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
const call = { id: 'call_1', type: 'function', function: { name: 'find', arguments: '{}' } }
const calls = { role: 'assistant', content: null, tool_calls: [call] }
const result = { role: 'tool', tool_call_id: 'call_1', content: 'found' }
const strict = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
const toolOf = (definition: object): object => ({ tools: [{ type: 'function', function: definition }] })

function problemOf(
  changes: object,
  modelId = 'sim-gpt',
): { message: string; param: unknown; code: unknown } | undefined {
  const model = simulatedModels.find(({ id }) => id === modelId)!
  const body: JsonRecord = { model: modelId, messages: [user], ...changes }
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  try {
    chatProtocol.read(given, model, context)
    return undefined
  } catch (error) {
    const { message, status, param, code } = error as Error & { status: number; param: unknown; code: unknown }
    expect(status).toBe(400)
    return { message, param, code }
  }
}

test.each<[string, object, object]>([
  ['no messages', { messages: undefined }, { param: 'messages', code: 'missing_required_parameter' }],
  ['empty messages', { messages: [] }, { param: 'messages', code: 'empty_array' }],
  ['messages as text', { messages: 'hi' }, { param: 'messages', code: 'invalid_type' }],
  [
    'unknown role',
    { messages: [{ role: 'robot', content: 'x' }] },
    { param: 'messages[0].role', code: 'invalid_value' },
  ],
  ['content as a number', { messages: [{ role: 'user', content: 5 }] }, { code: 'invalid_type' }],
  ['no content', { messages: [{ role: 'user' }] }, { param: 'messages[0].content' }],
  [
    'unknown part',
    { messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
    { param: 'messages[0].content[0].type' },
  ],
  [
    'odd image',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/bmp;base64,AA' } }] }] },
    { code: 'invalid_image_format' },
  ],
  ['temperature above two', { temperature: 2.5 }, { param: 'temperature', code: 'decimal_above_max_value' }],
  ['max_tokens below one', { max_tokens: 0 }, { param: 'max_tokens', code: 'integer_below_min_value' }],
  [
    'max_tokens above the model’s',
    { max_completion_tokens: 64_001 },
    { param: 'max_completion_tokens', code: 'invalid_value' },
  ],
  ['both limits', { max_tokens: 5, max_completion_tokens: 5 }, { code: 'invalid_parameter_combination' }],
  ['stream as text', { stream: 'yes' }, { param: 'stream', code: 'invalid_type' }],
  ['stream options without a stream', { stream_options: { include_usage: true } }, { param: 'stream_options' }],
  ['n of zero', { n: 0 }, { param: 'n', code: 'integer_below_min_value' }],
  ['five stops', { stop: ['a', 'b', 'c', 'd', 'e'] }, { param: 'stop' }],
  ['alternatives without log probabilities', { top_logprobs: 2 }, { param: 'top_logprobs' }],
  ['unknown field', { fullstop: true }, { message: 'Unrecognized request argument supplied: fullstop' }],
  ['empty tools', { tools: [] }, { param: 'tools', code: 'empty_array' }],
  ['unknown tool type', { tools: [{ type: 'x' }] }, { param: 'tools[0].type' }],
  ['tool name with a blank', toolOf({ name: 'a b' }), { param: 'tools[0].function.name' }],
  [
    'strict without additionalProperties',
    toolOf({ name: 'a', strict: true, parameters: { type: 'object' } }),
    { code: 'invalid_function_parameters' },
  ],
  [
    'strict with an optional property',
    toolOf({ name: 'a', strict: true, parameters: { ...strict, required: [] } }),
    { code: 'invalid_function_parameters' },
  ],
  ['choice without tools', { tool_choice: 'required' }, { param: 'tool_choice' }],
  [
    'choice of an unknown tool',
    { ...toolOf({ name: 'a' }), tool_choice: { type: 'function', function: { name: 'b' } } },
    { param: 'tool_choice' },
  ],
  ['json_object without the word', { response_format: { type: 'json_object' } }, { param: 'messages' }],
  [
    'json_schema without a schema',
    { response_format: { type: 'json_schema' } },
    { param: 'response_format.json_schema' },
  ],
  ['tool message without a call', { messages: [user, result] }, { param: 'messages.[1].role' }],
  [
    'tool message without an id',
    { messages: [user, calls, { role: 'tool', content: 'x' }] },
    { param: 'messages.[2].tool_call_id' },
  ],
  [
    'tool message for another call',
    { messages: [user, calls, result, { ...result, tool_call_id: 'b' }] },
    { param: 'messages.[3].role' },
  ],
  [
    'unanswered call',
    { messages: [user, calls, user] },
    { param: 'messages', message: expect.stringContaining('call_1') as string },
  ],
  ['trailing call', { messages: [user, calls] }, { param: 'messages' }],
])('refuses: %s', (_name, changes, expected) => {
  expect(problemOf(changes)).toMatchObject(expected)
})

test.each<[string, object]>([
  ['a plain request', {}],
  ['an answered call', { messages: [user, calls, result] }],
  ['a trailing assistant message', { messages: [user, { role: 'assistant', content: 'Half' }] }],
  [
    'a strict schema',
    { response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: strict } } },
  ],
  ['null options', { temperature: null, stop: null, max_tokens: null, stream: null, seed: null }],
  [
    'allowed tools',
    {
      ...toolOf({ name: 'a' }),
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'a' } }] },
      },
    },
  ],
])('accepts: %s', (_name, changes) => {
  expect(problemOf(changes)).toBeUndefined()
})

test('a prompt beyond the context window is refused with its code', () => {
  const messages = [{ role: 'user', content: 'word '.repeat(9000) }]
  expect(problemOf({ messages }, 'sim-gpt-mini')).toMatchObject({
    code: 'context_length_exceeded',
    param: 'messages',
    message: expect.stringMatching(
      /maximum context length is 8000 tokens\. However, your messages resulted in 9\d+/,
    ) as string,
  })
  expect(problemOf({ messages })).toBeUndefined()
})
