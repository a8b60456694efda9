import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { ToolInput } from './tool-input.ts'
import type { ToolCallKind } from './content.ts'

const inputOf = (kind: ToolCallKind, pieces: readonly string[], limitBytes = 1_000): ToolInput => {
  const input = new ToolInput({ kind, keepText: true, limitBytes })
  for (const piece of pieces) input.push(piece)
  return input
}

describe.each(['json', 'server'] as const)('%s input', (kind) => {
  test('is whole when it parses, however it was split', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), fc.nat(), (value, split) => {
        const json = JSON.stringify(value)
        const at = split % json.length
        const input = inputOf(kind, [json.slice(0, at), json.slice(at)], 1_000_000)
        expect([input.isWhole, input.isEmpty, input.text]).toEqual([true, false, json])
      }),
    )
  })

  test('is not whole before its end, nor with something behind it', () => {
    expect(inputOf(kind, ['{"city":"Par']).isWhole).toBe(false)
    expect(inputOf(kind, ['{"city":"Paris"}', '}']).isWhole).toBe(false)
    expect(inputOf(kind, ['{"city":Paris}']).isWhole).toBe(false)
  })

  test('is one JSON object: no other value is one that a tool could be called with', () => {
    for (const json of ['"str"', '12', 'null', 'true', '[{}]', ' ["a"]']) {
      expect([json, inputOf(kind, [json]).isWhole]).toEqual([json, false])
      expect(inputOf(kind, [json]).isUnfinished({ mayBeCut: true, isLast: false })).toBe(true)
    }
    expect(inputOf(kind, [' \n', '{}', ' ']).isWhole).toBe(true)
  })

  test('means {} when it is empty or blank', () => {
    for (const pieces of [[], [''], [' ', '\n']]) {
      const input = inputOf(kind, pieces)
      expect([input.isWhole, input.isEmpty, input.text]).toEqual([true, true, '{}'])
    }
  })

  test('at a limit: half of it is unfinished, an empty one only where it is the last', () => {
    expect(inputOf(kind, ['{"a"']).isUnfinished({ mayBeCut: true, isLast: false })).toBe(true)
    expect(inputOf(kind, ['{"a":1}']).isUnfinished({ mayBeCut: true, isLast: true })).toBe(false)
    expect(inputOf(kind, []).isUnfinished({ mayBeCut: true, isLast: true })).toBe(true)
    expect(inputOf(kind, []).isUnfinished({ mayBeCut: true, isLast: false })).toBe(false)
  })
})

describe('custom input', () => {
  test('is whole whatever it is', () => {
    for (const pieces of [[], ['{"a'], ['print(', '"hi")']]) expect(inputOf('custom', pieces).isWhole).toBe(true)
    expect(inputOf('custom', ['print(', '"hi")']).text).toBe('print("hi")')
    expect([inputOf('custom', []).isEmpty, inputOf('custom', []).text]).toEqual([true, ''])
  })

  test('at a limit it may be unfinished where it is the last', () => {
    expect(inputOf('custom', ['anything']).isUnfinished({ mayBeCut: true, isLast: true })).toBe(true)
    expect(inputOf('custom', ['anything']).isUnfinished({ mayBeCut: true, isLast: false })).toBe(false)
  })
})

test('its size is bounded', () => {
  expect(inputOf('custom', ['x'.repeat(10)], 10).isTooLarge).toBe(false)
  const input = inputOf('custom', ['x'.repeat(10), 'y'], 10)
  expect(input.isTooLarge).toBe(true)
  for (let i = 0; i < 1_000; i++) input.push('z'.repeat(1_000))
  expect(input.text.length).toBe(10)
})

test('without translation the text is not kept, the judgement is', () => {
  const input = new ToolInput({ kind: 'json', keepText: false, limitBytes: 100 })
  input.push('{"a":1')
  expect([input.isWhole, input.text]).toEqual([false, ''])
  input.push('}')
  expect([input.isWhole, input.text]).toEqual([true, ''])
})

test('a fork goes its own way', () => {
  const input = inputOf('json', ['{"a":'])
  const fork = input.fork()
  input.push('1}')
  fork.push('[2')
  expect([input.isWhole, input.text]).toEqual([true, '{"a":1}'])
  expect([fork.isWhole, fork.text]).toEqual([false, '{"a":[2'])
  fork.push(']}')
  expect([fork.isWhole, fork.text, fork.kind]).toEqual([true, '{"a":[2]}', 'json'])
})
