import { describe, expect, test } from 'bun:test'
import { expectSameAtEverySplit, keptOf, LOST, scanning, wholesIn } from '../../../test/support/scanning.ts'
import { isFinished } from '../../evidence/index.ts'
import type { StreamScanner } from '../core/index.ts'
import { readError } from '../openai/index.ts'
import { createOpenAiChatScanner } from './scanner.ts'

const encoder = new TextEncoder()
const DONE = 'data: [DONE]\n\n'

const chunk = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', created: 5, model: 'gpt-x', ...fields })}\n\n`
const choice = (delta: object, finish_reason: string | null = null, index = 0): string =>
  chunk({ choices: [{ index, delta, logprobs: null, finish_reason }] })
const ROLE = choice({ role: 'assistant', content: '' })
const say = (content: string, index = 0): string => choice({ content }, null, index)
const finish = (reason: string, index = 0): string => choice({}, reason, index)
const USAGE = chunk({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } })
const call = (index: number, json: string, id = `call_${index}`): string =>
  choice({ tool_calls: [{ index, id, type: 'function', function: { name: 'look', arguments: json } }] })
const more = (index: number, json: string): string => choice({ tool_calls: [{ index, function: { arguments: json } }] })

const scannerAfter = scanning(createOpenAiChatScanner)
const textOf = (scanner: StreamScanner): string =>
  scanner
    .takeEvents()
    .map((each) => (each.type === 'text' ? each.text : ''))
    .join('')

const beforeProof = { name: 'truncated', reason: 'ended-before-proof' } as const
const finishOnly = { completion: 'finish-only' } as const
const sentinelOnly = { completion: 'sentinel-only' } as const

describe('a whole stream', () => {
  const stream = `: hello\n\n${ROLE}${say('Good ')}${say('day')}${call(0, '{"a":')}${more(0, '"é€🎼"}')}${finish('tool_calls')}${USAGE}${DONE}`

  test('is proven by finish reason and sentinel', () => {
    const scanner = scannerAfter(stream)
    expect(scanner.phase).toBe('proven')
    const proven = { name: 'complete', proof: 'finish-reason+done', stop: 'tool-use' } as const
    expect([scanner.verdictAtEnd(), scanner.verdictAfter(LOST)]).toEqual([proven, proven])
  })

  test('says what was served and billed', () => {
    expect(scannerAfter(stream).facts).toEqual({
      events: 8,
      toolCalls: 1,
      invalidToolCalls: 0,
      caveat: undefined,
      servedModel: 'gpt-x' as never,
      rawStop: 'tool_calls' as never,
      usage: { inputTokens: 3, outputTokens: 4 },
    })
  })

  test('gives its content in order, the call whole and after the finish reason', () => {
    const events = scannerAfter(stream).takeEvents()
    expect(events.map(({ type }) => type)).toEqual(['start', 'text', 'text', 'whole', 'stop', 'usage'])
    expect(events[0]).toEqual({ type: 'start', id: 'chatcmpl-1', model: 'gpt-x', created: 5, usage: {} })
    expect(wholesIn(events)).toEqual([
      { type: 'tool-call', kind: 'json', id: 'call_0', name: 'look', input: '{"a":"é€🎼"}' },
    ])
    expect(wholesIn(scannerAfter(stream.slice(0, stream.indexOf(finish('tool_calls')))).takeEvents())).toEqual([])
  })

  test('is the same at every split and with every line end, and never finished before its end', () => {
    const crlf = stream.replaceAll('\n', '\r\n')
    const mixed = `\uFEFF${stream.replaceAll('data: ', 'data:').replaceAll('\n\n', '\r\n\n')}`
    expectSameAtEverySplit(stream, [crlf, mixed], scannerAfter)
  })

  test('an event of several data lines is one event', () => {
    const lines = 'data: {"choices":[{"index":0,"delta":{},\ndata: "finish_reason":"stop"}]}\n\n'
    expect(scannerAfter(say('a') + lines + DONE).phase).toBe('proven')
  })
})

