import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Completion, Json, JsonObject } from '../core/index.ts'
import { readResponse } from './response-in.ts'

const read = (body: Json | undefined, completion: Completion = 'strict', choices = 1) =>
  readResponse(body, { completion, choices })
const choice = (finish_reason: string | null, message: JsonObject, more: JsonObject = {}): JsonObject => ({
  index: 0,
  finish_reason,
  message: { role: 'assistant', ...message },
  ...more,
})
const answer = (...choices: JsonObject[]): JsonObject => ({ id: 'chatcmpl-1', model: 'gpt-4o', created: 7, choices })
const call = (id: string, args: string): JsonObject => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: args },
})
const part = (id: string, input: string) => ({ type: 'tool-call', kind: 'json', id, name: 'f', input })

test('a whole answer is complete, with its facts', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2 }
  const message = { content: 'hello', tool_calls: [call('a', '{"x":1}')], reasoning_content: 'hm' }
  expect(read({ ...answer(choice('tool_calls', message)), usage })).toEqual({
    verdict: { name: 'complete', proof: 'body', stop: 'tool-use' },
    facts: {
      events: 0,
      toolCalls: 1,
      invalidToolCalls: 0,
      caveat: undefined,
      servedModel: 'gpt-4o' as never,
      rawStop: 'tool_calls' as never,
      usage: { inputTokens: 3, outputTokens: 2 },
    },
    response: {
      id: 'chatcmpl-1',
      model: 'gpt-4o',
      created: 7,
      choices: [
        {
          content: [{ type: 'thinking', text: 'hm' }, { type: 'text', text: 'hello' }, part('a', '{"x":1}') as never],
          stop: { kind: 'tool-use', raw: 'tool_calls' as never },
        },
      ],
      usage: { inputTokens: 3, outputTokens: 2 },
    },
  })
})

test('the stop decides what a finished answer is called', () => {
  expect(read(answer(choice('stop', { content: 'a' }))).verdict).toEqual({
    name: 'complete',
    proof: 'body',
    stop: 'end',
  })
  expect(read(answer(choice('length', { content: 'a' }))).verdict).toMatchObject({ name: 'limited', stop: 'limit' })
  expect(read(answer(choice('new_word', { content: 'a' }))).verdict).toMatchObject({ name: 'limited', stop: 'limit' })
  expect(read(answer(choice('content_filter', {}))).verdict).toMatchObject({ name: 'refused', stop: 'refusal' })
  const refused = read(answer(choice('stop', { content: null, refusal: 'no' })))
  expect(refused.verdict).toMatchObject({ name: 'refused' })
  expect(refused.response?.choices[0]?.content).toEqual([{ type: 'refusal', text: 'no' }])
})

test('what is no whole answer is told by why', () => {
  const verdict = (body: Json | undefined) => read(body).verdict
  expect(verdict(undefined)).toEqual({ name: 'malformed', reason: 'not-json' })
  expect(verdict('hello')).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
  expect(verdict({ content: [] })).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
  expect(verdict({ choices: [] })).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
  expect(verdict({ choices: [{ delta: {}, finish_reason: 'stop' }] })).toEqual({
    name: 'malformed',
    reason: 'not-this-protocol',
  })
  expect(verdict({ error: { message: 'x' } })).toEqual({ name: 'failed', reason: 'in-band-error' })
  expect(verdict({ ...answer(choice('stop', {})), error: 'x' })).toEqual({ name: 'failed', reason: 'in-band-error' })
  expect(verdict(answer(choice('stop', {}, { error: { code: 502 } })))).toEqual({
    name: 'failed',
    reason: 'in-band-error',
  })
  expect(verdict({ ...answer(choice('stop', { content: 'a' })), error: null })).toMatchObject({ name: 'complete' })
  expect(verdict(answer(choice('abort', { content: 'a' })))).toEqual({ name: 'failed', reason: 'failed-finish' })
  expect(verdict(answer(choice(null, { content: 'a' })))).toEqual({ name: 'truncated', reason: 'ended-before-proof' })
  expect(verdict(answer(choice('stop', {}), choice('', {})))).toEqual({
    name: 'truncated',
    reason: 'ended-before-proof',
  })
  for (const body of [{ error: {} }, answer(choice('abort', {})), answer(choice(null, {}))])
    expect(read(body).response).toBeUndefined()
})

test('an upstream that never gives a reason is complete without one, as declared', () => {
  const text = read(answer(choice(null, { content: 'a' })), 'sentinel-only')
  expect(text.verdict).toEqual({ name: 'complete', proof: 'body', stop: undefined })
  expect(text.response?.choices[0]?.stop).toEqual({ kind: 'end', raw: undefined })
  const tools = read(answer(choice(null, { tool_calls: [call('a', '{}')] })), 'sentinel-only')
  expect(tools.response?.choices[0]?.stop.kind).toBe('tool-use')
  expect(read(answer(choice(null, { tool_calls: [call('a', '{')] })), 'sentinel-only').verdict).toMatchObject({
    name: 'malformed',
  })
  expect(read(answer(choice('length', { content: 'a' })), 'sentinel-only').verdict).toMatchObject({ name: 'limited' })
})

