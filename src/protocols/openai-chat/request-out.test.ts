import { expect, test } from 'bun:test'
import type { CoreRequest, JsonObject, Part } from '../core/index.ts'
import { renderRequest } from './request-out.ts'

const EMPTY: CoreRequest = {
  model: 'm',
  stream: false,
  system: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  stop: [],
  choices: 1,
  includeUsage: false,
  unknown: new Map(),
}

function render(request: Partial<CoreRequest>, model = 'gpt-4o'): { body: JsonObject; dropped: readonly string[] } {
  const result = renderRequest({ ...EMPTY, ...request }, { model, isOwn: () => true })
  if (!result.ok) throw new Error(`${result.problem.field}: ${result.problem.message}`)
  return result.value
}

function refusal(request: Partial<CoreRequest>): string {
  const result = renderRequest({ ...EMPTY, ...request }, { model: 'gpt-4o', isOwn: () => true })
  if (result.ok) throw new Error('expected a refusal')
  return `${result.problem.field}: ${result.problem.message}`
}

const user = (...content: Part[]) => ({ role: 'user', content }) as const
const assistant = (...content: Part[]) => ({ role: 'assistant', content }) as const
const text = (value: string): Part => ({ type: 'text', text: value })

test('system parts are one system message in front', () => {
  expect(render({ system: [{ type: 'text', text: 'be brief' }] }).body.messages).toEqual([
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'hello' },
  ])
  const two = [{ type: 'text', text: 'a', cache: { type: 'ephemeral' } } as const, { type: 'text', text: 'b' } as const]
  const { body, dropped } = render({ system: two })
  expect((body.messages as JsonObject[])[0]).toEqual({
    role: 'system',
    content: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
  })
  expect(dropped).toEqual(['cache-control'])
})

test('tool results come right behind their calls, their media after all of them', () => {
  const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'QUJD' } } as const
  const { body, dropped } = render({
    messages: [
      assistant(text('let me see'), { type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '' }),
      user(
        text('here'),
        { type: 'tool-result', callId: 'a', content: [text('1'), image], isError: true },
        { type: 'tool-result', callId: 'b', content: [image], isError: false },
        { type: 'tool-result', callId: 'c', content: [], isError: false },
      ),
    ],
  })
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } }
  expect(body.messages).toEqual([
    {
      role: 'assistant',
      content: 'let me see',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: '1' },
    { role: 'tool', tool_call_id: 'b', content: '(The result is attached to the next message.)' },
    { role: 'tool', tool_call_id: 'c', content: '' },
    { role: 'user', content: [picture, picture, { type: 'text', text: 'here' }] },
  ])
  expect(dropped).toEqual(['tool-error'])
})

test('what is bound to another platform is dropped from the history, and a message of nothing else with it', () => {
  const { body, dropped } = render({
    messages: [
      user(text('q')),
      assistant(
        { type: 'thinking', text: 'hm', signature: 's' },
        { type: 'tool-call', kind: 'server', id: 's', name: 'web_search', input: '{}' },
        { type: 'opaque', protocol: 'other', kind: 'web_search_tool_result', value: {} },
        text('a'),
      ),
      assistant({ type: 'redacted-thinking', data: 'x' }),
      user(text('q2')),
    ],
  })
  expect(body.messages).toEqual([
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'a' },
    { role: 'user', content: 'q2' },
  ])
  expect(dropped.toSorted()).toEqual(['provider-content', 'thinking-history'])
})

test('documents go inline, as a file or as text', () => {
  const pdf = { kind: 'base64', mediaType: 'application/pdf', data: 'QUJD' } as const
  const { body, dropped } = render({
    messages: [
      user(
        { type: 'document', source: pdf, title: 'report.pdf' },
        { type: 'document', source: pdf, citationsEnabled: true },
        { type: 'document', source: { kind: 'text', mediaType: 'text/plain', text: 'plain' } },
        { type: 'audio', data: 'QUJD', format: 'wav' },
      ),
    ],
  })
  expect((body.messages as JsonObject[])[0]?.content).toEqual([
    { type: 'file', file: { filename: 'report.pdf', file_data: 'data:application/pdf;base64,QUJD' } },
    { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,QUJD' } },
    { type: 'text', text: 'plain' },
    { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } },
  ])
  expect(dropped).toEqual(['document-options'])
})

