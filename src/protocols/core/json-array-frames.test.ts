import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Json } from './json.ts'
import { EventsToJsonArray, type JsonArrayState, JsonArrayToEvents } from './json-array-frames.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function toEvents(
  bytes: Uint8Array,
  sizes: readonly number[] = [bytes.length],
): { text: string; state: JsonArrayState } {
  const frames = new JsonArrayToEvents()
  const pieces: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + Math.max(1, sizes[turn % sizes.length] ?? 1)
    pieces.push(frames.push(bytes.subarray(at, end)))
    at = end
  }
  return { text: decoder.decode(Buffer.concat(pieces)), state: frames.state }
}
const eventsOf = (text: string): { text: string; state: JsonArrayState } => toEvents(encoder.encode(text))

function toArray(...events: readonly string[]): string {
  const frames = new EventsToJsonArray()
  const pieces = [frames.begin(), ...events.map((event) => frames.push(encoder.encode(event))), frames.finish()]
  return decoder.decode(Buffer.concat(pieces))
}

const values = (events: string): readonly unknown[] =>
  events
    .split('\n\n')
    .slice(0, -1)
    .map((event) => JSON.parse(event.replace(/^data: /, '')))

// As JSON text, so that what is compared is what was sent.
const element = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue() as fc.Arbitrary<Json>)
const elements = fc.array(element, { maxLength: 5 }).map((list) => JSON.parse(JSON.stringify(list)) as Json[])
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 })

describe('array bytes as events', () => {
  test('each element is one event, and the array says that it closed', () => {
    expect(eventsOf('[{"a":1}\n,\r\n{"b":[2,{}]}]')).toEqual({
      text: 'data: {"a":1}\n\ndata: {"b":[2,{}]}\n\n',
      state: 'closed',
    })
    expect(eventsOf(' [ ] \n')).toEqual({ text: '', state: 'closed' })
  })

  test('an element over several lines becomes one line', () => {
    expect(eventsOf('[{\n  "a": 1,\r\n  "b": "x"\n}]').text).toBe('data: {   "a": 1,    "b": "x" }\n\n')
  })

  test('brackets, quotes and line breaks inside of strings mean nothing', () => {
    const list = [{ '}': '{"]},[' }, { a: '\\', 'b"': '\\"\n\u2028é🙂' }]
    expect(values(eventsOf(JSON.stringify(list)).text)).toEqual(list)
  })

  test('however the bytes are split, the events are the same', () => {
    fc.assert(
      fc.property(elements, sizes, fc.constantFrom(undefined, 2), (list, pieces, indent) => {
        const bytes = encoder.encode(JSON.stringify(list, undefined, indent))
        const { text, state } = toEvents(bytes, pieces)
        expect(values(text)).toEqual(list)
        expect(state).toBe('closed')
      }),
    )
  })

  test('cut anywhere, the array is not closed', () => {
    fc.assert(
      fc.property(elements, (list) => {
        const bytes = encoder.encode(JSON.stringify(list))
        for (let end = 0; end < bytes.length; end++)
          expect(toEvents(bytes.subarray(0, end)).state).toBe(end === 0 ? 'before' : 'open')
      }),
      { numRuns: 30 },
    )
  })

  test.each([
    ['an object', '{"error":{}}'],
    ['text', 'data: {}'],
    ['an element that is no object', '["a"]'],
    ['a list of lists', '[[{}]]'],
    ['two elements without a comma', '[{}{}]'],
    ['a comma without an element', '[{},]'],
    ['a comma first', '[,{}]'],
    ['something behind the end', '[{}]{}'],
    ['a line break inside of a string', '[{"a":"b\nc"}]'],
  ])('%s is not an array of objects', (_, text) => {
    expect(eventsOf(text).state).toBe('broken')
  })

  test('what is broken gives nothing more', () => {
    const frames = new JsonArrayToEvents()
    frames.push(encoder.encode('[{}] x'))
    expect(frames.push(encoder.encode('[{}]'))).toEqual(new Uint8Array(0))
    expect(frames.state).toBe('broken')
  })

  test('an element’s bytes are passed on as they come, so that nothing of it is kept', () => {
    const frames = new JsonArrayToEvents()
    expect(decoder.decode(frames.push(encoder.encode('[{"a":"lo')))).toBe('data: {"a":"lo')
    expect(decoder.decode(frames.push(encoder.encode('ng"')))).toBe('ng"')
  })
})

describe('events as array bytes', () => {
  test('each event’s data is an element', () => {
    expect(toArray('data: {"a":1}\n\ndata:{"b":2}\r\n\r\n', 'data: {"c":3}\n\n')).toBe(
      '[{"a":1},\n{"b":2},\n{"c":3}]\n',
    )
  })

  test('comments and empty objects are white space wherever they stand', () => {
    const text = toArray(
      ': waiting\n\n',
      'data: {}\n\n',
      'data: {"a":1}\n\ndata: { }\n\n',
      'data: {"b":2}\n\n: end\n\n',
    )
    expect(JSON.parse(text)).toEqual([{ a: 1 }, { b: 2 }])
    expect(JSON.parse(toArray('data: {}\n\n'))).toEqual([])
  })

  test('data over several lines is one element', () => {
    expect(JSON.parse(toArray('event: x\ndata: {\ndata: "a":1}\n\n'))).toEqual([{ a: 1 }])
  })

  test('before it is finished it is no JSON', () => {
    const frames = new EventsToJsonArray()
    const text = decoder.decode(Buffer.concat([frames.begin(), frames.push(encoder.encode('data: {"error":{}}\n\n'))]))
    expect(text).toBe('[{"error":{}}')
  })

  test('is what the other direction reads', () => {
    fc.assert(
      fc.property(elements, sizes, (list, pieces) => {
        const kept = list.filter((value) => Object.keys(value as object).length > 0)
        const bytes = encoder.encode(toArray(...list.map((value) => `data: ${JSON.stringify(value)}\n\n`)))
        expect(values(toEvents(bytes, pieces).text)).toEqual(kept)
      }),
    )
  })
})