test('arguments that do not parse make the answer malformed; empty ones mean none', () => {
  const broken = read(answer(choice('tool_calls', { tool_calls: [call('a', '{"x":'), call('b', '{}')] })))
  expect(broken.verdict).toEqual({ name: 'malformed', reason: 'arguments-not-json' })
  expect(broken.facts).toMatchObject({ toolCalls: 2, invalidToolCalls: 1 })
  const empty = read(answer(choice('tool_calls', { tool_calls: [call('a', '')] })))
  expect(empty.verdict.name).toBe('complete')
  expect(empty.response?.choices[0]?.content as unknown).toEqual([part('a', '{}')])
  expect(empty.amended).toBeUndefined()
})

test('under a limit the calls that it stopped are withheld, in the provider’s words too', () => {
  const body = answer(choice('length', { content: 'so', tool_calls: [call('a', '{"x":1}'), call('b', '{"x":')] }))
  const result = read(body)
  expect(result.verdict).toEqual({ name: 'limited', proof: 'body', stop: 'limit' })
  expect(result.facts).toMatchObject({ toolCalls: 2, invalidToolCalls: 1 })
  expect(result.response?.choices[0]?.content as unknown).toEqual([{ type: 'text', text: 'so' }, part('a', '{"x":1}')])
  expect(result.amended).toEqual(answer(choice('length', { content: 'so', tool_calls: [call('a', '{"x":1}')] })))
})

test('under a limit a last call that has nothing yet, or is free-form, is withheld; one before it is not', () => {
  const withheld = (...tool_calls: JsonObject[]) =>
    read(answer(choice('length', { content: null, tool_calls }))).amended
  expect(withheld(call('a', ''))).toEqual(answer(choice('length', { content: null })))
  expect(withheld(call('a', ''), call('b', '{}'))).toBeUndefined()
  const custom = { id: 'c', type: 'custom', custom: { name: 'patch', input: 'half a pat' } }
  expect(withheld(custom)).toEqual(answer(choice('length', { content: null })))
  expect(withheld(custom, call('b', '{}'))).toBeUndefined()
  expect(read(answer(choice('tool_calls', { tool_calls: [custom] }))).verdict.name).toBe('complete')
})

test('the forms that other hosts have are read', () => {
  const content = (message: JsonObject) =>
    read(answer(choice('stop', message))).response?.choices[0]?.content as unknown
  const thinking = [
    { type: 'text', text: 'h' },
    { type: 'text', text: 'm' },
  ]
  expect(
    content({
      content: [
        { type: 'thinking', thinking },
        { type: 'text', text: 'a' },
      ],
    }),
  ).toEqual([
    { type: 'thinking', text: 'hm' },
    { type: 'text', text: 'a' },
  ])
  expect(content({ content: 'a', reasoning: 'hm' })).toEqual([
    { type: 'thinking', text: 'hm' },
    { type: 'text', text: 'a' },
  ])
  expect(content({ function_call: { name: 'f', arguments: '{"x":1}' } })).toEqual([part('call_0_0', '{"x":1}')])
  expect(content({ tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] })).toEqual([
    part('call_0_0', '{"x":1}'),
  ])
})

test('several choices stand in the order of their index, and the gravest stop speaks for them', () => {
  const result = read(answer({ ...choice('length', { content: 'b' }), index: 1 }, choice('stop', { content: 'a' })))
  expect(result.verdict.name).toBe('limited')
  expect(result.response?.choices.map(({ content }) => content as unknown)).toEqual([
    [{ type: 'text', text: 'a' }],
    [{ type: 'text', text: 'b' }],
  ])
})

test('fewer choices than were asked for are a cut answer', () => {
  const one = answer(choice('stop', { content: 'a' }))
  for (const completion of ['strict', 'finish-only', 'sentinel-only'] as const) {
    expect(read(one, completion, 3)).toMatchObject({
      verdict: { name: 'truncated', reason: 'ended-before-proof' },
      facts: { servedModel: 'gpt-4o' },
    })
    expect(read(one, completion, 3).response).toBeUndefined()
  }
  const three = answer(...[0, 1, 2].map((index) => ({ ...choice('stop', { content: 'a' }), index })))
  expect(read(three, 'strict', 3).verdict.name).toBe('complete')
  expect(read(three, 'strict', 1).verdict.name).toBe('complete')
})

