import { describe, expect, test } from 'bun:test'
import { toLabel } from '../../evidence/index.ts'
import type { CoreResponse, CoreStop, Json, Part } from '../core/index.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'

const stopped = (kind: CoreStop['kind'], raw?: string): CoreStop => ({ kind, raw: toLabel(raw) })
const response = (content: readonly Part[], stop = stopped('end')): CoreResponse => ({
  id: 'r1',
  model: 'gemini-x',
  choices: [{ content, stop }],
  usage: { inputTokens: 10, outputTokens: 7, reasoningTokens: 3, cacheReadTokens: 4 },
})
const candidateOf = (
  content: readonly Part[],
  stop?: CoreStop,
): { content: { parts: object[] }; finishReason: string } =>
  (renderResponse(response(content, stop)).candidates as never[])[0]!
const call: Part = { type: 'tool-call', kind: 'json', id: 'c', name: 'f', input: '{"a": 1}' }

describe('a whole answer for a client', () => {
  test('has everything where Gemini has it', () => {
    expect(renderResponse(response([{ type: 'text', text: 'hi' }])) as object).toEqual({
      candidates: [{ content: { parts: [{ text: 'hi' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 10,
        candidatesTokenCount: 4,
        totalTokenCount: 17,
        cachedContentTokenCount: 4,
        thoughtsTokenCount: 3,
      },
      modelVersion: 'gemini-x',
      responseId: 'r1',
    })
  })

  test('parts', () => {
    const content: Part[] = [
      { type: 'thinking', text: 'hm', signature: 'A' },
      { type: 'thinking', text: '', signature: 'B' },
      { type: 'redacted-thinking', data: 'x' },
      { type: 'refusal', text: 'no' },
      { ...call, signature: 'C' } as Part,
      { type: 'tool-call', kind: 'custom', id: 'd', name: 'g', input: 'free' },
      { type: 'tool-call', kind: 'server', id: 'e', name: 'h', input: '{}' },
      { type: 'opaque', protocol: 'gemini', kind: 'executableCode', value: { executableCode: {} } },
      { type: 'opaque', protocol: 'anthropic', kind: 'x', value: {} },
    ]
    expect(candidateOf(content).content.parts).toEqual([
      { text: 'hm', thought: true, thoughtSignature: 'A' },
      { text: '', thoughtSignature: 'B' },
      { text: 'no' },
      { functionCall: { id: 'c', name: 'f', args: { a: 1 } }, thoughtSignature: 'C' },
      { functionCall: { id: 'd', name: 'g', args: { input: 'free' } } },
      { executableCode: {} },
    ])
    // Clients take the first part for granted.
    expect(candidateOf([]).content.parts).toEqual([{ text: '' }])
  })

  test.each([
    ['end', 'end_turn', 'STOP'],
    ['stop-sequence', 'stop_sequence', 'STOP'],
    ['tool-use', 'tool_calls', 'STOP'],
    ['limit', 'length', 'MAX_TOKENS'],
    ['limit', 'OTHER', 'OTHER'],
    ['pause', 'pause_turn', 'MAX_TOKENS'],
    ['pause', 'CONTINUATION', 'MAX_TOKENS'],
    ['refusal', 'content_filter', 'SAFETY'],
    ['refusal', 'RECITATION', 'RECITATION'],
    ['refusal', 'STOP', 'SAFETY'],
  ] as const)('%s, said as %s, is %s', (kind, raw, finishReason) => {
    expect(candidateOf([{ type: 'text', text: 'a' }], stopped(kind, raw)).finishReason).toBe(finishReason)
  })

  test('a refusal in words is one, though its provider ended it by the ordinary word', () => {
    expect(candidateOf([{ type: 'refusal', text: 'no' }]).finishReason).toBe('SAFETY')
    expect(candidateOf([{ type: 'refusal', text: 'no' }], stopped('limit')).finishReason).toBe('MAX_TOKENS')
  })

  test('a finished answer never has calls that do not parse', () => {
    expect(() => candidateOf([{ ...call, input: '{"a":' } as Part])).toThrow('not JSON')
    expect(candidateOf([{ ...call, input: '' } as Part]).content.parts).toEqual([
      { functionCall: { id: 'c', name: 'f', args: {} } },
    ])
  })

  test('is what the other direction reads', () => {
    const content: Part[] = [
      { type: 'thinking', text: 'hm', signature: 'A' },
      { type: 'text', text: 'so' },
      { ...call, input: '{"a":1}' } as Part,
    ]
    const given = response(content, stopped('tool-use', 'STOP'))
    const read = readResponse(renderResponse(given) as Json, { completion: 'strict', choices: 1 })
    expect(read.verdict).toEqual({ name: 'complete', proof: 'body', stop: 'tool-use' })
    expect(read.response).toEqual(given)
  })
})
