import { describe, expect, test } from 'bun:test'
import { hasCorpus, recordedStreams } from '../../../test/support/corpus.ts'
import { type RecordedAnswer, readRecording } from '../../../test/support/recorded-answer.ts'
import { bodyOf } from '../../../test/support/recorded-body.ts'
import { type CoreChoice, type Json, NO_FACTS, type ReadResponse } from '../core/index.ts'
import { readResponse } from './response-in.ts'

const OPTIONS = { completion: 'strict', choices: 1 } as const
const read = (body: object, choices = 1): ReadResponse => readResponse(body as Json, { ...OPTIONS, choices })
const answer = (parts: readonly object[], more: object = {}, rest: object = {}): object => ({
  candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0, ...more }],
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 2, thoughtsTokenCount: 3 },
  modelVersion: 'gemini-x',
  responseId: 'r1',
  ...rest,
})
const choiceOf = (body: object): CoreChoice => read(body).response!.choices[0]!
const call = (name: string, more: object = {}): object => ({ functionCall: { name, args: { a: 1 } }, ...more })

describe('a whole answer', () => {
  test('its finish reason is the proof', () => {
    const { verdict, facts, response } = read(answer([{ text: 'hi' }], {}, { createTime: '2026-03-21T18:11:55.9Z' }))
    expect(verdict).toEqual({ name: 'complete', proof: 'body', stop: 'end' })
    expect(facts).toEqual({
      ...NO_FACTS,
      servedModel: 'gemini-x' as never,
      rawStop: 'STOP' as never,
      usage: { inputTokens: 7, outputTokens: 5, reasoningTokens: 3 },
    })
    expect(response).toEqual({
      id: 'r1',
      model: 'gemini-x',
      created: 1_774_116_715,
      choices: [{ content: [{ type: 'text', text: 'hi' }], stop: { kind: 'end', raw: 'STOP' as never } }],
      usage: { inputTokens: 7, outputTokens: 5, reasoningTokens: 3 },
    })
  })

  test('thoughts, text, calls and what Google’s own tools did', () => {
    const code = { executableCode: { code: '1' } }
    const parts = [
      { text: 'hm', thought: true, thoughtSignature: 'A' },
      code,
      { text: 'so', thoughtSignature: 'B' },
      call('f', { thoughtSignature: 'C' }),
      { functionCall: { name: 'g', id: 'own' } },
    ]
    const { marks, response } = read(answer(parts))
    expect(response?.choices[0]).toEqual({
      content: [
        { type: 'thinking', text: 'hm', signature: 'A' },
        { type: 'opaque', protocol: 'gemini', kind: 'executableCode', value: code },
        { type: 'text', text: 'so' },
        { type: 'thinking', text: '', signature: 'B' },
        { type: 'tool-call', kind: 'json', id: 'call_r1_0_0', name: 'f', input: '{"a":1}', signature: 'C' },
        { type: 'tool-call', kind: 'json', id: 'own', name: 'g', input: '{}' },
      ],
      stop: { kind: 'tool-use', raw: 'STOP' as never },
    })
    expect(marks).toEqual(['A', 'B', 'C'])
  })

  test('several candidates, in the order of their indexes, as many as were asked for', () => {
    const candidate = (index: number, finishReason?: string): object => ({
      index,
      content: { parts: [{ text: `${index}` }] },
      finishReason,
    })
    const body = { candidates: [candidate(1, 'MAX_TOKENS'), candidate(0, 'STOP')] }
    const { verdict, response } = read(body, 2)
    expect(verdict).toEqual({ name: 'limited', proof: 'body', stop: 'limit' })
    expect(response?.choices.map(({ content }) => content)).toEqual([
      [{ type: 'text', text: '0' }],
      [{ type: 'text', text: '1' }],
    ])
    expect(read(body, 3).verdict).toEqual({ name: 'truncated', reason: 'ended-before-proof' })
    expect(read({ candidates: [candidate(0, 'STOP'), candidate(1)] }).verdict.name).toBe('truncated')
  })

  test('an answer without parts is one', () => {
    expect(choiceOf({ candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] })).toEqual({
      content: [],
      stop: { kind: 'limit', raw: 'MAX_TOKENS' as never },
    })
    expect(choiceOf({ candidates: [{ finishReason: 'SAFETY' }] }).content).toEqual([])
  })
})