test('arguments are one JSON object or nothing', () => {
  for (const json of ['"str"', '12', '[]', 'null', ' true'])
    expect(read(answer(choice('tool_calls', { tool_calls: [call('a', json)] }))).verdict).toEqual({
      name: 'malformed',
      reason: 'arguments-not-json',
    })
})

test('arguments that are not even text are judged as what they are', () => {
  const verdict = (written: Json) =>
    read(answer(choice('tool_calls', { tool_calls: [{ id: 'a', function: { name: 'f', arguments: written } }] })))
      .verdict
  for (const written of [12, true, ['{}']]) expect(verdict(written)).toMatchObject({ reason: 'arguments-not-json' })
  for (const written of [null, {}]) expect(verdict(written).name).toBe('complete')
})

test('a filter that stopped inside a call makes a refusal without the call', () => {
  const result = read(answer(choice('content_filter', { content: 'so', tool_calls: [call('a', '{"x":')] })))
  expect(result.verdict).toEqual({ name: 'refused', proof: 'body', stop: 'refusal' })
  expect(result.amended).toEqual(answer(choice('content_filter', { content: 'so' })))
  expect(result.response?.choices[0]?.content).toEqual([{ type: 'text', text: 'so' }])
})

test('the deprecated single call beside others is their echo, and not a call more', () => {
  const echo = { content: null, tool_calls: [call('a', '{"x":1}')], function_call: { name: 'f', arguments: '{"x":1}' } }
  const result = read(answer(choice('tool_calls', echo)))
  expect(result.response?.choices[0]?.content as unknown).toEqual([part('a', '{"x":1}')])
})

test('the deprecated single call is judged beside the others, and withheld alone', () => {
  const half = { name: 'f', arguments: '{"x":' }
  const both = { content: null, tool_calls: [call('a', '{"x":1}')], function_call: half }
  expect(read(answer(choice('length', both))).amended).toEqual(
    answer(choice('length', { content: null, tool_calls: [call('a', '{"x":1}')] })),
  )
  expect(read(answer(choice('length', { content: null, function_call: half }))).amended).toEqual(
    answer(choice('length', { content: null })),
  )
  expect(read(answer(choice('tool_calls', both))).verdict).toMatchObject({ reason: 'arguments-not-json' })
})

test('no body whatever makes the reader throw, and a finished verdict always comes with the answer', () => {
  const message = fc.record(
    {
      content: fc.jsonValue(),
      refusal: fc.jsonValue(),
      tool_calls: fc.array(
        fc.oneof(
          fc.jsonValue(),
          fc.record({ function: fc.record({ name: fc.jsonValue(), arguments: fc.jsonValue() }) }),
        ),
      ),
      annotations: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  const wire = fc.record({
    finish_reason: fc.oneof(fc.constantFrom('stop', 'length', 'tool_calls'), fc.jsonValue()),
    message: fc.oneof(message, fc.jsonValue()),
    index: fc.jsonValue(),
  })
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record({ choices: fc.array(wire), id: fc.jsonValue(), usage: fc.jsonValue() }),
  )
  fc.assert(
    fc.property(body, fc.constantFrom<Completion>('strict', 'finish-only', 'sentinel-only'), (value, completion) => {
      const result = read(value as Json, completion)
      expect('proof' in result.verdict).toBe(result.response !== undefined)
    }),
    { numRuns: 1000 },
  )
})

test.each(['tool_calls', 'function_call'])('the reason %s without a call is none', (reason) => {
  const verdict = read(answer(choice(reason, { content: 'a' }))).verdict
  expect(verdict).toEqual({ name: 'malformed', reason: 'event-order' })
  const deprecated = { function_call: { name: 'f', arguments: '{}' } }
  expect(read(answer(choice(reason, deprecated))).verdict.name).toBe('complete')
})

test('a call without a name is none, and withheld where a limit stopped the model', () => {
  const nameless = { content: 'a', tool_calls: [{ id: 'a', type: 'function', function: { arguments: '{}' } }] }
  const notThis = { name: 'malformed', reason: 'not-this-protocol' } as const
  for (const reason of ['stop', 'tool_calls']) expect(read(answer(choice(reason, nameless))).verdict).toEqual(notThis)
  const limited = read(answer(choice('length', nameless)))
  expect([limited.verdict.name, limited.facts.invalidToolCalls]).toEqual(['limited', 1])
  expect(limited.amended).toMatchObject({ choices: [{ message: { content: 'a' } }] })
})

test.each([5, {}, false])('%j in the place of text is not this protocol', (text) => {
  for (const message of [{ content: text }, { refusal: text }, { content: [{ type: 'text', text }] }])
    expect(read(answer(choice('stop', message as JsonObject))).verdict).toEqual({
      name: 'malformed',
      reason: 'not-this-protocol',
    })
  expect(read(answer(choice('stop', { content: null, refusal: null }))).verdict.name).toBe('complete')
})