test('what would change the meaning of the answer is refused, by place and feature', () => {
  const byUrl = { type: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } } as const
  const byId = { type: 'image', source: { kind: 'file', fileId: 'f1' } } as const
  const search = { kind: 'server', protocol: 'other', type: 'web_search', value: {} } as const
  expect(refusal({ messages: [user(text('x'), byUrl)] })).toStartWith('messages[0].content[1]: documents by URL')
  expect(refusal({ messages: [user(byId)] })).toStartWith('messages[0].content[0]: files in a provider')
  expect(refusal({ messages: [user(text('x')), assistant(text('y'))] })).toStartWith('messages[1]: a last assistant')
  expect(refusal({ tools: [search] })).toStartWith('tools[0]: tools that the provider runs itself')
  expect(refusal({ stop: ['a', 'b', 'c', 'd', 'e'] })).toStartWith('stop: more than four')
  expect(render({ stop: ['a', 'b', 'c', 'd'] }).body.stop).toEqual(['a', 'b', 'c', 'd'])
})

test('tools, their choice and their strictness are written; without tools none of it', () => {
  const tools = [
    { kind: 'json', name: 'f', description: 'd', schema: { type: 'object' }, strict: true },
    { kind: 'custom', name: 'c', format: { type: 'text' } },
  ] as const
  const written = (request: Partial<CoreRequest>) => render({ tools, parallelToolCalls: false, ...request }).body
  expect(written({ toolChoice: { type: 'any' } })).toMatchObject({
    tools: [
      { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
      { type: 'custom', custom: { name: 'c', format: { type: 'text' } } },
    ],
    tool_choice: 'required',
    parallel_tool_calls: false,
  })
  expect(written({ toolChoice: { type: 'tool', name: 'f' } }).tool_choice).toEqual({
    type: 'function',
    function: { name: 'f' },
  })
  expect(written({ toolChoice: { type: 'tool', name: 'c' } }).tool_choice).toEqual({
    type: 'custom',
    custom: { name: 'c' },
  })
  expect(Object.keys(render({ toolChoice: { type: 'auto' }, parallelToolCalls: false }).body)).toEqual([
    'model',
    'messages',
  ])
})

test('a stream always asks for its usage', () => {
  expect(render({ stream: true, includeUsage: false }).body).toMatchObject({
    stream: true,
    stream_options: { include_usage: true },
  })
  expect(render({ stream: false }).body).not.toHaveProperty('stream_options')
})

test('the limit has the name that the model’s hosts know', () => {
  for (const model of ['gpt-5', 'o3-mini', 'openai/gpt-4o', 'ft:gpt-4.1:x', 'chatgpt-4o-latest'])
    expect(render({ maxOutputTokens: 9 }, model).body.max_completion_tokens, model).toBe(9)
  for (const model of ['mistral-large', 'deepseek-chat', 'openai/gpt-oss-120b', 'qwen3', 'olmo'])
    expect(render({ maxOutputTokens: 9 }, model).body.max_tokens, model).toBe(9)
})

test('a thinking budget becomes the nearest effort; reasoning switched off is left out', () => {
  const effort = (reasoning: CoreRequest['reasoning']) => render({ reasoning: reasoning! }).body.reasoning_effort
  expect(effort({ enabled: true, budgetTokens: 1024 })).toBe('low')
  expect(effort({ enabled: true, budgetTokens: 4096 })).toBe('low')
  expect(effort({ enabled: true, budgetTokens: 4097 })).toBe('medium')
  expect(effort({ enabled: true, budgetTokens: 32_000 })).toBe('high')
  expect(effort({ enabled: true })).toBe('medium')
  expect(effort({ enabled: true, effort: 'xhigh', budgetTokens: 1 })).toBe('xhigh')
  expect(effort({ enabled: false })).toBeUndefined()
  expect(effort({ enabled: false, effort: 'none' })).toBe('none')
})

test('output formats are written, with a name where the client gave none', () => {
  expect(render({ format: { type: 'json' } }).body.response_format).toEqual({ type: 'json_object' })
  expect(
    render({ format: { type: 'json-schema', schema: { type: 'object' }, strict: true } }).body.response_format,
  ).toEqual({
    type: 'json_schema',
    json_schema: { name: 'response', schema: { type: 'object' }, strict: true },
  })
})

test('what only the provider’s records or account know is dropped, by the loss table’s names', () => {
  const { body, dropped } = render(
    {
      topK: 5,
      metadata: { a: 'b' },
      userId: 'u'.repeat(65),
      unknown: new Map<string, never>([
        ['service_tier', 'auto' as never],
        ['store', true as never],
        ['whatever', 1 as never],
      ]),
    },
    'gpt-4o',
  )
  expect(Object.keys(body)).toEqual(['model', 'messages'])
  expect(dropped.toSorted()).toEqual(['metadata', 'service-tier', 'top-k', 'unknown-fields'])
  expect(render({ userId: 'u1' }).body.user).toBe('u1')
  expect(render({ userId: 'u1' }, 'mistral-large').dropped).toEqual(['metadata'])
  expect(render({ unknown: new Map([['logit_bias', { '1': 2 }]]) }).body.logit_bias).toEqual({ '1': 2 })
})
