import { describe, expect, test } from 'bun:test'
import type { CoreRequest, JsonObject, Message, Part, RequestProblem } from '../core/index.ts'
import { renderRequest } from './request-out.ts'
import { PLACEHOLDER_SIGNATURE } from './signatures.ts'

const HI: Message = { role: 'user', content: [{ type: 'text', text: 'hi' }] }
const BASE: CoreRequest = {
  model: 'asked',
  stream: false,
  system: [],
  messages: [HI],
  tools: [],
  stop: [],
  choices: 1,
  includeUsage: true,
  unknown: new Map(),
}
interface Options {
  readonly model?: string
  readonly own?: readonly string[]
}
function render(
  request: Partial<CoreRequest>,
  { model = 'gemini-2.5-flash', own = [] }: Options = {},
): { body: JsonObject; dropped: readonly string[] } {
  const outcome = renderRequest({ ...BASE, ...request }, { model, isOwn: (mark) => own.includes(mark) })
  if (!outcome.ok) throw new Error(`${outcome.problem.field}: ${outcome.problem.message}`)
  return outcome.value
}
function problemOf(request: Partial<CoreRequest>): RequestProblem | undefined {
  const outcome = renderRequest({ ...BASE, ...request }, { model: 'm', isOwn: () => false })
  return outcome.ok ? undefined : outcome.problem
}
const user = (...content: readonly Part[]): Message => ({ role: 'user', content })
const assistant = (...content: readonly Part[]): Message => ({ role: 'assistant', content })
const text = (value: string): Part => ({ type: 'text', text: value })
const call = (id: string, more: object = {}): Part =>
  ({ type: 'tool-call', kind: 'json', id, name: 'f', input: '{"a":1}', ...more }) as Part
const result = (callId: string, ...content: readonly Part[]): Part => ({
  type: 'tool-result',
  callId,
  content,
  isError: false,
})
const contentsOf = (messages: readonly Message[], options?: Options): object[] =>
  render({ messages }, options).body.contents as object[]

describe('the whole of a request', () => {
  test('the least of one says nothing that was not asked', () => {
    expect(render({})).toEqual({ body: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }, dropped: [] })
  })

  test('options', () => {
    const { body, dropped } = render({
      maxOutputTokens: 10,
      temperature: 1.5,
      topP: 0.5,
      topK: 4,
      stop: ['a'],
      choices: 2,
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: 2,
      format: { type: 'json-schema', name: 'n', strict: true, schema: { $schema: 'x', type: 'object' } },
    })
    expect(body.generationConfig as object).toEqual({
      maxOutputTokens: 10,
      temperature: 1.5,
      topP: 0.5,
      topK: 4,
      stopSequences: ['a'],
      candidateCount: 2,
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: 2,
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
    })
    expect(dropped).toEqual([])
    expect(render({ format: { type: 'json' } }).body.generationConfig as object).toEqual({
      responseMimeType: 'application/json',
    })
  })

  test('a seed of more than 32 bits becomes one of 32 that is always the same', () => {
    expect(render({ seed: 2 ** 40 + 5 }).body.generationConfig as object).toEqual({ seed: 5 })
    expect(render({ seed: -1 }).body.generationConfig as object).toEqual({ seed: -1 })
  })

  test('what would change the answer is refused by name', () => {
    expect(problemOf({ stop: ['1', '2', '3', '4', '5', '6'] })).toMatchObject({ field: 'stop' })
    expect(problemOf({ stop: ['1', '2', '3', '4', '5'] })).toBeUndefined()
    expect(problemOf({ topLogprobs: 0 })).toMatchObject({ field: 'logprobs' })
    expect(problemOf({ tools: [{ kind: 'custom', name: 'c' }] })).toMatchObject({ field: 'tools[0]' })
    expect(problemOf({ tools: [{ kind: 'server', protocol: 'anthropic', type: 't', value: {} }] })).toMatchObject({
      field: 'tools[0]',
    })
    expect(problemOf({ messages: [HI, assistant(text('I will'))] })).toMatchObject({ field: 'messages[1]' })
    expect(problemOf({ unknown: new Map([['previous_response_id', 'r']]) })).toMatchObject({
      field: 'previous_response_id',
    })
    expect(problemOf({ unknown: new Map([['modalities', ['audio']]]) })).toMatchObject({ field: 'modalities' })
  })

  test('what would not is dropped by name', () => {
    const { dropped } = render({
      metadata: {},
      userId: 'u',
      parallelToolCalls: false,
      tools: [{ kind: 'json', name: 'f', schema: {}, strict: true, cache: {} }],
      unknown: new Map<string, never>([
        ['logit_bias', {} as never],
        ['service_tier', 'x' as never],
        ['new_field', 1 as never],
      ]),
    })
    expect(dropped.toSorted()).toEqual([
      'cache-control',
      'logit-bias',
      'metadata',
      'service-tier',
      'single-call',
      'strict-tools',
      'unknown-fields',
    ])
  })

  test('what only Gemini can is carried to where it belongs', () => {
    const unknown = new Map([['generationConfig.responseModalities.IMAGE', ['TEXT', 'IMAGE']]])
    expect(render({ unknown }).body.generationConfig as object).toEqual({ responseModalities: ['TEXT', 'IMAGE'] })
  })
})