describe('phases', () => {
  test.each([
    ['a comment', ': OPENROUTER PROCESSING\n\n', 'opening'],
    ["Azure's filter report", chunk({ choices: [], prompt_filter_results: [] }), 'opening'],
    ['the role', ROLE, 'opening'],
    ['no delta', chunk({ choices: [{ index: 0, content_filter_results: {} }] }), 'opening'],
    ['text', say('a'), 'flowing'],
    ['thinking', choice({ reasoning_content: 'hm' }), 'flowing'],
    ['thinking by its other name', choice({ reasoning: 'hm' }), 'flowing'],
    ['a refusal', choice({ refusal: 'no' }), 'flowing'],
    ['a call', call(0, ''), 'held'],
    ['a deprecated call', choice({ function_call: { name: 'look', arguments: '' } }), 'held'],
    ['text, then a call', say('a') + call(0, ''), 'held'],
    ['text after a call', call(0, '') + say('a'), 'held'],
    ['a finish reason', say('a') + finish('stop'), 'held'],
    ['the sentinel alone', say('a') + DONE, 'broken'],
    ['both', say('a') + finish('stop') + DONE, 'proven'],
  ] as const)('after %s', (_, stream, phase) => {
    expect(scannerAfter(stream).phase).toBe(phase)
  })
})

describe('finish reasons', () => {
  test.each([
    ['stop', 'complete', 'end'],
    ['tool_calls', 'complete', 'tool-use'],
    ['function_call', 'complete', 'tool-use'],
    ['length', 'limited', 'limit'],
    ['model_length', 'limited', 'limit'],
    ['content_filter', 'refused', 'refusal'],
    ['invented_in_2027', 'limited', 'limit'],
  ] as const)('%s is %s', (raw, name, stop) => {
    const content = stop === 'tool-use' ? call(0, '{}') : say('a')
    const scanner = scannerAfter(content + finish(raw) + DONE)
    expect(scanner.verdictAtEnd()).toEqual({ name, proof: 'finish-reason+done', stop })
    expect(scanner.facts.rawStop).toBe(raw as never)
  })

  test.each(['abort', 'error', 'insufficient_system_resource'])('%s is a failure, sentinel or not', (raw) => {
    expect(scannerAfter(say('a') + finish(raw) + DONE).verdictAtEnd()).toEqual({
      name: 'failed',
      reason: 'failed-finish',
    })
  })

  test('stop behind a refusal is a refusal', () => {
    const scanner = scannerAfter(choice({ refusal: 'I will not.' }) + finish('stop') + DONE)
    expect(scanner.verdictAtEnd()).toMatchObject({ name: 'refused', stop: 'refusal' })
  })

  test('an empty one is none', () => {
    expect(scannerAfter(choice({ content: 'a' }, '') + DONE).verdictAtEnd()).toEqual(beforeProof)
  })

  test('repeated, it is said once', () => {
    const scanner = scannerAfter(say('a') + finish('stop') + finish('stop') + USAGE + DONE)
    expect(scanner.verdictAtEnd().name).toBe('complete')
    expect(scanner.takeEvents().filter(({ type }) => type === 'stop')).toHaveLength(1)
  })

  const late = [
    ['text', { content: 'more' }],
    ['a space', { content: ' ' }],
    ['pieces of text', { content: [{ type: 'text', text: 'more' }] }],
    ['thinking', { reasoning_content: 'hm' }],
    ['a refusal', { refusal: 'No.' }],
    ['a call', { tool_calls: [{ index: 0, id: 'c', function: { name: 'look', arguments: '{}' } }] }],
  ] as const
  test.each(late)('%s behind one is out of order, with a reason of its own or without, at every split', (_, delta) => {
    const wrong = { name: 'malformed', reason: 'event-order' } as const
    for (const completion of ['strict', 'finish-only', 'sentinel-only'] as const)
      for (const more of [choice(delta), choice(delta, 'stop')]) {
        const stream = say('a') + say('b') + finish('stop') + more + finish('stop') + USAGE + DONE
        for (let at = 0; at < stream.length; at += 7) {
          const scanner = scannerAfter(stream.slice(0, at), { completion })
          scanner.push(encoder.encode(stream.slice(at)))
          expect(scanner.verdictAtEnd()).toEqual(wrong)
        }
      }
  })

  test('nothing that is no content is out of order behind one, and neither is another choice’s content', () => {
    const nothing = [{}, { role: 'assistant', content: '' }, { content: null }, { reasoning: '' }, { tool_calls: [] }]
    const filters = chunk({ choices: [{ index: 0, content_filter_results: {}, finish_reason: null }] })
    const behind = nothing.map((delta) => choice(delta)).join('') + filters + USAGE + chunk({ choices: [] })
    expect(scannerAfter(say('a') + finish('stop') + behind + DONE).verdictAtEnd().name).toBe('complete')
    // The last words may come with it.
    expect(scannerAfter(say('a') + choice({ content: 'b' }, 'stop') + DONE).verdictAtEnd().name).toBe('complete')
    const other = choice({ content: 'x' }, null, 1)
    const two = say('a') + other + finish('stop') + other + other + finish('stop', 1) + DONE
    expect(scannerAfter(two, { choices: 2 }).verdictAtEnd().name).toBe('complete')
  })

  test('usage may come behind it, beside it, or from Groq under another name', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 } }
    const billed = { inputTokens: 3, outputTokens: 4, cacheReadTokens: 2 }
    const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    for (const stream of [
      finish('stop') + chunk({ choices: [], usage }),
      chunk({ ...end, usage }),
      chunk({ ...end, x_groq: { usage } }),
    ]) {
      const scanner = scannerAfter(say('a') + stream + DONE)
      expect(scanner.facts.usage).toEqual(billed)
      expect(scanner.verdictAtEnd().name).toBe('complete')
    }
  })
})

