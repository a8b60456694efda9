import { expect, test } from 'bun:test'
import { geminiProtocol } from './protocol.ts'
import { signThought } from './signature.ts'
import type { ReadContext } from '../provider-protocol.ts'
import { ResponseMemory } from '../openai-responses/response-memory.ts'
import { simulatedModels } from '../../simulated-models.ts'

const context: ReadContext = {
  platform: 'gpu',
  header: () => undefined,
  address: 'whole',
  responses: new ResponseMemory(),
}
const user = { role: 'user', parts: [{ text: 'Hi' }] }
const model = (...parts: object[]): object => ({ role: 'model', parts })
const say = model({ text: 'Yes.' })
const call = (thoughtSignature?: string): object => ({
  functionCall: { name: 'find', args: {} },
  ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
})
const own = signThought('gpu', 'n')
const foreign = signThought('tpu', 'n')
const response = { role: 'user', parts: [{ functionResponse: { name: 'find', response: { output: 'found' } } }] }
const declared = (...declarations: object[]): object => ({ tools: [{ functionDeclarations: declarations }] })
const config = (generationConfig: object): object => ({ generationConfig })

function problemOf(changes: object, modelId = 'sim-gemini'): string {
  const simulated = simulatedModels.find(({ id }) => id === modelId)!
  try {
    geminiProtocol.read({ contents: [user], ...changes }, simulated, context)
    return ''
  } catch (error) {
    expect(error).toMatchObject({ status: 400 })
    return (error as Error).message
  }
}

test.each<[string, object, RegExp]>([
  ['no contents', { contents: [] }, /contents is not specified/],
  ['an unknown field', { fullstop: 1 }, /Unknown name "fullstop": Cannot find field/],
  [
    'an unknown field deep inside',
    { contents: [{ role: 'user', parts: [{ text: 'a', cache_control: {} }] }] },
    /Unknown name "cache_control" at 'contents\[0\]\.parts\[0\]': Cannot find field/,
  ],
  [
    'an unknown keyword of a schema',
    declared({ name: 'a', parameters: { type: 'OBJECT', properties: { b: { type: 'STRING', multipleOf: 2 } } } }),
    /Unknown name "multipleOf" at 'tools\[0\]\.function_declarations\[0\]\.parameters\.properties\[0\]\.value'/,
  ],
  [
    'a list for a single value',
    config({ temperature: [1] }),
    /"temperature" at 'generation_config': Proto field is not/,
  ],
  [
    'a word for a number',
    config({ maxOutputTokens: 'many' }),
    /Invalid value at 'generation_config.max_output_tokens'/,
  ],
  [
    'a list as a response',
    {
      contents: [user, model(call(own)), { role: 'user', parts: [{ functionResponse: { name: 'f', response: [] } }] }],
    },
    /"response" at 'contents\[2\]\.parts\[0\]\.function_response': Proto field is not repeating/,
  ],
  ['an unknown role', { contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] }, /valid role: user, model/],
  ['no parts', { contents: [{ role: 'user', parts: [] }] }, /contents\[0\]\.parts: contents.parts must not be empty/],
  ['a part of nothing', { contents: [{ role: 'user', parts: [{}] }] }, /required oneof field 'data'/],
  [
    'a call first',
    { contents: [model(call(own)), response] },
    /function call turn comes immediately after a user turn/,
  ],
  ['a response without its call', { contents: [user, say, response] }, /immediately after a function call turn/],
  [
    'fewer responses than calls',
    { contents: [user, model(call(own), call()), response] },
    /number of function response/,
  ],
  ['an unanswered call', { contents: [user, model(call(own)), user] }, /number of function response/],
  ['a trailing call', { contents: [user, model(call(own))] }, /followed by a function response turn/],
  ['a trailing answer', { contents: [user, say] }, /end with a user role/],
  [
    'a call without its signature',
    { contents: [user, model(call()), response] },
    /missing a thought_signature.*`default_api:find` , position 2/,
  ],
  ['a foreign signature', { contents: [user, model(call(foreign)), response] }, /Corrupted thought signature/],
  ['a signature that is none', { contents: [user, model(call('eHg=')), response] }, /Corrupted thought signature/],
  [
    'a foreign signature of an earlier turn',
    { contents: [user, model({ text: 'a', thoughtSignature: foreign }), user] },
    /Corrupted/,
  ],
  ['a function name with a blank', declared({ name: 'a b' }), /Invalid function name/],
  ['a function twice', declared({ name: 'a' }, { name: 'a' }), /Duplicate function declaration found: a/],
  ['two schemas for one function', declared({ name: 'a', parameters: {}, parametersJsonSchema: {} }), /only one of/],
  ['an unknown mode', { toolConfig: { functionCallingConfig: { mode: 'MAYBE' } } }, /function_calling_config.mode/],
  [
    'an allowed function that is not declared',
    { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['x'] } } },
    /not declared: x/,
  ],
  ['a hot temperature', config({ temperature: 2.5 }), /range \[0, 2\]/],
  ['too many tokens', config({ maxOutputTokens: 70_000 }), /maxOutputTokens value of 70000 .* to 65537/],
  ['too many stops', config({ stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] }), /stop_sequences should not exceed 5/],
  ['an unknown media type', config({ responseMimeType: 'text/html' }), /response_mime_type/],
  ['a schema without JSON', config({ responseSchema: { type: 'OBJECT' } }), /response_schema/],
  ['level and budget', config({ thinkingConfig: { thinkingBudget: 1, thinkingLevel: 'LOW' } }), /only one of/],
])('refuses: %s', (_name, changes, expected) => {
  expect(problemOf(changes)).toMatch(expected)
})

