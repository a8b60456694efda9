import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { hasCorpus, recordedStreams } from '../../../test/support/corpus.ts'
import type { CoreRequest, Message, Part, Tool } from '../core/index.ts'
import { parseRequest } from './request-in.ts'
import { renderRequest } from './request-out.ts'

const word = fc.string({ minLength: 1, maxLength: 12 })
const base64 = fc.base64String({ minLength: 4, maxLength: 12 })
const text: fc.Arbitrary<Part> = word.map((value) => ({ type: 'text', text: value }))
const image: fc.Arbitrary<Part> = fc.oneof(
  fc.webUrl().map((url): Part => ({ type: 'image', source: { kind: 'url', url } })),
  base64.map((data): Part => ({
    type: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data },
    detail: 'low',
  })),
)
const file: fc.Arbitrary<Part> = fc.oneof(
  fc.webUrl().map((url): Part => ({ type: 'document', source: { kind: 'url', url } })),
  fc.tuple(base64, word).map(([data, title]): Part => ({
    type: 'document',
    source: { kind: 'base64', mediaType: 'application/pdf', data },
    title,
  })),
)
const userMessage: fc.Arbitrary<Message> = fc
  .array(fc.oneof(text, image, file), { minLength: 1, maxLength: 3 })
  .map((content) => ({ role: 'user', content }))
const systemMessage: fc.Arbitrary<Message> = word.map((value) => ({
  role: 'system',
  content: [{ type: 'text', text: value }],
}))

interface Exchange {
  readonly thinking: boolean
  readonly texts: readonly string[]
  readonly refusal: boolean
  readonly calls: readonly {
    readonly kind: 'json' | 'custom'
    readonly input: string
    readonly result: readonly Part[]
  }[]
}
const exchange: fc.Arbitrary<Exchange> = fc.record({
  thinking: fc.boolean(),
  texts: fc.array(word, { maxLength: 2 }),
  refusal: fc.boolean(),
  calls: fc.array(
    fc.record({
      kind: fc.constantFrom('json' as const, 'custom' as const),
      input: fc.dictionary(word, fc.jsonValue()).map((value) => JSON.stringify(value)),
      result: fc.array(fc.oneof(text, image, file), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})

/** The model's turn and what answers its calls. */
function toMessages({ thinking, texts, refusal, calls }: Exchange, turn: number): readonly Message[] {
  const content: Part[] = [
    ...(thinking ? [{ type: 'thinking', text: 'hm', signature: 'g', id: `rs_${turn}` } as const] : []),
    ...texts.map((value) => ({ type: 'text', text: value }) as const),
    ...(refusal ? [{ type: 'refusal', text: 'no' } as const] : []),
    ...calls.map(({ kind, input }, i) => ({ type: 'tool-call', kind, id: `c${turn}_${i}`, name: 'f', input }) as const),
  ]
  const results = calls.map(
    ({ result }, i) => ({ type: 'tool-result', callId: `c${turn}_${i}`, content: result, isError: false }) as const,
  )
  return [
    { role: 'assistant', content },
    { role: 'user', content: results },
  ]
}

const tool: fc.Arbitrary<Tool> = fc.oneof(
  fc.record({ name: word, strict: fc.boolean() }).map(({ name, strict }): Tool => ({
    kind: 'json',
    name,
    schema: { type: 'object', properties: {} },
    strict,
  })),
  word.map((name): Tool => ({
    kind: 'custom',
    name,
    format: { type: 'grammar', grammar: { syntax: 'regex', definition: 'x' } },
  })),
)

const request: fc.Arbitrary<CoreRequest> = fc
  .record({
    system: fc.array(word, { maxLength: 2 }),
    first: userMessage,
    exchanges: fc.array(exchange, { maxLength: 3 }),
    later: fc.array(fc.oneof(userMessage, systemMessage), { maxLength: 2 }),
    tools: fc.array(tool, { minLength: 1, maxLength: 2 }),
    options: fc.record(
      {
        toolChoice: fc.constantFrom({ type: 'any' } as const, { type: 'auto' } as const, { type: 'none' } as const),
        parallelToolCalls: fc.boolean(),
        maxOutputTokens: fc.integer({ min: 16, max: 9999 }),
        temperature: fc.double({ min: 0, max: 2, noNaN: true }),
        topP: fc.double({ min: 0, max: 1, noNaN: true }),
        format: fc.constantFrom(
          { type: 'json' } as const,
          {
            type: 'json-schema',
            name: 'n',
            schema: { type: 'object' },
            strict: true,
          } as const,
        ),
        reasoning: fc.constantFrom({ effort: 'low', enabled: true }, { effort: 'none', enabled: false }),
        userId: word,
      },
      { requiredKeys: [] },
    ),
    stream: fc.boolean(),
  })
  .map(({ system, first, exchanges, later, tools, options, stream }) => ({
    model: 'gpt-5',
    stream,
    system: system.map((value) => ({ type: 'text', text: value }) as const),
    messages: [
      first,
      ...exchanges.flatMap(toMessages),
      ...later,
      { role: 'user', content: [{ type: 'text', text: 'last' }] },
    ],
    tools,
    ...options,
    stop: [],
    choices: 1,
    includeUsage: true,
    unknown: new Map(),
  }))

test('what this protocol can say survives the way from the core and back', () => {
  fc.assert(
    fc.property(request, (core) => {
      const rendered = renderRequest(core, { model: core.model, isOwn: () => true })
      if (!rendered.ok) throw new Error(rendered.problem.message)
      expect(rendered.value.dropped).toEqual([])
      const again = parseRequest(JSON.parse(JSON.stringify(rendered.value.body)))
      if (!again.ok) throw new Error(`${again.problem.field}: ${again.problem.message}`)
      expect(again.value as object).toEqual(
        JSON.parse(JSON.stringify(core), (key, value) => (key === 'unknown' ? new Map() : value)),
      )
    }),
    { numRuns: 300 },
  )
})

test.skipIf(!hasCorpus)('recorded requests survive the way through the core and back', () => {
  const requests = recordedStreams(['openai-responses'])
  expect(requests.length).toBeGreaterThan(15)
  let carried = 0
  for (const { name, request } of requests) {
    const parsed = parseRequest(request)
    if (!parsed.ok) {
      expect(parsed.problem.field, name).toBe('background')
      continue
    }
    const rendered = renderRequest(parsed.value, { model: parsed.value.model, isOwn: () => true })
    if (!rendered.ok) {
      expect(rendered.problem.field, name).toMatch(/^(logprobs|previous_response_id)$/)
      continue
    }
    carried += 1
    const again = parseRequest(rendered.value.body)
    if (!again.ok) throw new Error(`${name}: ${again.problem.message}`)
    expect(again.value.messages, name).toEqual(parsed.value.messages)
    expect(again.value.tools.length, name).toBe(parsed.value.tools.length)
    expect(again.value.system, name).toEqual(parsed.value.system)
  }
  expect(carried).toBeGreaterThan(12)
})
