import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { OpenAI } from 'openai'
import { isFinished } from '../../evidence/index.ts'
import type { EncoderOptions, StreamEvent } from '../core/index.ts'
import { createOpenAiChatScanner } from './scanner.ts'
import { createStreamEncoder } from './stream-out.ts'

const OPTIONS: EncoderOptions = { includeUsage: true, fallbackId: 'x1', fallbackModel: 'asked', nowSeconds: 99 }
const START: StreamEvent = { type: 'start', id: 'msg_1', model: 'served', created: 7, usage: { inputTokens: 3 } }
const stop = (kind: 'end' | 'tool-use' | 'limit', choice = 0): StreamEvent => ({
  type: 'stop',
  choice,
  stop: { kind, raw: undefined },
})
const text = (value: string, part = 0, choice = 0): StreamEvent => ({ type: 'text', choice, part, text: value })
const json = (id: string, part: number, input = '{"x":1}'): StreamEvent => ({
  type: 'whole',
  choice: 0,
  part,
  content: { type: 'tool-call', kind: 'json', id, name: 'f', input },
})

function encode(events: readonly StreamEvent[], options: EncoderOptions = OPTIONS): { open: string; end: string } {
  const encoder = createStreamEncoder(options)
  return { open: events.map((event) => encoder.encode(event)).join(''), end: encoder.finish() }
}

function clientOf(sse: string): OpenAI {
  const headers = { 'content-type': 'text/event-stream' }
  return new OpenAI({
    apiKey: 'k',
    baseURL: 'http://127.0.0.1:1/v1',
    fetch: async () => new Response(sse, { headers }),
  })
}

async function chunksOf(sse: string): Promise<OpenAI.ChatCompletionChunk[]> {
  const stream = await clientOf(sse).chat.completions.create({ model: 'm', messages: [], stream: true })
  return await Array.fromAsync(stream)
}

test('the official client’s helper assembles what the events say', async () => {
  const events = [
    START,
    { type: 'thinking', choice: 0, part: 0, text: 'hm' } as const,
    text('hel', 1),
    text('lo', 1),
    json('a', 2),
    json('b', 3, '{}'),
    { type: 'usage', usage: { outputTokens: 4, reasoningTokens: 1 } } as const,
    stop('tool-use'),
  ]
  const { open, end } = encode(events)
  const answer = await clientOf(open + end)
    .chat.completions.stream({ model: 'm', messages: [] })
    .finalChatCompletion()
  expect(answer).toMatchObject({
    id: 'chatcmpl-msg_1',
    created: 7,
    model: 'served',
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: 'hello',
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
            { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } },
          ],
        },
      },
    ],
    usage: {
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
      completion_tokens_details: { reasoning_tokens: 1 },
    },
  })
})

test('the raw iterator sees the role first, then the deltas, the finish reason, and the usage without choices', async () => {
  const { open, end } = encode([START, text('a'), { type: 'refusal', choice: 0, part: 1, text: 'no' }, stop('end')])
  const chunks = await chunksOf(open + end)
  expect(
    chunks.map(
      ({ choices, usage }) => choices[0]?.finish_reason ?? choices[0]?.delta ?? usage?.total_tokens,
    ) as unknown,
  ).toEqual([{ role: 'assistant', content: '' }, { content: 'a' }, { refusal: 'no' }, 'stop', 3])
  expect(chunks.every(({ object }) => object === 'chat.completion.chunk')).toBe(true)
})

test('a custom tool’s call comes whole, with its own kind of input', async () => {
  const content = { type: 'tool-call', kind: 'custom', id: 'c', name: 'patch', input: 'free text' } as const
  const { open, end } = encode([START, { type: 'whole', choice: 0, part: 0, content }, stop('tool-use')])
  const [, chunk] = await chunksOf(open + end)
  expect(chunk?.choices[0]?.delta.tool_calls as unknown).toEqual([
    { index: 0, id: 'c', type: 'custom', custom: { name: 'patch', input: 'free text' } },
  ])
})

test('nothing terminal is written before the end, and nothing at all before content', () => {
  const encoder = createStreamEncoder(OPTIONS)
  expect(encoder.encode(START)).toBe('')
  expect(encoder.encode({ type: 'usage', usage: { outputTokens: 1 } })).toBe('')
  expect(encoder.encode({ type: 'thinking-signature', choice: 0, part: 0, signature: 's' })).toBe('')
  const written = encoder.encode(text('a')) + encoder.encode(stop('end'))
  expect(written).not.toContain('[DONE]')
  expect(written.match(/"finish_reason":(?!null)/)).toBeNull()
  expect(encoder.finish()).toEndWith('data: [DONE]\n\n')
})

