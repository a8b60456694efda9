import { expect, test } from 'bun:test'
import type { JsonRecord } from '../../json-checks.ts'
import type { ReadContext } from '../provider-protocol.ts'
import { ResponseMemory } from './response-memory.ts'
import { responsesProtocol } from './protocol.ts'
import { sealReasoning } from './reasoning.ts'
import { simulatedModels } from '../../simulated-models.ts'

const memory = new ResponseMemory()
const context: ReadContext = { platform: 'gpu', header: () => undefined, address: undefined, responses: memory }
const user = { role: 'user', content: 'Hi' }
const call = { type: 'function_call', call_id: 'call_1', name: 'find', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'call_1', output: 'found' }
const answer = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes.' }] }
const tool = { type: 'function', name: 'find', parameters: { type: 'object' } }
const strict = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
const thought = (platform: string): object => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: [],
  encrypted_content: sealReasoning(platform, 'x'),
})
memory.store('gpu', 'resp_1', {
  items: [
    { type: 'message', id: 'msg_1', ...user },
    { ...call, id: 'fc_1' },
  ],
  body: {},
})

// `undefined` as a value removes the field.
function problemOf(changes: object, modelId = 'sim-gpt'): object | undefined {
  const model = simulatedModels.find(({ id }) => id === modelId)!
  const body: JsonRecord = { model: modelId, input: 'Hi', ...changes }
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  try {
    responsesProtocol.read(given, model, context)
    return undefined
  } catch (error) {
    const { message, status, param, code } = error as Error & { status: number; param: unknown; code: unknown }
    return { message, param, code, status }
  }
}

const says = (pattern: RegExp): string => expect.stringMatching(pattern) as string

test.each<[string, object, object]>([
  ['no input', { input: undefined }, { param: 'input', code: 'missing_required_parameter' }],
  ['input as a number', { input: 5 }, { param: 'input', code: 'invalid_type' }],
  ['an unknown role', { input: [{ role: 'robot', content: 'x' }] }, { param: 'input[0].role', code: 'invalid_value' }],
  ['no content', { input: [{ role: 'user' }] }, { param: 'input[0].content' }],
  [
    'a user’s text as output',
    { input: [{ role: 'user', content: [{ type: 'output_text', text: 'x' }] }] },
    { param: 'input[0].content[0]', message: says(/'output_text'. Supported values are: 'input_text'/) },
  ],
  [
    'an assistant’s text as input',
    { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
    { param: 'input[0].content[0]', message: says(/'output_text' and 'refusal'/) },
  ],
  ['an unknown item', { input: [{ type: 'smell' }] }, { param: 'input[0]', code: 'invalid_value' }],
  ['a call without a name', { input: [{ ...call, name: undefined }] }, { param: 'input[0].name' }],
  ['an output without its call', { input: [user, output] }, { message: says(/No tool call found .* call_1/) }],
  ['a call without its output', { input: [user, call, user] }, { message: says(/No tool output found .* call_1/) }],
  ['reasoning at the end', { input: [user, thought('gpu')] }, { message: says(/'rs_1'.*required following item/) }],
  [
    'reasoning of another platform',
    { input: [user, thought('tpu'), answer, user] },
    { status: 400, code: 'invalid_encrypted_content' },
  ],
  [
    'reasoning that was not stored',
    { input: [user, { type: 'reasoning', id: 'rs_9', summary: [] }, answer, user] },
    { status: 404, message: says(/'rs_9' not found/) },
  ],
  ['an unknown reference', { input: [{ type: 'item_reference', id: 'msg_9' }] }, { status: 404, param: 'input' }],
  [
    'an unknown previous response',
    { previous_response_id: 'resp_9' },
    { status: 400, code: 'previous_response_not_found', param: 'previous_response_id' },
  ],
  [
    'a previous response whose call is open',
    { previous_response_id: 'resp_1', input: 'And now?' },
    { message: says(/No tool output found for function call call_1/) },
  ],
  [
    'both kinds of history',
    { previous_response_id: 'resp_1', conversation: 'conv_1' },
    { code: 'mutually_exclusive_parameters' },
  ],
  ['an unknown field', { fullstop: true }, { message: "Unknown parameter: 'fullstop'.", code: 'unknown_parameter' }],
  ['messages of Chat', { messages: [user] }, { param: 'messages', code: 'unknown_parameter' }],
  ['few tokens', { max_output_tokens: 15 }, { param: 'max_output_tokens', code: 'integer_below_min_value' }],
  ['a hot temperature', { temperature: 2.5 }, { code: 'decimal_above_max_value' }],
  ['stream as text', { stream: 'yes' }, { param: 'stream', code: 'invalid_type' }],
  ['stream options without a stream', { stream_options: {} }, { param: 'stream_options' }],
  ['background without store', { background: true, store: false }, { param: 'background' }],
  ['an unknown include', { include: ['everything'] }, { param: 'include[0]', code: 'invalid_value' }],
  ['an unknown effort', { reasoning: { effort: 'heroic' } }, { param: 'reasoning.effort' }],
  ['an unknown tier', { service_tier: 'gold' }, { param: 'service_tier' }],
  ['a nested tool of Chat', { tools: [{ type: 'function', function: { name: 'a' } }] }, { param: 'tools[0].name' }],
  ['an unknown tool type', { tools: [{ type: 'x' }] }, { param: 'tools[0].type' }],
  [
    'a bad tool in a namespace',
    { tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'function' }] }] },
    { param: 'tools[0].tools[0].name' },
  ],
  [
    'strict without additionalProperties',
    { tools: [{ ...tool, strict: true }] },
    { code: 'invalid_function_parameters' },
  ],
  [
    'a nested choice of Chat',
    { tools: [tool], tool_choice: { type: 'function', function: { name: 'find' } } },
    { param: 'tool_choice.name' },
  ],
  [
    'a choice of an unknown tool',
    { tools: [tool], tool_choice: { type: 'function', name: 'b' } },
    { param: 'tool_choice' },
  ],
  ['an unknown choice', { tool_choice: 'maybe' }, { param: 'tool_choice', code: 'invalid_value' }],
  [
    'a format without a name',
    { text: { format: { type: 'json_schema', schema: strict } } },
    { param: 'text.format.name' },
  ],
  ['json_object without the word', { text: { format: { type: 'json_object' } } }, { param: 'input' }],
])('refuses: %s', (_name, changes, expected) => {
  expect(problemOf(changes)).toMatchObject({ status: 400, ...expected })
})