describe('the start', () => {
  const filters = chunk({ id: '', model: '', created: 0, choices: [], prompt_filter_results: [] })

  test("waits for a choice, since Azure's first chunk names nothing", () => {
    expect(scannerAfter(filters).takeEvents()).toEqual([])
    expect(scannerAfter(filters + say('a')).takeEvents()[0]).toEqual({
      type: 'start',
      id: 'chatcmpl-1',
      model: 'gpt-x',
      created: 5,
      usage: {},
    })
  })

  test('keeps what an earlier chunk named', () => {
    const unnamed = chunk({ id: '', model: '', choices: [{ index: 0, delta: { content: 'a' } }] })
    expect(scannerAfter(chunk({ choices: [] }) + unnamed).takeEvents()[0]).toMatchObject({
      id: 'chatcmpl-1',
      model: 'gpt-x',
    })
  })
})

describe('what each completion takes for proof', () => {
  test('the sentinel without a finish reason is none, unless it is declared', () => {
    const stream = say('a') + DONE
    expect(scannerAfter(stream).verdictAtEnd()).toEqual(beforeProof)
    expect(scannerAfter(stream, finishOnly).verdictAtEnd()).toEqual(beforeProof)
    const scanner = scannerAfter(stream, sentinelOnly)
    expect([scanner.phase, scanner.verdictAtEnd()]).toEqual([
      'proven',
      { name: 'complete', proof: 'done', stop: 'end' },
    ])
    expect(scanner.takeEvents().at(-1)).toMatchObject({ type: 'stop', stop: { kind: 'end' } })
  })

  test('a finish reason without the sentinel is none, unless it is declared and the end is clean', () => {
    const stream = say('a') + finish('stop') + USAGE
    expect(scannerAfter(stream).verdictAtEnd()).toEqual(beforeProof)
    expect(scannerAfter(stream, sentinelOnly).verdictAtEnd()).toEqual(beforeProof)
    const scanner = scannerAfter(stream, finishOnly)
    expect(scanner.phase).toBe('held')
    expect(scanner.verdictAtEnd()).toEqual({ name: 'complete', proof: 'finish-reason+end', stop: 'end' })
    expect(scanner.verdictAfter(LOST)).toEqual(LOST)
  })

  test('finish-only: half an event is a cut, the sentinel without its blank line is not', () => {
    const stream = say('a') + finish('stop')
    for (const end of ['d', 'data:', 'data: {"usage"', 'data: [DON', 'data: [DONE]x'])
      expect(scannerAfter(stream + end, finishOnly).verdictAtEnd()).toEqual({
        name: 'truncated',
        reason: 'ended-inside-event',
      })
    for (const end of ['data: [DONE]', 'data: [DONE]\n', 'data: [DONE]\r\n', '\n'])
      expect(scannerAfter(stream + end, finishOnly).verdictAtEnd().name).toBe('complete')
  })

  test('strict: the sentinel without its blank line is not there yet', () => {
    expect(isFinished(scannerAfter(`${say('a')}${finish('stop')}data: [DONE]\n`).verdictAtEnd())).toBe(false)
  })

  test('finish-only: the sentinel makes the proof a whole one', () => {
    expect(scannerAfter(say('a') + finish('stop') + DONE, finishOnly).verdictAtEnd()).toMatchObject({
      proof: 'finish-reason+done',
    })
  })

  test('sentinel-only: calls must be whole all the same', () => {
    expect(scannerAfter(call(0, '{"a":1}') + DONE, sentinelOnly).verdictAtEnd()).toEqual({
      name: 'complete',
      proof: 'done',
      stop: 'tool-use',
    })
    const cut = scannerAfter(call(0, '{"a":') + DONE, sentinelOnly)
    expect([cut.verdictAtEnd(), wholesIn(cut.takeEvents())]).toEqual([beforeProof, []])
  })

  test('sentinel-only: the sentinel of an answer without any choice proves nothing', () => {
    for (const stream of [DONE, USAGE + DONE, DONE + say('a')]) {
      const scanner = scannerAfter(stream, sentinelOnly)
      expect(scanner.verdictAtEnd()).toEqual(beforeProof)
    }
    expect(scannerAfter(say('a') + DONE, { ...sentinelOnly, choices: 2 }).verdictAtEnd()).toEqual(beforeProof)
  })

  test('nothing at all is no answer', () => {
    for (const completion of ['strict', 'finish-only', 'sentinel-only'] as const)
      expect(isFinished(scannerAfter('', { completion }).verdictAtEnd())).toBe(false)
    for (const completion of ['strict', 'finish-only'] as const)
      expect(isFinished(scannerAfter(ROLE + DONE, { completion }).verdictAtEnd())).toBe(false)
  })
})

