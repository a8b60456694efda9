import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { LOST, scanning, wholesIn } from '../../../test/support/scanning.ts'
import { isFinished } from '../../evidence/index.ts'
import type { ScannerOptions } from '../core/index.ts'
import { createGeminiScanner } from './scanner.ts'

const encoder = new TextEncoder()

const event = (value: object): string => `data: ${JSON.stringify(value)}\r\n\r\n`
const HEAD = { modelVersion: 'gemini-x', responseId: 'r1' }
const chunk = (parts: readonly object[], more: object = {}, rest: object = {}): string =>
  event({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], ...HEAD, ...rest })
const say = (text: string, finishReason?: string): string =>
  chunk([{ text }], finishReason === undefined ? {} : { finishReason })
const end = (finishReason: string): string => chunk([{ text: '' }], { finishReason })
const call = (name: string, args: object = {}, more: object = {}): object => ({ functionCall: { name, args, ...more } })

const scannerAfter = scanning(createGeminiScanner)
const verdictOf = (stream: string, options: Partial<ScannerOptions> = {}): object =>
  scannerAfter(stream, options).verdictAtEnd()
const complete = (stop: string): object => ({ name: 'complete', proof: 'finish-reason+end', stop })
const truncated = { name: 'truncated', reason: 'ended-before-proof' }
const notJson = { name: 'malformed', reason: 'arguments-not-json' }

describe('a whole stream', () => {
  const stream =
    chunk([{ text: 'hm', thought: true }], {}, { usageMetadata: { promptTokenCount: 9, thoughtsTokenCount: 4 } }) +
    say('Good ') +
    say('day') +
    chunk(
      [call('look', { city: 'Paris' })],
      { finishReason: 'STOP' },
      { usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, cachedContentTokenCount: 5 } },
    )

  test('is proven by its finish reason and a clean end together', () => {
    const scanner = scannerAfter(stream)
    expect(scanner.phase).toBe('held')
    expect(scanner.verdictAtEnd()).toEqual(complete('tool-use') as never)
    expect(scanner.verdictAfter(LOST)).toEqual(LOST)
  })

  test('whatever proof was declared: there is no other', () => {
    for (const completion of ['strict', 'finish-only', 'sentinel-only'] as const) {
      expect(verdictOf(stream, { completion })).toEqual(complete('tool-use'))
      expect(verdictOf(say('a'), { completion })).toEqual(truncated)
    }
  })

  test('says what was served and billed, counts that a later report leaves out included', () => {
    expect(scannerAfter(stream).facts).toEqual({
      events: 4,
      toolCalls: 1,
      invalidToolCalls: 0,
      servedModel: 'gemini-x' as never,
      rawStop: 'STOP' as never,
      usage: { inputTokens: 9, outputTokens: 7, reasoningTokens: 4, cacheReadTokens: 5 },
      caveat: undefined,
    })
  })

  test('gives its content in order, calls whole, with ids that no other answer has', () => {
    const events = scannerAfter(stream).takeEvents()
    expect(events.filter(({ type }) => type !== 'usage')).toEqual([
      { type: 'start', id: 'r1', model: 'gemini-x', usage: {} },
      { type: 'thinking', choice: 0, part: 0, text: 'hm' },
      { type: 'text', choice: 0, part: 1, text: 'Good ' },
      { type: 'text', choice: 0, part: 1, text: 'day' },
      {
        type: 'whole',
        choice: 0,
        part: 2,
        content: { type: 'tool-call', kind: 'json', id: 'call_r1_0_0', name: 'look', input: '{"city":"Paris"}' },
      },
      { type: 'stop', choice: 0, stop: { kind: 'tool-use', raw: 'STOP' as never } },
    ])
  })

  test('without translation nothing is collected', () => {
    expect(scannerAfter(stream, { decode: false }).takeEvents()).toEqual([])
    expect(verdictOf(stream, { decode: false })).toEqual(complete('tool-use'))
  })

  test('cut after any byte it is never finished', () => {
    const bytes = encoder.encode(stream)
    for (let cut = 0; cut < bytes.length; cut++) {
      const scanner = scannerAfter('')
      scanner.push(bytes.subarray(0, cut))
      expect(isFinished(scanner.verdictAtEnd())).toBe(false)
      expect(isFinished(scanner.verdictAfter(LOST))).toBe(false)
    }
  })
})

