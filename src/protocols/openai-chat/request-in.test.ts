import { expect, test } from 'bun:test'
import type { CoreRequest, JsonObject } from '../core/index.ts'
import { parseRequest } from './request-in.ts'

function parse(body: JsonObject): CoreRequest {
  const result = parseRequest({ model: 'm', messages: [{ role: 'user', content: 'hello' }], ...body })
  if (!result.ok) throw new Error(`${result.problem.field}: ${result.problem.message}`)
  return result.value
}

const text = (value: string) => ({ type: 'text', text: value }) as const

test('leading system and developer messages are the system prompt; later ones keep their place', () => {
  const request = parse({
    messages: [
      { role: 'system', content: 'one' },
      { role: 'developer', content: [{ type: 'text', text: 'two' }] },
      { role: 'user', content: 'three' },
      { role: 'developer', content: 'four' },
    ],
  })
  expect(request.system).toEqual([text('one'), text('two')])
  expect(request.messages).toEqual([
    { role: 'user', content: [text('three')] },
    { role: 'system', content: [text('four')] },
  ])
})

test('consecutive tool messages are one user message with a result each', () => {
  const { messages } = parse({
    messages: [
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
          { id: 'b', type: 'custom', custom: { name: 'g', input: 'free' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: '2' }] },
      { role: 'user', content: 'and?' },
    ],
  })
  expect(messages.slice(1)).toEqual([
    {
      role: 'assistant',
      content: [
        { type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '{}' },
        { type: 'tool-call', kind: 'custom', id: 'b', name: 'g', input: 'free' },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool-result', callId: 'a', content: [text('1')], isError: false },
        { type: 'tool-result', callId: 'b', content: [text('2')], isError: false },
      ],
    },
    { role: 'user', content: [text('and?')] },
  ])
})

test('the deprecated functions are tools, and their results find their calls by name', () => {
  const request = parse({
    functions: [{ name: 'f', parameters: { type: 'object' } }],
    function_call: { name: 'f' },
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"x":1}' } },
      { role: 'function', name: 'f', content: '7' },
    ],
  })
  expect(request.tools).toEqual([{ kind: 'json', name: 'f', schema: { type: 'object' } }])
  expect(request.toolChoice).toEqual({ type: 'tool', name: 'f' })
  expect(request.messages.slice(1)).toEqual([
    { role: 'assistant', content: [{ type: 'tool-call', kind: 'json', id: 'call_1', name: 'f', input: '{"x":1}' }] },
    { role: 'user', content: [{ type: 'tool-result', callId: 'call_1', content: [text('7')], isError: false }] },
  ])
})

test('pictures, audio and files are read with where their bytes are', () => {
  const content = [
    { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD', detail: 'low' } },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' } },
    { type: 'file', file: { file_id: 'file-1' } },
    { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,w6Q=' } },
  ]
  expect(parse({ messages: [{ role: 'user', content }] }).messages[0]?.content).toEqual([
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'QUJD' }, detail: 'low' },
    { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
    { type: 'audio', data: 'QUJD', format: 'wav' },
    { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'QUJD' }, title: 'a.pdf' },
    { type: 'document', source: { kind: 'file', fileId: 'file-1' } },
    { type: 'document', source: { kind: 'text', mediaType: 'text/plain', text: 'ä' }, title: 'a.txt' },
  ])
})

test('thinking, refusals and audio of the history are kept as what they are', () => {
  const assistant = (more: JsonObject) => parse({ messages: [{ role: 'assistant', ...more }] }).messages[0]?.content
  expect(assistant({ content: 'a', reasoning_content: 'hm' })).toEqual([{ type: 'thinking', text: 'hm' }, text('a')])
  expect(assistant({ content: '', refusal: 'no' })).toEqual([{ type: 'refusal', text: 'no' }])
  expect(assistant({ content: [{ type: 'refusal', refusal: 'no' }] })).toEqual([{ type: 'refusal', text: 'no' }])
  expect(assistant({ audio: { id: 'audio_1' } })).toEqual([
    { type: 'opaque', protocol: 'openai-chat', kind: 'audio', value: { id: 'audio_1' } },
  ])
})

