import { describe, expect, test } from 'bun:test'
import type { CoreRequest, Json, JsonObject, Message, Part, RenderedRequest } from '../core/index.ts'
import { DEFAULT_MAX_TOKENS, renderRequest } from './request-out.ts'

const HI: Message = { role: 'user', content: [{ type: 'text', text: 'hi' }] }
const BASE: CoreRequest = {
  model: 'alias',
  stream: false,
  system: [],
  messages: [HI],
  tools: [],
  stop: [],
  choices: 1,
  includeUsage: false,
  unknown: new Map(),
}
const MODEL = { model: 'claude-opus-5', isOwn: () => true }

function rendered(fields: Partial<CoreRequest>, options: { readonly model: string } = MODEL): RenderedRequest {
  const outcome = renderRequest({ ...BASE, ...fields }, { ...options, isOwn: () => true })
  if (!outcome.ok) throw new Error(`${outcome.problem.field}: ${outcome.problem.message}`)
  return outcome.value
}
function refused(fields: Partial<CoreRequest>): { field: string; message: string } {
  const outcome = renderRequest({ ...BASE, ...fields }, MODEL)
  if (outcome.ok) throw new Error('accepted')
  return outcome.problem
}
const say = (role: Message['role'], ...content: (string | Part)[]): Message => ({
  role,
  content: content.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)),
})
const call = (id: string, input = '{}'): Part => ({ type: 'tool-call', kind: 'json', id, name: 'f', input })
const result = (callId: string, text = 'ok'): Part => ({
  type: 'tool-result',
  callId,
  content: [{ type: 'text', text }],
  isError: false,
})
const turns = (...messages: Message[]): Json | undefined => rendered({ messages }).body['messages']
const text = (value: string): JsonObject => ({ type: 'text', text: value })

