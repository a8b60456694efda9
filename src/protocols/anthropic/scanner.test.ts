import { describe, expect, test } from 'bun:test'
import { expectSameAtEverySplit, keptOf, LOST, scanning, wholesIn } from '../../../test/support/scanning.ts'
import { isFinished } from '../../evidence/index.ts'
import type { StreamScanner } from '../core/index.ts'
import { createAnthropicScanner } from './scanner.ts'

const encoder = new TextEncoder()

const event = (value: { readonly type: string }): string => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`
const START = event({
  type: 'message_start',
  message: {
    id: 'msg_1',
    model: 'claude-x',
    usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 },
  },
} as never)
const PING = event({ type: 'ping' })
const STOP = event({ type: 'message_stop' })
const opened = (index: number, content_block: object): string =>
  event({ type: 'content_block_start', index, content_block } as never)
const delta = (index: number, value: object): string =>
  event({ type: 'content_block_delta', index, delta: value } as never)
const closed = (index: number): string => event({ type: 'content_block_stop', index } as never)
const ended = (stop_reason: string | null, usage: object = { output_tokens: 7 }): string =>
  event({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage } as never)

const text = (index: number, ...pieces: readonly string[]): string =>
  opened(index, { type: 'text', text: '' }) +
  pieces.map((piece) => delta(index, { type: 'text_delta', text: piece })).join('') +
  closed(index)
const call = (index: number, ...pieces: readonly string[]): string =>
  opened(index, { type: 'tool_use', id: `toolu_${index}`, name: 'look', input: {} }) +
  pieces.map((piece) => delta(index, { type: 'input_json_delta', partial_json: piece })).join('') +
  closed(index)

const scannerAfter = scanning(createAnthropicScanner)

const eventOrder = { name: 'malformed', reason: 'event-order' } as const

describe('a whole stream', () => {
  const stream =
    START + PING + text(0, 'Good ', 'day') + PING + call(1, '{"city":', '"Paris"}') + ended('tool_use') + STOP

  test('is proven by message_stop alone', () => {
    const scanner = scannerAfter(stream)
    expect(scanner.phase).toBe('proven')
    expect(scanner.verdictAtEnd()).toEqual({ name: 'complete', proof: 'message_stop', stop: 'tool-use' })
    expect(scanner.verdictAfter(LOST)).toEqual({ name: 'complete', proof: 'message_stop', stop: 'tool-use' })
  })

  test('says what was served and billed', () => {
    expect(scannerAfter(stream).facts).toEqual({
      events: 13,
      toolCalls: 1,
      invalidToolCalls: 0,
      caveat: undefined,
      servedModel: 'claude-x' as never,
      rawStop: 'tool_use' as never,
      usage: { inputTokens: 15, cacheReadTokens: 5, outputTokens: 7 },
    })
  })

  test('gives its content in order, the call whole and after the stop reason is known', () => {
    const before = scannerAfter(stream.slice(0, stream.indexOf('event: message_delta')))
    expect(wholesIn(before.takeEvents())).toEqual([])
    const events = scannerAfter(stream).takeEvents()
    expect(events.map(({ type }) => type)).toEqual(['start', 'text', 'text', 'usage', 'whole', 'stop'])
    expect(wholesIn(events)).toEqual([
      { type: 'tool-call', kind: 'json', id: 'toolu_1', name: 'look', input: '{"city":"Paris"}' },
    ])
  })

  test('is the same at every split and with every line end, and never finished before its end', () => {
    const crlf = stream.replaceAll('\n', '\r\n')
    const mixed = `\uFEFF: hello\r\n\r\n${stream.replaceAll('data: ', 'data:').replaceAll('\n\n', '\r\n\n')}`
    expectSameAtEverySplit(stream, [crlf, mixed], scannerAfter)
  })

  test('an event of several data lines is one event', () => {
    const [first, ...rest] = JSON.stringify({ type: 'ping', of: 1 }).split(',')
    expect(scannerAfter(`${START}data: ${first}\ndata: ,${rest.join(',')}\n\n${ended('end_turn')}${STOP}`).phase).toBe(
      'proven',
    )
  })
})

describe('phases', () => {
  test.each([
    ['a message start', START, 'opening'],
    ['a ping', START + PING, 'opening'],
    ['an empty block', START + opened(0, { type: 'text', text: '' }), 'opening'],
    [
      'an empty delta',
      START + opened(0, { type: 'text', text: '' }) + delta(0, { type: 'text_delta', text: '' }),
      'opening',
    ],
    ['a block that begins with text', START + opened(0, { type: 'text', text: 'Hi' }), 'flowing'],
    ['text', START + text(0, 'Hi'), 'flowing'],
    [
      'thinking',
      START + opened(0, { type: 'thinking', thinking: '' }) + delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      'flowing',
    ],
    ['a block that comes whole', START + opened(0, { type: 'web_search_tool_result', content: [] }), 'flowing'],
    ['a call', START + opened(0, { type: 'tool_use', id: 'a', name: 'b', input: {} }), 'held'],
    ['text, then a call', START + text(0, 'Hi') + call(1), 'held'],
    ['text after a call', START + call(0) + text(1, 'Hi'), 'held'],
    ['a stop reason', START + text(0, 'Hi') + ended('end_turn'), 'held'],
    ['usage without a stop reason', START + text(0, 'Hi') + ended(null), 'flowing'],
    ['message_stop', START + text(0, 'Hi') + ended('end_turn') + STOP, 'proven'],
  ] as const)('after %s', (_, stream, phase) => {
    expect(scannerAfter(stream).phase).toBe(phase)
  })
})

describe('stop reasons', () => {
  test.each([
    ['end_turn', 'complete', 'end'],
    ['stop_sequence', 'complete', 'stop-sequence'],
    ['tool_use', 'complete', 'tool-use'],
    ['max_tokens', 'limited', 'limit'],
    ['model_context_window_exceeded', 'limited', 'limit'],
    ['pause_turn', 'limited', 'pause'],
    ['refusal', 'refused', 'refusal'],
    ['invented_in_2027', 'limited', 'limit'],
  ] as const)('%s is %s', (raw, name, stop) => {
    const content = stop === 'tool-use' ? call(0, '{}') : text(0, 'Hi')
    const scanner = scannerAfter(START + content + ended(raw) + STOP)
    expect(scanner.verdictAtEnd()).toEqual({ name, proof: 'message_stop', stop })
    expect(scanner.facts.rawStop).toBe(raw as never)
  })

  test('a refusal before any content is a finished answer too', () => {
    expect(scannerAfter(START + ended('refusal') + STOP).verdictAtEnd().name).toBe('refused')
  })

  test('the sequence that stopped it is carried', () => {
    const stopped = event({
      type: 'message_delta',
      delta: { stop_reason: 'stop_sequence', stop_sequence: '\n' },
    } as never)
    const events = scannerAfter(START + text(0, 'Hi') + stopped + STOP).takeEvents()
    expect(events.at(-1)).toEqual({
      type: 'stop',
      choice: 0,
      stop: { kind: 'stop-sequence', raw: 'stop_sequence' as never, sequence: '\n' },
    })
  })
})

describe('a missing message_stop', () => {
  const stream = START + text(0, 'Hi') + ended('end_turn')

  test('is a cut where it is the proof', () => {
    expect(scannerAfter(stream).verdictAtEnd()).toEqual({ name: 'truncated', reason: 'ended-before-proof' })
  })

  test('is finished at a clean end where finish-only is declared, and only then', () => {
    const scanner = scannerAfter(stream, { completion: 'finish-only' })
    expect(scanner.phase).toBe('held')
    expect(scanner.verdictAtEnd()).toEqual({ name: 'complete', proof: 'finish-reason+end', stop: 'end' })
    expect(scanner.verdictAfter(LOST)).toEqual(LOST)
    scanner.push(encoder.encode('event: mess'))
    expect(scanner.verdictAtEnd()).toEqual({ name: 'truncated', reason: 'ended-inside-event' })
  })

  test('finish-only wants every block closed and a stop reason', () => {
    const finishOnly = { completion: 'finish-only' } as const
    const open = START + opened(0, { type: 'text', text: 'Hi' })
    expect(scannerAfter(open + ended('end_turn'), finishOnly).verdictAtEnd().name).toBe('truncated')
    expect(scannerAfter(START + text(0, 'Hi'), finishOnly).verdictAtEnd().name).toBe('truncated')
    expect(scannerAfter(stream + STOP, finishOnly).verdictAtEnd()).toMatchObject({ proof: 'message_stop' })
  })
})

describe('what is malformed', () => {
  test.each([
    ['half an object', 'data: {"type":"ping"\n\n', 'not-json'],
    ['no JSON', 'data: hello\n\n', 'not-json'],
    ['empty data', 'data:\n\n', 'not-json'],
    ['a list', 'data: []\n\n', 'not-this-protocol'],
    ['a second start', START, 'event-order'],
    ['a delta without its block', delta(3, { type: 'text_delta', text: 'a' }), 'event-order'],
    ['a stop without its block', closed(3), 'event-order'],
    ['a block that was there already', text(0) + text(0), 'event-order'],
    ['a delta behind its block', text(0) + delta(0, { type: 'text_delta', text: 'a' }), 'event-order'],
    ['a block that is closed twice', text(0) + closed(0), 'event-order'],
    ['a block without an index', event({ type: 'content_block_start', content_block: {} } as never), 'event-order'],
    ['a block behind the stop reason', ended('end_turn') + opened(0, { type: 'text', text: '' }), 'event-order'],
    ['message_stop without a stop reason', text(0, 'a') + STOP, 'event-order'],
    ['message_stop with a block open', opened(0, { type: 'text', text: '' }) + ended('end_turn') + STOP, 'event-order'],
  ] as const)('%s', (_, stream, reason) => {
    const scanner = scannerAfter(START + stream)
    expect(scanner.phase).toBe('broken')
    expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason })
  })

  test.each([
    ['a block', text(0, 'a')],
    ['a stop reason', ended('end_turn')],
    ['message_stop', STOP],
  ])('%s before the start', (_, stream) => {
    expect(scannerAfter(stream).verdictAtEnd()).toEqual(eventOrder)
  })

  test('an event without an end', () => {
    const scanner = scannerAfter(START + opened(0, { type: 'text', text: '' }))
    for (let i = 0; i < 30; i++) scanner.push(encoder.encode('x'.repeat(1_000)))
    expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'too-large' })
    expect(scanner.pendingBytes).toBeLessThan(12_000)
  })

  test('more blocks than any answer has', () => {
    const many = (count: number): string => Array.from({ length: count }, (_, index) => text(index)).join('')
    expect(scannerAfter(START + many(10_000)).phase).toBe('opening')
    expect(scannerAfter(START + many(10_001)).verdictAtEnd()).toEqual({ name: 'malformed', reason: 'too-large' })
  })

  test('arguments larger than an event may be', () => {
    const open = opened(0, { type: 'tool_use', id: 'a', name: 'b', input: {} })
    const piece = delta(0, { type: 'input_json_delta', partial_json: `"${'x'.repeat(5_000)}",` })
    expect(scannerAfter(START + open + piece + piece + piece).verdictAtEnd()).toEqual({
      name: 'malformed',
      reason: 'too-large',
    })
  })
})

test.each([
  ['as its own type', 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"no"}}\n\n'],
  ['as a gateway writes it', 'data: {"error":{"message":"no"}}\n\n'],
])('an error in the stream fails the attempt, %s', (_, error) => {
  const scanner = scannerAfter(START + text(0, 'Hi') + error + ended('end_turn') + STOP)
  expect(scanner.verdictAtEnd()).toEqual({ name: 'failed', reason: 'in-band-error' })
  expect(scanner.inBandError).toMatchObject({ error: { message: 'no' } })
})

test('what is newer than this code is let through', () => {
  const newer = event({ type: 'message_mood', mood: 'good' } as never)
  const block = opened(0, { type: 'hologram', of: 'a cat' }) + delta(0, { type: 'hologram_delta', x: 1 }) + closed(0)
  const scanner = scannerAfter(newer + START + newer + block + text(1, 'Hi') + newer + ended('end_turn') + newer + STOP)
  expect(scanner.verdictAtEnd().name).toBe('complete')
  expect(wholesIn(scanner.takeEvents())).toEqual([
    { type: 'opaque', protocol: 'anthropic', kind: 'hologram', value: { type: 'hologram', of: 'a cat' } },
  ])
})

describe('tool input', () => {
  const after = (blocks: string, stop: string): StreamScanner => scannerAfter(START + blocks + ended(stop) + STOP)

  test.each([
    ['half of it', ['{"city":"Par']],
    ['no JSON', ['city=Paris']],
    ['something behind it', ['{}', '{}']],
    ['a string', ['"str"']],
    ['a number', ['1', '2']],
    ['a list', [' ', '[{}]']],
  ])('%s is never a finished answer', (_, pieces) => {
    for (const stop of ['tool_use', 'end_turn']) {
      const scanner = after(call(0, ...pieces), stop)
      expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'arguments-not-json' })
      expect(scanner.facts).toMatchObject({ toolCalls: 1, invalidToolCalls: 1 })
      expect(wholesIn(scanner.takeEvents())).toEqual([])
    }
  })

  test('empty means {}', () => {
    const scanner = after(call(0) + call(1, '', ' '), 'tool_use')
    expect(scanner.verdictAtEnd().name).toBe('complete')
    expect(wholesIn(scanner.takeEvents())).toMatchObject([{ input: '{}' }, { input: '{}' }])
  })

  test('may come whole with the start of its block', () => {
    const scanner = after(
      opened(0, { type: 'tool_use', id: 'a', name: 'b', input: { city: 'Paris' } }) + closed(0),
      'tool_use',
    )
    expect(wholesIn(scanner.takeEvents())).toMatchObject([{ input: '{"city":"Paris"}' }])
  })

  test("of a provider's own tool is judged too and is not the client's call", () => {
    const search = (input: string): string =>
      opened(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }) +
      delta(0, { type: 'input_json_delta', partial_json: input }) +
      closed(0)
    expect(after(search('{"query":"a"}') + text(1, 'Hi'), 'end_turn').facts.toolCalls).toBe(0)
    for (const input of ['{"query"', '"query"', '12'])
      expect(after(search(input) + text(1, 'Hi'), 'end_turn').verdictAtEnd().name).toBe('malformed')
  })

  test('that comes as text with the start of its block is no object', () => {
    const asText = (input: string): string => opened(0, { type: 'tool_use', id: 'a', name: 'b', input }) + closed(0)
    expect(after(asText('{"a":1}'), 'tool_use').verdictAtEnd().name).toBe('malformed')
    expect(after(asText(''), 'tool_use').verdictAtEnd().name).toBe('complete')
  })

  test('that goes on behind the stop reason must be whole all the same', () => {
    const late =
      opened(0, { type: 'tool_use', id: 'a', name: 'b', input: {} }) +
      ended('tool_use') +
      delta(0, { type: 'input_json_delta', partial_json: '{"a":' }) +
      closed(0)
    expect(isFinished(scannerAfter(START + late + STOP).verdictAtEnd())).toBe(false)
  })
})

describe('a limit inside a call', () => {
  const stream = (blocks: string): string => START + blocks + ended('max_tokens') + STOP
  const kept = (whole: string): string => keptOf(whole, scannerAfter)

  test.each([
    ['half of its input', call(1, '{"city":"Par')],
    ['none of its input', call(1)],
  ])('with %s: limited, and the call is withheld', (_, cut) => {
    const whole = stream(text(0, 'Hi') + cut)
    const scanner = scannerAfter(whole)
    expect(scanner.verdictAtEnd()).toEqual({ name: 'limited', proof: 'message_stop', stop: 'limit' })
    expect(scanner.facts).toMatchObject({ toolCalls: 1, invalidToolCalls: 1 })
    expect(wholesIn(scanner.takeEvents())).toEqual([])
    expect(kept(whole)).toBe(stream(text(0, 'Hi')))
  })

  test('a refusal inside a call: refused, and the call is withheld', () => {
    const whole = START + text(0, 'Hi') + call(1, '{"city":"Par') + ended('refusal') + STOP
    const scanner = scannerAfter(whole)
    expect(scanner.verdictAtEnd()).toEqual({ name: 'refused', proof: 'message_stop', stop: 'refusal' })
    expect(wholesIn(scanner.takeEvents())).toEqual([])
    expect(kept(whole)).toBe(START + text(0, 'Hi') + ended('refusal') + STOP)
  })

  test('calls that were whole before stay', () => {
    const whole = stream(call(0, '{"a":1}') + call(1) + call(2, '{"b'))
    expect(kept(whole)).toBe(stream(call(0, '{"a":1}') + call(1)))
    expect(wholesIn(scannerAfter(whole).takeEvents())).toHaveLength(2)
  })

  test('a call that is whole is not withheld, and the bytes are the same ones', () => {
    const whole = stream(text(0, 'Hi') + call(1, '{"a":1}'))
    const scanner = scannerAfter(whole)
    const verdict = scanner.verdictAtEnd()
    const held = encoder.encode(whole)
    expect(isFinished(verdict) && scanner.withoutUnfinishedCalls(held)).toBe(held)
  })
})

test('thinking keeps its signature, redacted thinking its data', () => {
  const blocks =
    opened(0, { type: 'thinking', thinking: '', signature: '' }) +
    delta(0, { type: 'thinking_delta', thinking: 'hm ' }) +
    delta(0, { type: 'thinking_delta', thinking: 'so' }) +
    delta(0, { type: 'signature_delta', signature: 'c2ln' }) +
    closed(0) +
    opened(1, { type: 'redacted_thinking', data: 'ZGF0YQ' }) +
    closed(1)
  expect(
    scannerAfter(START + blocks)
      .takeEvents()
      .slice(1),
  ).toEqual([
    { type: 'thinking', choice: 0, part: 0, text: 'hm ' },
    { type: 'thinking', choice: 0, part: 0, text: 'so' },
    { type: 'thinking-signature', choice: 0, part: 0, signature: 'c2ln' },
    { type: 'whole', choice: 0, part: 1, content: { type: 'redacted-thinking', data: 'ZGF0YQ' } },
  ])
})

test('blocks that take turns keep their text apart', () => {
  const turns =
    opened(0, { type: 'text', text: '' }) +
    opened(1, { type: 'text', text: '' }) +
    delta(0, { type: 'text_delta', text: 'a' }) +
    delta(0, { type: 'text_delta', text: 'b' }) +
    delta(1, { type: 'text_delta', text: 'c' }) +
    delta(0, { type: 'text_delta', text: 'd' })
  const parts = scannerAfter(START + turns)
    .takeEvents()
    .map((each) => (each.type === 'text' ? `${each.part}${each.text}` : ''))
  expect(parts.join(' ')).toBe(' 0a 0b 1c 0d')
})

test('a hundred thousand events leave nothing behind', () => {
  const scanner = scannerAfter(START + opened(0, { type: 'text', text: '' }), { decode: false })
  const plain = encoder.encode(delta(0, { type: 'text_delta', text: 'word ' }).repeat(60) + PING.repeat(40))
  for (let i = 0; i < 1_000; i++) scanner.push(plain)
  expect([scanner.events, scanner.pendingBytes, scanner.takeEvents().length]).toEqual([100_002, 0, 0])
  scanner.push(encoder.encode(closed(0) + ended('end_turn') + STOP))
  expect(scanner.verdictAtEnd().name).toBe('complete')
})

test('a fork goes its own way, in the middle of a call', () => {
  const scanner = scannerAfter(
    START +
      opened(0, { type: 'tool_use', id: 'a', name: 'b', input: {} }) +
      delta(0, { type: 'input_json_delta', partial_json: '{"a":' }),
  )
  const fork = scanner.fork()
  const rest = (json: string): Uint8Array =>
    encoder.encode(delta(0, { type: 'input_json_delta', partial_json: json }) + closed(0) + ended('tool_use') + STOP)
  fork.push(rest('1}'))
  expect(scanner.phase).toBe('held')
  scanner.push(rest('1'))
  expect([scanner.verdictAtEnd().name, fork.verdictAtEnd().name]).toEqual(['malformed', 'complete'])
  expect(wholesIn(fork.takeEvents())).toMatchObject([{ input: '{"a":1}' }])
  expect(wholesIn(scanner.takeEvents())).toEqual([])
})

test('reports of usage with ever new names cost no more than others', () => {
  const reports = Array.from({ length: 20_000 }, (_, i) => ended(null, { output_tokens: i, [`other${i}`]: 1 }))
  const start = performance.now()
  const scanner = scannerAfter(START + reports.join(''), { decode: false })
  expect(performance.now() - start).toBeLessThan(2_000)
  expect(scanner.facts.usage.outputTokens).toBe(19_999)
})

test('a second stop reason may repeat the first, and must not contradict it', () => {
  const stream = START + text(0, 'a') + ended('end_turn')
  expect(scannerAfter(stream + ended('end_turn') + STOP).verdictAtEnd().name).toBe('complete')
  expect(scannerAfter(stream + ended(null) + STOP).verdictAtEnd().name).toBe('complete')
  for (const later of ['max_tokens', 'refusal', 'pause_turn', 'newer'])
    expect(scannerAfter(stream + ended(later) + STOP).verdictAtEnd()).toEqual(eventOrder)
  expect(scannerAfter(START + text(0, 'a') + ended('refusal') + ended('end_turn') + STOP).verdictAtEnd()).toEqual(
    eventOrder,
  )
})

test('a stop for tools that were not called is none', () => {
  expect(scannerAfter(START + text(0, 'a') + ended('tool_use') + STOP).verdictAtEnd()).toEqual(eventOrder)
  const own = opened(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }) + closed(0)
  expect(scannerAfter(START + own + ended('tool_use') + STOP).verdictAtEnd()).toEqual(eventOrder)
})

test.each([undefined, '', null, 5])('a call whose name is %p is none', (name) => {
  const nameless = opened(0, { type: 'tool_use', id: 't', name, input: {} }) + closed(0)
  const { name: verdict, ...rest } = scannerAfter(START + nameless + ended('tool_use') + STOP).verdictAtEnd()
  expect([verdict, rest]).toEqual(['malformed', { reason: 'not-this-protocol' } as never])
})

test.each([5, {}, false])('%j in the place of text is not this protocol', (none) => {
  const notThis = { name: 'malformed', reason: 'not-this-protocol' } as const
  const begun = START + opened(0, { type: 'text', text: '' })
  const verdict = (stream: string) => scannerAfter(stream + closed(0) + ended('end_turn') + STOP).verdictAtEnd()
  expect(verdict(begun + delta(0, { type: 'text_delta', text: none }))).toEqual(notThis)
  expect(verdict(begun + delta(0, { type: 'thinking_delta', thinking: none }))).toEqual(notThis)
  expect(verdict(begun + delta(0, { type: 'input_json_delta', partial_json: none }))).toEqual(notThis)
  expect(verdict(START + opened(0, { type: 'text', text: none }))).toEqual(notThis)
  expect(verdict(begun + delta(0, { type: 'text_delta', text: null })).name).toBe('complete')
})

describe('names of events', () => {
  const stream = START + PING + text(0, 'Hi', ' there') + ended('end_turn') + STOP
  const notThis = { name: 'malformed', reason: 'not-this-protocol' } as const
  const verdict = (changed: string, verbatim: boolean) => scannerAfter(changed, { verbatim }).verdictAtEnd()

  test.each<[string, string]>([
    ['none', stream.replaceAll(/^event: .*\n/gm, '')],
    ['one without', stream.replace('event: content_block_delta\n', '')],
    ['a delta called a ping', stream.replace('event: content_block_delta', 'event: ping')],
    ['an end called something else', stream.replace('event: message_stop', 'event: done')],
  ])('%s: clients that go by them would lose text, others are told in their own', (_, changed) => {
    expect(changed).not.toBe(stream)
    expect(verdict(changed, true)).toEqual(notThis)
    expect(verdict(changed, false).name).toBe('complete')
  })

  test('whichever events are known may be followed by others of any name', () => {
    const other = 'data: {"type":"ping"}\n\nevent: news\ndata: {"type":"something_new"}\n\n'
    expect(verdict(stream.replace(STOP, other + STOP), true).name).toBe('complete')
  })

  test('behind the data they count as well', () => {
    expect(verdict(stream.replaceAll(/^(event: .*)\n(data: .*)$/gm, '$2\n$1'), true).name).toBe('complete')
  })
})
