import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { spliceTopLevel } from './splice.ts'

describe('spliceTopLevel', () => {
  test('changes the value and not one other character', () => {
    const body =
      '{ "n": 12345678901234567890,\n "model" : "a\\"b" ,"nested":{"model":"keep"},"list":[{"model":"keep"}], "z":1.0}'
    expect(spliceTopLevel(body, 'model', 'new/"one"')).toBe(body.replace('"a\\"b"', '"new/\\"one\\""'))
  })

  test('leaves strings that look like the field alone', () => {
    const body = String.raw`{"text":"\"model\":\"x\"","also":"model","model":"a"}`
    expect(spliceTopLevel(body, 'model', 'b')).toBe(String.raw`{"text":"\"model\":\"x\"","also":"model","model":"b"}`)
  })

  test('changes every occurrence, however the key is written, since parsers differ on which counts', () => {
    expect(spliceTopLevel(String.raw`{"model":"a","m\u006fdel":"b"}`, 'model', 'c')).toBe(
      String.raw`{"model":"c","m\u006fdel":"c"}`,
    )
  })

  test('changes a value that is no string as well', () => {
    expect(spliceTopLevel('{"model":{"a":["}",1]} ,"model": null,"x":[1],"model":7}', 'model', 'c')).toBe(
      '{"model":"c","model": "c","x":[1],"model":"c"}',
    )
  })

  test('on any object the result parses to the same object but for the field', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.string(),
        fc.nat(3),
        (rest, from, to, indent) => {
          const object = { ...rest, model: from }
          expect(JSON.parse(spliceTopLevel(JSON.stringify(object, null, indent), 'model', to))).toEqual(
            JSON.parse(JSON.stringify({ ...object, model: to })),
          )
        },
      ),
      { numRuns: 500 },
    )
  })
})