test.each<[string, object]>([
  ['a plain request', {}],
  ['null options', { temperature: null, tools: null, text: null, stream: null, previous_response_id: null }],
  ['an answered call', { input: [user, call, output] }],
  ['a continued response', { previous_response_id: 'resp_1', input: [output] }],
  ['a reference to a stored item', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
  ['its own reasoning', { input: [user, thought('gpu'), answer, user] }],
  ['output as parts', { input: [user, call, { ...output, output: [{ type: 'input_text', text: 'x' }] }] }],
  ['a format', { text: { format: { type: 'json_schema', name: 'a', strict: true, schema: strict } } }],
  ['allowed tools', { tools: [tool], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [tool] } }],
  ['a choice of a tool', { tools: [tool], tool_choice: { type: 'function', name: 'find' } }],
  [
    'what Codex sends',
    {
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { summary: 'auto' },
      prompt_cache_key: 'k',
      client_metadata: { a: 'b' },
      service_tier: 'priority',
      text: { verbosity: 'low' },
      stream_options: { include_obfuscation: false },
      tools: [
        { ...tool, strict: false },
        { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
        { type: 'namespace', name: 'agents', description: 'd', tools: [tool] },
        { type: 'web_search', external_web_access: false },
        { type: 'local_shell' },
      ],
      input: [
        { type: 'message', id: 'msg_client', role: 'developer', content: [{ type: 'input_text', text: 'x' }] },
        user,
      ],
    },
  ],
])('accepts: %s', (_name, changes) => {
  expect(problemOf(changes)).toBeUndefined()
})

test('what one platform stored or sealed, another does not know', () => {
  const elsewhere = { ...context, platform: 'tpu' }
  const read =
    (body: object): (() => unknown) =>
    () =>
      responsesProtocol.read({ input: 'Hi', ...body }, simulatedModels[2]!, elsewhere)
  expect(read({ previous_response_id: 'resp_1', input: [output] })).toThrow('not found')
  expect(read({ input: [{ type: 'item_reference', id: 'msg_1' }] })).toThrow('not found')
  expect(read({ input: [user, thought('gpu'), answer, user] })).toThrow('could not be verified')
})

test('the memory is bounded: the oldest is forgotten first', () => {
  const small = new ResponseMemory()
  for (let index = 0; index <= 3000; index += 1) small.store('gpu', `resp_${index}`, { items: [], body: {} })
  expect(small.find('gpu', 'resp_0')).toBeUndefined()
  expect(small.find('gpu', 'resp_3000')).toBeDefined()
})

test('a prompt beyond the context window is refused with its code', () => {
  const input = 'word '.repeat(9000)
  expect(problemOf({ input }, 'sim-gpt-mini')).toMatchObject({ code: 'context_length_exceeded', param: 'input' })
  expect(problemOf({ input })).toBeUndefined()
})
