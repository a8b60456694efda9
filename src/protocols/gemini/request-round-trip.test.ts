import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { hasCorpus, recordedStreams } from '../../../test/support/corpus.ts'
import type { CoreRequest, Json, JsonObject, Message, Part } from '../core/index.ts'
import { parseRequest } from './request-in.ts'
import { renderRequest } from './request-out.ts'

const ADDRESS = { model: 'gemini-3-pro', stream: true }

function rendered(request: CoreRequest): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const outcome = renderRequest(request, { model: request.model, isOwn: () => true })
  if (!outcome.ok) throw new Error(`${outcome.problem.field}: ${outcome.problem.message}`)
  return outcome.value
}

function parsed(body: JsonObject): CoreRequest {
  const request = parseRequest(body, ADDRESS)
  if (!request.ok) throw new Error(`${request.problem.field}: ${request.problem.message}`)
  return request.value
}

const throughWire = (value: JsonObject): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject

// ## Core requests of all that this protocol can express

const words = fc.string({ minLength: 1, unit: 'grapheme' })
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,11}$/)
const mark = fc.stringMatching(/^[A-Za-z0-9+/]{4,12}$/)
const text = words.map((value): Part => ({ type: 'text', text: value }))
const source = fc.oneof(
  fc.record({ kind: fc.constant('base64' as const), mediaType: fc.constant('video/mp4'), data: fc.constant('AAAA') }),
  fc.record({
    kind: fc.constant('url' as const),
    url: fc.webUrl().map((url) => `${url}/v.mp4`),
    mediaType: fc.constant('video/mp4'),
  }),
)
const asked: fc.Arbitrary<Part> = fc.oneof(
  text,
  fc.constant<Part>({ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }),
  fc.webUrl().map((url): Part => ({ type: 'image', source: { kind: 'url', url, mediaType: 'image/webp' } })),
  source.map((value): Part => ({ type: 'video', source: value })),
  fc.constantFrom('mp3', 'wav', 'flac').map((format): Part => ({ type: 'audio', data: 'AAAA', format })),
  fc.constant<Part>({ type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' } }),
  fc.constant<Part>({ type: 'document', source: { kind: 'file', fileId: 'gs://bucket/a' } }),
)
const said: fc.Arbitrary<Part> = fc.oneof(
  text,
  fc.tuple(words, mark).map(([value, signature]): Part => ({ type: 'thinking', text: value, signature })),
  mark.map((signature): Part => ({ type: 'thinking', text: '', signature })),
  words.map((code): Part => ({
    type: 'opaque',
    protocol: 'gemini',
    kind: 'executableCode',
    value: { executableCode: { code } },
  })),
)
const args = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue() as fc.Arbitrary<Json>)
const used = fc.tuple(
  name,
  args,
  fc.option(mark, { nil: undefined }),
  fc.option(words, { nil: undefined }),
  fc.boolean(),
)

const round = fc.tuple(
  fc.array(asked, { minLength: 1, maxLength: 3 }),
  fc.array(said, { maxLength: 4 }).map(withoutNeighbours),
  fc.array(used, { maxLength: 3 }),
)

/** Texts in a row are one text of a model's, however they came. */
function withoutNeighbours(parts: readonly Part[]): readonly Part[] {
  return parts.filter((part, index) => part.type !== 'text' || parts[index - 1]?.type !== 'text')
}

const messages = fc.array(round, { minLength: 1, maxLength: 3 }).map((rounds): Message[] => {
  const all: Message[] = []
  let results: Part[] = []
  for (const [turn, [question, answer, uses]] of rounds.entries()) {
    const calls = uses.map(([called, input, signature], index): Part => {
      const id = `id_${turn}_${index}`
      const json = JSON.stringify(JSON.parse(JSON.stringify(input)))
      return {
        type: 'tool-call',
        kind: 'json',
        id,
        name: called,
        input: json,
        ...(signature !== undefined && { signature }),
      }
    })
    all.push(
      { role: 'user', content: [...results, ...question] },
      { role: 'assistant', content: [...answer, ...calls] },
    )
    results = uses.map(([, , , output, isError], index): Part => {
      const content: Part[] = output === undefined ? [] : [{ type: 'text', text: output }]
      return { type: 'tool-result', callId: `id_${turn}_${index}`, content, isError }
    })
  }
  return [
    ...all.filter(({ content }) => content.length > 0),
    { role: 'user', content: [...results, { type: 'text', text: 'go on' }] },
  ]
})

const schema = fc.constantFrom<JsonObject>(
  { type: 'object', properties: {} },
  {
    type: 'object',
    properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    required: ['a'],
    additionalProperties: false,
  },
)
const options = fc.record(
  {
    maxOutputTokens: fc.integer({ min: 1, max: 9999 }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }).filter((value) => !Object.is(value, -0)),
    topP: fc.constantFrom(0.1, 1),
    topK: fc.integer({ min: 1, max: 99 }),
    seed: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    presencePenalty: fc.constantFrom(-1, 0.5),
    frequencyPenalty: fc.constantFrom(-1, 0.5),
    format: fc.oneof(
      fc.constant({ type: 'json' as const }),
      schema.map((value) => ({ type: 'json-schema' as const, schema: value })),
    ),
    reasoning: fc.constantFrom({ enabled: true }, { enabled: true, effort: 'low' }, { enabled: true, effort: 'high' }),
    toolChoice: fc.constantFrom(
      { type: 'auto' as const },
      { type: 'any' as const },
      { type: 'none' as const },
      { type: 'tool' as const, name: 'f' },
    ),
  },
  { requiredKeys: [] },
)
const request = fc
  .tuple(
    messages,
    options,
    fc.array(words, { maxLength: 2 }),
    fc.array(words, { maxLength: 5 }),
    fc.integer({ min: 1, max: 4 }),
    schema,
  )
  .map(([list, given, system, stop, choices, parameters]): CoreRequest => ({
    ...ADDRESS,
    system: system.map((value) => ({ type: 'text', text: value })),
    messages: list,
    tools: [{ kind: 'json', name: 'f', description: 'd', schema: parameters }],
    ...given,
    stop,
    choices,
    includeUsage: true,
    unknown: new Map(),
  }))

