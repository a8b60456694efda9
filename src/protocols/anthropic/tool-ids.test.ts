import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { ToolIds } from './tool-ids.ts'

describe('tool ids', () => {
  test('valid ones stay', () => {
    const ids = new ToolIds()
    expect(ids.call('toolu_1-A')).toBe('toolu_1-A')
    expect(ids.result('toolu_1-A')).toBe('toolu_1-A')
  })

  test('others become valid, the same for call and result', () => {
    const ids = new ToolIds()
    expect(ids.call('functions.get:0')).toBe('functions_get_0')
    expect(ids.call('functions/get:0')).toBe('functions_get_0_2')
    expect(ids.result('functions.get:0')).toBe('functions_get_0')
    expect(ids.result('functions/get:0')).toBe('functions_get_0_2')
    expect(ids.call('')).toBe('call')
  })

  test('an id that is used again belongs to the latest call', () => {
    const ids = new ToolIds()
    ids.call('call_0')
    expect(ids.call('call_0')).toBe('call_0_2')
    expect(ids.result('call_0')).toBe('call_0_2')
  })

  test('are always valid and never given twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('a', 'a_2', 'a_3', '.', '_'))),
        (calls) => {
          const ids = new ToolIds()
          const given = calls.map((id) => ids.call(id))
          expect(new Set(given).size).toBe(calls.length)
          for (const id of given) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/)
        },
      ),
    )
  })
})
