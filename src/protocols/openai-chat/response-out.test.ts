import { expect, test } from 'bun:test'
import { OpenAI } from 'openai'
import type { CoreChoice, CoreResponse, Part } from '../core/index.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'

const response = (...choices: CoreChoice[]): CoreResponse => ({
  id: 'msg_1',
  model: 'served-model',
  created: 7,
  choices,
  usage: { inputTokens: 3, outputTokens: 2 },
})
const ended = (...content: Part[]): CoreChoice => ({ content, stop: { kind: 'end', raw: undefined } })

test('an answer is a chat completion that the official client takes', async () => {
  const content: Part[] = [
    { type: 'thinking', text: 'hm' },
    { type: 'text', text: 'one ' },
    { type: 'text', text: 'two' },
    { type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '' },
    { type: 'tool-call', kind: 'custom', id: 'b', name: 'g', input: 'free' },
    { type: 'tool-call', kind: 'server', id: 's', name: 'web_search', input: '{}' },
  ]
  const body = JSON.stringify(renderResponse(response({ content, stop: { kind: 'tool-use', raw: undefined } })))
  const headers = { 'content-type': 'application/json' }
  const client = new OpenAI({
    apiKey: 'k',
    baseURL: 'http://127.0.0.1:1/v1',
    fetch: async () => new Response(body, { headers }),
  })
  const { _request_id, ...answer } = await client.chat.completions.create({ model: 'm', messages: [] })
  expect(answer as object).toEqual({
    id: 'chatcmpl-msg_1',
    object: 'chat.completion',
    created: 7,
    model: 'served-model',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'one two',
          refusal: null,
          reasoning_content: 'hm',
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: 'b', type: 'custom', custom: { name: 'g', input: 'free' } },
          ],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  })
})

test('content is null beside calls or a refusal alone, and a string otherwise', () => {
  const message = (...content: Part[]) => {
    const { choices } = renderResponse(response(ended(...content))) as { choices: { message: object }[] }
    return choices[0]!.message
  }
  expect(message()).toMatchObject({ content: '', refusal: null })
  expect(message({ type: 'refusal', text: 'no' })).toMatchObject({ content: null, refusal: 'no' })
  expect(message({ type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '{}' })).toMatchObject({ content: null })
})

test('citations of web pages become annotations at their place in the whole text', () => {
  const raw = {}
  const cited: Part = {
    type: 'text',
    text: 'two',
    citations: [
      { url: 'https://example.com', title: 't', start: 1, end: 2, raw, protocol: 'other' },
      { url: 'https://example.com/2', raw, protocol: 'other' },
      { title: 'a document of the prompt', raw, protocol: 'other' },
    ],
  }
  const { choices } = renderResponse(response(ended({ type: 'text', text: 'one ' }, cited))) as never as {
    choices: { message: { annotations: object[] } }[]
  }
  expect(choices[0]!.message.annotations).toEqual([
    { type: 'url_citation', url_citation: { url: 'https://example.com', title: 't', start_index: 5, end_index: 6 } },
    { type: 'url_citation', url_citation: { url: 'https://example.com/2', title: '', start_index: 4, end_index: 7 } },
  ])
})

test('what is written is read back as the same answer', () => {
  const original: CoreResponse = {
    ...response(
      ended({ type: 'thinking', text: 'hm' }, { type: 'text', text: 'a' }),
      {
        content: [{ type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '{"x":1}' }],
        stop: { kind: 'tool-use', raw: undefined },
      },
      { content: [{ type: 'refusal', text: 'no' }], stop: { kind: 'refusal', raw: undefined } },
    ),
    id: 'chatcmpl-1',
  }
  const again = readResponse(renderResponse(original), { completion: 'strict', choices: 1 }).response
  expect(again).toMatchObject({
    ...original,
    choices: original.choices.map(({ content, stop }) => ({ content, stop: { kind: stop.kind } })),
  })
})
