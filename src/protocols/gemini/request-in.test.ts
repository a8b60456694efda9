import { describe, expect, test } from 'bun:test'
import type { CoreRequest, JsonObject, Part, RequestProblem } from '../core/index.ts'
import { parseRequest } from './request-in.ts'

const ADDRESS = { model: 'gemini-x', stream: true }
const user = (...parts: readonly object[]): object => ({ role: 'user', parts })
const model = (...parts: readonly object[]): object => ({ role: 'model', parts })

function parse(body: object): CoreRequest {
  const request = parseRequest({ contents: [user({ text: 'hi' })], ...body } as JsonObject, ADDRESS)
  if (!request.ok) throw new Error(`${request.problem.field}: ${request.problem.message}`)
  return request.value
}
function problemOf(body: object): RequestProblem | undefined {
  const request = parseRequest({ contents: [user({ text: 'hi' })], ...body } as JsonObject, ADDRESS)
  return request.ok ? undefined : request.problem
}
const contentOf = (...contents: readonly object[]): readonly (readonly Part[])[] =>
  parse({ contents }).messages.map(({ content }) => content)
const unknownOf = (body: object): readonly string[] => [...parse(body).unknown.keys()]

describe('the whole of a request', () => {
  test('the least of one', () => {
    expect(parse({})).toEqual({
      model: 'gemini-x',
      stream: true,
      system: [],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      tools: [],
      stop: [],
      choices: 1,
      includeUsage: true,
      unknown: new Map(),
    })
  })

  test('either spelling of every field means the same', () => {
    const camel = {
      systemInstruction: { parts: [{ text: 'be brief' }] },
      contents: [
        user(
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
          { fileData: { mimeType: 'video/mp4', fileUri: 'https://a/b' } },
        ),
        model({ functionCall: { name: 'f', args: { snake_case: 1 } }, thoughtSignature: 'S' }),
        user({ functionResponse: { name: 'f', response: { some_key: 2 } } }),
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'f',
              parameters: { type: 'OBJECT', properties: { snake_case: { type: 'STRING', maxLength: '3' } } },
            },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: {
        maxOutputTokens: 9,
        topP: 0.5,
        topK: 3,
        stopSequences: ['x'],
        candidateCount: 2,
        responseMimeType: 'application/json',
        thinkingConfig: { thinkingBudget: 5 },
      },
      cachedContent: 'cachedContents/a',
    }
    const snake = JSON.parse(
      JSON.stringify(camel).replaceAll(/"([a-z]+(?:[A-Z][a-z]+)+)":/g, (key) =>
        key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      ),
    )
    expect(JSON.stringify(snake)).toContain('"function_calling_config"')
    expect(parse(snake)).toEqual(parse(camel))
    expect(parse(snake).messages[1]?.content[0]).toMatchObject({ input: '{"snake_case":1}', signature: 'S' })
  })

  test('a single message in the place of a list is a list of one', () => {
    const request = parse({ contents: { role: 'USER', parts: { text: 'hi' } }, tools: { googleSearch: {} } })
    expect(request.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'hi' }] }])
    expect(request.tools).toHaveLength(1)
  })

  test('options', () => {
    const generationConfig = {
      maxOutputTokens: 100,
      temperature: 0,
      topP: 0.9,
      topK: 40,
      stopSequences: ['a', 'b'],
      candidateCount: 2,
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: -0.1,
      responseLogprobs: true,
      logprobs: 3,
      responseModalities: ['TEXT'],
    }
    expect(parse({ generationConfig, labels: { team: 'a' } })).toMatchObject({
      maxOutputTokens: 100,
      temperature: 0,
      topP: 0.9,
      topK: 40,
      stop: ['a', 'b'],
      choices: 2,
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: -0.1,
      topLogprobs: 3,
      metadata: { team: 'a' },
      unknown: new Map(),
    })
    expect(parse({ generationConfig: { logprobs: 3 } })).not.toHaveProperty('topLogprobs')
    // Proto's way of saying nothing.
    expect(parse({ generationConfig: { maxOutputTokens: 0, topK: 0 } })).toEqual(parse({}))
  })

  test.each([
    [{ responseMimeType: 'application/json' }, { type: 'json' }],
    [{ responseMimeType: 'text/plain' }, undefined],
    [
      {
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', properties: { a: { type: 'INTEGER', nullable: true } } },
      },
      { type: 'json-schema', schema: { type: 'object', properties: { a: { type: ['integer', 'null'] } } } },
    ],
    [
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'object', $defs: {} } },
      { type: 'json-schema', schema: { type: 'object', $defs: {} } },
    ],
    [
      { responseFormat: [{ text: { mimeType: 'APPLICATION_JSON', schema: { type: 'object' } } }] },
      { type: 'json-schema', schema: { type: 'object' } },
    ],
    [{ responseFormat: { text: { mimeType: 'application/json' } } }, { type: 'json' }],
    [{ responseFormat: [{ text: { mimeType: 'TEXT_PLAIN' } }] }, undefined],
  ])('the format of %j', (generationConfig, format) => {
    expect(parse({ generationConfig }).format).toEqual(format as never)
  })

  test('what the core has no word for keeps its path', () => {
    const body = {
      safetySettings: [],
      serviceTier: 'flex',
      toolConfig: {
        retrievalConfig: {},
        functionCallingConfig: { mode: 'VALIDATED', streamFunctionCallArguments: true },
      },
      generationConfig: { speechConfig: {}, responseModalities: ['TEXT', 'IMAGE'], responseMimeType: 'text/x.enum' },
      contents: [user({ text: 'a', mediaResolution: {} })],
      tools: [{ functionDeclarations: [{ name: 'f', behavior: 'BLOCKING' }] }],
    }
    expect(unknownOf(body).toSorted()).toEqual([
      'generationConfig.responseMimeType',
      'generationConfig.responseModalities.IMAGE',
      'generationConfig.speechConfig',
      'parts.mediaResolution',
      'safetySettings',
      'serviceTier',
      'toolConfig.functionCallingConfig.mode',
      'toolConfig.functionCallingConfig.streamFunctionCallArguments',
      'toolConfig.retrievalConfig',
      'tools.functionDeclarations.behavior',
    ])
  })
})