describe('several choices', () => {
  const both = say('a', 0) + say('b', 1)

  test('all that were asked for must finish', () => {
    for (const completion of ['strict', 'finish-only'] as const) {
      const options = { completion, choices: 2 }
      expect(scannerAfter(both + finish('stop', 1) + DONE, options).verdictAtEnd()).toEqual(beforeProof)
      expect(scannerAfter(say('a') + finish('stop') + DONE, options).verdictAtEnd()).toEqual(beforeProof)
      const stream = both + finish('stop', 1) + finish('stop', 0) + DONE
      expect(scannerAfter(stream, options).verdictAtEnd().name).toBe('complete')
    }
  })

  test('one that nobody asked for must finish too', () => {
    expect(scannerAfter(both + finish('stop', 0) + DONE).verdictAtEnd()).toEqual(beforeProof)
  })

  test('the gravest stop speaks for all', () => {
    const scanner = scannerAfter(both + finish('stop', 0) + finish('length', 1) + DONE, { choices: 2 })
    expect(scanner.verdictAtEnd()).toMatchObject({ name: 'limited', stop: 'limit' })
    expect(scanner.facts.rawStop).toBe('length' as never)
  })

  test('their content is told apart, recognised or parsed', () => {
    const turns = say('a', 0) + say('b', 0) + say('c', 1) + say('d', 1) + say('e', 0)
    const parts = scannerAfter(turns, { choices: 2 }).takeEvents()
    expect(parts.map((each) => (each.type === 'text' ? `${each.choice}${each.text}` : ''))).toEqual([
      '',
      '0a',
      '0b',
      '1c',
      '1d',
      '0e',
    ])
  })

  test('in one chunk together', () => {
    const wires = ['a', 'b'].map((content, index) => ({ index, delta: { content }, finish_reason: 'stop' }))
    expect(scannerAfter(chunk({ choices: wires }) + DONE, { choices: 2 }).verdictAtEnd().name).toBe('complete')
  })
})

