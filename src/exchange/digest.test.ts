import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Json, type JsonObject, parseJson } from '../protocols/core/index.ts'
import { canonicalJson, sha256Hex } from './digest.ts'

describe('the canonical text', () => {
  test('is RFC 8785’s own example', () => {
    const sample = parseJson(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    ) as Json
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"EURO$\u000f\nA'B\"\\\\\"/"}`.replace(
        'EURO',
        '€',
      ),
    )
  })

  test('has names in the RFC’s order: by UTF-16 units, numbers too', () => {
    const sample = {
      '€': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '😀': 5,
      '\u0080': 6,
      ö: 7,
      a: 8,
      '2': 9,
      '10': 10,
      '-1': 11,
    }
    expect([...canonicalJson(sample).matchAll(/:(\d+)/g)].map(([, value]) => Number(value))).toEqual([
      2, 11, 4, 10, 9, 8, 6, 7, 1, 5, 3,
    ])
  })

  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.nat({ max: 30 }).map(String),
    fc.constantFrom('__proto__', 'toJSON', '', '-1', '1.0', '01', '4294967295', '\ud800', '\ue000'),
  )
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false, ''),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      name,
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(name, tie('value')), { maxLength: 6 })
        .map((entries) => Object.fromEntries(entries) as JsonObject),
    ),
  }))

  test('says the value, whatever order its names came in', () => {
    fc.assert(
      fc.property(value, fc.func(fc.integer()), (json, rank) => {
        const text = canonicalJson(json)
        expect(canonicalJson(shuffled(json, rank))).toBe(text)
        // -0 is 0 in JSON.
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(inOrder(json)))
      }),
    )
  })

  test('has every object’s names in the order of their units, and nothing between', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 8 }), (names) => {
        const byUnits = names.toSorted((a, b) => compareUnits(a, b))
        const flat = Object.fromEntries(names.map((each) => [each, null]))
        const text = `{${byUnits.map((each) => `${JSON.stringify(each)}:null`).join(',')}}`
        expect(canonicalJson(flat)).toBe(text)
        expect(canonicalJson([{ a: flat }])).toBe(`[{"a":${text}}]`)
      }),
    )
  })

  test('leaves out what is undefined, which no JSON has', () => {
    const core = { id: 'a', model: 'm', choices: [], usage: {}, created: undefined } as never
    expect(canonicalJson(core)).toBe('{"choices":[],"id":"a","model":"m","usage":{}}')
  })
})

test('a digest is that of sha256sum', async () => {
  // printf %s '€' | sha256sum
  expect(String(await sha256Hex('€'))).toBe('c4cc90ed3d26f12d4b08a75140970a7904035c31cbb4515a83f19b9003c00d1d')
})

function compareUnits(a: string, b: string): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** The same value with its names in another order, as far as objects let them have one. */
function shuffled(json: Json, rank: (name: string) => number): Json {
  return rebuilt(json, (names) => names.toSorted((a, b) => rank(a) - rank(b)))
}

function inOrder(json: Json): Json {
  return rebuilt(json, (names) => names.toSorted(compareUnits))
}

function rebuilt(json: Json, order: (names: readonly string[]) => readonly string[]): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map((each) => rebuilt(each, order))
  if (typeof json !== 'object' || json === null) return json
  const object = json as JsonObject
  return Object.fromEntries(order(Object.keys(object)).map((each) => [each, rebuilt(object[each] ?? null, order)]))
}
