import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { DeltaTemplate, type TemplateSource, unescaped } from './delta-template.ts'

const MARKER = '"text":"'
const PADDING = '"obfuscation":"'

const learned = (event: string, value: string, padding?: string): DeltaTemplate => {
  const template = DeltaTemplate.learn(event, { marker: MARKER, padding, value })
  if (template === undefined) throw new Error(`not learnt: ${event}`)
  return template
}

/** The string of an event that the template recognises at the beginning of the text, and where the event ends. */
const match = (
  template: DeltaTemplate,
  text: string,
  at = 0,
  number = 0,
): { readonly value: string; readonly end: number } | undefined => {
  const start = template.valueStart(text, at, number)
  const valueEnd = start < 0 ? -1 : template.valueEnd(text, start)
  const end = valueEnd < 0 ? -1 : template.eventEnd(text, valueEnd, number)
  return end < 0 ? undefined : { value: text.slice(start, valueEnd), end }
}

const anthropic = (text: string, spaces = ''): string =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${text}}${spaces}}`
const padded = (text: string, padding: string, id = 'a'): string =>
  `data: {"id":"${id}","choices":[{"delta":{"text":${text}}}],"obfuscation":${padding}}`

describe('a learned template', () => {
  const template = learned(anthropic('"Hi"'), 'Hi')
  const paddedTemplate = learned(padded('"Hi"', '"xy"'), 'Hi', PADDING)

  test('recognises events of its shape anywhere in a text', () => {
    const first = `${anthropic('"Hello"')}\n\n`
    const text = `${first}${anthropic('""', '     ')}\n\n${anthropic('"€ 🎼"')}\n\n`
    expect(match(template, text)).toEqual({ value: 'Hello', end: first.length })
    expect(match(template, text, first.length)?.value).toBe('')
    expect(match(template, text, text.lastIndexOf('event:'))).toEqual({ value: '€ 🎼', end: text.length })
    expect(match(template, text, 1)).toBeUndefined()
  })

  test('takes the escapes of JSON', () => {
    const text = `${anthropic('"a\\n\\"b\\" \\u00e9"')}\n\n`
    const found = match(template, text)
    expect(found?.end).toBe(text.length)
    expect(unescaped(found?.value ?? '')).toBe('a\n"b" é')
  })

  test('lets the declared padding differ too', () => {
    const text = `${padded('"a"', '"qwertz"')}\n\n`
    expect(match(paddedTemplate, text)).toEqual({ value: 'a', end: text.length })
    expect(match(paddedTemplate, `${padded('"a"', '""')}\n\n`)?.value).toBe('a')
  })

  test.each([
    ['an escape that JSON does not have', anthropic('"a\\x"')],
    ['half of a Unicode escape', anthropic('"a\\u00g1"')],
    ['an escape that hides the closing quote', anthropic('"a\\"')],
    ['a control character', anthropic('"a\u0001b"')],
    ['a tabulator', anthropic('"a\tb"')],
    ['a line end inside', anthropic('"a\nb"')],
    ['a quote inside', anthropic('"a"b"')],
    ['no string', anthropic('null')],
    ['another index', anthropic('"a"').replace('"index":0', '"index":1')],
    ['another type', anthropic('"a"').replace('text_delta', 'text_delt')],
    ['one more key', anthropic('"a"').replace(/}}$/, ',"x":1}}')],
    ['one brace less', anthropic('"a"').slice(0, -1)],
    ['one brace more', `${anthropic('"a"')}}`],
    ['other padding than spaces', anthropic('"a"', '\t')],
    ['one more line', `${anthropic('"a"')}\ndata: {}`],
    ['a carriage return', `${anthropic('"a"')}\r`],
  ])('does not take %s', (_, event) => {
    expect(match(template, `${event}\n\n`)).toBeUndefined()
  })

  test.each([
    ['another id', padded('"a"', '"b"', 'z')],
    ['an escape that JSON does not have in the padding', padded('"a"', '"\\a"')],
    ['a control character in the padding', padded('"a"', '"\u0002"')],
    ['no padding', padded('"a"', '"b"').replace(/,"obfuscation":"b"/, '')],
    ['padding that is no string', padded('"a"', '1')],
    ['something behind the padding', padded('"a"', '"b","error":1')],
  ])('with padding: does not take %s', (_, event) => {
    expect(match(paddedTemplate, `${event}\n\n`)).toBeUndefined()
  })

  test('does not take an event without its blank line', () => {
    expect(match(template, anthropic('"a"'))).toBeUndefined()
    expect(match(template, `${anthropic('"a"')}\n`)).toBeUndefined()
    expect(match(template, anthropic('"a').slice(0, -2))).toBeUndefined()
  })
})

describe('a template with a number', () => {
  const DELTA = '"delta":"'
  const NUMBER = '"sequence_number":'
  const behind = (delta: string, number: number | string, padding = 'xy'): string =>
    `event: e\ndata: {"delta":${delta},"logprobs":[],"obfuscation":"${padding}","output_index":0,"sequence_number":${number}}`
  const inFront = (delta: string, number: number | string, padding = 'xy'): string =>
    `data: {"sequence_number":${number},"summary_index":0,"delta":${delta},"obfuscation":"${padding}"}`
  const inMiddle = (delta: string, number: number | string, padding = 'xy'): string =>
    `data: {"obfuscation":"${padding}","sequence_number":${number},"delta":${delta},"type":"d"}\nevent: response.d`
  const learn = (event: string, value: number): DeltaTemplate | undefined =>
    DeltaTemplate.learn(event, {
      marker: DELTA,
      padding: PADDING,
      number: { marker: NUMBER, value },
      value: 'Hi',
    })
  const counted = (event: string, value: number): DeltaTemplate => {
    const template = learn(event, value)
    if (template === undefined) throw new Error('not learnt')
    return template
  }

  test.each([
    ['behind the value', behind],
    ['in front of it', inFront],
    ['between padding and value, with the name at the end', inMiddle],
  ])('%s takes exactly the expected number', (_, event) => {
    const template = counted(event('"Hi"', 9), 9)
    expect(template.isCounted).toBe(true)
    const text = `${event('"there"', 10, 'longer')}\n\n`
    expect(match(template, text, 0, 10)).toEqual({ value: 'there', end: text.length })
    expect(match(template, `${event('"a"', 1000, '')}\n\n`, 0, 1000)?.value).toBe('a')
    for (const wrong of [9, 11, 1, 100, '10.5', '10e1', '"10"', '010', '-10', 'null', ''])
      expect(match(template, `${event('"a"', wrong)}\n\n`, 0, 10), String(wrong)).toBeUndefined()
  })

  test.each([
    ['the number is another', behind('"Hi"', 8), 9],
    ['the number goes on', behind('"Hi"', 91), 9],
    ['the number is a fraction', behind('"Hi"', '9.5'), 9],
    ['the number has an exponent', behind('"Hi"', '9e2'), 9],
    ['the number is text', inFront('"Hi"', '"9"'), 9],
    ['there are two', inFront('"Hi"', '9,"x":{"sequence_number":9}'), 9],
  ])('does not learn where %s', (_, event, value) => {
    expect(learn(event, value)).toBeUndefined()
  })

  test('an event without the number is learnt, and not counted', () => {
    const template = counted('data: {"delta":"Hi","output_index":0}', 0)
    expect(template.isCounted).toBe(false)
    expect(match(template, 'data: {"delta":"b","output_index":0}\n\n', 0, 77)?.value).toBe('b')
  })

  test.each([
    ['another name', inMiddle('"a"', 4).replace(/response\.d$/, 'response.x')],
    ['no name', inMiddle('"a"', 4).replace(/\nevent.*$/, '')],
    ['a longer name', `${inMiddle('"a"', 4)}x`],
    ['one more line', `${inMiddle('"a"', 4)}\ndata: {}`],
  ])('with the name behind the data: does not take %s', (_, event) => {
    expect(match(counted(inMiddle('"Hi"', 3), 3), `${event}\n\n`, 0, 4)).toBeUndefined()
  })

  test('other lines behind the data are not learnt', () => {
    for (const line of ['id: 1', ': comment', 'event: a b', 'event:'])
      expect(learn(`${inFront('"Hi"', 3)}\n${line}`, 3)).toBeUndefined()
  })
})

describe('learning', () => {
  const source = (value: string, padding?: string): TemplateSource => ({ marker: MARKER, padding, value })

  test.each([
    ['the marker is missing', '{"content":"a"}', 'a'],
    ['the marker is there twice', '{"text":"a","other":{"text":"a"}}', 'a'],
    ['the value is another string', '{"text":"b"}', 'a'],
    ['the value has another escape', '{"text":"a\\t"}', 'a\n'],
    ['the event does not end in its brace', '{"text":"a"} ', 'a'],
    ['the string does not end', '{"text":"a', 'a'],
  ])('refuses where %s', (_, event, value) => {
    expect(DeltaTemplate.learn(event, source(value))).toBeUndefined()
  })

  test('an escape in the value or the padding is learnt', () => {
    const template = learned('{"text":"a\\n","obfuscation":"\\u0041"}', 'a\n', PADDING)
    expect(match(template, '{"text":"b","obfuscation":"c"}\n\n')?.value).toBe('b')
  })

  test('without the declared padding it learns the plain shape', () => {
    const template = learned('{"text":"a","n":1}', 'a', PADDING)
    expect(match(template, '{"text":"b","n":1}\n\n')?.value).toBe('b')
    expect(match(template, '{"text":"b","n":2}\n\n')).toBeUndefined()
  })
})

describe('what a template recognises', () => {
  const character = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
    fc.constantFrom(
      '"',
      '\\',
      '\\"',
      '\n',
      '\r',
      '\u0000',
      '\u001f',
      '\u007f',
      '\u2028',
      '}',
      '}}',
      '\\u0041',
      ',"text":"',
    ),
  )
  const content = fc.array(character, { maxLength: 6 }).map((parts) => parts.join(''))

  test('is exactly JSON.parse of it, however the string is written', () => {
    let recognised = 0
    fc.assert(
      fc.property(content, content, fc.boolean(), fc.nat(3), (text, padding, isRaw, spaces) => {
        const quoted = (value: string): string => (isRaw ? `"${value}"` : JSON.stringify(value))
        const template = learned('data: {"d":{"text":"x"},"obfuscation":"y"}', 'x', PADDING)
        const json = `{"d":{"text":${quoted(text)}},"obfuscation":${quoted(padding)}${' '.repeat(spaces)}}`
        const found = match(template, `data: ${json}\n\ndata: next\n\n`)
        if (found === undefined) return
        recognised += 1
        // Ill-formed JSON makes this throw.
        expect(JSON.parse(json)).toEqual({ d: { text: unescaped(found.value) }, obfuscation: expect.any(String) })
        expect(found.end).toBe(`data: ${json}\n\n`.length)
      }),
      { numRuns: 5_000 },
    )
    expect(recognised).toBeGreaterThan(500)
  })

  test('is exactly JSON.parse of it with a number too, in whatever order the fields stand', () => {
    let recognised = 0
    const fields = ['value', 'padding', 'number', 'other'] as const
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...fields], { minLength: 4 }),
        content,
        fc.nat(12),
        fc.nat(12),
        fc.boolean(),
        (order, text, number, expected, isRaw) => {
          const write = (value: string, count: number, raw: boolean): string => {
            const quoted = raw ? `"${value}"` : JSON.stringify(value)
            const all = {
              value: `"text":${quoted}`,
              padding: `"obfuscation":"p"`,
              number: `"n":${count}`,
              other: '"o":[]',
            }
            return `{${order.map((field) => all[field]).join(',')}}`
          }
          const source = { marker: MARKER, padding: PADDING, number: { marker: '"n":', value: 0 }, value: 'x' }
          const template = DeltaTemplate.learn(`data: ${write('x', 0, true)}`, source)
          if (template === undefined) throw new Error('not learnt')
          const json = write(text, number, isRaw)
          const found = match(template, `data: ${json}\n\n`, 0, expected)
          if (found === undefined) return
          recognised += 1
          expect(JSON.parse(json)).toEqual({ text: unescaped(found.value), obfuscation: 'p', n: expected, o: [] })
        },
      ),
      { numRuns: 5_000 },
    )
    expect(recognised).toBeGreaterThan(100)
  })

  test('is valid JSON of the same shape whatever single character of an event is changed', () => {
    const event = padded('"Hello"', '"abc"')
    const template = learned(event, 'Hello', PADDING)
    fc.assert(
      fc.property(
        fc.nat(event.length - 1),
        fc.constantFrom(...'"\\{}[]:,x 0\n\u0001'),
        fc.boolean(),
        (at, char, isInsert) => {
          const changed = event.slice(0, at) + char + event.slice(isInsert ? at : at + 1)
          const found = match(template, `${changed}\n\n`)
          if (found === undefined) return
          const shape = {
            id: 'a',
            choices: [{ delta: { text: unescaped(found.value) } }],
            obfuscation: expect.any(String),
          }
          expect(JSON.parse(changed.slice('data: '.length))).toEqual(shape)
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