describe('content', () => {
  test('consecutive contents of one role are one turn; what a model wrote in pieces is one text', () => {
    const messages = parse({
      contents: [
        { parts: [{ text: 'a' }] },
        user({ text: 'b' }),
        model({ text: 'Hel' }),
        model({ text: 'lo' }, { text: '', thoughtSignature: 'S' }),
        { role: 'function', parts: [{ text: 'c' }] },
      ],
    }).messages
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Hello' },
          { type: 'thinking', text: '', signature: 'S' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'c' }] },
    ])
  })

  test('media by their type', () => {
    const inline = (mimeType: string, data = 'aGk='): object => ({ inlineData: { mimeType, data, displayName: 'n' } })
    const file = (fileUri: string, mimeType?: string): object => ({
      fileData: { fileUri, ...(mimeType && { mimeType }) },
    })
    const gs = 'gs://b/a'
    const content = contentOf(
      user(
        inline('image/png'),
        inline('audio/mpeg'),
        inline('audio/wav'),
        inline('video/mp4'),
        inline('application/pdf'),
        inline('text/plain'),
        inline('text/plain', '//79'),
        file('https://a/b', 'image/png'),
        file('https://a/b.JPG?x=1'),
        file('https://www.youtube.com/watch?v=1'),
        file('https://a/b.mp3'),
        file('https://a/b'),
        file(gs, 'application/pdf'),
      ),
    )[0]
    expect(content).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } },
      { type: 'audio', data: 'aGk=', format: 'mp3' },
      { type: 'audio', data: 'aGk=', format: 'wav' },
      { type: 'video', source: { kind: 'base64', mediaType: 'video/mp4', data: 'aGk=' } },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'aGk=' }, title: 'n' },
      { type: 'document', source: { kind: 'text', mediaType: 'text/plain', text: 'hi' }, title: 'n' },
      { type: 'document', source: { kind: 'base64', mediaType: 'text/plain', data: '//79' }, title: 'n' },
      { type: 'image', source: { kind: 'url', url: 'https://a/b', mediaType: 'image/png' } },
      { type: 'image', source: { kind: 'url', url: 'https://a/b.JPG?x=1' } },
      { type: 'video', source: { kind: 'url', url: 'https://www.youtube.com/watch?v=1' } },
      { type: 'video', source: { kind: 'url', url: 'https://a/b.mp3' } },
      { type: 'document', source: { kind: 'url', url: 'https://a/b' } },
      { type: 'document', source: { kind: 'file', fileId: gs } },
    ])
  })

  test('thoughts, with the signature that ends them', () => {
    const content = contentOf(
      user({ text: 'q' }),
      model({ text: 'I ', thought: true }),
      model({ text: 'think', thought: true, thoughtSignature: 'A' }, { text: 'more', thought: true }),
      model({ text: 'so', thoughtSignature: 'B' }, { thoughtSignature: 'C' }),
    )[1]
    expect(content).toEqual([
      { type: 'thinking', text: 'I think', signature: 'A' },
      { type: 'thinking', text: 'more' },
      { type: 'text', text: 'so' },
      { type: 'thinking', text: '', signature: 'B' },
      { type: 'thinking', text: '', signature: 'C' },
    ])
  })

  test('what Google’s own tools did stays whole', () => {
    const code = { executableCode: { language: 'PYTHON', code: '1' } }
    const call = { toolCall: { toolType: 'GOOGLE_SEARCH_WEB', id: 'a' }, thoughtSignature: 'S' }
    expect(contentOf(user({ text: 'q' }), model(code, call, {}))[1]).toEqual([
      { type: 'opaque', protocol: 'gemini', kind: 'executableCode', value: code },
      { type: 'opaque', protocol: 'gemini', kind: 'toolCall', value: call },
    ])
  })
})