describe('what is malformed or failed', () => {
  test.each([
    ['half an object', 'data: {"choices":[\n\n', 'not-json'],
    ['no JSON', 'data: hello\n\n', 'not-json'],
    ['a list', 'data: []\n\n', 'not-this-protocol'],
    ['a string', 'data: "[DONE]"\n\n', 'not-this-protocol'],
  ] as const)('%s', (_, stream, reason) => {
    expect(scannerAfter(say('a') + stream + finish('stop') + DONE).verdictAtEnd()).toEqual({
      name: 'malformed',
      reason,
    })
  })

  test.each([
    ['as data', 'data: {"error":{"message":"no"}}\n\n'],
    ['as an event of its own', 'event: error\ndata: {"error":{"message":"no"}}\n\n'],
    ['without the field name', '{"error":{"message":"no"}}\n\n'],
    ['beside choices', chunk({ error: { message: 'no' }, choices: [{ index: 0, delta: {}, finish_reason: 'error' }] })],
  ])('an error in the stream, %s', (_, error) => {
    const scanner = scannerAfter(say('a') + error + finish('stop') + DONE)
    expect(scanner.verdictAtEnd()).toEqual({ name: 'failed', reason: 'in-band-error' })
    expect(scanner.inBandError).toMatchObject({ error: { message: 'no' } })
  })

  test('an error inside a choice is one, whatever finish reason stands beside it', () => {
    const failed = { index: 0, delta: { content: '' }, error: { code: 502, message: 'gone' }, finish_reason: 'stop' }
    const scanner = scannerAfter(chunk({ choices: [failed] }) + DONE)
    expect(scanner.verdictAtEnd()).toEqual({ name: 'failed', reason: 'in-band-error' })
    expect(readError(0, scanner.inBandError)).toMatchObject({ verdict: { reason: 'server-error' }, message: 'gone' })
    expect(scannerAfter(chunk({ choices: [{ ...failed, error: null }] }) + DONE).phase).toBe('proven')
  })

  test('a line that is no data and no error is not content', () => {
    const bare = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    expect(isFinished(scannerAfter(say('a') + bare + DONE).verdictAtEnd())).toBe(false)
  })

  test('a null error is none', () => {
    expect(
      scannerAfter(
        chunk({ error: null, choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] }) + DONE,
      ).phase,
    ).toBe('proven')
  })

  test('an event without an end', () => {
    const scanner = scannerAfter(say('a'))
    for (let i = 0; i < 30; i++) scanner.push(encoder.encode('x'.repeat(1_000)))
    expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'too-large' })
    expect(scanner.pendingBytes).toBeLessThan(12_000)
  })

  test('arguments larger than an event may be', () => {
    const piece = 'x'.repeat(4_000)
    const stream = call(0, `"${piece}`) + more(0, piece) + more(0, piece)
    expect(scannerAfter(stream).verdictAtEnd()).toEqual({ name: 'malformed', reason: 'too-large' })
  })

  test('arguments larger than an event may be, with another call in the same chunk', () => {
    const tool_calls = ['x'.repeat(9_000), '1'].map((json, index) => ({ index, function: { arguments: `"${json}"` } }))
    const grow = choice({
      tool_calls: [{ index: 0, id: 'a', function: { name: 'look', arguments: ' '.repeat(4_000) } }],
    })
    expect(scannerAfter(grow + choice({ tool_calls })).verdictAtEnd()).toEqual({
      name: 'malformed',
      reason: 'too-large',
    })
  })
})