describe('phases', () => {
  test('opening until there is content, held from a finish reason or a call on', () => {
    const scanner = scannerAfter('data: {}\n\n' + event({ usageMetadata: {}, ...HEAD }) + chunk([{ text: '' }]))
    expect(scanner.phase).toBe('opening')
    scanner.push(encoder.encode(say('a')))
    expect(scanner.phase).toBe('flowing')
    expect(scannerAfter(say('a') + chunk([call('f')])).phase).toBe('held')
    expect(scannerAfter(say('a', 'STOP')).phase).toBe('held')
    expect(scannerAfter(say('a', 'STOP') + say('b')).phase).toBe('held')
    expect(scannerAfter(event({ promptFeedback: { blockReason: 'SAFETY' } })).phase).toBe('held')
  })

  test('thoughts, and what Google’s own tools do, are content', () => {
    expect(scannerAfter(chunk([{ text: 'a', thought: true }])).phase).toBe('flowing')
    expect(scannerAfter(chunk([{ toolCall: { id: 'a' } }])).phase).toBe('flowing')
  })
})

describe('a finish reason ends nothing by itself', () => {
  test('text behind it voids it until the next', () => {
    expect(verdictOf(say('a', 'STOP') + say('b'))).toEqual(truncated)
    expect(verdictOf(say('a', 'STOP') + chunk([call('f')]))).toEqual(truncated)
    expect(verdictOf(say('a', 'STOP') + say('b') + end('MAX_TOKENS'))).toMatchObject({ name: 'limited', stop: 'limit' })
  })

  test('a stream that stops with every chunk is finished, and says what that is worth', () => {
    const scanner = scannerAfter(say('a', 'STOP') + say('b', 'STOP') + say('c', 'STOP'))
    expect(scanner.verdictAtEnd()).toEqual(complete('end') as never)
    expect(scanner.facts.caveat).toBe('finish-on-every-chunk')
    expect(scannerAfter(end('STOP') + say('a') + say('b', 'STOP')).facts.caveat).toBe('finish-on-every-chunk')
  })

  test('a later reason counts', () => {
    const scanner = scannerAfter(say('a', 'STOP') + event({ candidates: [{ finishReason: 'RECITATION', index: 0 }] }))
    expect(scanner.verdictAtEnd()).toMatchObject({ name: 'refused', stop: 'refusal' })
    expect(scanner.facts).toMatchObject({ rawStop: 'RECITATION' as never, caveat: 'finish-on-every-chunk' })
  })

  test('usage, sources, signatures and empty objects behind it change nothing', () => {
    const behind = `${event({ usageMetadata: { promptTokenCount: 1 } })}data: {}\n\n: waiting\n\n`
    const candidates =
      event({ candidates: [{ index: 0, groundingMetadata: {} }] }) +
      chunk([{ text: '', thoughtSignature: 'S' }]) +
      end('STOP')
    const scanner = scannerAfter(say('a', 'STOP') + behind + candidates)
    expect(scanner.verdictAtEnd()).toEqual(complete('end') as never)
    expect(scanner.facts).toMatchObject({ caveat: undefined, usage: { inputTokens: 1 } })
  })

  test('a usage report that is cut leaves a cut stream', () => {
    expect(verdictOf(`${say('a', 'STOP')}data: {"usageMeta`)).toEqual({
      name: 'truncated',
      reason: 'ended-inside-event',
    })
  })

  test('nothing said is nothing said', () => {
    for (const finishReason of ['FINISH_REASON_UNSPECIFIED', '', null])
      expect(verdictOf(chunk([{ text: 'a' }], { finishReason }))).toEqual(truncated)
    expect(verdictOf('')).toEqual(truncated)
    expect(verdictOf('data: {}\n\n')).toEqual(truncated)
  })
})

