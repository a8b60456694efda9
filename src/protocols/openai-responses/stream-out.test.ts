import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { OpenAI } from 'openai'
import { isFinished } from '../../evidence/index.ts'
import type { CoreResponse, EncoderOptions, Part, StreamEvent } from '../core/index.ts'
import { scan } from '../../../test/support/responses-stream.ts'
import { renderResponse } from './response-out.ts'
import { createStreamEncoder } from './stream-out.ts'

const OPTIONS: EncoderOptions = { includeUsage: false, fallbackId: 'x1', fallbackModel: 'asked', nowSeconds: 99 }
const START: StreamEvent = { type: 'start', id: 'msg_1', model: 'served', created: 7, usage: { inputTokens: 3 } }
const USAGE: StreamEvent = { type: 'usage', usage: { outputTokens: 4, reasoningTokens: 1 } }
const stop = (kind: 'end' | 'tool-use' | 'limit' | 'refusal'): StreamEvent => ({
  type: 'stop',
  choice: 0,
  stop: { kind, raw: undefined },
})
const text = (value: string, part = 0, choice = 0): StreamEvent => ({ type: 'text', choice, part, text: value })
const thinking = (value: string, part = 0): StreamEvent => ({ type: 'thinking', choice: 0, part, text: value })
const call = (id: string, part: number, input = '{"x":1}', kind: 'json' | 'custom' = 'json'): StreamEvent => ({
  type: 'whole',
  choice: 0,
  part,
  content: { type: 'tool-call', kind, id, name: 'f', input },
})

function encode(events: readonly StreamEvent[]): { open: string; end: string } {
  const encoder = createStreamEncoder(OPTIONS)
  return { open: events.map((event) => encoder.encode(event)).join(''), end: encoder.finish() }
}
const whole = (events: readonly StreamEvent[]): string => Object.values(encode(events)).join('')
const eventsOf = (sse: string) =>
  [...sse.matchAll(/^event: (.*)\ndata: (.*)\n\n/gm)].map(([, name, data]) => {
    const event = JSON.parse(data ?? '') as Record<string, unknown>
    expect(event['type']).toBe(name)
    return event
  })
const typesOf = (sse: string) => eventsOf(sse).map(({ type }) => String(type).replace('response.', ''))

function clientOf(sse: string): OpenAI {
  const headers = { 'content-type': 'text/event-stream' }
  return new OpenAI({
    apiKey: 'k',
    baseURL: 'http://127.0.0.1:1/v1',
    fetch: async () => new Response(sse, { headers }),
  })
}

const ALL: readonly StreamEvent[] = [
  START,
  thinking('hm'),
  thinking(' so'),
  { type: 'thinking-signature', choice: 0, part: 0, signature: 'sig' },
  text('hel', 1),
  text('lo', 1),
  { type: 'citation', choice: 0, part: 1, citation: { url: 'https://x', title: 't', raw: {}, protocol: 'anthropic' } },
  text('again', 2),
  call('a', 3),
  call('b', 4, 'free', 'custom'),
  { type: 'whole', choice: 0, part: 5, content: { type: 'redacted-thinking', data: 'dark' } },
  stop('tool-use'),
  USAGE,
]