describe('arguments', () => {
  const after = (calls: string, reason: string): StreamScanner => scannerAfter(calls + finish(reason) + DONE)

  test.each([
    ['half of them', '{"city":"Par'],
    ['no JSON', 'city=Paris'],
    ['something behind them', '{}{}'],
    ['a string', '"str"'],
    ['a number', ' 12'],
    ['a list', '[{}]'],
  ])('%s are never a finished answer', (_, json) => {
    for (const reason of ['tool_calls', 'stop', 'function_call']) {
      const scanner = after(call(0, json), reason)
      expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'arguments-not-json' })
      expect(scanner.facts).toMatchObject({ toolCalls: 1, invalidToolCalls: 1 })
      expect(wholesIn(scanner.takeEvents())).toEqual([])
    }
  })

  test('that are not even text are judged as what they are', () => {
    const written = (json: unknown): StreamScanner =>
      after(choice({ tool_calls: [{ index: 0, id: 'a', function: { name: 'look', arguments: json } }] }), 'tool_calls')
    for (const json of [12, true, ['{}']]) expect(written(json).verdictAtEnd().name).toBe('malformed')
    for (const json of [null, {}]) expect(written(json).verdictAtEnd().name).toBe('complete')
  })

  test('empty ones mean {}', () => {
    const scanner = after(call(0, '') + call(1, ' '), 'tool_calls')
    expect(scanner.verdictAtEnd().name).toBe('complete')
    expect(wholesIn(scanner.takeEvents())).toMatchObject([{ input: '{}' }, { input: '{}' }])
  })

  test('of custom tools are free', () => {
    const custom = (input: string): string =>
      choice({ tool_calls: [{ index: 0, id: 'c', type: 'custom', custom: { name: 'sql', input } }] })
    const scanner = after(custom('select (') + custom('1'), 'tool_calls')
    expect(scanner.verdictAtEnd().name).toBe('complete')
    expect(wholesIn(scanner.takeEvents())).toEqual([
      { type: 'tool-call', kind: 'custom', id: 'c', name: 'sql', input: 'select (1' },
    ])
  })

  test('that begin or go on behind the finish reason must be whole all the same', () => {
    for (const completion of ['strict', 'finish-only'] as const)
      for (const late of [finish('stop') + call(0, '{"a":'), call(0, '{}') + finish('tool_calls') + more(0, '{"a":')])
        expect(isFinished(scannerAfter(late + DONE, { completion }).verdictAtEnd())).toBe(false)
  })

  test('that go on behind the finish reason are translated as they are passed on', () => {
    const late = call(0, '') + finish('tool_calls') + more(0, '{"a":1}') + finish('tool_calls') + DONE
    const scanner = scannerAfter(late)
    const inputs = wholesIn(scanner.takeEvents())
    // To refuse such a stream is as good as to understand it.
    if (isFinished(scanner.verdictAtEnd())) expect(inputs).toMatchObject([{ input: '{"a":1}' }])
  })
})

describe('a limit inside a call', () => {
  const kept = (whole: string): string => keptOf(whole, scannerAfter)

  test.each([
    ['half of its arguments', call(0, '{"a":') + more(0, '[')],
    ['none of its arguments', call(0, '')],
    [
      'half of a free-form input',
      choice({ tool_calls: [{ index: 0, id: 'c', custom: { name: 'sql', input: 'select' } }] }),
    ],
  ])('with %s: limited, and the call is withheld', (_, cut) => {
    const whole = say('Hi') + cut + finish('length') + USAGE + DONE
    const scanner = scannerAfter(whole)
    expect(scanner.verdictAtEnd()).toEqual({ name: 'limited', proof: 'finish-reason+done', stop: 'limit' })
    expect(scanner.facts).toMatchObject({ toolCalls: 1, invalidToolCalls: 1 })
    expect(wholesIn(scanner.takeEvents())).toEqual([])
    expect(kept(whole)).toBe(say('Hi') + finish('length') + USAGE + DONE)
  })

  test('calls that were whole before stay, also in one chunk with the cut one', () => {
    const wire = (index: number, json: string): object => ({
      index,
      id: `call_${index}`,
      type: 'function',
      function: { name: 'look', arguments: json },
    })
    const whole = choice({ tool_calls: [wire(0, '{"a":1}'), wire(1, '{"b')] }) + more(1, '"') + finish('length') + DONE
    expect(kept(whole)).toBe(choice({ tool_calls: [wire(0, '{"a":1}')] }) + finish('length') + DONE)
    expect(wholesIn(scannerAfter(whole).takeEvents())).toMatchObject([{ id: 'call_0', input: '{"a":1}' }])
  })

  test('a finish reason in the same chunk as the cut call is kept', () => {
    const whole =
      say('Hi') +
      choice({ tool_calls: [{ index: 0, id: 'a', function: { name: 'look', arguments: '{' } }] }, 'length') +
      DONE
    expect(kept(whole)).toBe(say('Hi') + finish('length') + DONE)
  })

  test('a call that is whole is not withheld, and the bytes are the same ones', () => {
    const scanner = scannerAfter(call(0, '{"a":1}') + finish('length') + DONE)
    const verdict = scanner.verdictAtEnd()
    const held = encoder.encode('anything')
    expect(isFinished(verdict) && scanner.withoutUnfinishedCalls(held)).toBe(held)
  })
})