describe('how it stopped', () => {
  test.each([
    ['STOP', 'complete', 'end'],
    ['MAX_TOKENS', 'limited', 'limit'],
    ['SAFETY', 'refused', 'refusal'],
    ['IMAGE_OTHER', 'refused', 'refusal'],
    ['LANGUAGE', 'refused', 'refusal'],
    ['CONTINUATION', 'limited', 'pause'],
    ['OTHER', 'limited', 'limit'],
    ['NO_IMAGE', 'limited', 'limit'],
    ['TOO_MANY_TOOL_CALLS', 'limited', 'limit'],
    ['SOMETHING_NEW', 'limited', 'limit'],
  ])('%s: %s, %s', (finishReason, name, stop) => {
    const scanner = scannerAfter(say('a') + end(finishReason))
    expect(scanner.verdictAtEnd()).toMatchObject({ name, stop } as never)
    expect(scanner.facts.rawStop).toBe(finishReason as never)
  })

  test.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MALFORMED_RESPONSE', 'MISSING_THOUGHT_SIGNATURE'])(
    '%s is a failure',
    (finishReason) => {
      const scanner = scannerAfter(say('a') + end(finishReason))
      expect(scanner.verdictAtEnd()).toEqual({ name: 'failed', reason: 'failed-finish' })
      expect(scanner.phase).toBe('broken')
    },
  )

  test('a blocked prompt is a refusal, however many answers were asked for', () => {
    const blocked = event({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 5 },
      ...HEAD,
    })
    const scanner = scannerAfter(blocked, { choices: 3 })
    expect(scanner.verdictAtEnd()).toEqual({ name: 'refused', proof: 'finish-reason+end', stop: 'refusal' })
    expect(scanner.fork().verdictAtEnd()).toEqual(scanner.verdictAtEnd())
    expect(scanner.verdictAfter(LOST)).toEqual(LOST)
    expect(scanner.facts.rawStop).toBe('PROHIBITED_CONTENT' as never)
    expect(scanner.takeEvents()).toContainEqual({
      type: 'stop',
      choice: 0,
      stop: { kind: 'refusal', raw: 'PROHIBITED_CONTENT' as never },
    })
  })

  test('one that is blocked in the middle is one too, unless the answer goes on', () => {
    const blocked = event({ promptFeedback: { blockReason: 'SAFETY' } })
    expect(verdictOf(say('a') + blocked)).toMatchObject({ name: 'refused' })
    expect(verdictOf(say('a') + blocked + say('b'))).toEqual(truncated)
    expect(verdictOf(event({ promptFeedback: { safetyRatings: [] } }) + say('a', 'STOP'))).toEqual(complete('end'))
  })
})

describe('several candidates', () => {
  const two = (first: object, second: object): string =>
    event({
      candidates: [
        { content: { parts: [{ text: 'a' }] }, ...first },
        { content: { parts: [{ text: 'b' }] }, index: 1, ...second },
      ],
    })

  test('each has to stop, and all that were asked for have to be there', () => {
    expect(verdictOf(two({ finishReason: 'STOP' }, {}))).toEqual(truncated)
    expect(verdictOf(two({ finishReason: 'STOP' }, { finishReason: 'STOP' }), { choices: 2 })).toEqual(complete('end'))
    expect(verdictOf(two({ finishReason: 'STOP' }, { finishReason: 'STOP' }), { choices: 3 })).toEqual(truncated)
    expect(
      verdictOf(two({ finishReason: 'STOP' }, {}) + event({ candidates: [{ index: 1, finishReason: 'STOP' }] })),
    ).toEqual(complete('end'))
  })

  test('the gravest stop speaks for all', () => {
    expect(verdictOf(two({ finishReason: 'STOP' }, { finishReason: 'MAX_TOKENS' }))).toMatchObject({ name: 'limited' })
  })

  test('their number is bounded', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => ({ index }))
    expect(verdictOf(event({ candidates: many }), { eventLimitBytes: 1_000_000 })).toEqual({
      name: 'malformed',
      reason: 'too-large',
    })
  })
})

