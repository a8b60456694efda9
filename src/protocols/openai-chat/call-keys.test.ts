import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { JsonObject } from '../core/index.ts'
import { CallKeys } from './call-keys.ts'

const keysOf = (...calls: readonly JsonObject[]): readonly number[] => {
  const keys = new CallKeys()
  return calls.flatMap((call) => keys.piecesOf({ tool_calls: [call] }).map(({ key }) => key))
}

test.each([
  ['by index', [{ index: 0, id: 'a' }, { index: 1, id: 'b' }, { index: 0 }, { index: 1 }], [0, 1, 0, 1]],
  ['by index, without ids', [{ index: 3 }, { index: 7 }, { index: 3 }], [0, 1, 0]],
  ['one index for all', [{ index: 0, id: 'a' }, { index: 0 }, { index: 0, id: 'b' }, { index: 0 }], [0, 0, 1, 1]],
  [
    'one index for all, ids again',
    [
      { index: 0, id: 'a' },
      { index: 0, id: 'b' },
      { index: 0, id: 'a' },
    ],
    [0, 1, 0],
  ],
  ['no index', [{ id: 'a' }, {}, { id: 'b' }, {}, { id: 'a' }], [0, 0, 1, 1, 0]],
  ['an index from the second piece on', [{ id: 'a' }, { index: 0 }, { index: 0, id: 'a' }], [0, 0, 0]],
  ['an index at the first piece alone', [{ index: 0, id: 'a' }, {}, { id: 'a' }], [0, 0, 0]],
  ['the same id at two indexes', [{ index: 0, id: 'f' }, { index: 1, id: 'f' }, { index: 0 }], [0, 1, 0]],
  [
    'an empty id is none',
    [
      { index: 0, id: 'a' },
      { index: 0, id: '' },
    ],
    [0, 0],
  ],
] as const)('%s', (_, calls, keys) => {
  expect(keysOf(...calls)).toEqual([...keys])
})

test('the deprecated call is one of its own', () => {
  const keys = new CallKeys()
  const both = { tool_calls: [{ index: 0, id: 'a' }], function_call: { name: 'f' } }
  for (let i = 0; i < 2; i++) expect(keys.piecesOf(both).map(({ key }) => key)).toEqual([0, 1])
  expect(keys.piecesOf({ tool_calls: [{}] }).map(({ key }) => key)).toEqual([0])
})

test('the same pieces have the same keys again, and in a fork', () => {
  const piece = fc.record(
    { index: fc.oneof(fc.nat(2), fc.constant(null)), id: fc.constantFrom('', 'a', 'b', 'c') },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(piece, { maxLength: 12 }), (first, second) => {
      const all = keysOf(...first, ...second)
      expect(keysOf(...first, ...second)).toEqual(all)
      const keys = new CallKeys()
      keys.piecesOf({ tool_calls: first })
      const fork = keys.fork()
      for (const each of [keys, fork])
        expect(each.piecesOf({ tool_calls: second }).map(({ key }) => key)).toEqual(all.slice(first.length))
    }),
  )
})