test.each<[string, object]>([
  ['a plain request', {}],
  ['no role', { contents: [{ parts: [{ text: 'a' }] }] }],
  [
    'snake_case',
    { system_instruction: { parts: [{ text: 'a' }] }, generation_config: { max_output_tokens: 5, top_k: 3 } },
  ],
  ['numbers as text', config({ maxOutputTokens: '5', seed: '7' })],
  ['a signed call', { contents: [user, model(call(own)), response] }],
  [
    'calls made together, the first one signed',
    { contents: [user, model(call(own), call()), { role: 'user', parts: [...response.parts, ...response.parts] }] },
  ],
  ['the documented placeholder', { contents: [user, model(call('skip_thought_signature_validator')), response] }],
  ['an unsigned call of an earlier turn', { contents: [user, model(call()), response, say, user] }],
  [
    'a stream’s chunks, each a content of its own',
    { contents: [user, model(call(own)), model({ text: '' }), response] },
  ],
  [
    'arguments and responses with any names',
    {
      contents: [
        user,
        model({ functionCall: { name: 'find', args: { snake_case: { a: [] } } }, thoughtSignature: own }),
        { role: 'user', parts: [{ functionResponse: { name: 'find', response: { fullstop: 1 } } }] },
      ],
    },
  ],
  [
    'Google’s own tools',
    { tools: [{ googleSearch: {} }, { codeExecution: {} }], safetySettings: [{ category: 'X', threshold: 'Y' }] },
  ],
  [
    'any JSON Schema where one is wanted',
    declared({ name: 'a', parametersJsonSchema: { type: 'object', additionalProperties: false } }),
  ],
])('accepts: %s', (_name, changes) => {
  expect(problemOf(changes)).toBe('')
})

test('all unknown fields are told at once, with their places', () => {
  const simulated = simulatedModels.find(({ id }) => id === 'sim-gemini')!
  let body = ''
  try {
    geminiProtocol.read({ contents: [user], one: 1, generationConfig: { two: 2 } }, simulated, context)
  } catch (error) {
    body = geminiProtocol.errorBody(error as never, 'req')
  }
  const { error } = JSON.parse(body) as { error: { status: string; message: string; details: object[] } }
  expect(error.status).toBe('INVALID_ARGUMENT')
  expect(error.message.split('\n')).toHaveLength(2)
  expect(error.details).toMatchObject([{ fieldViolations: [{ field: '' }, { field: 'generation_config' }] }])
})

test('the older model needs no signatures, continues a beginning, and has a small window', () => {
  expect(problemOf({ contents: [user, model(call()), response] }, 'sim-gemini-flash')).toBe('')
  expect(problemOf({ contents: [user, model(call(foreign)), response] }, 'sim-gemini-flash')).toMatch(/Corrupted/)
  expect(problemOf({ contents: [user, say] }, 'sim-gemini-flash')).toBe('')
  const contents = [{ role: 'user', parts: [{ text: 'word '.repeat(9000) }] }]
  expect(problemOf({ contents }, 'sim-gemini-flash')).toMatch(/input token count \(9\d+\) exceeds .* \(8000\)/)
})