describe('calls', () => {
  const idOf = (number: number): string => `call_r1_0_${number}`

  test('several, with their own ids and signatures where they have some', () => {
    const stream =
      chunk([{ ...call('f', { a: 1 }, { id: 'x' }), thoughtSignature: 'S' }, call('g')]) +
      chunk([call('f')]) +
      end('STOP')
    const scanner = scannerAfter(stream)
    expect(wholesIn(scanner.takeEvents())).toEqual([
      { type: 'tool-call', kind: 'json', id: 'x', name: 'f', input: '{"a":1}', signature: 'S' },
      { type: 'tool-call', kind: 'json', id: idOf(1), name: 'g', input: '{}' },
      { type: 'tool-call', kind: 'json', id: idOf(2), name: 'f', input: '{}' },
    ])
    expect(scanner.takeMarks()).toEqual(['S'])
    expect(scanner.facts.toolCalls).toBe(3)
  })

  test('the last one is not given before something shows that it was whole', () => {
    const before = scannerAfter(chunk([call('f'), call('g')]))
    expect(wholesIn(before.takeEvents())).toMatchObject([{ name: 'f' }])
    before.push(encoder.encode(end('STOP')))
    expect(wholesIn(before.takeEvents())).toMatchObject([{ name: 'g' }])
  })

  test('a limit may have stopped the model inside the last one, which no client then sees', () => {
    const held = chunk([call('f'), call('g')]) + end('MAX_TOKENS')
    const scanner = scannerAfter(say('a') + held)
    expect(scanner.verdictAtEnd()).toMatchObject({ name: 'limited' })
    expect(scanner.facts).toMatchObject({ toolCalls: 2, invalidToolCalls: 1 })
    expect(wholesIn(scanner.takeEvents())).toMatchObject([{ name: 'f' }])
    const left = new TextDecoder().decode(scanner.withoutUnfinishedCalls(encoder.encode(held)))
    expect(left).toContain('"name":"f"')
    expect(left).not.toContain('"name":"g"')
    expect(left).toContain('MAX_TOKENS')
  })

  test('the event goes where nothing else was in it, and stays where it says how the answer stopped', () => {
    const one = chunk([call('f')])
    const scanner = scannerAfter(one + end('SAFETY'))
    expect(new TextDecoder().decode(scanner.withoutUnfinishedCalls(encoder.encode(one + end('SAFETY'))))).toBe(
      end('SAFETY').replaceAll('\r', ''),
    )
    const both = chunk([call('f')], { finishReason: 'MAX_TOKENS' })
    const left = new TextDecoder().decode(scannerAfter(both).withoutUnfinishedCalls(encoder.encode(both)))
    expect(JSON.parse(left.slice(6))).toMatchObject({
      candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'MAX_TOKENS' }],
    })
  })

  test('nothing is taken out where none is unfinished', () => {
    const bytes = encoder.encode(chunk([call('f')]) + end('STOP'))
    expect(scannerAfter(chunk([call('f')]) + end('STOP')).withoutUnfinishedCalls(bytes)).toBe(bytes)
    expect(scannerAfter(chunk([call('f'), { text: 'so' }]) + end('MAX_TOKENS')).facts.invalidToolCalls).toBe(0)
  })

  test.each([
    ['arguments that are no object', { functionCall: { name: 'f', args: '{"a":1}' } }],
    ['no name', { functionCall: { args: {} } }],
  ])('%s: no tool could be called so', (_, part) => {
    expect(verdictOf(chunk([part]) + end('STOP'))).toEqual(notJson)
    expect(verdictOf(chunk([part, { text: 'a' }]) + end('MAX_TOKENS'))).toMatchObject({ name: 'limited' })
  })

  test('their number is bounded', () => {
    const many = Array.from({ length: 1_001 }, () => call('f'))
    expect(verdictOf(chunk(many), { eventLimitBytes: 1_000_000 })).toEqual({ name: 'malformed', reason: 'too-large' })
  })
})

