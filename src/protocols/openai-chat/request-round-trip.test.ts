import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { hasCorpus, recordedStreams } from '../../../test/support/corpus.ts'
import { isJsonObject, type JsonObject } from '../core/index.ts'
import { parseRequest } from './request-in.ts'
import { renderRequest } from './request-out.ts'

const word = fc.string({ minLength: 1, maxLength: 12 })
const call = fc.record({ id: word, name: word, input: fc.jsonValue().map((value) => JSON.stringify(value)) })
const wireMessage = fc.oneof(
  fc.record({ role: fc.constant('user'), content: word }),
  fc.record({
    role: fc.constant('user'),
    content: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('text'), text: word }),
        fc.record({
          type: fc.constant('image_url'),
          image_url: fc.record({ url: fc.webUrl(), detail: fc.constantFrom('low', 'auto') }),
        }),
      ),
      { minLength: 2, maxLength: 4 },
    ),
  }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.option(word),
    tool_calls: fc.array(
      call.map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: input } })),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({ role: fc.constant('tool'), tool_call_id: word, content: word }),
)
const wireRequest = fc.record(
  {
    model: fc.constant('gpt-4o'),
    messages: fc.array(wireMessage, { maxLength: 6 }).map((list) => [...list, { role: 'user', content: 'last' }]),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    max_completion_tokens: fc.integer({ min: 1, max: 9999 }),
    stop: fc.array(word, { minLength: 1, maxLength: 4 }),
    seed: fc.integer(),
    reasoning_effort: fc.constantFrom('low', 'high'),
    response_format: fc.constant({ type: 'json_object' }),
    n: fc.integer({ min: 2, max: 4 }),
    user: word,
  },
  { requiredKeys: ['model', 'messages'] },
)

test('what this protocol says survives the way through the core and back', () => {
  fc.assert(
    fc.property(wireRequest, (wire) => {
      const parsed = parseRequest(wire as JsonObject)
      if (!parsed.ok) throw new Error(parsed.problem.message)
      const rendered = renderRequest(parsed.value, { model: wire.model, isOwn: () => true })
      if (!rendered.ok) throw new Error(rendered.problem.message)
      expect(rendered.value.dropped).toEqual([])
      expect(rendered.value.body as object).toEqual(JSON.parse(JSON.stringify(wire)))
    }),
    { numRuns: 300 },
  )
})

/** Fields that the core has no word for, or that name no model of OpenAI's; each loss must be reported. */
const NOT_CARRIED = new Set([
  'reasoning_format',
  'models',
  'provider',
  'transforms',
  'reasoning',
  'thinking',
  'n',
  'stream_options',
])

test.skipIf(!hasCorpus)('recorded requests survive the way through the core and back', () => {
  const requests = recordedStreams().filter(({ protocol }) => protocol === 'openai-chat')
  expect(requests.length).toBeGreaterThan(30)
  for (const { name, request } of requests) {
    const parsed = parseRequest(request)
    if (!parsed.ok) throw new Error(`${name}: ${parsed.problem.field}: ${parsed.problem.message}`)
    const rendered = renderRequest(parsed.value, { model: parsed.value.model, isOwn: () => true })
    if (!rendered.ok) throw new Error(`${name}: ${rendered.problem.field}: ${rendered.problem.message}`)
    const { body, dropped } = rendered.value
    const again = parseRequest(body)
    if (!again.ok) throw new Error(`${name}: ${again.problem.message}`)
    expect(again.value.messages, name).toEqual(parsed.value.messages)
    expect(body.messages as object, name).toEqual(normalized(request.messages))
    for (const [field, value] of Object.entries(request))
      // An empty list of tools is none.
      if (field !== 'messages' && !NOT_CARRIED.has(field) && !(Array.isArray(value) && value.length === 0))
        expect(body[field] as object, `${name} ${field}`).toEqual(value as object)
    const isWhole = parsed.value.unknown.size === 0
    expect(dropped, name).toEqual(isWhole ? [] : ['unknown-fields'])
  }
})

/** The same messages without nulls, and with the content that a message of tool calls alone has. */
function normalized(messages: unknown): object[] {
  return (messages as JsonObject[]).map((message) => {
    const present = Object.entries(message).filter(([, value]) => value !== null)
    const parts = Array.isArray(message.content) && message.content.length === 1 ? message.content : []
    const only = isJsonObject(parts[0]) && parts[0].type === 'text' ? { content: parts[0].text } : {}
    const isCallOnly = message.tool_calls !== undefined && message.tool_calls !== null
    return { ...(isCallOnly && { content: null }), ...Object.fromEntries(present), ...only }
  })
}