test('each choice has its own role and finish reason', async () => {
  const { open, end } = encode([START, text('b', 0, 1), text('a', 0, 0), stop('limit', 1), stop('end', 0)])
  const reasons = (await chunksOf(open + end)).flatMap(({ choices }) =>
    choices.map(({ index, delta, finish_reason }) => [index, finish_reason ?? delta.role ?? delta.content]),
  )
  expect(reasons).toEqual([
    [1, 'assistant'],
    [1, 'b'],
    [0, 'assistant'],
    [0, 'a'],
    [0, 'stop'],
    [1, 'length'],
  ])
})

test('usage is written only for a client that asked for it', () => {
  expect(encode([START, text('a'), stop('end')], { ...OPTIONS, includeUsage: false }).end).not.toContain('usage')
})

test('where the provider gave no id or time, Fullstop’s own stand there', async () => {
  const { open, end } = encode([{ type: 'start', id: '', model: 'm', usage: {} }, text('a'), stop('end')])
  expect((await chunksOf(open + end))[0]).toMatchObject({ id: 'chatcmpl-x1', created: 99 })
})

test('an answer without content, or proven by [DONE] alone, still ends as clients expect', async () => {
  const empty = encode([START])
  expect((await chunksOf(empty.end)).map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, 'stop', undefined])
  const tools = encode([START, json('a', 0)])
  expect(tools.end).toContain('"finish_reason":"tool_calls"')
})

test('citations of web pages are deltas at their place in the whole text', async () => {
  const citation = { url: 'https://example.com', title: 't', raw: {}, protocol: 'other' }
  const { open, end } = encode([
    START,
    text('one '),
    text('two', 1),
    { type: 'citation', choice: 0, part: 1, citation },
    stop('end'),
  ])
  expect((await chunksOf(open + end))[3]?.choices[0]?.delta as unknown).toEqual({
    annotations: [
      { type: 'url_citation', url_citation: { url: 'https://example.com', title: 't', start_index: 4, end_index: 7 } },
    ],
  })
})

// ## Round trip through the scanner

const piece = fc.string({ minLength: 1, maxLength: 20 })
const contentEvent = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: piece }),
  fc.record({ type: fc.constant('thinking' as const), text: piece }),
)
const inputs = fc.array(
  fc.dictionary(piece, fc.jsonValue()).map((value) => JSON.stringify(value)),
  { maxLength: 3 },
)

test('what the encoder writes, the scanner proves and reads back', () => {
  fc.assert(
    fc.property(fc.array(contentEvent, { maxLength: 8 }), inputs, (contents, calls) => {
      const events: StreamEvent[] = [
        START,
        ...contents.map((content, part) => ({ ...content, choice: 0, part })),
        ...calls.map((input, index) => json(`call_${index}`, contents.length + index, input)),
        stop(calls.length > 0 ? 'tool-use' : 'end'),
      ]
      const { open, end } = encode(events)
      const scanner = createOpenAiChatScanner({ completion: 'strict', choices: 1, decode: true, eventLimitBytes: 1e6 })
      scanner.push(new TextEncoder().encode(open))
      expect(isFinished(scanner.verdictAtEnd())).toBe(false)
      scanner.push(new TextEncoder().encode(end))
      expect(scanner.verdictAtEnd().name).toBe('complete')
      const read = scanner.takeEvents()
      for (const type of ['text', 'thinking'] as const) expect(joined(read, type)).toBe(joined(events, type))
      expect(callsOf(read)).toEqual(callsOf(events))
    }),
    { numRuns: 200 },
  )
})

function joined(events: readonly StreamEvent[], type: 'text' | 'thinking'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('')
}

function callsOf(events: readonly StreamEvent[]): readonly object[] {
  return events.flatMap((event) => (event.type === 'whole' ? [event.content] : []))
}

test('a model that its provider does not name is the one that was asked for', () => {
  const START_UNNAMED: StreamEvent = { type: 'start', id: 'a', model: '', usage: {} }
  for (const events of [
    [START_UNNAMED, text('a'), stop('end')],
    [text('a'), stop('end')],
  ]) {
    const { open, end } = encode(events)
    const models = [...(open + end).matchAll(/"model":"([^"]*)"/g)].map(([, model]) => model)
    expect([models.length, ...new Set(models)]).toEqual([4, 'asked'])
  }
})