describe('calls whose arguments are streamed', () => {
  const begin = { functionCall: { name: 'f', willContinue: true } }
  const piece = (jsonPath: string, value: object, willContinue = true): object => ({
    functionCall: { partialArgs: [{ jsonPath, ...value }], willContinue },
  })
  const last = { functionCall: {} }
  const text = (stringValue: string, willContinue = false): object => ({ stringValue, willContinue })
  const pieces = [
    begin,
    piece('$.city', text('New ', true)),
    piece('$.city', text('Delhi')),
    piece('$.days[0]', { numberValue: 3 }),
  ]
  const stream = pieces.map((part) => chunk([part])).join('')

  test('are one call, given when its last piece is there', () => {
    const scanner = scannerAfter(stream)
    expect(scanner.phase).toBe('held')
    expect(wholesIn(scanner.takeEvents())).toEqual([])
    scanner.push(encoder.encode(chunk([last]) + end('STOP')))
    expect(scanner.verdictAtEnd()).toEqual(complete('tool-use') as never)
    expect(wholesIn(scanner.takeEvents())).toMatchObject([{ name: 'f', input: '{"city":"New Delhi","days":[3]}' }])
    expect(scanner.facts.toolCalls).toBe(1)
  })

  test('without its last piece none is finished', () => {
    expect(verdictOf(stream + end('STOP'))).toEqual(notJson)
    const scanner = scannerAfter(stream + chunk([call('g')]) + end('MAX_TOKENS'))
    expect(scanner.facts).toMatchObject({ toolCalls: 2, invalidToolCalls: 2 })
    expect(wholesIn(scanner.takeEvents())).toEqual([])
    const left = new TextDecoder().decode(
      scanner.withoutUnfinishedCalls(encoder.encode(stream + chunk([call('g')]) + end('MAX_TOKENS'))),
    )
    expect(left).not.toContain('functionCall')
    expect(left).toContain('MAX_TOKENS')
  })

  test('with a string that was to go on, or at a place that cannot be, it is none', () => {
    expect(verdictOf(chunk([begin, piece('$.city', text('New ', true)), last]) + end('STOP'))).toEqual(notJson)
    expect(verdictOf(chunk([begin, piece('$..city', text('x')), last]) + end('STOP'))).toEqual(notJson)
  })

  test('words between its pieces do not make another call of it', () => {
    const parts = [
      begin,
      piece('$.a', { boolValue: true }),
      { text: 'hm', thought: true },
      piece('$.b', { nullValue: 'NULL_VALUE' }),
      last,
    ]
    const scanner = scannerAfter(parts.map((part) => chunk([part])).join('') + end('STOP'))
    expect(wholesIn(scanner.takeEvents())).toMatchObject([{ input: '{"a":true,"b":null}' }])
  })

  test('one that goes on behind a finish reason voids it', () => {
    expect(verdictOf(stream + end('MAX_TOKENS'))).toMatchObject({ name: 'limited' })
    expect(verdictOf(stream + end('MAX_TOKENS') + chunk([last]))).toEqual(truncated)
  })

  test('more than may be kept is too much', () => {
    const long = chunk([begin]) + chunk([piece('$.a', text('x'.repeat(700), true))]).repeat(3)
    expect(verdictOf(long, { eventLimitBytes: 2_000 })).toEqual({ name: 'malformed', reason: 'too-large' })
  })

  test('a fork goes its own way', () => {
    const scanner = scannerAfter(stream)
    const fork = scanner.fork()
    fork.push(encoder.encode(chunk([piece('$.city', text('x'))]) + chunk([last]) + end('STOP')))
    scanner.push(encoder.encode(chunk([last]) + end('STOP')))
    expect(wholesIn(scanner.takeEvents())).toMatchObject([{ input: '{"city":"New Delhi","days":[3]}' }])
    expect(wholesIn(fork.takeEvents())).toMatchObject([{ input: '{"city":"x","days":[3]}' }])
  })
})

describe('signatures and marks', () => {
  test('of text they stand behind it as a thought without words; of thoughts they end them', () => {
    const parts = [
      { text: 'hm', thought: true },
      { text: '', thought: true, thoughtSignature: 'A' },
      { text: 'more', thought: true },
      { text: 'so', thoughtSignature: 'B' },
      { text: '!' },
    ]
    const scanner = scannerAfter(parts.map((part) => chunk([part])).join('') + end('STOP'))
    expect(scanner.takeEvents().slice(1, -1)).toEqual([
      { type: 'thinking', choice: 0, part: 0, text: 'hm' },
      { type: 'thinking-signature', choice: 0, part: 0, signature: 'A' },
      { type: 'thinking', choice: 0, part: 1, text: 'more' },
      { type: 'text', choice: 0, part: 2, text: 'so' },
      { type: 'thinking-signature', choice: 0, part: 3, signature: 'B' },
      { type: 'text', choice: 0, part: 4, text: '!' },
    ])
    expect(scanner.takeMarks()).toEqual(['A', 'B'])
    expect(scanner.takeMarks()).toEqual([])
  })

  test('what an answer can be continued from is one; its name is none', () => {
    const scanner = scannerAfter(chunk([{ text: 'a' }], { finishReason: 'CONTINUATION', continuationToken: 'dG9r' }))
    expect(scanner.takeMarks()).toEqual(['dG9r'])
  })

  test('what Google’s own tools did comes whole', () => {
    const part = { toolCall: { id: 'a' }, thoughtSignature: 'S' }
    const scanner = scannerAfter(chunk([part, { text: '' }]) + say('a', 'STOP'))
    expect(wholesIn(scanner.takeEvents())).toEqual([
      { type: 'opaque', protocol: 'gemini', kind: 'toolCall', value: part },
    ])
    expect(scanner.takeMarks()).toEqual(['S'])
  })
})