describe('plain deltas', () => {
  test('with padding, escapes and changed ids in between give the same text as parsing each', () => {
    const padded = (content: string, obfuscation: string, id = 'a'): string =>
      chunk({ id, choices: [{ index: 0, delta: { content }, finish_reason: null }], obfuscation })
    const stream =
      padded('one ', 'xY') +
      padded('"two" ', 'z') +
      padded('three ', '') +
      padded('four ', 'q', 'b') +
      padded('five', 'w', 'b')
    const scanner = scannerAfter(stream)
    expect(textOf(scanner)).toBe('one "two" three four five')
    expect(scanner.events).toBe(5)
  })

  test('thinking and text that take turns are parts of their own', () => {
    const thought = choice({ reasoning_content: 'hm' })
    const parts = scannerAfter(thought + thought + say('a') + say('b') + thought)
      .takeEvents()
      .map((each) => ('part' in each ? `${each.type}${each.part}` : ''))
    expect(parts).toEqual(['', 'thinking0', 'thinking0', 'text1', 'text1', 'thinking2'])
  })

  test("Mistral's lists of pieces are text and thinking", () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'Hi' },
    ]
    expect(scannerAfter(choice({ content })).takeEvents().slice(1)).toEqual([
      { type: 'thinking', choice: 0, part: 0, text: 'hm' },
      { type: 'text', choice: 0, part: 1, text: 'Hi' },
    ])
  })
})

test('a hundred thousand events leave nothing behind', () => {
  const scanner = scannerAfter(ROLE, { decode: false })
  const plain = encoder.encode(say('word ').repeat(90) + ': keep-alive\n\n'.repeat(10))
  for (let i = 0; i < 1_000; i++) scanner.push(plain)
  expect([scanner.events, scanner.pendingBytes, scanner.takeEvents().length]).toEqual([90_001, 0, 0])
  scanner.push(encoder.encode(finish('stop') + DONE))
  expect(scanner.verdictAtEnd().name).toBe('complete')
})

test('a fork goes its own way, in the middle of a call', () => {
  const scanner = scannerAfter(call(0, '{"a":'))
  const fork = scanner.fork()
  fork.push(encoder.encode(more(0, '1}') + finish('tool_calls') + DONE))
  expect(scanner.phase).toBe('held')
  scanner.push(encoder.encode(more(0, '1') + finish('tool_calls') + DONE))
  expect([scanner.verdictAtEnd().name, fork.verdictAtEnd().name]).toEqual(['malformed', 'complete'])
  expect(wholesIn(fork.takeEvents())).toMatchObject([{ input: '{"a":1}' }])
  expect(wholesIn(scanner.takeEvents())).toEqual([])
})

describe('what a client would read as the end', () => {
  const after = (text: string) => scannerAfter(text, { decode: false, eventLimitBytes: 1_000_000 })
  const event = (choice: unknown): string => `data: ${JSON.stringify({ choices: [choice] })}\n\n`
  const hello = event({ index: 0, delta: { content: 'hello' } })
  const finish = (reason: string): string => event({ index: 0, delta: {}, finish_reason: reason })

  test('a sentinel before the finish reason settles that nothing was proven', () => {
    const scanner = after(`data: [DONE]\n\n${hello}${finish('stop')}data: [DONE]\n\n`)
    expect([scanner.phase, scanner.verdictAtEnd()]).toEqual([
      'broken',
      { name: 'truncated', reason: 'ended-before-proof' },
    ])
  })

  test('a reason may be repeated, not contradicted', () => {
    expect(after(`${hello}${finish('stop')}${finish('stop')}data: [DONE]\n\n`).phase).toBe('proven')
    expect(after(`${hello}${finish('stop')}${finish('length')}data: [DONE]\n\n`).verdictAtEnd()).toEqual({
      name: 'malformed',
      reason: 'event-order',
    })
  })

  test('a comment is no event', () => {
    expect(after(`: still here\n\n${hello}: still here\n\n`).events).toBe(1)
  })
})

