import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Json, JsonObject, ReadResponse } from '../core/index.ts'
import { readResponse } from './response-in.ts'

const message = (...content: JsonObject[]) => ({
  type: 'message',
  id: 'msg_1',
  status: 'completed',
  role: 'assistant',
  content,
})
const text = (value: string, annotations: JsonObject[] = []) => ({ type: 'output_text', text: value, annotations })
const call = (args: string, more: JsonObject = {}) => ({
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'f',
  arguments: args,
  status: 'completed',
  ...more,
})
const body = (output: Json, more: JsonObject = {}): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  created_at: 7,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5',
  output,
  usage: {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 15,
  },
  ...more,
})
const limited = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
const read = (value: Json | undefined, choices = 1): ReadResponse =>
  readResponse(value, { completion: 'strict', choices })

describe('the verdict', () => {
  test('completed is complete, with everything the answer says', () => {
    const annotation = { type: 'url_citation', url: 'https://x', title: 't', start_index: 0, end_index: 2 }
    const found = read(
      body([
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'gA' },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        message(text('hi', [annotation]), text('there')),
        call(''),
      ]),
    )
    expect(found.verdict).toEqual({ name: 'complete', proof: 'body', stop: 'tool-use' })
    expect(found.facts as object).toEqual({
      events: 0,
      toolCalls: 1,
      invalidToolCalls: 0,
      servedModel: 'gpt-5',
      rawStop: 'completed',
      usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, reasoningTokens: 2 },
      caveat: undefined,
    })
    expect(found.response as object).toEqual({
      id: 'resp_1',
      model: 'gpt-5',
      created: 7,
      choices: [
        {
          content: [
            { type: 'thinking', text: 'hm', signature: 'gA', id: 'rs_1' },
            {
              type: 'opaque',
              protocol: 'openai-responses',
              kind: 'web_search_call',
              value: { type: 'web_search_call', id: 'ws_1', status: 'completed' },
            },
            {
              type: 'text',
              text: 'hi',
              citations: [
                { url: 'https://x', title: 't', start: 0, end: 2, raw: annotation, protocol: 'openai-responses' },
              ],
            },
            { type: 'text', text: 'there' },
            { type: 'tool-call', kind: 'json', id: 'call_1', name: 'f', input: '{}' },
          ],
          stop: { kind: 'tool-use', raw: 'completed' },
        },
      ],
      usage: found.facts.usage,
    })
    expect(found).not.toHaveProperty('amended')
  })

  test.each<[string, JsonObject, object]>([
    ['text alone', body([message(text('hi'))]), { name: 'complete', proof: 'body', stop: 'end' }],
    [
      'a refusal',
      body([message({ type: 'refusal', refusal: 'no' })]),
      { name: 'refused', proof: 'body', stop: 'refusal' },
    ],
    ['a limit', body([message(text('h'))], limited), { name: 'limited', proof: 'body', stop: 'limit' }],
    [
      'a filter',
      body([], { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }),
      { name: 'refused', proof: 'body', stop: 'refusal' },
    ],
    [
      'a reason nobody knows',
      body([], { status: 'incomplete', incomplete_details: { reason: 'moon_phase' } }),
      { name: 'limited', proof: 'body', stop: 'limit' },
    ],
    ['no reason at all', body([], { status: 'incomplete' }), { name: 'limited', proof: 'body', stop: 'limit' }],
    [
      'failure',
      body([], { status: 'failed', error: { code: 'server_error', message: 'x' } }),
      { name: 'failed', reason: 'in-band-error' },
    ],
    ['failure without an error', body([], { status: 'failed' }), { name: 'failed', reason: 'in-band-error' }],
    [
      'an error beside a good status',
      body([message(text('hi'))], { error: { message: 'x' } }),
      { name: 'failed', reason: 'in-band-error' },
    ],
    ['cancelled', body([message(text('h'))], { status: 'cancelled' }), { name: 'failed', reason: 'failed-finish' }],
    ['queued', body([], { status: 'queued' }), { name: 'truncated', reason: 'ended-before-proof' }],
    [
      'in progress',
      body([message(text('h'))], { status: 'in_progress' }),
      { name: 'truncated', reason: 'ended-before-proof' },
    ],
    ['no status', body([message(text('h'))], { status: null }), { name: 'truncated', reason: 'ended-before-proof' }],
    ['another status', body([], { status: 'done' }), { name: 'malformed', reason: 'not-this-protocol' }],
    ['no output', body(null), { name: 'malformed', reason: 'not-this-protocol' }],
    ['another protocol', { choices: [] }, { name: 'malformed', reason: 'not-this-protocol' }],
    ['something else than text', body([message(text(5 as never))]), { name: 'malformed', reason: 'not-this-protocol' }],
    ['a call without a name', body([call('{}', { name: '' })]), { name: 'malformed', reason: 'arguments-not-json' }],
    ['arguments cut short', body([call('{"x":')]), { name: 'malformed', reason: 'arguments-not-json' }],
    ['arguments that are no object', body([call('[1]')]), { name: 'malformed', reason: 'arguments-not-json' }],
    [
      'a call that says it is incomplete',
      body([call('{}', { status: 'incomplete' })]),
      { name: 'malformed', reason: 'arguments-not-json' },
    ],
  ])('%s', (_, value, verdict) => {
    expect(read(value).verdict as object).toEqual(verdict)
  })

  test('no JSON, no object, and more answers than this protocol has', () => {
    expect(read(undefined).verdict).toEqual({ name: 'malformed', reason: 'not-json' })
    expect(read([]).verdict).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
    expect(read(body([]), 2).verdict).toEqual({ name: 'truncated', reason: 'ended-before-proof' })
  })
})

