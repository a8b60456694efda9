import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { toLabel } from '../../evidence/index.ts'
import type { Json, JsonObject, ReadResponse } from '../core/index.ts'
import { readResponse } from './response-in.ts'

const USE = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }
const TEXT = { type: 'text', text: 'hi', citations: null }
const MESSAGE: JsonObject = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [TEXT],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 2 },
}
const read = (body: Json | undefined): ReadResponse => readResponse(body, { completion: 'strict', choices: 1 })
const message = (fields: JsonObject): ReadResponse => read({ ...MESSAGE, ...fields })

describe('reading a whole answer', () => {
  test('its stop reason proves it', () => {
    expect(message({})).toEqual({
      verdict: { name: 'complete', proof: 'body', stop: 'end' },
      facts: {
        events: 0,
        toolCalls: 0,
        invalidToolCalls: 0,
        caveat: undefined,
        servedModel: toLabel('claude-x'),
        rawStop: toLabel('end_turn'),
        usage: { inputTokens: 7, cacheReadTokens: 4, outputTokens: 2 },
      },
      marks: [],
      response: {
        id: 'msg_1',
        model: 'claude-x',
        choices: [{ content: [{ type: 'text', text: 'hi' }], stop: { kind: 'end', raw: toLabel('end_turn') } }],
        usage: { inputTokens: 7, cacheReadTokens: 4, outputTokens: 2 },
      },
    })
  })

  test.each([
    ['tool_use', 'complete', 'tool-use'],
    ['max_tokens', 'limited', 'limit'],
    ['pause_turn', 'limited', 'pause'],
    ['brand_new', 'limited', 'limit'],
    ['refusal', 'refused', 'refusal'],
  ] as const)('%s is %s', (stop_reason, name, stop) => {
    const content = stop === 'tool-use' ? [USE] : [TEXT]
    expect(message({ content, stop_reason }).verdict).toEqual({ name, proof: 'body', stop })
  })

  test('reads calls, citations and what only Anthropic understands', () => {
    const citation = { type: 'web_search_result_location', url: 'https://x', title: 'X', cited_text: 'c' }
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    const { response, facts } = message({
      stop_reason: 'tool_use',
      content: [{ ...TEXT, citations: [citation] }, search, USE, { ...USE, id: 't2', input: {} }],
    })
    expect(facts.toolCalls).toBe(2)
    expect(response?.choices[0]?.content).toEqual([
      {
        type: 'text',
        text: 'hi',
        citations: [{ url: 'https://x', title: 'X', citedText: 'c', raw: citation, protocol: 'anthropic' }],
      },
      { type: 'opaque', protocol: 'anthropic', kind: 'server_tool_use', value: search },
      { type: 'tool-call', kind: 'json', id: 't', name: 'f', input: '{"a":1}' },
      { type: 'tool-call', kind: 'json', id: 't2', name: 'f', input: '{}' },
    ])
  })

  test.each(['max_tokens', 'model_context_window_exceeded', 'brand_new'])(
    'withholds a last call that %s may have cut',
    (stop_reason) => {
      const { response, amended, facts } = message({ stop_reason, content: [USE, TEXT, USE] })
      expect(amended).toEqual({ ...MESSAGE, stop_reason, content: [USE, TEXT] })
      expect(response?.choices[0]?.content).toHaveLength(2)
      expect(facts.toolCalls).toBe(2)
    },
  )

  test('withholds nothing else', () => {
    expect(message({ stop_reason: 'max_tokens', content: [USE, TEXT] }).amended).toBeUndefined()
    expect(message({ stop_reason: 'tool_use', content: [USE] }).amended).toBeUndefined()
  })

  test.each([
    [undefined, 'malformed', 'not-json'],
    ['text', 'malformed', 'not-this-protocol'],
    [{}, 'malformed', 'not-this-protocol'],
    [{ ...MESSAGE, type: 'completion' }, 'malformed', 'not-this-protocol'],
    [{ ...MESSAGE, content: 'hi' }, 'malformed', 'not-this-protocol'],
    [{ ...MESSAGE, usage: null }, 'malformed', 'not-this-protocol'],
    [{ ...MESSAGE, content: [{ type: 'tool_use', name: 'f' }] }, 'malformed', 'arguments-not-json'],
    [{ ...MESSAGE, stop_reason: 7 }, 'malformed', 'not-this-protocol'],
    [{ ...MESSAGE, stop_reason: null }, 'truncated', 'ended-before-proof'],
    [{ type: 'error', error: { type: 'overloaded_error', message: 'x' } }, 'failed', 'in-band-error'],
    [{ error: { message: 'x' } }, 'failed', 'in-band-error'],
  ] as const)('%#: is no finished answer', (body, name, reason) => {
    const answer = read(body as Json | undefined)
    expect(answer.verdict).toEqual({ name, reason })
    expect(answer).not.toHaveProperty('response')
  })

  test('never throws, and gives a response only with a proof', () => {
    const json = fc.jsonValue() as fc.Arbitrary<Json>
    const fields = fc.record(
      { content: fc.oneof(fc.array(json), json), stop_reason: json, usage: json },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fields, json, (given, other) => {
        for (const body of [{ ...MESSAGE, ...given }, other]) {
          const answer = read(body)
          expect('proof' in answer.verdict).toBe(answer.response !== undefined)
        }
      }),
    )
  })
})

test('a refusal behind a call: the call is withheld as under a limit', () => {
  const result = message({ stop_reason: 'refusal', content: [TEXT, USE] })
  expect(result.verdict).toEqual({ name: 'refused', proof: 'body', stop: 'refusal' })
  expect(result.amended).toEqual({ ...MESSAGE, stop_reason: 'refusal', content: [TEXT] })
  expect(result.facts).toMatchObject({ toolCalls: 1, invalidToolCalls: 1 })
})

test("a provider's own tool is called with a JSON object too", () => {
  const search = (input: Json): Json => ({ type: 'server_tool_use', id: 's', name: 'web_search', input })
  for (const input of ['{"query"', 12, [], true])
    expect(message({ content: [search(input), TEXT] }).verdict).toEqual({
      name: 'malformed',
      reason: 'arguments-not-json',
    })
  expect(message({ content: [search({ query: 'a' }), TEXT] }).verdict.name).toBe('complete')
})

test('answers are one, however many were asked for', () => {
  expect(readResponse(MESSAGE, { completion: 'strict', choices: 2 }).verdict).toEqual({
    name: 'truncated',
    reason: 'ended-before-proof',
  })
})

test('a stop for tools that were not called is none', () => {
  const none = { name: 'malformed', reason: 'event-order' } as const
  expect(message({ stop_reason: 'tool_use' }).verdict).toEqual(none)
  const own = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
  expect(message({ content: [own], stop_reason: 'tool_use' }).verdict).toEqual(none)
})