test('an event that opens any number of calls is refused at the first too many', () => {
  const tool_calls = Array.from({ length: 50_000 }, (_, i) => ({ index: 0, id: `c${i}`, function: { name: 'look' } }))
  const start = performance.now()
  const scanner = scannerAfter(choice({ tool_calls }), { eventLimitBytes: 10_000_000 })
  expect(performance.now() - start).toBeLessThan(2_000)
  expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'too-large' })
})

test.each(['<html>502 Bad Gateway</html>', 'upstream connect error'])(
  '%s behind the finish reason is no end',
  (page) => {
    const stream = say('a') + finish('stop') + page
    expect(scannerAfter(stream, finishOnly).verdictAtEnd().name).toBe('truncated')
    expect(scannerAfter(`${stream}\n\n`, finishOnly).verdictAtEnd().name).toBe('malformed')
  },
)

test.each(['tool_calls', 'function_call'])('the reason %s without a call is none', (reason) => {
  const verdict = scannerAfter(say('a') + finish(reason) + DONE).verdictAtEnd()
  expect(verdict).toEqual({ name: 'malformed', reason: 'event-order' })
  const deprecated = choice({ function_call: { name: 'look', arguments: '{}' } })
  expect(scannerAfter(deprecated + finish(reason) + DONE).verdictAtEnd().name).toBe('complete')
})

describe('a call without a name', () => {
  const nameless = choice({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { arguments: '{}' } }] })

  test('is none', () => {
    const notThis = { name: 'malformed', reason: 'not-this-protocol' } as const
    for (const reason of ['stop', 'tool_calls'])
      expect(scannerAfter(nameless + finish(reason) + DONE).verdictAtEnd()).toEqual(notThis)
    const deprecated = choice({ function_call: { arguments: '{}' } })
    expect(scannerAfter(deprecated + finish('function_call') + DONE).verdictAtEnd()).toEqual(notThis)
    expect(scannerAfter(nameless + DONE, sentinelOnly).verdictAtEnd().name).not.toBe('complete')
  })

  test('is withheld where a limit stopped the model', () => {
    const scanner = scannerAfter(nameless + finish('length') + DONE)
    expect([scanner.verdictAtEnd().name, scanner.facts.invalidToolCalls]).toEqual(['limited', 1])
    expect(wholesIn(scanner.takeEvents())).toEqual([])
  })

  test('may be given it by a later piece, and a host its own kinds without one', () => {
    const named = nameless + choice({ tool_calls: [{ index: 0, function: { name: 'look' } }] })
    const scanner = scannerAfter(named + finish('tool_calls') + DONE)
    expect(wholesIn(scanner.takeEvents())).toMatchObject([{ id: 'a', name: 'look', input: '{}' }])
    const own = choice({ tool_calls: [{ index: 0, id: 'a', type: 'mcp', mcp: {} }] })
    expect(scannerAfter(own + finish('tool_calls') + DONE).verdictAtEnd().name).toBe('complete')
  })
})

test.each([5, {}, false])('%j in the place of text is not this protocol', (text) => {
  for (const delta of [{ content: text }, { refusal: text }, { content: [{ type: 'text', text }] }])
    expect(scannerAfter(say('a') + choice(delta) + finish('stop') + DONE).verdictAtEnd()).toEqual({
      name: 'malformed',
      reason: 'not-this-protocol',
    })
  const nothing = choice({ content: null, refusal: null }) + choice({ content: [{ type: 'reference', text: null }] })
  expect(scannerAfter(nothing + finish('stop') + DONE).verdictAtEnd().name).toBe('complete')
})