test('tools of every kind are read, and a tool choice in each form', () => {
  const tools = [
    { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
    { type: 'function', function: { name: 'bare' } },
    { type: 'custom', custom: { name: 'c', format: { type: 'text' } } },
    { type: 'browser_search' },
  ]
  expect(parse({ tools, web_search_options: {} }).tools).toEqual([
    { kind: 'json', name: 'f', description: 'd', schema: { type: 'object' }, strict: true },
    { kind: 'json', name: 'bare', schema: { type: 'object', properties: {} } },
    { kind: 'custom', name: 'c', format: { type: 'text' } },
    { kind: 'server', protocol: 'openai-chat', type: 'browser_search', value: { type: 'browser_search' } },
    { kind: 'server', protocol: 'openai-chat', type: 'web_search_options', value: {} },
  ])
  const choice = (tool_choice: JsonObject | string) => parse({ tools, tool_choice }).toolChoice
  expect(choice('required')).toEqual({ type: 'any' })
  expect(choice('none')).toEqual({ type: 'none' })
  expect(choice({ type: 'function', function: { name: 'f' } })).toEqual({ type: 'tool', name: 'f' })
  expect(choice({ type: 'custom', custom: { name: 'c' } })).toEqual({ type: 'tool', name: 'c' })
  const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] }
  const limited = parse({ tools, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } })
  expect(limited.toolChoice).toEqual({ type: 'any' })
  expect(limited.tools.map((tool) => tool.kind !== 'server' && tool.name)).toEqual(['f'])
})

test('every option has its place in the core', () => {
  const options = {
    stream: true,
    stream_options: { include_usage: true },
    parallel_tool_calls: false,
    max_completion_tokens: 10,
    max_tokens: 20,
    temperature: 1.5,
    top_p: 0.9,
    stop: 'END',
    n: 2,
    seed: 7,
    frequency_penalty: 0.1,
    presence_penalty: -0.1,
    logprobs: true,
    top_logprobs: 3,
    user: 'u1',
    metadata: { team: 'a' },
    reasoning_effort: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
  }
  expect(parse(options)).toMatchObject({
    stream: true,
    includeUsage: true,
    parallelToolCalls: false,
    maxOutputTokens: 10,
    temperature: 1.5,
    topP: 0.9,
    stop: ['END'],
    choices: 2,
    seed: 7,
    frequencyPenalty: 0.1,
    presencePenalty: -0.1,
    topLogprobs: 3,
    userId: 'u1',
    metadata: { team: 'a' },
    reasoning: { effort: 'low', enabled: true },
    format: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
    unknown: new Map(),
  })
})

test('null is as good as absent', () => {
  const fields =
    'stream stream_options tools tool_choice max_tokens temperature stop response_format n seed user logit_bias'
  expect(parse(Object.fromEntries(fields.split(' ').map((name) => [name, null])))).toEqual(parse({}))
})

test('fields without a word in the core are handed on by name', () => {
  const { unknown } = parse({ logit_bias: { '1': 5 }, store: true, modalities: ['text'], verbosity: 'low' })
  expect(unknown).toEqual(
    new Map<string, never>([
      ['logit_bias', { '1': 5 }],
      ['store', true],
      ['verbosity', 'low'],
    ] as never),
  )
  expect(parse({ modalities: ['text', 'audio'] }).unknown.has('modalities')).toBe(true)
  expect(parse({ messages: [{ role: 'user', name: 'Ann', content: 'hi' }] }).unknown.has('messages.name')).toBe(true)
})

test('the reasoning objects of other hosts are understood', () => {
  expect(parse({ thinking: { type: 'disabled' } }).reasoning).toEqual({ enabled: false })
  expect(parse({ thinking: { type: 'enabled', budget_tokens: 900 } }).reasoning).toEqual({
    enabled: true,
    budgetTokens: 900,
  })
  expect(parse({ reasoning: { effort: 'high' } }).reasoning).toEqual({ effort: 'high', enabled: true })
  expect(parse({ reasoning: { enabled: false } }).reasoning).toEqual({ enabled: false })
})