describe('calls and results', () => {
  const call = (name: string, id?: string): object => ({
    functionCall: { name, args: {}, ...(id !== undefined && { id }) },
  })
  const result = (name: string, id?: string, response: object = { output: name }): object => ({
    functionResponse: { name, response, ...(id !== undefined && { id }) },
  })
  const ids = (...contents: readonly object[]): readonly string[] =>
    contentOf(...contents)
      .flat()
      .flatMap((part) =>
        part.type === 'tool-call' ? [part.id] : part.type === 'tool-result' ? [`→${part.callId}`] : [],
      )

  test('by id where there is one', () => {
    expect(ids(model(call('f', 'a'), call('f', 'b')), user(result('f', 'b'), result('f', 'a')))).toEqual([
      'a',
      'b',
      '→b',
      '→a',
    ])
  })

  test('else by name, in order; ids that are made are unique and the same every time', () => {
    const contents = [
      model(call('f'), call('g'), call('f')),
      user(result('g'), result('f'), result('f')),
      model(call('f'), call('h', 'call_3')),
      user(result('h'), result('f')),
    ]
    const expected = [
      'call_0',
      'call_1',
      'call_2',
      '→call_1',
      '→call_0',
      '→call_2',
      'call_4',
      'call_3',
      '→call_3',
      '→call_4',
    ]
    expect(ids(...contents)).toEqual(expected)
    expect(ids(...contents)).toEqual(expected)
  })

  test('a call that nobody answered does not take a later turn’s result', () => {
    expect(ids(model(call('f')), user({ text: 'never mind' }), model(call('f')), user(result('f')))).toEqual([
      'call_0',
      'call_1',
      '→call_1',
    ])
  })

  test('an id that no call has does not stand in the way of the name', () => {
    expect(ids(model(call('f')), user(result('f', 'made up')))).toEqual(['call_0', '→call_0'])
    expect(ids(user(result('f', 'lost')))).toEqual(['→lost'])
    expect(problemOf({ contents: [user(result('f'))] })).toMatchObject({
      field: 'contents[0].parts[0].functionResponse.name',
    })
  })

  test.each([
    [{ output: 'a' }, 'a', false],
    [{ result: 'a' }, 'a', false],
    [{ output: { b: 1 } }, '{"b":1}', false],
    [{ error: 'no' }, 'no', true],
    [{ error: { code: 1 } }, '{"code":1}', true],
    [{ error: 'no', output: 'a' }, '{"error":"no","output":"a"}', true],
    [{ error: null, output: 'a' }, 'a', false],
    [{ return_value: 'Paris' }, '{"return_value":"Paris"}', false],
    [{ output: 'a', more: 1 }, '{"output":"a","more":1}', false],
    [{ output: '' }, '', false],
    [{}, '', false],
  ])('the response %j', (response, text, isError) => {
    const part = contentOf(model(call('f')), user(result('f', undefined, response)))[1]?.[0]
    expect(part).toEqual({
      type: 'tool-result',
      callId: 'call_0',
      content: text === '' ? [] : [{ type: 'text', text }],
      isError,
    })
  })

  test('media of a result', () => {
    const media = [
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { fileData: { fileUri: 'https://a/b.pdf' } },
    ]
    const part = contentOf(model(call('f')), user({ functionResponse: { name: 'f', parts: media } }))[1]?.[0]
    expect(part).toMatchObject({ content: [{ type: 'image' }, { type: 'document' }] })
  })
})