describe('errors', () => {
  const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }
  test.each([
    ['as data', event(error)],
    ['bare', `${JSON.stringify(error)}\n\n`],
    ['bare, over several lines', `${JSON.stringify(error, undefined, 2)}\n\n`],
    ['at the very end', `data: ${JSON.stringify(error)}`],
    ['bare at the very end', JSON.stringify(error, undefined, 2)],
  ])('%s', (_, text) => {
    const scanner = scannerAfter(say('a') + text)
    expect(scanner.verdictAtEnd()).toEqual({ name: 'failed', reason: 'in-band-error' })
    expect(scanner.inBandError).toEqual(error)
  })

  test('also behind a finish reason', () => {
    expect(verdictOf(say('a', 'STOP') + event(error))).toEqual({ name: 'failed', reason: 'in-band-error' })
    expect(verdictOf(say('a', 'STOP') + JSON.stringify(error))).toEqual({ name: 'failed', reason: 'in-band-error' })
  })

  test('`error: null` is none, and what is no object is not this protocol', () => {
    expect(verdictOf(chunk([{ text: 'a' }], { finishReason: 'STOP' }, { error: null }))).toEqual(complete('end'))
    expect(verdictOf('data: [1]\n\n')).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
    expect(verdictOf('data: {"candidates\n\n')).toEqual({ name: 'malformed', reason: 'not-json' })
  })
})

test('whatever JSON comes, it is judged', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 3 }),
      fc.jsonValue(),
      fc.jsonValue(),
      (parts, content, metadata) => {
        const candidates = [
          { content: { parts }, groundingMetadata: metadata, citationMetadata: content },
          { content, index: 1 },
        ]
        const scanner = scannerAfter(event({ candidates, promptFeedback: metadata, usageMetadata: content }))
        expect(isFinished(scanner.verdictAtEnd())).toBe(false)
        expect(isFinished(scanner.fork().verdictAfter(LOST))).toBe(false)
      },
    ),
    { numRuns: 300 },
  )
})

test('reports of usage with ever new names cost no more than others', () => {
  const reports = Array.from({ length: 20_000 }, (_, i) =>
    event({ usageMetadata: { promptTokenCount: i, [`other${i}`]: 1 } }),
  )
  const start = performance.now()
  const scanner = scannerAfter(reports.join(''), { decode: false })
  expect(performance.now() - start).toBeLessThan(2_000)
  expect(scanner.facts.usage).toEqual({ inputTokens: 19_999 })
})

test.each(['<html>502 Bad Gateway</html>', 'upstream connect error'])(
  '%s behind the finish reason is no end',
  (page) => {
    expect(verdictOf(say('a', 'STOP') + page)).toEqual({ name: 'truncated', reason: 'ended-inside-event' })
    expect(verdictOf(`${say('a', 'STOP') + page}\n\n`)).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
  },
)

test.each([5, {}, false])('%j in the place of text is not this protocol', (text) => {
  const stream = say('a') + chunk([{ text }]) + end('STOP')
  expect(verdictOf(stream)).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
  expect(verdictOf(say('a') + chunk([{ text: null }]) + end('STOP'))).toEqual(complete('end'))
})

test.each<[unknown]>([[5], [[]], ['look']])(
  '%j in the place of a call, or of the parts, is not this protocol',
  (value) => {
    const notThis = { name: 'malformed', reason: 'not-this-protocol' }
    expect(verdictOf(chunk([{ functionCall: value }]) + end('STOP'))).toEqual(notThis)
    expect(verdictOf(say('a') + chunk([{ text: 'b', functionCall: null }]) + end('STOP'))).toEqual(complete('end'))
    const parts = Array.isArray(value) ? { text: 'a' } : value
    expect(verdictOf(event({ candidates: [{ content: { parts } }], ...HEAD }) + end('STOP'))).toEqual(notThis)
  },
)