describe('what is no answer', () => {
  test('a blocked prompt is a refusal', () => {
    const { verdict, facts, response } = read(
      { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 }, modelVersion: 'm' },
      2,
    )
    expect(verdict).toEqual({ name: 'refused', proof: 'body', stop: 'refusal' })
    expect(facts).toMatchObject({ rawStop: 'SAFETY' as never, usage: { inputTokens: 3 } })
    expect(response?.choices).toEqual([{ content: [], stop: { kind: 'refusal', raw: 'SAFETY' as never } }])
  })

  test.each([
    ['no JSON', undefined, 'malformed', 'not-json'],
    ['no object', 'text', 'malformed', 'not-this-protocol'],
    ['another protocol’s', { choices: [] }, 'malformed', 'not-this-protocol'],
    ['an error', { error: { code: 500 } }, 'failed', 'in-band-error'],
    ['an error in a list', [{ error: { code: 500 } }], 'failed', 'in-band-error'],
    ['a list of chunks', [{ candidates: [] }], 'malformed', 'not-this-protocol'],
    ['no candidates', { usageMetadata: {} }, 'truncated', 'ended-before-proof'],
    ['no finish reason', answer([{ text: 'a' }], { finishReason: undefined }), 'truncated', 'ended-before-proof'],
    [
      'none said',
      answer([{ text: 'a' }], { finishReason: 'FINISH_REASON_UNSPECIFIED' }),
      'truncated',
      'ended-before-proof',
    ],
    [
      'a call that is none',
      answer([], { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'x' }),
      'failed',
      'failed-finish',
    ],
    [
      'arguments that are no object',
      answer([{ functionCall: { name: 'f', args: 'x' } }]),
      'malformed',
      'arguments-not-json',
    ],
    ['half a call', answer([{ functionCall: { name: 'f', willContinue: true } }]), 'malformed', 'arguments-not-json'],
  ])('%s', (_, body, name, reason) => {
    const { verdict, response } = readResponse(body as Json, OPTIONS)
    expect(verdict).toEqual({ name, reason } as never)
    expect(response).toBeUndefined()
  })
})

test('a call that a limit may have cut is withheld, from a translation and from the body', () => {
  const { verdict, facts, response, amended } = read(answer([call('f'), call('g')], { finishReason: 'MAX_TOKENS' }))
  expect(verdict.name).toBe('limited')
  expect(facts).toMatchObject({ toolCalls: 2, invalidToolCalls: 1 })
  expect(response?.choices[0]?.content).toMatchObject([{ name: 'f' }])
  expect((amended as { candidates: unknown[] }).candidates).toEqual([
    { content: { parts: [call('f')], role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 },
  ])
  expect(read(answer([call('f'), { text: 'and' }], { finishReason: 'MAX_TOKENS' })).amended).toBeUndefined()
})

describe.skipIf(!hasCorpus)('recorded answers as one body', () => {
  test.each(recordedStreams(['gemini']).map((stream) => [stream.name, stream] as const))(
    '%s',
    (_, { protocol, bytes }) => {
      const expected: RecordedAnswer = readRecording(protocol, bytes)
      const { verdict, response } = readResponse(
        JSON.parse(new TextDecoder().decode(bodyOf(protocol, expected))),
        OPTIONS,
      )
      expect(verdict.name).toBe('complete')
      const content = response?.choices[0]?.content ?? []
      const of = (type: string): string =>
        content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('')
      expect([of('text'), of('thinking')]).toEqual([expected.text, expected.thinking])
      expect(content.flatMap((part) => (part.type === 'tool-call' ? [part.name] : []))).toEqual(
        expected.calls.map(({ name }) => name),
      )
      expect(response?.usage).toMatchObject({ inputTokens: expected.usage.input, outputTokens: expected.usage.output })
    },
  )
})

test.each([5, {}, false])('%j in the place of text is not this protocol', (text) => {
  const answer = (part: Json) => ({ candidates: [{ content: { parts: [{ text: part }] }, finishReason: 'STOP' }] })
  const verdict = (part: Json) => readResponse(answer(part), { completion: 'strict', choices: 1 }).verdict
  expect(verdict(text as Json)).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
  expect(verdict(null).name).toBe('complete')
})