describe('a call that the limit cut', () => {
  test.each<[string, JsonObject]>([
    ['by its arguments', call('{"x":')],
    ['by its own word', call('{"x":1}', { status: 'incomplete' })],
    ['at its beginning, last and without a status', call('', { status: null })],
    [
      'free-form, last and without a status',
      { type: 'custom_tool_call', id: 'ctc', call_id: 'c', name: 'g', input: 'some' },
    ],
    ['of a tool that has no input to judge', { type: 'shell_call', id: 'sh', call_id: 's', status: 'in_progress' }],
  ])('%s is withheld', (_, cut) => {
    const output = [message(text('hi')), call('{}', { call_id: 'whole', id: 'fc_0' }), cut]
    const found = read(body(output, limited))
    expect(found.verdict).toEqual({ name: 'limited', proof: 'body', stop: 'limit' })
    expect(found.facts).toMatchObject({ toolCalls: 2, invalidToolCalls: 1 })
    expect(found.amended).toEqual(body(output.slice(0, 2), limited))
    expect(found.response?.choices[0]?.content.map(({ type }) => type)).toEqual(['text', 'tool-call'])
  })

  test.each<[string, JsonObject]>([
    ['with its own word for it', call('')],
    [
      'free-form with its own word for it',
      { type: 'custom_tool_call', id: 'c', call_id: 'c', name: 'g', input: '', status: 'completed' },
    ],
    ['by its arguments', call('{"x":1}', { status: null })],
  ])('one that is whole %s stays', (_, whole) => {
    const found = read(body([whole], limited))
    expect(found.facts.invalidToolCalls).toBe(0)
    expect(found).not.toHaveProperty('amended')
  })
})

test('marks are what only the platform can read or look up', () => {
  const { marks } = read(
    body(
      [
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gA' },
        { type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1' },
        message(text('x', [{ type: 'container_file_citation', container_id: 'cntr_2', file_id: 'cfile_1' }])),
        call('{}'),
      ],
      { conversation: { id: 'conv_1' } },
    ),
  )
  expect(marks).toEqual(['resp_1', 'conv_1', 'rs_1', 'gA', 'ci_1', 'cntr_1', 'msg_1', 'cntr_2', 'cfile_1', 'fc_1'])
})

test('no JSON whatever makes the reader throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.constantFrom('completed', 'incomplete'), (item, usage, status) => {
      const found = read(
        body([{ type: 'message', content: [item as Json] }, item as Json], { usage: usage as Json, status }),
      )
      expect(found.response?.choices.length ?? 1).toBe(1)
      expect(found.marks?.every((mark) => typeof mark === 'string') ?? true).toBe(true)
    }),
  )
})

test.each(['incomplete', 'in_progress'])('a completed answer with a message that is %s is none', (status) => {
  const cut = { ...message(text('half')), status }
  expect(read(body([cut])).verdict).toEqual({ name: 'malformed', reason: 'event-order' })
  const why = (reason: string) => ({ incomplete_details: { reason } })
  expect(read(body([cut], why('max_output_tokens'))).verdict.name).toBe('limited')
  expect(read(body([cut], why('content_filter'))).verdict.name).toBe('refused')
  expect(read(body([cut], limited)).verdict.name).toBe('limited')
})
