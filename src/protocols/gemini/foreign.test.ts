import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../core/index.ts'
import { withoutForeign } from './foreign.ts'
import { PLACEHOLDER_SIGNATURE } from './signatures.ts'

const without = (body: object): JsonObject =>
  withoutForeign(body as JsonObject, JSON.stringify(body), (mark) => mark.startsWith('foreign'))
const partsOf = (...parts: readonly object[]): unknown =>
  (without({ contents: [{ role: 'model', parts }] }).contents as { parts: unknown }[])[0]?.parts

describe('a request without what other platforms signed', () => {
  test.each([
    [{ contents: [{ parts: [{ text: 'hi' }] }] }],
    [{ contents: [{ role: 'model', parts: [{ text: 'a', thought: true, thoughtSignature: 'own' }] }] }],
    [{ contents: [{ role: 'model', parts: [{ functionCall: { name: 'f' }, thought_signature: 'own' }] }] }],
    [{ contents: 'thoughtSignature', other: '"thoughtSignature"' }],
    [{ contents: ['"thoughtSignature"', { parts: [7] }], note: { thoughtSignature: 'foreign' } }],
  ])('%j stays the same object', (body) => {
    expect(without(body)).toBe(body as never)
  })

  test('calls get the placeholder in the place of a foreign signature', () => {
    const call = { name: 'f', args: { thoughtSignature: 'foreign' } }
    expect(partsOf({ functionCall: call, thoughtSignature: 'foreign' }, { functionCall: call })).toEqual([
      { functionCall: call, thoughtSignature: PLACEHOLDER_SIGNATURE },
      { functionCall: call },
    ])
    expect(partsOf({ function_call: call, thought_signature: 'foreign' })).toEqual([
      { function_call: call, thoughtSignature: PLACEHOLDER_SIGNATURE },
    ])
  })

  test('thoughts go whole, though they came in pieces and over several contents', () => {
    const thought = (text: string, more: object = {}): object => ({ text, thought: true, ...more })
    const body = {
      contents: [
        { role: 'user', parts: [{ text: 'q' }] },
        { role: 'model', parts: [thought('kept'), { text: 'a' }, thought('I ')] },
        {
          role: 'model',
          parts: [thought('think', { thoughtSignature: 'foreign' }), thought('own', { thoughtSignature: 'own' })],
        },
        { role: 'model', parts: [thought('', { thoughtSignature: 'foreign' })] },
      ],
      safetySettings: [],
    }
    expect(without(body) as object).toEqual({
      contents: [
        { role: 'user', parts: [{ text: 'q' }] },
        { role: 'model', parts: [thought('kept'), { text: 'a' }] },
        { role: 'model', parts: [thought('own', { thoughtSignature: 'own' })] },
        // Google refuses a content without parts.
        { role: 'model', parts: [{ text: '…' }] },
      ],
      safetySettings: [],
    })
  })

  test('text stays without its signature, an empty one goes, and so does what another’s own tools did', () => {
    expect(
      partsOf(
        { text: 'so', thoughtSignature: 'foreign' },
        { text: '', thoughtSignature: 'foreign' },
        { toolCall: { id: 'a' }, thoughtSignature: 'foreign' },
        { toolResponse: { id: 'a' }, thoughtSignature: 'foreign' },
      ),
    ).toEqual([{ text: 'so' }])
  })
})
