import fc from 'fast-check'
import type {
  CoreRequest,
  ImagePart,
  Json,
  JsonObject,
  Message,
  Part,
  Tool,
  ToolChoice,
  ToolCallPart,
  ToolResultPart,
} from '../../src/protocols/core/index.ts'

// Core requests of what the loss table lets no protocol lose, and of options that some of them lose.

/** Not blank: Anthropic takes no blank text. */
const words = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `a${text}z`)
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,11}$/)
const text = words.map((value): Part => ({ type: 'text', text: value }))
const image: fc.Arbitrary<ImagePart> = fc.oneof(
  fc.constantFrom('image/png', 'image/jpeg').map((mediaType): ImagePart => ({
    type: 'image',
    source: { kind: 'base64', mediaType, data: 'AAAA' },
  })),
  fc.webUrl().map((url): ImagePart => ({ type: 'image', source: { kind: 'url', url: `${url}/picture.png` } })),
)
const args = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue() as fc.Arbitrary<Json>, { maxKeys: 4 })

const round = fc.record({
  question: fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 3 }),
  said: fc.option(words, { nil: undefined }),
  uses: fc.array(fc.tuple(name, args, fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 2 })), {
    maxLength: 3,
  }),
})

/** Questions, answers, calls, and all their results before the next question. */
const messages = fc.array(round, { minLength: 1, maxLength: 3 }).map((rounds): readonly Message[] => {
  const all: Message[] = []
  let results: readonly Part[] = []
  for (const [turn, { question, said, uses }] of rounds.entries()) {
    const calls = uses.map(([called, input], index): ToolCallPart => ({
      type: 'tool-call',
      kind: 'json',
      id: `id_${turn}_${index}`,
      name: called,
      input: JSON.stringify(input),
    }))
    all.push({ role: 'user', content: [...results, ...question] })
    all.push({ role: 'assistant', content: [{ type: 'text', text: said ?? 'Yes.' }, ...calls] })
    results = uses.map(([, , content], index): ToolResultPart => ({
      type: 'tool-result',
      callId: `id_${turn}_${index}`,
      content,
      isError: false,
    }))
  }
  return [...all, { role: 'user', content: [...results, { type: 'text', text: 'Go on.' }] }]
})

const schema = fc.constantFrom<JsonObject>(
  { type: 'object', properties: {}, additionalProperties: false },
  { type: 'object', properties: { a: { type: ['string', 'null'], enum: ['x', null] } }, required: ['a'] },
  {
    type: 'object',
    properties: { a: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/b' }] } },
    $defs: { b: { type: 'integer' } },
  },
)

const tools = fc.uniqueArray(fc.tuple(name, words, schema), { minLength: 1, maxLength: 3, selector: ([each]) => each })

const options = fc.record(
  {
    maxOutputTokens: fc.integer({ min: 16, max: 9_999 }),
    temperature: fc.constantFrom(0, 0.3, 1),
    topP: fc.constantFrom(0.1, 1),
    topK: fc.integer({ min: 1, max: 99 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    presencePenalty: fc.constantFrom(-1, 0.5),
    frequencyPenalty: fc.constantFrom(-1, 0.5),
    parallelToolCalls: fc.constant(false),
    format: schema.map((value) => ({ type: 'json-schema' as const, schema: value })),
  },
  { requiredKeys: [] },
)

function toChoice(choice: number, called = ''): ToolChoice {
  if (choice === 3) return { type: 'tool', name: called }
  return { type: (['auto', 'any', 'none'] as const)[choice] ?? 'auto' }
}

export const coreRequest: fc.Arbitrary<CoreRequest> = fc
  .tuple(messages, options, fc.option(words, { nil: undefined }), tools, fc.boolean(), fc.nat(3), fc.nat(4))
  .map(([list, given, system, declared, stream, choice, stops]): CoreRequest => ({
    model: 'a-model',
    stream,
    system: system === undefined ? [] : [{ type: 'text', text: system }],
    messages: list,
    tools: declared.map(([called, description, parameters]): Tool => ({
      kind: 'json',
      name: called,
      description,
      schema: parameters,
    })),
    ...given,
    // At most one call of none at all says nothing, and Anthropic has no words for it.
    toolChoice:
      given.parallelToolCalls === false && choice === 2 ? { type: 'auto' } : toChoice(choice, declared[0]?.[0]),
    stop: ['one', 'two', 'three', 'four'].slice(0, stops),
    choices: 1,
    includeUsage: true,
    unknown: new Map(),
  }))

/** Without what the loss table lets some protocol lose. */
export function lossless({
  topK: _k,
  seed: _s,
  presencePenalty: _p,
  frequencyPenalty: _f,
  parallelToolCalls: _c,
  ...request
}: CoreRequest): CoreRequest {
  return { ...request, stop: [] }
}

/**
 * A request as it is to be compared, without what has no meaning: whether neighbours of one role are one turn, which
 * spelling of JSON arguments, the name of a schema, Gemini's placeholders. Media of a result may stand behind the results, and
 * results stand first.
 */
export function meaningOf(request: CoreRequest): object {
  const { system, messages: list, tools: declared, format, includeUsage: _, unknown: _u, ...rest } = request
  const turns: { role: string; content: Part[] }[] = []
  for (const { role, content } of list) {
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...content)
    else turns.push({ role, content: [...content] })
  }
  return {
    ...rest,
    system: system.map((part) => part.text).join('\n'),
    turns: turns.map(({ role, content }) => ({ role, ...contentOf(content) })),
    tools: declared.map((tool) =>
      tool.kind === 'json' ? { name: tool.name, description: tool.description, schema: tool.schema } : tool,
    ),
    format: format?.type === 'json-schema' ? format.schema : format,
  }
}

/** Where the media of a result alone came behind the results, this stands in it. */
const STAND_IN = /^\(The result is attached /

function contentOf(content: readonly Part[]): object {
  const results = content.filter((part) => part.type === 'tool-result')
  const media = (parts: readonly Part[]): readonly object[] =>
    parts.flatMap((part) => (part.type === 'image' ? [sourceOf(part)] : []))
  const texts = (parts: readonly Part[]): readonly string[] =>
    parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return {
    texts: texts(content)
      .filter((each) => !STAND_IN.test(each))
      .join(''),
    calls: content.flatMap((part) =>
      part.type === 'tool-call' ? [{ id: part.id, name: part.name, input: JSON.parse(part.input) as unknown }] : [],
    ),
    results: results.map(({ callId, content: parts }) => ({
      callId,
      text: texts(parts)
        .filter((each) => !STAND_IN.test(each))
        .join('\n'),
    })),
    media: [...results.flatMap((result) => media(result.content)), ...media(content)],
  }
}

function sourceOf({ source }: ImagePart): object {
  return source.kind === 'url' ? { url: source.url } : source
}
