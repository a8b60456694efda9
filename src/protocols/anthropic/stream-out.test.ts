import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toLabel } from '../../evidence/index.ts'
import type { JsonObject, Part, StreamEvent } from '../core/index.ts'
import { renderError, renderErrorEvent } from './errors.ts'
import { KEEP_ALIVE } from './headers.ts'
import { anthropic } from './index.ts'
import { renderAnswerPart, renderResponse } from './response-out.ts'
import { createStreamEncoder } from './stream-out.ts'

const OPTIONS = { includeUsage: true, fallbackId: 'fallback', fallbackModel: 'asked', nowSeconds: 0 }
const START: StreamEvent = { type: 'start', id: 'abc', model: 'm', usage: { inputTokens: 9, outputTokens: 1 } }
const STOP: StreamEvent = { type: 'stop', choice: 0, stop: { kind: 'end', raw: toLabel('stop') } }
const at = { choice: 0 } as const
const call = (part: number, input = '{"a": 1}', kind: 'json' | 'custom' = 'json'): StreamEvent => ({
  type: 'whole',
  ...at,
  part,
  content: { type: 'tool-call', kind, id: `c${part}`, name: 'f', input },
})

function encoded(events: readonly StreamEvent[]): string {
  const encoder = createStreamEncoder(OPTIONS)
  return events.map((event) => encoder.encode(event)).join('') + encoder.finish()
}

