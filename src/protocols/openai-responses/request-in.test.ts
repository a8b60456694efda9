import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { CoreRequest, Json, JsonObject } from '../core/index.ts'
import { parseRequest } from './request-in.ts'

function parse(body: JsonObject): CoreRequest {
  const result = parseRequest({ model: 'm', input: 'hello', ...body })
  if (!result.ok) throw new Error(`${result.problem.field}: ${result.problem.message}`)
  return result.value
}
const problem = (body: JsonObject): string => {
  const result = parseRequest({ model: 'm', input: 'hello', ...body })
  if (result.ok) throw new Error('expected a problem')
  return `${result.problem.field}: ${result.problem.message}`
}
const text = (value: string) => ({ type: 'text', text: value }) as const

describe('the conversation', () => {
  test('a string is what the user says', () => {
    expect(parse({})).toEqual({
      model: 'm',
      stream: false,
      system: [],
      messages: [{ role: 'user', content: [text('hello')] }],
      tools: [],
      stop: [],
      choices: 1,
      includeUsage: true,
      unknown: new Map(),
    })
  })

  test('instructions and leading system messages are the system prompt, later ones keep their place', () => {
    const { system, messages } = parse({
      instructions: 'be brief',
      input: [
        { role: 'developer', content: 'a' },
        { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'b' }] },
        { role: 'user', content: 'c' },
        { role: 'developer', content: 'd' },
      ],
    })
    expect(system).toEqual([text('be brief'), text('a'), text('b')])
    expect(messages).toEqual([
      { role: 'user', content: [text('c')] },
      { role: 'system', content: [text('d')] },
    ])
  })

  test('what the model wrote between two turns is one turn, and so are the results of its calls', () => {
    const { messages } = parse({
      input: [
        { role: 'user', content: 'weather?' },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'gAAA' },
        {
          type: 'message',
          id: 'msg_1',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'let me see', annotations: [] }],
        },
        { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '{"x":1}', status: 'completed' },
        { type: 'custom_tool_call', call_id: 'b', name: 'g', input: 'free text' },
        { type: 'function_call_output', call_id: 'a', output: 'sunny' },
        {
          type: 'custom_tool_call_output',
          call_id: 'b',
          output: [
            { type: 'input_text', text: 'ok' },
            { type: 'input_image', image_url: 'https://x/y.png' },
          ],
        },
        { role: 'user', content: 'and?' },
      ],
    })
    expect(messages as object).toEqual([
      { role: 'user', content: [text('weather?')] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', text: 'hm', signature: 'gAAA', id: 'rs_1' },
          text('let me see'),
          { type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '{"x":1}' },
          { type: 'tool-call', kind: 'custom', id: 'b', name: 'g', input: 'free text' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool-result', callId: 'a', content: [text('sunny')], isError: false },
          {
            type: 'tool-result',
            callId: 'b',
            content: [text('ok'), { type: 'image', source: { kind: 'url', url: 'https://x/y.png' } }],
            isError: false,
          },
        ],
      },
      { role: 'user', content: [text('and?')] },
    ])
  })

  test('calls and results that alternate are turns that alternate', () => {
    const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '' })
    const result = (id: string) => ({ type: 'function_call_output', call_id: id, output: '' })
    const { messages } = parse({ input: [call('a'), result('a'), call('b'), result('b')] })
    expect(messages.map(({ role, content }) => [role, content.length])).toEqual([
      ['assistant', 1],
      ['user', 1],
      ['assistant', 1],
      ['user', 1],
    ])
    expect(messages[0]?.content).toEqual([{ type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '{}' }])
    expect(messages[1]?.content).toEqual([{ type: 'tool-result', callId: 'a', content: [], isError: false }])
  })

  test('reasoning is its summary or its text, a mark of redaction, or a name alone', () => {
    const reasoning = (item: JsonObject) => parse({ input: [{ type: 'reasoning', ...item }] }).messages[0]?.content
    expect(
      reasoning({
        summary: [
          { type: 'summary_text', text: 'a' },
          { type: 'summary_text', text: 'b' },
        ],
      }) as object,
    ).toEqual([{ type: 'thinking', text: 'a\n\nb' }])
    expect(reasoning({ id: 'r', summary: [], content: [{ type: 'reasoning_text', text: 'c' }] }) as object).toEqual([
      { type: 'thinking', text: 'c', id: 'r' },
    ])
    expect(reasoning({ id: 'r', summary: [], encrypted_content: 'redacted-thinking:data' }) as object).toEqual([
      { type: 'redacted-thinking', data: 'data' },
    ])
    expect(reasoning({ id: 'r', summary: [] }) as object).toEqual([{ type: 'thinking', text: '', id: 'r' }])
  })

  test('pictures and files keep what they are', () => {
    const { messages } = parse({
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: 'data:image/png;base64,QUJD', detail: 'low' },
            { type: 'input_image', image_url: 'https://x/y.png', detail: 'auto' },
            { type: 'input_image', file_id: 'file_1' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' },
            { type: 'input_file', file_url: 'https://x/y.pdf' },
            { type: 'input_file', filename: 'n.txt', file_data: `data:text/plain;base64,${btoa('note')}` },
            { type: 'input_file', file_id: 'file_2' },
          ],
        },
      ],
    })
    expect(messages[0]?.content).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'QUJD' }, detail: 'low' },
      { type: 'image', source: { kind: 'url', url: 'https://x/y.png' } },
      { type: 'image', source: { kind: 'file', fileId: 'file_1' } },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'QUJD' }, title: 'a.pdf' },
      { type: 'document', source: { kind: 'url', url: 'https://x/y.pdf' } },
      { type: 'document', source: { kind: 'text', mediaType: 'text/plain', text: 'note' }, title: 'n.txt' },
      { type: 'document', source: { kind: 'file', fileId: 'file_2' } },
    ])
  })

  test('an assistant’s citations and refusals are read', () => {
    const annotation = { type: 'url_citation', url: 'https://x', title: 't', start_index: 0, end_index: 2 }
    const { messages } = parse({
      input: [
        {
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'hi', annotations: [annotation] },
            { type: 'refusal', refusal: 'no' },
          ],
        },
        { role: 'user', content: 'why' },
      ],
    })
    expect(messages[0]?.content as object).toEqual([
      {
        type: 'text',
        text: 'hi',
        citations: [{ url: 'https://x', title: 't', start: 0, end: 2, raw: annotation, protocol: 'openai-responses' }],
      },
      { type: 'refusal', text: 'no' },
    ])
  })

  test('an item that only this protocol knows stays whole, in its own side’s turn', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const shell = { type: 'local_shell_call_output', id: 'c', output: 'ok' }
    const { messages } = parse({ input: [search, shell] })
    expect(messages).toEqual([
      {
        role: 'assistant',
        content: [{ type: 'opaque', protocol: 'openai-responses', kind: 'web_search_call', value: search }],
      },
      {
        role: 'user',
        content: [{ type: 'opaque', protocol: 'openai-responses', kind: 'local_shell_call_output', value: shell }],
      },
    ])
  })

  test('what cannot be carried at all is noted by name', () => {
    const { unknown } = parse({
      input: [
        { type: 'item_reference', id: 'msg_1' },
        { type: 'compaction', encrypted_content: 'x' },
        { role: 'assistant', phase: 'commentary', content: 'hm' },
        { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}', namespace: 'n' },
        { role: 'user', content: [{ type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } }] },
      ],
    })
    expect([...unknown.keys()]).toEqual([
      'item_reference',
      'compaction',
      'phase',
      'namespace',
      'prompt_cache_breakpoint',
    ])
  })
})