describe('rendering a request', () => {
  test('is the least that Anthropic takes', () => {
    expect(rendered({})).toEqual({
      body: {
        model: 'claude-opus-5',
        max_tokens: DEFAULT_MAX_TOKENS,
        messages: [{ role: 'user', content: [text('hi')] }],
      },
      dropped: [],
    })
  })

  test('carries every plain option', () => {
    const { body, dropped } = rendered({
      stream: true,
      maxOutputTokens: 7,
      temperature: 0.3,
      topP: 0.8,
      topK: 5,
      stop: ['a', 'b', 'c', 'd', 'e'],
      userId: 'u',
      format: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
    })
    expect(body).toMatchObject({
      stream: true,
      max_tokens: 7,
      temperature: 0.3,
      top_p: 0.8,
      top_k: 5,
      stop_sequences: ['a', 'b', 'c', 'd', 'e'],
      metadata: { user_id: 'u' },
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    })
    expect(dropped).toEqual([])
  })

  test('keeps a limit of 0, which only warms the cache', () => {
    expect(rendered({ maxOutputTokens: 0 }).body['max_tokens']).toBe(0)
  })

  test('merges turns of one role', () => {
    expect(turns(say('user', 'a'), say('user', 'b'), say('assistant', 'c'), say('user', 'd'))).toEqual([
      { role: 'user', content: [text('a'), text('b')] },
      { role: 'assistant', content: [text('c')] },
      { role: 'user', content: [text('d')] },
    ])
  })

  test('puts all results of a turn’s calls into the next turn, before anything else', () => {
    expect(
      turns(
        HI,
        say('assistant', call('a'), call('b')),
        say('user', 'and?'),
        say('user', result('a')),
        say('user', result('b')),
      ),
    ).toEqual([
      { role: 'user', content: [text('hi')] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [text('ok')] },
          { type: 'tool_result', tool_use_id: 'b', content: [text('ok')] },
          text('and?'),
        ],
      },
    ])
  })

  test('makes ids valid, the same in call and result', () => {
    const messages = JSON.stringify(turns(HI, say('assistant', call('f.x:0')), say('user', result('f.x:0'))))
    expect(messages).toContain('"id":"f_x_0"')
    expect(messages).toContain('"tool_use_id":"f_x_0"')
  })

  test('joins leading system turns to the system prompt and leaves later ones in their place as the user’s', () => {
    const { body } = rendered({
      system: [{ type: 'text', text: 's0' }],
      messages: [say('system', 's1'), say('user', 'a'), say('assistant', 'b'), say('system', 's2'), say('user', 'c')],
    })
    expect(body['system']).toEqual([text('s0'), text('s1')])
    expect(body['messages']).toEqual([
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [text('b')] },
      { role: 'user', content: [text('s2'), text('c')] },
    ])
  })

  test('asks with the system text where there is nothing else', () => {
    const { body } = rendered({ messages: [say('system', 's')] })
    expect(body['messages']).toEqual([{ role: 'user', content: [text('s')] }])
    expect(body).not.toHaveProperty('system')
  })

  test('leaves out blank text and the turns that it leaves empty', () => {
    expect(turns(say('user', 'a'), say('assistant', ' \n'), say('user', '', 'b'))).toEqual([
      { role: 'user', content: [text('a'), text('b')] },
    ])
  })

  test('trims the end of a prefill', () => {
    expect(turns(HI, say('assistant', 'so: '))).toMatchObject([{}, { role: 'assistant', content: [text('so:')] }])
  })

  test('parses arguments, and refuses what is no object without echoing it', () => {
    const input = (json: string): Json | undefined => {
      const messages = turns(HI, say('assistant', call('a', json))) as { content: JsonObject[] }[]
      return messages[1]!.content[0]!['input']
    }
    expect(input('{"b": [1]}')).toEqual({ b: [1] })
    expect(input(' ')).toEqual({})
    const bad = refused({ messages: [HI, say('assistant', call('a', '{"secret'))] })
    expect(bad).toEqual({
      field: 'messages[1].content[0].input',
      message: 'expected JSON arguments, got text that is not JSON',
    })
    expect(refused({ messages: [say('assistant', call('a', '[1]'))] }).message).toContain('got an array')
  })

  test('declares the tools of a history whose client declares none, and forbids them', () => {
    const { body } = rendered({ messages: [HI, say('assistant', call('a')), say('user', result('a'))] })
    expect(body['tools']).toEqual([{ name: 'f', input_schema: { type: 'object' } }])
    expect(body['tool_choice']).toEqual({ type: 'none' })
  })

  test('renders tools and their choice', () => {
    const search = { type: 'web_search_20250305', name: 'web_search' }
    const tools: CoreRequest['tools'] = [
      { kind: 'json', name: 'f', schema: { properties: {} }, description: 'd', strict: true },
      { kind: 'server', protocol: 'anthropic', type: 'web_search_20250305', value: search },
      { kind: 'server', protocol: 'anthropic', type: 'mcp_server', value: { name: 'db' } },
    ]
    const { body } = rendered({ tools, toolChoice: { type: 'tool', name: 'f' }, parallelToolCalls: false })
    expect(body).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} }, description: 'd', strict: true }, search],
      tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
      mcp_servers: [{ name: 'db' }],
    })
    expect(rendered({ tools, parallelToolCalls: false }).body['tool_choice']).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    const none = { type: 'none' } as const
    expect(rendered({ tools, toolChoice: none, parallelToolCalls: false }).body['tool_choice']).toEqual(none)
    expect(rendered({ toolChoice: { type: 'auto' } }).body).not.toHaveProperty('tool_choice')
  })

  test('carries media, decoding plain text', () => {
    const pdf = { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' } as const
    const plain = { kind: 'base64', mediaType: 'text/csv', data: btoa('a,b') } as const
    const { body, dropped } = rendered({
      messages: [
        say(
          'user',
          { type: 'image', source: { kind: 'url', url: 'https://x' }, detail: 'high', cache: { type: 'ephemeral' } },
          { type: 'document', source: pdf, title: 't', citationsEnabled: true },
          { type: 'document', source: plain },
        ),
      ],
    })
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'https://x' }, cache_control: { type: 'ephemeral' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
            title: 't',
            citations: { enabled: true },
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
        ],
      },
    ])
    expect(dropped).toEqual(['image-detail'])
  })

  test('keeps signed thinking and its own opaque blocks, and reports the rest', () => {
    const own: Part = {
      type: 'opaque',
      protocol: 'anthropic',
      kind: 'compaction',
      value: { type: 'compaction', content: 'x' },
    }
    const other: Part = { type: 'opaque', protocol: 'other', kind: 'thing', value: {} }
    const { body, dropped } = rendered({
      messages: [
        HI,
        say(
          'assistant',
          { type: 'thinking', text: 'a', signature: 's' },
          { type: 'thinking', text: 'b' },
          { type: 'redacted-thinking', data: 'd' },
          own,
          other,
          { type: 'refusal', text: 'no' },
        ),
        HI,
      ],
    })
    expect((body['messages'] as { content: Json }[])[1]!.content).toEqual([
      { type: 'thinking', thinking: 'a', signature: 's' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'compaction', content: 'x' },
      text('no'),
    ])
    expect(dropped).toEqual(['thinking-history', 'provider-content'])
  })

  test('gives back its own citations only', () => {
    const raw = { type: 'web_search_result_location', url: 'https://x', encrypted_index: 'e' }
    const citations = [
      { raw, protocol: 'anthropic' },
      { raw: { ...raw, encrypted_index: '' }, protocol: 'anthropic' },
      { raw: {}, protocol: 'other', url: 'https://y' },
    ]
    const message = say('assistant', { type: 'text', text: 'a', citations })
    expect(turns(HI, message, HI)).toMatchObject([{}, { content: [{ citations: [raw] }] }, {}])
    expect(rendered({ messages: [HI, message, HI] }).dropped).toEqual(['provider-content'])
  })

  test('does not ask for a thinking budget amid calls whose thinking another platform did', () => {
    const messages = [HI, say('assistant', call('a')), say('user', result('a'))]
    const reasoning = { enabled: true, effort: 'high' }
    const old = rendered({ messages, reasoning }, { model: 'claude-sonnet-4-5' })
    expect(old.body).not.toHaveProperty('thinking')
    expect(old.dropped).toEqual(['thinking-history'])
    expect(rendered({ messages, reasoning }).body['thinking']).toEqual({ type: 'adaptive' })
    const signed = say('assistant', { type: 'thinking', text: 't', signature: 's' }, call('a'))
    const whole = rendered(
      { messages: [HI, signed, say('user', result('a'))], reasoning },
      { model: 'claude-sonnet-4-5' },
    )
    expect(whole.body['thinking']).toEqual({ type: 'enabled', budget_tokens: 16_384 })
  })

  test.each([
    [{ seed: 1 }, 'seed'],
    [{ frequencyPenalty: 0.5 }, 'penalties'],
    [{ unknown: new Map([['logit_bias', {}]]) }, 'logit-bias'],
    [{ unknown: new Map([['service_tier', 'auto']]) }, 'service-tier'],
    [{ unknown: new Map([['store', true]]) }, 'metadata'],
    [{ metadata: {} }, 'metadata'],
    [{ unknown: new Map([['whatever', 1]]) }, 'unknown-fields'],
    [{ temperature: 1.7 }, 'temperature-above-1'],
  ] as [Partial<CoreRequest>, string][])('reports that it drops %j', (fields, row) => {
    expect(rendered(fields).dropped).toEqual([row])
  })

  test('a temperature above 1 is sent as 1, and what changes nothing is not reported', () => {
    expect(rendered({ temperature: 1.7 }).body['temperature']).toBe(1)
    const plain = rendered({ temperature: 1, frequencyPenalty: 0 })
    expect(plain.dropped).toEqual([])
  })

  const custom: Part = { type: 'tool-call', kind: 'custom', id: 'c', name: 'f', input: 'x' }
  const audio: Part = { type: 'audio', data: 'AAAA', format: 'wav' }
  const file: Part = { type: 'image', source: { kind: 'file', fileId: 'file-1' } }
  test.each([
    [{ choices: 2 }, 'n', 'several answers'],
    [{ topLogprobs: 0 }, 'logprobs', 'log probabilities'],
    [{ format: { type: 'json' } }, 'format', 'JSON mode'],
    [{ unknown: new Map([['modalities', ['text', 'audio']]]) }, 'modalities', 'audio output'],
    [{ unknown: new Map([['web_search_options', {}]]) }, 'web_search_options', 'the provider runs'],
    [{ tools: [{ kind: 'custom', name: 'f' }] }, 'tools[0]', 'custom'],
    [{ tools: [{ kind: 'server', protocol: 'x', type: 't', value: {} }] }, 'tools[0]', 'the provider runs'],
    [{ messages: [HI, say('assistant', custom)] }, 'messages[1].content[0]', 'custom'],
    [{ messages: [say('user', 'a', audio)] }, 'messages[0].content[1]', 'audio input'],
    [{ messages: [say('user', file)] }, 'messages[0].content[0]', 'files in a provider'],
  ] as [Partial<CoreRequest>, string, string][])('refuses %#', (fields, field, message) => {
    const problem = refused(fields)
    expect(problem.field).toBe(field)
    expect(problem.message).toContain(message)
  })
})
