import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { CoreRequest, JsonObject, Part } from '../core/index.ts'
import { parseRequest } from './request-in.ts'

const BASE: JsonObject = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] }

function parsed(fields: JsonObject): CoreRequest {
  const outcome = parseRequest({ ...BASE, ...fields })
  if (!outcome.ok) throw new Error(`${outcome.problem.field}: ${outcome.problem.message}`)
  return outcome.value
}
const parts = (...blocks: JsonObject[]): readonly Part[] =>
  parsed({ messages: [{ role: 'user', content: blocks }] }).messages[0]!.content

describe('parsing a request', () => {
  test('reads the plain fields', () => {
    const request = parsed({
      stream: true,
      system: 'be brief',
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    })
    expect(request).toEqual({
      model: 'm',
      stream: true,
      system: [{ type: 'text', text: 'be brief' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      tools: [],
      maxOutputTokens: 10,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      format: { type: 'json-schema', schema: { type: 'object' } },
      userId: 'u1',
      stop: ['END'],
      choices: 1,
      includeUsage: true,
      unknown: new Map(),
    })
  })

  test('takes null for absent', () => {
    const request = parsed({
      system: null,
      temperature: null,
      tools: null,
      metadata: { user_id: null },
      thinking: null,
    })
    expect(request).toEqual(parsed({}))
  })

  test('reads text, images and documents from every source', () => {
    const cache_control = { type: 'ephemeral' }
    expect(
      parts(
        { type: 'text', text: 'a', cache_control, citations: null },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
        { type: 'image', source: { type: 'file', file_id: 'file_1' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'doc' }, title: 'T', context: 'C' },
        { type: 'document', source: { type: 'content', content: 'flat' }, citations: { enabled: true } },
      ),
    ).toEqual([
      { type: 'text', text: 'a', cache: cache_control },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      { type: 'image', source: { kind: 'url', url: 'https://x/y.png' } },
      { type: 'image', source: { kind: 'file', fileId: 'file_1' } },
      {
        type: 'document',
        source: { kind: 'text', text: 'doc', mediaType: 'text/plain' },
        title: 'T',
        context: 'C',
      },
      { type: 'document', source: { kind: 'text', text: 'flat', mediaType: 'text/plain' }, citationsEnabled: true },
    ])
  })

  test('carries what the client found itself as text', () => {
    const text = (text: string): JsonObject => ({ type: 'text', text })
    const image = { type: 'image', source: { type: 'url', url: 'https://x/y.png' } }
    expect(
      parts(
        { type: 'search_result', source: 'https://x', title: 'X', content: [text('one'), text('two')] },
        { type: 'document', source: { type: 'content', content: [text('a'), image, text('b')] } },
        { type: 'container_upload', file_id: 'file_9' },
      ),
    ).toEqual([
      {
        type: 'document',
        source: { kind: 'text', text: 'one\n\ntwo', mediaType: 'text/plain' },
        title: 'X',
        context: 'https://x',
      },
      { type: 'document', source: { kind: 'text', text: 'a\n\nb', mediaType: 'text/plain' } },
      { type: 'image', source: { kind: 'url', url: 'https://x/y.png' } },
      { type: 'document', source: { kind: 'file', fileId: 'file_9' } },
    ])
  })

  test('reads calls, results and thinking, and keeps every other block whole', () => {
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } }
    expect(
      parts(
        { type: 'thinking', thinking: 'hm', signature: 'sig' },
        { type: 'thinking', thinking: 'hm', signature: '' },
        { type: 'redacted_thinking', data: 'xx' },
        { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 }, caller: { type: 'direct' } },
        { type: 'tool_use', id: 't2', name: 'g' },
        { type: 'tool_result', tool_use_id: 't1', content: 'ok' },
        { type: 'tool_result', tool_use_id: 't2', is_error: true },
        search,
      ),
    ).toEqual([
      { type: 'thinking', text: 'hm', signature: 'sig' },
      { type: 'thinking', text: 'hm' },
      { type: 'redacted-thinking', data: 'xx' },
      { type: 'tool-call', kind: 'json', id: 't1', name: 'f', input: '{"a":1}' },
      { type: 'tool-call', kind: 'json', id: 't2', name: 'g', input: '{}' },
      { type: 'tool-result', callId: 't1', content: [{ type: 'text', text: 'ok' }], isError: false },
      { type: 'tool-result', callId: 't2', content: [], isError: true },
      { type: 'opaque', protocol: 'anthropic', kind: 'server_tool_use', value: search },
    ])
  })

  test('keeps system turns in their place', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'system', content: 'b' },
    ]
    expect(parsed({ messages }).messages.map(({ role }) => role)).toEqual(['user', 'system'])
  })

  test('tells tools of the client from the provider’s own', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: null }
    const server = { type: 'url', name: 'db', url: 'https://mcp' }
    const request = parsed({
      tools: [{ name: 'f', input_schema: { type: 'object' }, description: 'd', strict: true }, search],
      mcp_servers: [server],
      tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
    })
    expect(request.tools).toEqual([
      { kind: 'json', name: 'f', schema: { type: 'object' }, description: 'd', strict: true },
      { kind: 'server', protocol: 'anthropic', type: 'web_search_20250305', value: search },
      { kind: 'server', protocol: 'anthropic', type: 'mcp_server', value: server },
    ])
    expect(request.toolChoice).toEqual({ type: 'tool', name: 'f' })
    expect(request.parallelToolCalls).toBe(false)
  })

  test('keeps what the core has no word for, by its path', () => {
    const use = { type: 'tool_use', id: 'a', name: 'f' }
    const { unknown } = parsed({
      service_tier: 'auto',
      speed: null,
      thinking: { type: 'adaptive', display: 'omitted' },
      tools: [{ name: 'f', input_schema: {}, defer_loading: true }],
      messages: [{ role: 'assistant', content: [{ ...use, caller: { type: 'code' } }] }],
    })
    expect([...unknown]).toEqual([
      ['service_tier', 'auto'],
      ['thinking.display', 'omitted'],
      ['tool_use.caller', { type: 'code' }],
      ['tools.defer_loading', true],
    ])
    const direct = { role: 'assistant', content: [{ ...use, caller: { type: 'direct' } }] }
    expect(parsed({ messages: [direct] }).unknown.size).toBe(0)
  })

  test.each([
    [{ messages: 'x' }, 'messages', 'expected an array, got a string'],
    [{ messages: [] }, 'messages', 'expected at least one message, got an empty array'],
    [{ messages: [{ role: 'tool', content: '' }] }, 'messages[0].role', 'expected user, assistant or system'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content', 'expected a string or an array of content blocks'],
    [{ messages: [{ role: 'user', content: [{}] }] }, 'messages[0].content[0].type', 'expected a string, got nothing'],
    [
      { messages: [{ role: 'user', content: [{ type: 'text', text: ['secret'] }] }] },
      'messages[0].content[0].text',
      'expected a string, got an array',
    ],
    [{ max_tokens: 1.5 }, 'max_tokens', 'expected a whole number of at least 0, got 1.5'],
    [{ temperature: Infinity }, 'temperature', 'expected a finite number'],
    [{ tool_choice: { type: 'secret' } }, 'tool_choice.type', 'expected auto, any, tool or none, got another word'],
    [{ tools: [{ name: 'f' }] }, 'tools[0].input_schema', 'expected an object, got nothing'],
    [{ output_format: { type: 'secret' } }, 'output_format.type', 'expected json_schema, got another word'],
    [{ system: [{ type: 'image', source: { type: 'url', url: 'u' } }] }, 'system[0]', 'expected a text block'],
    [{ stop_sequences: [1] }, 'stop_sequences[0]', 'expected a string, got a number'],
  ])('refuses %#', (fields, field, message) => {
    const outcome = parseRequest({ ...BASE, ...fields } as JsonObject)
    if (outcome.ok) throw new Error('accepted')
    expect(outcome.problem.field).toBe(field)
    expect(outcome.problem.message).toStartWith(message)
    expect(JSON.stringify(outcome)).not.toContain('secret')
  })

  test('never throws, whatever JSON comes', () => {
    const json = fc.jsonValue() as fc.Arbitrary<JsonObject[string]>
    const block = fc.record(
      {
        type: fc.oneof(
          fc.constantFrom('text', 'image', 'document', 'tool_use', 'tool_result', 'thinking', 'search_result', 'new'),
          json,
        ),
        text: fc.oneof(fc.string(), json),
        source: fc.oneof(fc.record({ type: fc.constantFrom('url', 'text', 'content', 'file'), content: json }), json),
        content: json,
        id: json,
        citations: json,
      },
      { requiredKeys: [] },
    )
    const content = fc.oneof(fc.array(fc.oneof(block, json), { maxLength: 4 }), json)
    const fields = {
      messages: fc.oneof(fc.array(fc.record({ role: fc.constantFrom('user', 'assistant', 'x'), content })), json),
      system: content,
      tools: fc.oneof(fc.array(fc.record({ type: json, name: json, input_schema: json }, { requiredKeys: [] })), json),
      tool_choice: json,
      thinking: json,
      output_config: json,
      metadata: json,
      max_tokens: json,
    }
    fc.assert(
      fc.property(fc.record(fields, { requiredKeys: [] }), fc.object(), (body, extra) => {
        const outcome = parseRequest({ ...(extra as JsonObject), model: 'm', ...(body as JsonObject) })
        if (!outcome.ok) expect(outcome.problem.message).not.toBe('')
      }),
      { numRuns: 500 },
    )
  })

  test('a body nested beyond the engine’s limit is a problem, not a crash', () => {
    let input: JsonObject = {}
    for (let depth = 0; depth < 200_000; depth++) input = { input }
    const outcome = parseRequest({
      ...BASE,
      messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input }] }],
    })
    expect(outcome).toEqual({ ok: false, problem: { field: 'body', message: expect.stringContaining('too deeply') } })
  })
})
