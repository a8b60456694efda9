import { describe, expect, test } from 'bun:test'
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
const OWN = new Set(['gOWN', 'rs_own'])

function render(request: Partial<CoreRequest>, model = 'gpt-5'): { body: JsonObject; dropped: readonly string[] } {
  const result = renderRequest({ ...EMPTY, ...request }, { model, isOwn: (mark) => OWN.has(mark) })
  if (!result.ok) throw new Error(`${result.problem.field}: ${result.problem.message}`)
  return result.value
}
function refusal(request: Partial<CoreRequest>): string {
  const result = renderRequest({ ...EMPTY, ...request }, { model: 'gpt-5', isOwn: () => true })
  if (result.ok) throw new Error('expected a refusal')
  return `${result.problem.field}: ${result.problem.message}`
}
const user = (...content: Part[]) => ({ role: 'user', content }) as const
const assistant = (...content: Part[]) => ({ role: 'assistant', content }) as const
const text = (value: string) => ({ type: 'text', text: value }) as const
const call = (id: string, kind: 'json' | 'custom' = 'json', input = '{"x":1}'): Part => ({
  type: 'tool-call',
  kind,
  id,
  name: 'f',
  input,
})
const result = (callId: string, ...content: Part[]): Part => ({ type: 'tool-result', callId, content, isError: false })

test('nothing is ever stored, and what was not asked for is left out', () => {
  expect(render({})).toEqual({
    body: { model: 'gpt-5', input: [{ type: 'message', role: 'user', content: 'hello' }], store: false },
    dropped: [],
  })
  expect(render({ stream: true }).body).toMatchObject({ stream: true })
})

