import { expect, test } from 'bun:test'
import { OpenAI } from 'openai'
import type { CoreResponse, JsonObject, Part } from '../core/index.ts'
import { parseRequest } from './request-in.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'

const answer = (
  content: readonly Part[],
  stop: CoreResponse['choices'][number]['stop'] = { kind: 'end', raw: undefined },
): CoreResponse => ({
  id: 'msg_01abc',
  model: 'claude',
  created: 7,
  choices: [{ content, stop }],
  usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, reasoningTokens: 1 },
})
const CONTENT: readonly Part[] = [
  { type: 'thinking', text: 'hm', signature: 'sig' },
  { type: 'redacted-thinking', data: 'dark' },
  { type: 'text', text: 'hel' },
  {
    type: 'text',
    text: 'lo',
    citations: [
      { url: 'https://x', title: 't', raw: {}, protocol: 'anthropic' },
      { citedText: 'of the prompt', raw: {}, protocol: 'anthropic' },
    ],
  },
  { type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: ' ' },
  { type: 'tool-call', kind: 'custom', id: 'b', name: 'g', input: 'free' },
  { type: 'tool-call', kind: 'server', id: 's', name: 'h', input: '{}' },
  { type: 'opaque', protocol: 'anthropic', kind: 'web_search_tool_result', value: {} },
]

test('an answer is a whole response object, its parts items with ids of their own', () => {
  const { output, usage, ...rest } = renderResponse(answer(CONTENT))
  expect(rest).toMatchObject({
    id: 'resp_msg_01abc',
    object: 'response',
    created_at: 7,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'claude',
    store: false,
    tools: [],
  })
  expect(usage).toEqual({
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 1 },
    total_tokens: 15,
  })
  expect(output as object).toEqual([
    {
      type: 'reasoning',
      id: 'rs_fullstop_msg_01abc_0',
      summary: [{ type: 'summary_text', text: 'hm' }],
      encrypted_content: 'sig',
    },
    { type: 'reasoning', id: 'rs_fullstop_msg_01abc_1', summary: [], encrypted_content: 'redacted-thinking:dark' },
    {
      type: 'message',
      id: 'msg_fullstop_msg_01abc_2',
      status: 'completed',
      role: 'assistant',
      content: [
        { type: 'output_text', annotations: [], logprobs: [], text: 'hel' },
        {
          type: 'output_text',
          annotations: [{ type: 'url_citation', url: 'https://x', title: 't', start_index: 0, end_index: 2 }],
          logprobs: [],
          text: 'lo',
        },
      ],
    },
    {
      type: 'function_call',
      id: 'fc_fullstop_msg_01abc_3',
      call_id: 'a',
      name: 'f',
      status: 'completed',
      arguments: '{}',
    },
    {
      type: 'custom_tool_call',
      id: 'ctc_fullstop_msg_01abc_4',
      call_id: 'b',
      name: 'g',
      status: 'completed',
      input: 'free',
    },
  ])
})

test.each<[string, CoreResponse, object]>([
  [
    'a limit',
    answer([{ type: 'text', text: 'h' }], { kind: 'limit', raw: undefined }),
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  ],
  [
    'a pause',
    answer([], { kind: 'pause', raw: undefined }),
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  ],
  [
    'a limit of its own',
    answer([], { kind: 'limit', raw: 'max_messages' as never }),
    { status: 'incomplete', incomplete_details: { reason: 'max_messages' } },
  ],
  [
    'a filter',
    answer([], { kind: 'refusal', raw: undefined }),
    { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
  ],
  [
    'a refusal in words',
    answer([{ type: 'refusal', text: 'no' }], { kind: 'refusal', raw: undefined }),
    { status: 'completed', incomplete_details: null },
  ],
  [
    'a stop sequence',
    answer([], { kind: 'stop-sequence', raw: undefined }),
    { status: 'completed', incomplete_details: null },
  ],
  [
    'a use of tools',
    answer([], { kind: 'tool-use', raw: undefined }),
    { status: 'completed', incomplete_details: null },
  ],
])('%s', (_, response, expected) => {
  expect(renderResponse(response)).toMatchObject(expected)
})

test('a message that the limit ended says so, a call never does', () => {
  const limit = { kind: 'limit', raw: undefined } as const
  const statuses = (response: CoreResponse) =>
    (renderResponse(response).output as JsonObject[]).map(({ status }) => status)
  expect(statuses(answer([{ type: 'text', text: 'h' }], limit))).toEqual(['incomplete'])
  expect(
    statuses(
      answer(
        [
          { type: 'text', text: 'h' },
          { type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '{}' },
        ],
        limit,
      ),
    ),
  ).toEqual(['completed', 'completed'])
})

test('ids stay within what OpenAI takes back', () => {
  const long = { ...answer([{ type: 'text', text: 'h' }]), id: `chatcmpl-${'é/x'.repeat(40)}` }
  const [item] = renderResponse(long).output as JsonObject[]
  expect(String(item?.id)).toMatch(/^msg_fullstop_[\w-]{1,45}$/)
  expect(String(item?.id).length).toBeLessThanOrEqual(64)
})

test('a rendered answer is one that the reader takes, with the same content', () => {
  const found = readResponse(renderResponse(answer(CONTENT)), { completion: 'strict', choices: 1 })
  expect(found.verdict).toEqual({ name: 'complete', proof: 'body', stop: 'tool-use' })
  expect(found.response?.choices[0]?.content as object).toMatchObject([
    { type: 'thinking', text: 'hm', signature: 'sig' },
    { type: 'redacted-thinking', data: 'dark' },
    { type: 'text', text: 'hel' },
    { type: 'text', text: 'lo', citations: [{ url: 'https://x', title: 't', start: 0, end: 2 }] },
    { type: 'tool-call', id: 'a', input: '{}' },
    { type: 'tool-call', id: 'b', input: 'free' },
  ])
})

test('what a client hands back is what it was given', () => {
  const output = renderResponse(answer(CONTENT)).output as JsonObject[]
  const parsed = parseRequest({ model: 'm', input: [...output, { role: 'user', content: 'go' }] })
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', text: 'hm', signature: 'sig' },
            { type: 'redacted-thinking', data: 'dark' },
            { type: 'text', text: 'hel' },
            { type: 'text', text: 'lo' },
            { type: 'tool-call', id: 'a' },
            { type: 'tool-call', id: 'b' },
          ],
        },
        { role: 'user' },
      ],
    },
  })
})

test('the official client finds text and calls in it', async () => {
  const client = new OpenAI({
    apiKey: 'k',
    baseURL: 'http://127.0.0.1:1/v1',
    fetch: async () => Response.json(renderResponse(answer(CONTENT))),
  })
  const response = await client.responses.create({ model: 'm', input: 'x' })
  expect(response.output_text).toBe('hello')
  expect(response.output.map(({ type }) => type)).toEqual([
    'reasoning',
    'reasoning',
    'message',
    'function_call',
    'custom_tool_call',
  ])
})