describe('turns', () => {
  test('system text before the first turn is the instruction, later it is the user’s in its place', () => {
    const system = (value: string): Message => ({ role: 'system', content: [text(value)] })
    const { body } = render({
      system: [{ type: 'text', text: 'a' }],
      messages: [system('b'), HI, assistant(text('yes')), system('c'), user(text('d'))],
    })
    expect(body as object).toEqual({
      systemInstruction: { parts: [{ text: 'a' }, { text: 'b' }] },
      contents: [
        { role: 'user', parts: [{ text: 'hi' }] },
        { role: 'model', parts: [{ text: 'yes' }] },
        { role: 'user', parts: [{ text: 'c' }, { text: 'd' }] },
      ],
    })
    expect(render({ messages: [system('only')] }).body as object).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'only' }] }],
    })
  })

  test('a turn of which nothing is left is left out, and its neighbours are one', () => {
    expect(contentsOf([HI, assistant({ type: 'redacted-thinking', data: 'x' }), user(text('still there?'))])).toEqual([
      { role: 'user', parts: [{ text: 'hi' }, { text: 'still there?' }] },
    ])
  })

  test('results come first, with the names of their calls; media behind them', () => {
    const image: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }
    const messages = [
      HI,
      assistant(call('a'), call('b', { name: 'g', input: '' })),
      user(text('go on'), result('a', text('x'), text('y')), { ...result('b', image), isError: true } as Part),
    ]
    expect(contentsOf(messages).slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a', name: 'f', args: { a: 1 } } },
          { functionCall: { id: 'b', name: 'g', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'f', response: { output: 'x\ny' } } },
          {
            functionResponse: {
              id: 'b',
              name: 'g',
              response: { error: '(The result is attached behind the results.)' },
            },
          },
          { text: 'go on' },
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
        ],
      },
    ])
    expect(problemOf({ messages: [user(result('nobody'))] })).toMatchObject({ field: 'messages[0].content[0]' })
  })

  test('arguments that are no object are refused before Google does', () => {
    expect(problemOf({ messages: [HI, assistant(call('a', { input: '{"a":' })), HI] })?.message).toContain('not JSON')
    expect(problemOf({ messages: [HI, assistant(call('a', { input: '[1]' })), HI] })?.message).toContain('an array')
    expect(problemOf({ messages: [HI, assistant(call('a', { kind: 'custom' })), HI] })?.message).toContain('custom')
  })
})

describe('parts', () => {
  const parts = (part: Part, options?: Options): { parts: readonly object[]; dropped: readonly string[] } => {
    const { body, dropped } = render({ messages: [user(text('q'), part)] }, options)
    return { parts: (body.contents as { parts: object[] }[])[0]!.parts.slice(1), dropped }
  }
  const url = (address: string, mediaType?: string): { kind: 'url'; url: string; mediaType?: string } => ({
    kind: 'url',
    url: address,
    ...(mediaType !== undefined && { mediaType }),
  })

  test.each<[string, Part, object[], string[]]>([
    [
      'an image by URL',
      { type: 'image', source: url('https://a/b.png'), detail: 'high' },
      [{ fileData: { mimeType: 'image/png', fileUri: 'https://a/b.png' } }],
      ['image-detail'],
    ],
    [
      'an image of no known kind',
      { type: 'image', source: url('https://a/b') },
      [{ fileData: { fileUri: 'https://a/b' } }],
      [],
    ],
    [
      'sound',
      { type: 'audio', data: 'AAAA', format: 'mp3' },
      [{ inlineData: { mimeType: 'audio/mp3', data: 'AAAA' } }],
      [],
    ],
    [
      'a video on YouTube',
      { type: 'video', source: url('https://youtu.be/x') },
      [{ fileData: { fileUri: 'https://youtu.be/x' } }],
      [],
    ],
    [
      'a document',
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' }, title: 't' },
      [{ inlineData: { mimeType: 'application/pdf', data: 'AAAA' } }],
      ['document-options'],
    ],
    [
      'a document that is text',
      { type: 'document', source: { kind: 'text', mediaType: 'text/plain', text: 'words' } },
      [{ text: 'words' }],
      [],
    ],
    ['a refusal', { type: 'refusal', text: 'no' }, [{ text: 'no' }], []],
    ['empty text', { type: 'text', text: '' }, [], []],
    [
      'text with sources',
      { type: 'text', text: 'a', cache: {}, citations: [{ raw: {}, protocol: 'x' }] },
      [{ text: 'a' }],
      ['cache-control', 'provider-content'],
    ],
    [
      'another protocol’s own',
      { type: 'opaque', protocol: 'anthropic', kind: 'k', value: {} },
      [],
      ['provider-content'],
    ],
    [
      'its own',
      { type: 'opaque', protocol: 'gemini', kind: 'executableCode', value: { executableCode: {} } },
      [{ executableCode: {} }],
      [],
    ],
    [
      'a provider’s own call',
      { type: 'tool-call', kind: 'server', id: 'a', name: 'f', input: '{}' },
      [],
      ['provider-content'],
    ],
    ['unsigned thinking', { type: 'thinking', text: 't' }, [], ['thinking-history']],
    ['another’s thinking', { type: 'thinking', text: 't', signature: 'theirs' }, [], ['thinking-history']],
  ])('%s', (_, part, expected, dropped) => {
    expect(parts(part)).toEqual({ parts: expected, dropped })
  })

  test('what the platform itself signed goes back to it', () => {
    const own = { own: ['S', 'gs://b/a'] }
    expect(parts({ type: 'thinking', text: 't', signature: 'S' }, own).parts).toEqual([
      { text: 't', thought: true, thoughtSignature: 'S' },
    ])
    expect(parts({ type: 'thinking', text: '', signature: 'S' }, own).parts).toEqual([
      { text: '', thoughtSignature: 'S' },
    ])
    expect(parts(call('a', { signature: 'S' }), own).parts).toEqual([
      { functionCall: { id: 'a', name: 'f', args: { a: 1 } }, thoughtSignature: 'S' },
    ])
    const tool = { toolCall: {}, thoughtSignature: 'S' }
    expect(parts({ type: 'opaque', protocol: 'gemini', kind: 'toolCall', value: tool }, own).parts).toEqual([tool])
    expect(parts({ type: 'opaque', protocol: 'gemini', kind: 'toolCall', value: tool }).dropped).toEqual([
      'provider-content',
    ])
    expect(parts({ type: 'document', source: { kind: 'file', fileId: 'gs://b/a' } }, own).parts).toEqual([
      { fileData: { fileUri: 'gs://b/a' } },
    ])
    expect(
      problemOf({ messages: [user({ type: 'image', source: { kind: 'file', fileId: 'file-1' } })] }),
    ).toMatchObject({ field: 'messages[0].content[0]' })
  })
})