describe('the conversation', () => {
  test('one system text is the instructions, several are a message that keeps them apart', () => {
    expect(render({ system: [text('be brief')] }).body).toMatchObject({ instructions: 'be brief' })
    const { body } = render({ system: [text('a'), text('b')] })
    expect(body).not.toHaveProperty('instructions')
    expect((body.input as JsonObject[])[0]).toEqual({
      type: 'message',
      role: 'system',
      content: [
        { type: 'input_text', text: 'a' },
        { type: 'input_text', text: 'b' },
      ],
    })
  })

  test('a turn is written item by item, results behind the calls that they answer', () => {
    const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'QUJD' } } as const
    const { body, dropped } = render({
      messages: [
        assistant(
          { type: 'thinking', text: 'hm', signature: 'gOWN', id: 'rs_own' },
          text('let me see'),
          call('a'),
          { type: 'refusal', text: 'not that' },
          text('but this'),
          call('b', 'custom', 'free'),
          call('c', 'json', ' '),
        ),
        user(text('here'), result('a', text('1')), result('b', text('2'), image), result('c')),
        { role: 'system', content: [text('be brief')] },
        user(text('go')),
      ],
    })
    expect(body.input as object).toEqual([
      { type: 'reasoning', id: 'rs_own', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'gOWN' },
      { type: 'message', role: 'assistant', content: 'let me see' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"x":1}' },
      {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'refusal', refusal: 'not that' },
          { type: 'output_text', text: 'but this' },
        ],
      },
      { type: 'custom_tool_call', call_id: 'b', name: 'f', input: 'free' },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: '1' },
      {
        type: 'custom_tool_call_output',
        call_id: 'b',
        output: [
          { type: 'input_text', text: '2' },
          { type: 'input_image', image_url: 'data:image/png;base64,QUJD', detail: 'auto' },
        ],
      },
      { type: 'function_call_output', call_id: 'c', output: '' },
      { type: 'message', role: 'user', content: 'here' },
      { type: 'message', role: 'system', content: 'be brief' },
      { type: 'message', role: 'user', content: 'go' },
    ])
    expect(dropped).toEqual([])
  })

  test('thinking goes to its own platform only, and never by a name alone', () => {
    const { body, dropped } = render({
      messages: [
        assistant(
          { type: 'thinking', text: 'a', signature: 'other' },
          { type: 'thinking', text: 'b', id: 'rs_own' },
          { type: 'thinking', text: '', signature: 'gOWN', id: 'rs_other' },
          { type: 'redacted-thinking', data: 'gOWN' },
          text('x'),
        ),
        user(text('go')),
      ],
    })
    expect((body.input as JsonObject[]).slice(0, 2)).toEqual([
      { type: 'reasoning', summary: [], encrypted_content: 'gOWN' },
      { type: 'message', role: 'assistant', content: 'x' },
    ])
    expect(dropped).toEqual(['thinking-history'])
  })

  test('ids that are too long get short ones, the same for a call and its result', () => {
    const long = 'x'.repeat(65)
    const fits = 'y'.repeat(64)
    const { body } = render({
      messages: [
        assistant(call(long), call(fits), call(`${long}2`)),
        user(result(`${long}2`), result(long), result(fits)),
      ],
    })
    expect((body.input as JsonObject[]).map(({ call_id: id }) => id)).toEqual([
      'call_shortened_0',
      fits,
      'call_shortened_1',
      'call_shortened_1',
      'call_shortened_0',
      fits,
    ])
  })

  test('an id that comes again belongs to the latest call', () => {
    const { body } = render({
      messages: [
        assistant(call('a', 'custom', 'x')),
        user(result('a')),
        assistant(call('a')),
        user(result('a')),
        assistant(call('a', 'custom', 'x')),
        user(result('a')),
      ],
    })
    expect((body.input as JsonObject[]).map(({ type }) => type)).toEqual([
      'custom_tool_call',
      'custom_tool_call_output',
      'function_call',
      'function_call_output',
      'custom_tool_call',
      'custom_tool_call_output',
    ])
  })

  test('files go inline or by URL, text as text', () => {
    const { body, dropped } = render({
      messages: [
        user(
          { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'QUJD' } },
          { type: 'document', source: { kind: 'base64', mediaType: 'text/csv', data: 'QUJD' }, title: 'a.csv' },
          { type: 'document', source: { kind: 'url', url: 'https://x/y.pdf' }, title: 'y' },
          { type: 'document', source: { kind: 'text', text: 'note', mediaType: 'text/plain' } },
          { type: 'image', source: { kind: 'url', url: 'https://x/y.png' }, detail: 'high' },
        ),
      ],
    })
    expect((body.input as JsonObject[])[0]?.content as object).toEqual([
      { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,QUJD' },
      { type: 'input_file', filename: 'a.csv', file_data: 'data:text/csv;base64,QUJD' },
      { type: 'input_file', file_url: 'https://x/y.pdf' },
      { type: 'input_text', text: 'note' },
      { type: 'input_image', image_url: 'https://x/y.png', detail: 'high' },
    ])
    expect(dropped).toEqual(['document-options'])
  })

  test('what only this protocol knows comes back as it was, what only another knows does not', () => {
    const search = { type: 'web_search_call', id: 'ws_1' }
    const output = { type: 'local_shell_call_output', id: 'c', output: 'ok' }
    const { body, dropped } = render({
      messages: [
        assistant(
          { type: 'opaque', protocol: 'openai-responses', kind: 'web_search_call', value: search },
          { type: 'opaque', protocol: 'anthropic', kind: 'web_search_tool_result', value: {} },
        ),
        user({ type: 'opaque', protocol: 'openai-responses', kind: 'local_shell_call_output', value: output }),
        user(text('go')),
      ],
    })
    expect(body.input as object).toEqual([search, output, { type: 'message', role: 'user', content: 'go' }])
    expect(dropped).toEqual(['provider-content'])
  })
})