/** What this protocol's own rules change: neighbours of one role are one turn, and every step of a turn is signed. */
function normalized({ messages: list, ...rest }: CoreRequest): object {
  const merged: { role: string; content: Part[] }[] = []
  for (const { role, content } of list) {
    const last = merged.at(-1)
    if (last?.role === role) last.content.push(...content)
    else merged.push({ role, content: [...content] })
  }
  for (const turn of merged)
    if (turn.role === 'user') {
      const results = turn.content.filter(({ type }) => type === 'tool-result')
      turn.content = [...results, ...turn.content.filter(({ type }) => type !== 'tool-result')]
    }
  return { ...rest, messages: merged }
}

const PLACEHOLDER = 'skip_thought_signature_validator'

function withoutPlaceholders(value: CoreRequest): CoreRequest {
  const content = (part: Part): Part => {
    if (part.type !== 'tool-call' || part.signature !== PLACEHOLDER) return part
    const { signature: _, ...rest } = part
    return rest
  }
  return {
    ...value,
    messages: value.messages.map((message) => ({ ...message, content: message.content.map(content) })),
  }
}

describe('generated requests', () => {
  test('what the core says survives the way to this protocol and back', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { body, dropped } = rendered(given)
        expect(dropped).toEqual([])
        expect(withoutPlaceholders(parsed(throughWire(body)))).toEqual(normalized(given) as CoreRequest)
      }),
      { numRuns: 300 },
    )
  })

  test('whatever parses either renders or says why not', () => {
    const json = fc.jsonValue() as fc.Arbitrary<Json>
    const part = fc.record(
      {
        text: json,
        thought: json,
        thoughtSignature: json,
        functionCall: json,
        functionResponse: json,
        inlineData: json,
        file_data: json,
        x: json,
      },
      { requiredKeys: [] },
    )
    const content = fc.record(
      { role: fc.constantFrom('user', 'model', undefined), parts: fc.array(part) },
      { requiredKeys: [] },
    )
    const body = fc.record(
      {
        contents: fc.oneof(json, fc.array(content)),
        tools: json,
        toolConfig: json,
        generationConfig: json,
        systemInstruction: json,
        cachedContent: json,
      },
      { requiredKeys: ['contents'] },
    )
    fc.assert(
      fc.property(body, (given) => {
        const outcome = parseRequest(given as JsonObject, ADDRESS)
        if (!outcome.ok) return expect(outcome.problem.message).not.toBe('')
        const again = renderRequest(outcome.value, { model: 'm', isOwn: () => true })
        if (again.ok) expect(Array.isArray(again.value.body.contents)).toBe(true)
        else expect(again.problem.message).not.toBe('')
      }),
      { numRuns: 500 },
    )
  })
})

test.skipIf(!hasCorpus)('recorded requests survive the way through the core and back', () => {
  const recorded = recordedStreams(['gemini'])
  expect(recorded.length).toBeGreaterThan(5)
  for (const { name: file, request: body } of recorded) {
    // Most were recorded with models that insist on no signature.
    const first = { ...parsed(body), model: 'gemini-2.5-pro' }
    const { body: again, dropped } = rendered(first)
    const second = parsed(throughWire(again))
    expect({ ...second, model: first.model, unknown: new Map() }, file).toEqual({ ...first, unknown: new Map() })
    expect(dropped, file).toEqual(first.unknown.size > 0 ? ['unknown-fields'] : [])
    expect(partsOf(again), file).toEqual(partsOf(body))
  }
})

/** The parts as they were recorded, but for results, whose objects the core knows as text. */
function partsOf({ contents }: JsonObject): unknown {
  return (contents as readonly { parts: readonly JsonObject[] }[]).map(({ parts }) =>
    parts.filter((part) => part.functionResponse === undefined),
  )
}
