import { describe, expect, test } from 'bun:test'
import type { Json } from '../core/index.ts'
import { PartialArgs } from './partial-args.ts'

function after(...partials: readonly object[]): PartialArgs {
  const args = new PartialArgs()
  for (const partial of partials) args.push(partial as Json)
  return args
}
const valueOf = (...partials: readonly object[]): unknown => JSON.parse(JSON.stringify(after(...partials).value))
const at = (jsonPath: string, numberValue = 1): object => ({ jsonPath, numberValue })

describe('arguments that come value by value', () => {
  test('each at its place', () => {
    const args = [
      at('$.a'),
      at('$.b.c', 2),
      at("$['d e']", 3),
      at('$["f\\"g"]', 4),
      at('$.list[0].x', 5),
      at('$.list[1]', 6),
    ]
    expect(valueOf(...args)).toEqual({ a: 1, b: { c: 2 }, 'd e': 3, 'f"g': 4, list: [{ x: 5 }, 6] })
    expect(after(...args).isWhole).toBe(true)
  })

  test('strings in pieces, other values whole', () => {
    const piece = (stringValue: string, willContinue: boolean): object => ({
      jsonPath: '$.a',
      stringValue,
      willContinue,
    })
    expect(
      valueOf(piece('x', true), { jsonPath: '$.b', boolValue: false }, piece('y', true), piece('z', false)),
    ).toEqual({ a: 'xyz', b: false })
    expect(after(piece('x', true)).isWhole).toBe(false)
    // Closed by a piece that adds nothing.
    expect(after(piece('x', true), { jsonPath: '$.a' }).isWhole).toBe(true)
    expect(valueOf(piece('x', false), piece('y', false))).toEqual({ a: 'y' })
    expect(valueOf({ jsonPath: '$.n', nullValue: 'NULL_VALUE' })).toEqual({ n: null })
  })

  test.each(['$', '', 'a', '$..a', '$.*', '$[*]', '$[0]', '$.a[1]', '$.a[0', '$.a[-1]', `$${'.a'.repeat(200)}`])(
    '%j is no place',
    (jsonPath) => {
      expect(after(at(jsonPath)).isWhole).toBe(false)
    },
  )

  test('a list is no object, and the reverse', () => {
    expect(after(at('$.a[0]'), at('$.a.b')).isWhole).toBe(false)
    expect(after(at('$.a.b'), at('$.a[0]')).isWhole).toBe(false)
    expect(after(7 as never).isWhole).toBe(false)
  })

  test('every name is only a name', () => {
    const args = after(at('$.__proto__.x'), at('$.constructor'))
    expect(JSON.stringify(args.value)).toBe('{"__proto__":{"x":1},"constructor":1}')
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('a fork goes its own way', () => {
    const args = after(at('$.a[0].b'))
    const fork = args.fork()
    fork.push(at('$.a[0].c') as Json)
    expect(JSON.stringify(args.value)).toBe('{"a":[{"b":1}]}')
    expect(JSON.stringify(fork.value)).toBe('{"a":[{"b":1,"c":1}]}')
  })
})