/** What the official client makes of a stream. */
async function understood(sse: string): Promise<Anthropic.Message> {
  const fetch = async (): Promise<Response> => new Response(sse, { headers: { 'content-type': 'text/event-stream' } })
  const client = new Anthropic({ apiKey: 'k', baseURL: 'http://127.0.0.1', fetch, maxRetries: 0, logLevel: 'off' })
  const messages = [{ role: 'user' as const, content: 'hi' }]
  const { parsed_output: _, ...message } = await client.messages
    .stream({ model: 'm', max_tokens: 1, messages })
    .finalMessage()
  return message
}
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('encoding a stream', () => {
  test('is framed as Anthropic frames it', () => {
    const sse = encoded([START, { type: 'text', ...at, part: 0, text: 'hi\n' }, STOP])
    expect(sse.split('\n\n').map((event) => event.split('\n')[0])).toEqual([
      'event: message_start',
      'event: content_block_start',
      'event: content_block_delta',
      'event: content_block_stop',
      'event: message_delta',
      'event: message_stop',
      '',
    ])
    expect(sse).toContain(
      'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi\\n"}}\n\n',
    )
  })

  test('a bare signature is shown where something follows it, and never as the last block', async () => {
    const signature = (part: number): StreamEvent => ({ type: 'thinking-signature', ...at, part, signature: 's' })
    const text: StreamEvent = { type: 'text', ...at, part: 1, text: 'hi' }
    const { content } = await understood(encoded([START, signature(0), text, signature(2), STOP]))
    expect(plain(content)).toMatchObject([
      { type: 'thinking', thinking: '', signature: 's' },
      { type: 'text', text: 'hi' },
    ])
  })

  test('says nothing of an end before it is finished', () => {
    const encoder = createStreamEncoder(OPTIONS)
    const before = [START, call(0), STOP, { type: 'usage', usage: { outputTokens: 5 } } as const]
    const sse = before.map((event) => encoder.encode(event)).join('')
    expect(sse).not.toContain('message_delta')
    expect(sse).not.toContain('message_stop')
    const end = encoder.finish()
    expect(end).toContain('"stop_reason":"tool_use"')
    expect(end).toContain('"output_tokens":5')
    expect(end).toEndWith('event: message_stop\ndata: {"type":"message_stop"}\n\n')
  })

  test('gives a call’s arguments in deltas only, as Anthropic does', () => {
    const sse = encoded([START, call(0)])
    expect(sse).toContain('"content_block":{"type":"tool_use","id":"c0","name":"f","input":{}}')
    expect(sse).toContain('"delta":{"type":"input_json_delta","partial_json":"{\\"a\\": 1}"}')
  })

  test('a part that goes on after another began goes on in a new block', () => {
    const piece = (part: number, text: string): StreamEvent => ({ type: 'text', ...at, part, text })
    const sse = encoded([START, piece(0, 'a'), piece(1, 'b'), piece(0, 'c')])
    expect(sse.match(/"index":\d/g)?.join('')).toBe([0, 0, 0, 1, 1, 1, 2, 2, 2].map((n) => `"index":${n}`).join(''))
  })

  test('the official client reads every kind of part', async () => {
    const citation = { raw: { type: 'char_location', cited_text: 'c' }, protocol: 'anthropic' }
    const search: Part = {
      type: 'opaque',
      protocol: 'anthropic',
      kind: 'web_search_tool_result',
      value: { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
    }
    const message = await understood(
      encoded([
        START,
        { type: 'thinking', ...at, part: 0, text: 'let ' },
        { type: 'thinking', ...at, part: 0, text: 'me' },
        { type: 'thinking-signature', ...at, part: 0, signature: 'sig' },
        { type: 'whole', ...at, part: 1, content: { type: 'redacted-thinking', data: 'd' } },
        { type: 'text', ...at, part: 2, text: 'so' },
        { type: 'citation', ...at, part: 2, citation },
        { type: 'whole', ...at, part: 3, content: search },
        { type: 'whole', ...at, part: 4, content: { type: 'opaque', protocol: 'x', kind: 'y', value: {} } },
        { type: 'text', ...at, part: 5, text: 'then' },
        call(6),
        call(7, ''),
        call(8, 'free', 'custom'),
        { type: 'text', choice: 1, part: 0, text: 'another choice' },
        STOP,
        { type: 'usage', usage: { inputTokens: 12, cacheReadTokens: 2, outputTokens: 30, reasoningTokens: 8 } },
      ]),
    )
    expect(message).toMatchObject({ id: 'msg_abc', model: 'm', stop_reason: 'tool_use', stop_sequence: null })
    expect(message.usage).toMatchObject({
      input_tokens: 10,
      cache_read_input_tokens: 2,
      output_tokens: 30,
      output_tokens_details: { thinking_tokens: 8 },
    })
    expect(plain(message.content)).toEqual([
      { type: 'thinking', thinking: 'let me', signature: 'sig' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'text', text: 'so', citations: [citation.raw] },
      { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      { type: 'text', text: 'then' },
      { type: 'tool_use', id: 'c6', name: 'f', input: { a: 1 } },
      { type: 'tool_use', id: 'c7', name: 'f', input: {} },
      { type: 'tool_use', id: 'c8', name: 'f', input: { input: 'free' } },
    ])
  })

  test('a refusal is text with its stop reason', async () => {
    const message = await understood(encoded([START, { type: 'refusal', ...at, part: 0, text: 'no' }, STOP]))
    expect(message).toMatchObject({ content: [{ type: 'text', text: 'no' }], stop_reason: 'refusal' })
  })

  test('a provider that does not say who it is gets the fallback id', () => {
    expect(encoded([{ type: 'text', ...at, part: 0, text: 'x' }])).toContain('"id":"msg_fallback"')
    expect(encoded([{ ...START, id: '' }])).toContain('"id":"msg_fallback"')
  })

  test('keep-alives change nothing for the official client', async () => {
    const sse = encoded([START, { type: 'text', ...at, part: 0, text: 'x' }, STOP])
    const alive = KEEP_ALIVE + sse.replaceAll('\n\n', `\n\n${KEEP_ALIVE}`)
    expect(plain(await understood(alive))).toEqual(plain(await understood(sse)))
  })

  test('an error event is an error to the official client, which then has no message', () => {
    const error = { status: 529, code: 'c', message: 'nobody answered', exchange: 'e', attempts: [] }
    const sse = createStreamEncoder(OPTIONS).encode(START) + renderErrorEvent(error)
    expect(understood(sse)).rejects.toThrow('nobody answered')
    expect(renderError(error).error).toMatchObject({ type: 'overloaded_error' })
  })

  test('a stream and a whole answer of the same parts are the same message', async () => {
    const text = fc.string({ minLength: 1 })
    const input = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value))
    const part: fc.Arbitrary<Part> = fc.oneof(
      fc.record({ type: fc.constant('text'), text }),
      fc.record({ type: fc.constant('thinking'), text, signature: text }),
      fc.record({ type: fc.constant('redacted-thinking'), data: text }),
      fc.record({ type: fc.constant('tool-call'), kind: fc.constant('json'), id: text, name: text, input }),
    ) as fc.Arbitrary<Part>
    const stop = { kind: 'limit', raw: toLabel('length') } as const
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), fc.nat({ max: 4 }), async (content, cut) => {
        const events = content.flatMap((each, index) => toEvents(each, index, cut))
        const streamed = await understood(encoded([START, ...events, { type: 'stop', ...at, stop }]))
        const usage = { inputTokens: 9, outputTokens: 1 }
        const whole = renderResponse({ id: 'abc', model: 'm', choices: [{ content, stop }], usage })
        expect(withoutNullCitations(streamed)).toEqual(withoutNullCitations(whole))
      }),
      { numRuns: 60 },
    )
  })
})