describe('tools', () => {
  test('functions are flat, grammars come out as the core has them, others belong to the provider', () => {
    const { tools, unknown } = parse({
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
        { type: 'function', name: 'g', description: null, parameters: null, defer_loading: true },
        { type: 'custom', name: 'h', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
        { type: 'web_search', search_context_size: 'low' },
      ],
    })
    expect(tools).toEqual([
      { kind: 'json', name: 'f', description: 'd', schema: { type: 'object' }, strict: true },
      { kind: 'json', name: 'g', schema: { type: 'object', properties: {} } },
      { kind: 'custom', name: 'h', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
      {
        kind: 'server',
        protocol: 'openai-responses',
        type: 'web_search',
        value: { type: 'web_search', search_context_size: 'low' },
      },
    ])
    expect([...unknown.keys()]).toEqual(['tools.defer_loading'])
  })

  test('the choice, with only the allowed tools left', () => {
    const tools = ['f', 'g'].map((name) => ({ type: 'function', name, parameters: {}, strict: false }))
    expect(parse({ tools, tool_choice: 'required' }).toolChoice).toEqual({ type: 'any' })
    expect(parse({ tools, tool_choice: 'none' }).toolChoice).toEqual({ type: 'none' })
    expect(parse({ tools, tool_choice: { type: 'function', name: 'f' } }).toolChoice).toEqual({
      type: 'tool',
      name: 'f',
    })
    expect(parse({ tools, tool_choice: { type: 'file_search' } })).not.toHaveProperty('toolChoice')
    const allowed = parse({
      tools: [...tools, { type: 'web_search' }, { type: 'mcp', server_label: 's' }],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'g' }, { type: 'mcp' }] },
      parallel_tool_calls: false,
    })
    expect(allowed.toolChoice).toEqual({ type: 'auto' })
    expect(allowed.parallelToolCalls).toBe(false)
    expect(allowed.tools.map((tool) => (tool.kind === 'server' ? tool.type : tool.name))).toEqual(['g', 'mcp'])
  })
})