describe('the events', () => {
  test('open and close what they write, one item after the other, numbered from 0', () => {
    const sse = whole(ALL)
    expect(typesOf(sse)).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.annotation.added',
      'output_text.done',
      'content_part.done',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'output_item.added',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
      'output_item.done',
      'output_item.added',
      'output_item.done',
      'completed',
    ])
    const events = eventsOf(sse)
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index))
    expect(events[0]).toMatchObject({
      response: { id: 'resp_msg_1', status: 'in_progress', model: 'served', created_at: 7, output: [], usage: null },
    })
    expect(events.find(({ type }) => type === 'response.function_call_arguments.done')).toMatchObject({
      output_index: 2,
      name: 'f',
      arguments: '{"x":1}',
    })
  })

  test('the end repeats all that was streamed, as a whole answer says it', () => {
    const content: readonly Part[] = [
      { type: 'thinking', text: 'hm so', signature: 'sig' },
      { type: 'text', text: 'hello', citations: [{ url: 'https://x', title: 't', raw: {}, protocol: 'anthropic' }] },
      { type: 'text', text: 'again' },
      { type: 'tool-call', kind: 'json', id: 'a', name: 'f', input: '{"x":1}' },
      { type: 'tool-call', kind: 'custom', id: 'b', name: 'f', input: 'free' },
      { type: 'redacted-thinking', data: 'dark' },
    ]
    const response: CoreResponse = {
      id: 'msg_1',
      model: 'served',
      created: 7,
      choices: [{ content, stop: { kind: 'tool-use', raw: undefined } }],
      usage: { inputTokens: 3, outputTokens: 4, reasoningTokens: 1 },
    }
    const events = eventsOf(whole(ALL))
    expect(events.at(-1)?.['response'] as object).toEqual(renderResponse(response))
    const items = events.flatMap(({ type, item }) => (type === 'response.output_item.done' ? [item] : []))
    expect(items as object).toEqual(renderResponse(response)['output'] as object)
  })

  test('nothing is written before content, and nothing terminal before the end', () => {
    const encoder = createStreamEncoder(OPTIONS)
    for (const event of [START, USAGE, stop('end'), text(''), thinking('')]) expect(encoder.encode(event)).toBe('')
    expect(typesOf(encoder.encode(text('x')))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
    ])
    const { open, end } = encode(ALL)
    expect(open).not.toMatch(/response\.(completed|incomplete|failed)|"status":"incomplete"/)
    expect(scan(open).verdictAtEnd()).toMatchObject({ name: 'truncated' })
    expect(typesOf(end)).toEqual(['completed'])
  })

  test('an answer without content, and one that says nothing of itself, are answers all the same', () => {
    const sse = whole([])
    expect(typesOf(sse)).toEqual(['created', 'in_progress', 'completed'])
    expect(eventsOf(sse).at(-1)).toMatchObject({
      response: { id: 'resp_x1', model: 'asked', created_at: 99, output: [] },
    })
    expect(scan(sse).verdictAtEnd()).toEqual({ name: 'complete', proof: 'response.completed', stop: 'end' })
  })

  test('a limit says so, in the message that it ended too; a filter and a refusal differ', () => {
    const limited = eventsOf(whole([START, text('h'), stop('limit')]))
    expect(limited.slice(-2)).toMatchObject([
      { type: 'response.output_item.done', item: { status: 'incomplete' } },
      {
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'max_output_tokens' }, output: [{ status: 'incomplete' }] },
      },
    ])
    expect(eventsOf(whole([START, text('h'), stop('refusal')])).at(-1)).toMatchObject({
      response: { incomplete_details: { reason: 'content_filter' } },
    })
    const refused = whole([START, { type: 'refusal', choice: 0, part: 0, text: 'No.' }, stop('refusal')])
    expect(typesOf(refused).slice(3)).toEqual([
      'content_part.added',
      'refusal.delta',
      'refusal.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ])
    expect(scan(refused).verdictAtEnd()).toMatchObject({ name: 'refused' })
  })

  test('other answers, the provider’s own calls and what only others understand have no place', () => {
    const nowhere: StreamEvent[] = [
      text('other', 0, 1),
      {
        type: 'whole',
        choice: 0,
        part: 1,
        content: { type: 'tool-call', kind: 'server', id: 's', name: 'h', input: '{}' },
      },
      { type: 'whole', choice: 0, part: 2, content: { type: 'opaque', protocol: 'anthropic', kind: 'x', value: {} } },
    ]
    const encoder = createStreamEncoder(OPTIONS)
    for (const event of nowhere) expect(encoder.encode(event)).toBe('')
  })
})

