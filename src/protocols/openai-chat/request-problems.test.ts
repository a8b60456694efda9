import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { JsonObject, RequestProblem } from '../core/index.ts'
import { parseRequest } from './request-in.ts'

function problem(body: JsonObject): RequestProblem {
  const result = parseRequest({ model: 'm', messages: [{ role: 'user', content: 'hello' }], ...body })
  if (result.ok) throw new Error('expected a problem')
  return result.problem
}

test('a problem names the place, what was expected and what came', () => {
  const cases: readonly [JsonObject, string, string][] = [
    [{ messages: 'hi' }, 'messages', 'expected an array, got a string'],
    [{ messages: [] }, 'messages', 'expected at least one message, got an empty list'],
    [
      { messages: [{ role: 'user', content: 7 }] },
      'messages[0].content',
      'expected a string or a list of parts, got a number',
    ],
    [{ messages: [{ role: 'robot', content: '' }] }, 'messages[0].role', 'another role'],
    [
      { messages: [{ role: 'user', content: [{ type: 'video_url' }] }] },
      'messages[0].content[0].type',
      'text or image_url',
    ],
    [{ messages: [{ role: 'tool', content: '1' }] }, 'messages[0].tool_call_id', 'got nothing'],
    [{ tool_choice: 'sometimes' }, 'tool_choice', 'another word'],
    [{ messages: [{ role: 'function', name: 'f', content: '7' }] }, 'messages[0].name', 'a function_call before it'],
    [{ max_tokens: 0 }, 'max_tokens', 'a whole number of at least 1'],
    [{ stop: [1] }, 'stop[0]', 'expected a string, got a number'],
    [
      { response_format: { type: 'json_schema', json_schema: {} } },
      'response_format.json_schema.schema',
      'expected an object',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:x' } }] }] },
      'messages[0].content[0].image_url.url',
      'base64',
    ],
  ]
  for (const [body, field, message] of cases) {
    const found = problem(body)
    expect(found.field).toBe(field)
    expect(found.message).toContain(message)
  }
})

test('no JSON whatever makes the parser throw', () => {
  const names =
    'model messages tools tool_choice stop stream_options response_format reasoning thinking functions n user'.split(
      ' ',
    )
  const anything = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue())
  const role = fc.constantFrom('system', 'user', 'assistant', 'tool', 'function', 'developer', 'x')
  const type = fc.constantFrom('text', 'image_url', 'file', 'input_audio', 'refusal', 'thinking', 'function', 'custom')
  const part = fc.record(
    { type, text: fc.jsonValue(), image_url: fc.jsonValue(), file: fc.jsonValue(), thinking: fc.jsonValue() },
    { requiredKeys: [] },
  )
  const message = fc.record(
    {
      role,
      content: fc.oneof(fc.jsonValue(), fc.array(part)),
      tool_calls: fc.oneof(
        fc.jsonValue(),
        fc.array(fc.record({ type, id: fc.string(), function: fc.jsonValue(), custom: fc.jsonValue() })),
      ),
      tool_call_id: fc.string(),
      function_call: fc.jsonValue(),
    },
    { requiredKeys: ['role'] },
  )
  const almost = fc.record(
    { model: fc.string(), messages: fc.array(message), tool_choice: fc.jsonValue(), tools: fc.jsonValue() },
    { requiredKeys: ['model', 'messages'] },
  )
  fc.assert(
    fc.property(fc.oneof(anything, almost), (body) => {
      const result = parseRequest(body as JsonObject)
      if (!result.ok) expect(result.problem.message).toStartWith('expected ')
    }),
    { numRuns: 1000 },
  )
})

test('no word of the request comes back in a problem', () => {
  const CANARY = 'canary-4711'
  const broken: JsonObject[] = [
    { model: 'm', messages: CANARY },
    { model: 'm', messages: [{ role: CANARY, content: CANARY }] },
    { model: 'm', messages: [{ role: 'user', content: [{ type: CANARY, text: CANARY }] }] },
    { model: 'm', messages: [{ role: 'user', content: [CANARY] }] },
    { model: 'm', messages: [{ role: 'function', name: CANARY, content: CANARY }] },
    { model: 'm', messages: [{ role: 'user', content: 'x' }], tool_choice: CANARY },
    { model: 'm', messages: [{ role: 'user', content: 'x' }], response_format: { type: CANARY } },
    { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: `data:${CANARY}` }] }] },
  ]
  for (const body of broken) {
    const result = parseRequest(body)
    expect(result.ok).toBe(false)
    expect(JSON.stringify(result)).not.toContain(CANARY)
  }
})