describe('options', () => {
  test('each is read', () => {
    expect(
      parse({
        max_output_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
        reasoning: { effort: 'high', summary: 'auto' },
        include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
        user: 'u',
        safety_identifier: 's',
        metadata: { a: 'b' },
      }),
    ).toMatchObject({
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      format: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
      reasoning: { effort: 'high', enabled: true },
      topLogprobs: 0,
      userId: 's',
      metadata: { a: 'b' },
      unknown: new Map(),
    })
    expect(parse({ text: { format: { type: 'json_object' } } }).format).toEqual({ type: 'json' })
    expect(parse({ text: { format: { type: 'text' } } })).not.toHaveProperty('format')
    expect(parse({ reasoning: { effort: 'none' } }).reasoning).toEqual({ effort: 'none', enabled: false })
    expect(parse({ reasoning: { effort: null, summary: 'detailed' } }).reasoning).toEqual({ enabled: true })
    expect(parse({ reasoning: { effort: null } })).not.toHaveProperty('reasoning')
    expect(parse({ top_logprobs: 5 }).topLogprobs).toBe(5)
    expect(parse({ top_logprobs: 0 })).not.toHaveProperty('topLogprobs')
  })

  test('what the core has no word for is kept by name; what only repeats a default is not', () => {
    const unknown = (body: JsonObject) => [...parse(body).unknown.keys()]
    expect(unknown({ store: false, truncation: 'disabled', service_tier: 'auto', stream_options: {} })).toEqual([])
    expect(
      unknown({
        store: true,
        truncation: 'auto',
        previous_response_id: 'resp_1',
        text: { verbosity: 'low' },
        reasoning: { effort: 'low', context: 'all_turns' },
        include: ['file_search_call.results'],
        client_metadata: {},
      }),
    ).toEqual([
      'store',
      'truncation',
      'previous_response_id',
      'client_metadata',
      'text.verbosity',
      'reasoning.context',
      'include',
    ])
  })
})

describe('problems', () => {
  test.each<[string, JsonObject]>([
    ['input: expected a string or a list of items, got null', { input: null }],
    ['input: expected at least one item, got an empty list', { input: [] }],
    ['input[0]: expected an object, got a string', { input: ['secret'] }],
    ['input[0].role: expected system, developer, user or assistant, got another role', { input: [{ role: 'secret' }] }],
    ['input[0].content: expected a string or a list of parts, got nothing', { input: [{ role: 'user' }] }],
    [
      'input[0].content[0].type: expected input_text or output_text or text or refusal, got another kind of part',
      { input: [{ role: 'assistant', content: [{ type: 'secret' }] }] },
    ],
    [
      'input[0].call_id: expected a string that is not empty, got nothing',
      { input: [{ type: 'function_call', name: 'f', arguments: '' }] },
    ],
    [
      'input[0].arguments: expected a string, got an object',
      { input: [{ type: 'function_call', call_id: 'a', name: 'f', arguments: {} }] },
    ],
    [
      'input[0].content[0].image_url: expected a data URL in base64 (data:image/png;base64,…), got another data URL',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:secret' }] }] },
    ],
    ['instructions: expected a string, got an array', { instructions: [] }],
    ['tools[0].type: expected a string that is not empty, got nothing', { tools: [{ name: 'secret' }] }],
    [
      'tool_choice: expected none, auto, required or an object with a type, got another word',
      { tool_choice: 'secret' },
    ],
    ['tool_choice.mode: expected auto or required, got nothing', { tool_choice: { type: 'allowed_tools', tools: [] } }],
    ['max_output_tokens: expected a whole number of at least 1, got 0', { max_output_tokens: 0 }],
    [
      'text.format.type: expected text, json_object or json_schema, got another type',
      { text: { format: { type: 'xml' } } },
    ],
    ['text.format.schema: expected an object, got nothing', { text: { format: { type: 'json_schema', name: 'n' } } }],
    ['reasoning: expected an object, got a string', { reasoning: 'secret' }],
  ])('%s', (expected, body) => {
    expect(problem(body)).toBe(expected)
    expect(problem(body)).not.toContain('secret')
  })

  test('no JSON whatever makes the reader throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (input, tools, text) => {
        parseRequest({ model: 'm', input: input as Json, tools: tools as Json, text: text as Json })
        parseRequest({ model: 'm', input: [{ type: 'reasoning', summary: input as Json, content: tools as Json }] })
      }),
    )
  })
})