describe('the official client', () => {
  test('has every event from its iterator', async () => {
    const stream = await clientOf(whole(ALL)).responses.create({ model: 'm', input: 'x', stream: true })
    const events = await Array.fromAsync(stream)
    expect(events.map(({ type }) => type)).toEqual(eventsOf(whole(ALL)).map(({ type }) => type) as never)
    expect(events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []))).toEqual([
      'hel',
      'lo',
      'again',
    ])
  })

  test('assembles what the events say', async () => {
    const response = await clientOf(whole(ALL)).responses.stream({ model: 'm', input: 'x' }).finalResponse()
    expect(response).toMatchObject({
      id: 'resp_msg_1',
      status: 'completed',
      model: 'served',
      output_text: 'helloagain',
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    })
    expect(response.output.map(({ type }) => type)).toEqual([
      'reasoning',
      'message',
      'function_call',
      'custom_tool_call',
      'reasoning',
    ])
  })
})

const content = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ minLength: 1, maxLength: 6 }) }),
  fc.record({ kind: fc.constant('thinking' as const), value: fc.string({ minLength: 1, maxLength: 6 }) }),
  fc.record({ kind: fc.constant('refusal' as const), value: fc.string({ minLength: 1, maxLength: 6 }) }),
  fc.record({ kind: fc.constant('call' as const), value: fc.dictionary(fc.string(), fc.jsonValue()) }),
)

/** Each part's whole content, in the order in which parts began; adjacent events of one part are one. */
function digest(events: readonly StreamEvent[]): readonly string[] {
  const parts = new Map<number, string>()
  for (const event of events) {
    if (event.type === 'text' || event.type === 'thinking' || event.type === 'refusal')
      parts.set(event.part, `${parts.get(event.part) ?? `${event.type} `}${event.text}`)
    else if (event.type === 'whole' && event.content.type === 'tool-call')
      parts.set(event.part, `call ${event.content.id} ${event.content.input}`)
  }
  return [...parts.entries()].toSorted(([a], [b]) => a - b).map(([, each]) => each)
}

test('what is written proves complete and says the same, and cut anywhere it proves nothing', () => {
  fc.assert(
    fc.property(fc.array(content, { maxLength: 6 }), fc.nat(), (items, cut) => {
      const events = items.flatMap(({ kind, value }, part): StreamEvent[] =>
        kind === 'call'
          ? [call(`c${part}`, part, JSON.stringify(value))]
          : [...value].map((piece) => ({ type: kind, choice: 0, part, text: piece })),
      )
      const sse = whole([START, ...events, USAGE])
      const scanner = scan(sse, { eventLimitBytes: 1e6 })
      expect(isFinished(scanner.verdictAtEnd())).toBe(true)
      expect(digest(scanner.takeEvents())).toEqual(digest(events))
      expect(scanner.facts.usage).toMatchObject({ inputTokens: 3, outputTokens: 4, reasoningTokens: 1 })
      const part = scan(sse.slice(0, cut % sse.length), { eventLimitBytes: 1e6 })
      expect(isFinished(part.verdictAtEnd())).toBe(false)
    }),
    { numRuns: 200 },
  )
})

test('the official client takes whatever is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(content, { maxLength: 6 }), async (items) => {
      const events = items.flatMap(({ kind, value }, part): StreamEvent[] =>
        kind === 'call'
          ? [call(`c${part}`, part, JSON.stringify(value))]
          : [...value].map((piece) => ({ type: kind, choice: 0, part, text: piece })),
      )
      const response = await clientOf(whole([START, ...events]))
        .responses.stream({ model: 'm', input: 'x' })
        .finalResponse()
      const texts = items.flatMap(({ kind, value }) => (kind === 'text' ? [value] : []))
      expect(response.output_text).toBe(texts.join(''))
    }),
    { numRuns: 50 },
  )
})