describe('calls that no model of Google’s signed', () => {
  const signatures = (messages: readonly Message[], model: string, own: readonly string[] = []): unknown[] =>
    contentsOf(messages, { model, own }).flatMap((content) =>
      (content as { parts: JsonObject[] }).parts.flatMap((part) =>
        part.functionCall === undefined ? [] : [part.thoughtSignature],
      ),
    )
  const history = [
    HI,
    assistant(call('a')),
    user(result('a')),
    assistant(text('done')),
    user(text('again')),
    assistant(call('b'), call('c')),
    user(result('b'), result('c'), text('(go on)')),
    assistant(call('d', { signature: 'S' }), call('e')),
    user(result('d'), result('e')),
  ]

  test('get the placeholder where a step of the current turn begins, for models that insist on a signature', () => {
    const expected = [undefined, PLACEHOLDER_SIGNATURE, undefined, 'S', undefined]
    for (const model of [
      'gemini-3-pro-preview',
      'gemini-3.5-flash',
      'gemini-10-pro',
      'gemini-flash-latest',
      'models/gemini-3-flash',
    ])
      expect(signatures(history, model, ['S'])).toEqual(expected)
  })

  test('also where the signature was another platform’s', () => {
    expect(signatures(history, 'gemini-3-pro')).toEqual([
      undefined,
      PLACEHOLDER_SIGNATURE,
      undefined,
      PLACEHOLDER_SIGNATURE,
      undefined,
    ])
  })

  test('and nothing for models that do not', () => {
    for (const model of ['gemini-2.5-pro', 'gemini-2.0-flash', 'gemini-1.5-pro', 'gemma-3-27b-it'])
      expect(signatures(history, model)).toEqual([undefined, undefined, undefined, undefined, undefined])
  })
})

describe('tools', () => {
  test('schemas are JSON Schema, always of an object', () => {
    const tools = [
      {
        kind: 'json',
        name: 'f',
        description: 'd',
        schema: { $schema: 'x', type: 'object', properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: {} } },
      },
      { kind: 'json', name: 'g', schema: {} },
      { kind: 'server', protocol: 'gemini', type: 'googleSearch', value: { googleSearch: {} } },
    ] as const
    expect(render({ tools }).body.tools as object).toEqual([
      {
        functionDeclarations: [
          {
            name: 'f',
            description: 'd',
            parametersJsonSchema: { type: 'object', properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: {} } },
          },
          { name: 'g', parametersJsonSchema: { type: 'object', properties: {} } },
        ],
      },
      { googleSearch: {} },
    ])
  })

  test.each([
    [{ type: 'auto' }, { mode: 'AUTO' }],
    [{ type: 'any' }, { mode: 'ANY' }],
    [{ type: 'none' }, { mode: 'NONE' }],
    [
      { type: 'tool', name: 'f' },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
  ] as const)('choice %j', (toolChoice, functionCallingConfig) => {
    const tools = [{ kind: 'json', name: 'f', schema: {} }] as const
    expect(render({ tools, toolChoice }).body.toolConfig as object).toEqual({ functionCallingConfig })
    expect(render({ toolChoice }).body).not.toHaveProperty('toolConfig')
  })
})