describe('tools and options', () => {
  test('functions are flat and not strict unless they say so; grammars are flat too', () => {
    const { body } = render({
      tools: [
        { kind: 'json', name: 'f', description: 'd', schema: { type: 'object' } },
        { kind: 'json', name: 'g', schema: {}, strict: true },
        { kind: 'custom', name: 'h', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
        { kind: 'custom', name: 'i', description: 'd', format: { type: 'text' } },
      ],
      toolChoice: { type: 'tool', name: 'h' },
      parallelToolCalls: false,
    })
    expect(body.tools as object).toEqual([
      { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: false },
      { type: 'function', name: 'g', parameters: {}, strict: true },
      { type: 'custom', name: 'h', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
      { type: 'custom', name: 'i', description: 'd', format: { type: 'text' } },
    ])
    expect(body.tool_choice).toEqual({ type: 'custom', name: 'h' })
    expect(body.parallel_tool_calls).toBe(false)
    const json = { tools: [{ kind: 'json', name: 'f', schema: {} }] } as const
    expect(render({ ...json, toolChoice: { type: 'any' } }).body.tool_choice).toBe('required')
    expect(render({ ...json, toolChoice: { type: 'none' } }).body.tool_choice).toBe('none')
    expect(render({ ...json, toolChoice: { type: 'tool', name: 'f' } }).body.tool_choice).toEqual({
      type: 'function',
      name: 'f',
    })
    expect(render({ toolChoice: { type: 'any' }, parallelToolCalls: true }).body).not.toHaveProperty('tool_choice')
  })

  test('reasoning brings its summary and its encrypted form along, and only then', () => {
    const wanted = { summary: 'auto' }
    expect(render({ reasoning: { effort: 'low', enabled: true } }).body).toMatchObject({
      reasoning: { effort: 'low', ...wanted },
      include: ['reasoning.encrypted_content'],
    })
    expect(render({ reasoning: { budgetTokens: 20_000, enabled: true } }).body.reasoning).toEqual({
      effort: 'high',
      ...wanted,
    })
    expect(render({ reasoning: { effort: 'none', enabled: false } }).body.reasoning).toEqual({ effort: 'none' })
    for (const reasoning of [{ effort: 'none', enabled: false }, { enabled: false }])
      expect(render({ reasoning }).body).not.toHaveProperty('include')
    expect(render({ reasoning: { enabled: false } }).body).not.toHaveProperty('reasoning')
  })

  test('options have this protocol’s names, and losses are told', () => {
    const { body, dropped } = render({
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      seed: 1,
      frequencyPenalty: 0.5,
      metadata: { a: 'b' },
      userId: 'u',
      format: { type: 'json-schema', schema: { type: 'object' }, strict: true },
      unknown: new Map([['logit_bias', {}]]),
    })
    expect(body).toMatchObject({
      max_output_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      user: 'u',
      text: { format: { type: 'json_schema', name: 'response', schema: { type: 'object' }, strict: true } },
    })
    expect(dropped).toEqual(['top-k', 'seed', 'penalties', 'metadata', 'logit-bias'])
    expect(render({ format: { type: 'json' } }).body.text).toEqual({ format: { type: 'json_object' } })
    expect(render({ frequencyPenalty: 0, presencePenalty: 0 }).dropped).toEqual([])
    expect(render({ maxOutputTokens: 15 })).toMatchObject({
      body: { max_output_tokens: 16 },
      dropped: ['output-limit-below-16'],
    })
    expect(render({ maxOutputTokens: 16 }).dropped).toEqual([])
  })
})

test.each<[string, Partial<CoreRequest>]>([
  ['messages[1]: a last assistant message', { messages: [user(text('a')), assistant(text('b'))] }],
  ['stop: stop sequences', { stop: ['x'] }],
  ['choices: several answers', { choices: 2 }],
  ['logprobs: log probabilities', { topLogprobs: 0 }],
  [
    'tools[0]: tools that the provider runs itself',
    { tools: [{ kind: 'server', protocol: 'anthropic', type: 'x', value: {} }] },
  ],
  ['messages[0].content[0]: audio input', { messages: [user({ type: 'audio', data: '', format: 'wav' })] }],
  ['messages[0].content[0]: video input', { messages: [user({ type: 'video', source: { kind: 'url', url: '' } })] }],
  [
    'messages[0].content[0]: files in a provider’s own store',
    { messages: [user({ type: 'image', source: { kind: 'file', fileId: 'f' } })] },
  ],
  ['previous_response_id: what a provider stores', { unknown: new Map([['previous_response_id', 'resp_1']]) }],
  ['item_reference: what a provider stores', { unknown: new Map([['item_reference', true]]) }],
])('%s … is refused', (expected, request) => {
  expect(refusal(request)).toStartWith(expected)
})