describe('tools', () => {
  test('functions, with schemas of either kind or none', () => {
    const functionDeclarations = [
      { name: 'f', description: 'd', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } },
      { name: 'g', parametersJsonSchema: { type: 'object', additionalProperties: false } },
      { name: 'h' },
    ]
    expect(parse({ tools: [{ functionDeclarations }] }).tools).toEqual([
      { kind: 'json', name: 'f', description: 'd', schema: { type: 'object', properties: { a: { type: 'string' } } } },
      { kind: 'json', name: 'g', schema: { type: 'object', additionalProperties: false } },
      { kind: 'json', name: 'h', schema: { type: 'object', properties: {} } },
    ])
  })

  test('every other field of a tool is a tool of Google’s', () => {
    expect(parse({ tools: [{ googleSearch: {}, urlContext: {} }, { code_execution: {} }] }).tools).toEqual([
      { kind: 'server', protocol: 'gemini', type: 'googleSearch', value: { googleSearch: {} } },
      { kind: 'server', protocol: 'gemini', type: 'urlContext', value: { urlContext: {} } },
      { kind: 'server', protocol: 'gemini', type: 'codeExecution', value: { codeExecution: {} } },
    ])
  })

  const tools = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }, { name: 'h' }] }]
  test.each([
    [{ mode: 'AUTO' }, { type: 'auto' }, 'fgh'],
    [{}, { type: 'auto' }, 'fgh'],
    [{ mode: 'NONE' }, { type: 'none' }, 'fgh'],
    [{ mode: 'ANY' }, { type: 'any' }, 'fgh'],
    [{ mode: 'ANY', allowedFunctionNames: ['g'] }, { type: 'tool', name: 'g' }, 'fgh'],
    [{ mode: 'ANY', allowedFunctionNames: ['g', 'h'] }, { type: 'any' }, 'gh'],
    [{ mode: 'VALIDATED', allowedFunctionNames: ['f'] }, { type: 'auto' }, 'f'],
  ])('calling %j', (functionCallingConfig, toolChoice, names) => {
    const request = parse({ tools, toolConfig: { functionCallingConfig } })
    expect(request.toolChoice).toEqual(toolChoice as never)
    expect(request.tools.map((tool) => (tool.kind === 'json' ? tool.name : '')).join('')).toBe(names)
  })
})

describe('reasoning', () => {
  test.each([
    [{ thinkingBudget: 0 }, { enabled: false }],
    [{ thinkingBudget: -1 }, { enabled: true }],
    [
      { thinkingBudget: 512, includeThoughts: true },
      { enabled: true, budgetTokens: 512 },
    ],
    [{ thinkingLevel: 'MEDIUM' }, { enabled: true, effort: 'medium' }],
    [{ includeThoughts: true }, { enabled: true }],
    [{ includeThoughts: false }, undefined],
    [{}, undefined],
  ])('%j', (thinkingConfig, reasoning) => {
    expect(parse({ generationConfig: { thinkingConfig } }).reasoning).toEqual(reasoning as never)
  })
})

describe('problems name the field, what was expected and what came, and no value', () => {
  test.each([
    [{ contents: [] }, 'contents', 'expected at least one content, got an empty list'],
    [{ contents: 'hello' }, 'contents', 'expected an array, got a string'],
    [{ contents: [{ role: 'system', parts: [] }] }, 'contents[0].role', 'expected user or model, got another role'],
    [{ contents: [{ parts: [{ text: 7 }] }] }, 'contents[0].parts[0].text', 'expected a string, got a number'],
    [{ contents: [{ parts: ['secret'] }] }, 'contents[0].parts[0]', 'expected an object, got a string'],
    [
      { contents: [{ parts: [{ inlineData: { data: 'x' } }] }] },
      'contents[0].parts[0].inlineData.mimeType',
      'expected a string that is not empty, got nothing',
    ],
    [
      { contents: [{ parts: [{ functionCall: {} }] }] },
      'contents[0].parts[0].functionCall.name',
      'expected a string that is not empty, got nothing',
    ],
    [
      { contents: [{ parts: [{ functionCall: { name: 'f', args: 'x' } }] }] },
      'contents[0].parts[0].functionCall.args',
      'expected an object, got a string',
    ],
    [{ systemInstruction: 'be nice' }, 'systemInstruction', 'expected an object, got a string'],
    [
      { systemInstruction: { parts: [{ inlineData: {} }] } },
      'systemInstruction.parts[0].text',
      'expected a string, got nothing',
    ],
    [{ generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature', 'expected a number, got a string'],
    [
      { generationConfig: { stopSequences: [1] } },
      'generationConfig.stopSequences[0]',
      'expected a string, got a number',
    ],
    [
      { generationConfig: { responseSchema: 'x' } },
      'generationConfig.responseSchema',
      'expected an object, got a string',
    ],
    [
      { tools: [{ functionDeclarations: [{}] }] },
      'tools[0].functionDeclarations[0].name',
      'expected a string that is not empty, got nothing',
    ],
    [
      { toolConfig: { functionCallingConfig: { mode: 'SOME' } } },
      'toolConfig.functionCallingConfig.mode',
      'expected AUTO, ANY, NONE or VALIDATED, got another word',
    ],
  ])('%j', (body, field, message) => {
    expect(problemOf(body)).toEqual({ field, message })
  })

  test('nesting that no stack holds is one of them', () => {
    let schema: object = { type: 'STRING' }
    for (let depth = 0; depth < 50_000; depth++) schema = { type: 'ARRAY', items: schema }
    const tools = [{ functionDeclarations: [{ name: 'f', parameters: schema }] }]
    expect(problemOf({ tools })).toMatchObject({ field: 'body' })
  })
})