function toEvents(part: Part, index: number, cut: number): StreamEvent[] {
  const place = { ...at, part: index }
  switch (part.type) {
    case 'text':
      return [part.text.slice(0, cut), part.text.slice(cut)].map((text) => ({ type: 'text', ...place, text }))
    case 'thinking':
      return [
        { type: 'thinking', ...place, text: part.text },
        { type: 'thinking-signature', ...place, signature: part.signature ?? '' },
      ]
    case 'tool-call':
    case 'redacted-thinking':
    case 'opaque':
      return [{ type: 'whole', ...place, content: part }]
    default:
      throw new Error(`no events for ${part.type}`)
  }
}

function withoutNullCitations(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('citations' in value) || value.citations !== null) return value
    const { citations: _, ...rest } = value
    return rest
  })
}

const CORPUS = join(import.meta.dir, '../../../../shared/corpus/anthropic')
const hasCorpus = existsSync(CORPUS)
if (!hasCorpus) console.warn('skipped: no recorded streams at ../shared/corpus/anthropic')

describe.skipIf(!hasCorpus)('recorded streams', () => {
  const names = hasCorpus ? readdirSync(CORPUS).filter((name) => name.endsWith('.sse')) : []

  test.each(names)('%s through the core is the same message to the official client', async (name) => {
    const recorded = readFileSync(join(CORPUS, name))
    const options = { completion: 'strict', choices: 1, decode: true, eventLimitBytes: 10_000_000 } as const
    const scanner = anthropic.createScanner(options)
    scanner.push(recorded)
    expect(scanner.verdictAtEnd()).toMatchObject({ proof: 'message_stop' })
    const through = (await understood(encoded(scanner.takeEvents()))) as unknown as JsonObject
    const original = (await understood(recorded.toString())) as unknown as JsonObject
    for (const key of ['id', 'model', 'role', 'stop_reason', 'stop_sequence'] as const)
      expect(through[key]).toEqual(original[key]!)
    expect(comparable(through['content'])).toEqual(comparable(original['content']))
    const usage = original['usage'] as JsonObject
    expect(through['usage']).toMatchObject({
      input_tokens: usage['input_tokens'],
      output_tokens: usage['output_tokens'],
    })
  })

  /** Without what only Anthropic's own platform reads: who made a call. */
  function comparable(content: unknown): unknown {
    const blocks = JSON.parse(JSON.stringify(content)) as JsonObject[]
    return blocks.map((whole) => {
      const { caller: _caller, ...block } = whole
      // The official client does not read compaction deltas.
      if (block['type'] === 'compaction') return { type: 'compaction' }
      return block['citations'] === null ? { ...block, citations: [] } : block
    })
  }
})

test('an opaque part keeps the type that its provider gave it', () => {
  const part: Part = { type: 'opaque', protocol: 'anthropic', kind: 'k', value: { type: 'k', x: 1 } }
  expect(renderAnswerPart(part)).toEqual({ type: 'k', x: 1 })
})

test('a model that its provider does not name is the one that was asked for', () => {
  const unnamed = encoded([{ ...START, model: '' }, STOP])
  expect(JSON.parse(unnamed.slice(unnamed.indexOf('{'), unnamed.indexOf('\n\n')))).toMatchObject({
    message: { model: 'asked' },
  })
  expect(encoded([STOP])).toContain('"model":"asked"')
  expect(encoded([START, STOP])).toContain('"model":"m"')
})
