import { describe, expect, test } from 'bun:test'
import { keptOf, scanning } from '../../../test/support/scanning.ts'
import type { StreamEvent } from '../core/index.ts'
import { createOpenAiChatScanner } from './scanner.ts'

const DONE = 'data: [DONE]\n\n'
const choice = (delta: object, finish_reason: string | null = null, index = 0): string =>
  `data: ${JSON.stringify({ id: 'a', model: 'm', choices: [{ index, delta, finish_reason }] })}\n\n`
const say = (content: string): string => choice({ content })
const finish = (reason: string, index = 0): string => choice({}, reason, index)
const opens = (id: string, json: string, more: object = {}): object => ({
  id,
  type: 'function',
  function: { name: `f_${id}`, arguments: json },
  ...more,
})
const goesOn = (json: string, more: object = {}): object => ({ function: { arguments: json }, ...more })
const tools = (...calls: readonly object[]): string => choice({ tool_calls: calls })

const scannerAfter = scanning(createOpenAiChatScanner)
const callsOf = (events: readonly StreamEvent[]): readonly (readonly string[])[] =>
  events.flatMap((each) =>
    each.type === 'whole' && each.content.type === 'tool-call' ? [[each.content.id, each.content.input]] : [],
  )
/** What a client of the same protocol gets of a finished stream. */
const kept = (stream: string): string => keptOf(stream, scannerAfter)

describe('the deprecated single call', () => {
  const half = choice({ function_call: { name: 'f', arguments: '{"a":' } })
  const rest = choice({ function_call: { arguments: '1}' } })

  test('is withheld where a limit stopped inside its arguments', () => {
    expect(kept(say('Hi') + half + finish('length') + DONE)).toBe(say('Hi') + finish('length') + DONE)
    expect(
      kept(choice({ content: 'Hi', function_call: { name: 'f', arguments: '{' } }) + finish('length') + DONE),
    ).toBe(say('Hi') + finish('length') + DONE)
  })

  test('is delivered where it is whole', () => {
    const stream = half + rest + finish('length') + DONE
    expect(kept(stream)).toBe(stream)
  })

  test('beside others is their echo, and not a call more', () => {
    const echo = choice({ tool_calls: [opens('a', '{}')], function_call: { name: 'f', arguments: '{}' } })
    const scanner = scannerAfter(echo + finish('tool_calls') + DONE)
    expect(scanner.verdictAtEnd().name).toBe('complete')
    expect(callsOf(scanner.takeEvents())).toEqual([['a', '{}']])
  })

  test('is another one than the first of the others', () => {
    const stream = tools(opens('a', '{}', { index: 0 })) + half + finish('length') + DONE
    expect(kept(stream)).toBe(tools(opens('a', '{}', { index: 0 })) + finish('length') + DONE)
  })
})

describe('calls without an index', () => {
  const whole = tools(opens('a', '')) + tools(goesOn('{"a":1}'))
  const cut = tools(opens('b', '{"b":')) + tools(goesOn('[', {}))

  test('the whole ones stay with all their arguments', () => {
    expect(kept(whole + cut + finish('length') + DONE)).toBe(whole + finish('length') + DONE)
    expect(callsOf(scannerAfter(whole + cut + finish('length') + DONE).takeEvents())).toEqual([['a', '{"a":1}']])
  })
})

describe('calls that all have the same index', () => {
  const same = { index: 0 }
  const first = tools(opens('a', '{"a"', same)) + tools(goesOn(':1}', same))
  const second = tools(opens('b', '{"b"', same)) + tools(goesOn(':2}', same))

  test('a piece without an id belongs to the one that was opened last', () => {
    const scanner = scannerAfter(first + second + finish('tool_calls') + DONE)
    expect(scanner.verdictAtEnd().name).toBe('complete')
    expect(callsOf(scanner.takeEvents())).toEqual([
      ['a', '{"a":1}'],
      ['b', '{"b":2}'],
    ])
  })

  test('only the one that a limit stopped is withheld', () => {
    const cut = tools(opens('b', '{"b"', same)) + tools(goesOn(':', same))
    expect(kept(first + cut + finish('length') + DONE)).toBe(first + finish('length') + DONE)
  })
})

test('pieces of several choices in turn are told apart', () => {
  const call = (index: number, piece: object): string => choice({ tool_calls: [piece] }, null, index)
  const open = call(0, opens('a', '{"a"')) + call(1, opens('b', '{"b"'))
  const stream = open + call(0, goesOn(':1}')) + call(1, goesOn(':')) + finish('length', 0) + finish('length', 1) + DONE
  expect(kept(stream)).toBe(
    call(0, opens('a', '{"a"')) + call(0, goesOn(':1}')) + finish('length', 0) + finish('length', 1) + DONE,
  )
})

test('a filter that stops inside a call makes a refusal without the call', () => {
  const stream = say('Hi') + tools(opens('a', '{"a":', { index: 0 })) + finish('content_filter') + DONE
  const scanner = scannerAfter(stream)
  expect(scanner.verdictAtEnd()).toEqual({ name: 'refused', proof: 'finish-reason+done', stop: 'refusal' })
  expect(callsOf(scanner.takeEvents())).toEqual([])
  expect(kept(stream)).toBe(say('Hi') + finish('content_filter') + DONE)
})

describe('bounds', () => {
  const tooLarge = { name: 'malformed', reason: 'too-large' } as const

  test('a thousand calls are read, one more is too many', () => {
    const many = (count: number): string =>
      Array.from({ length: count }, (_, index) => tools(opens(`c${index}`, '{}', { index }))).join('')
    expect(scannerAfter(many(1_000) + finish('tool_calls') + DONE).verdictAtEnd().name).toBe('complete')
    expect(scannerAfter(many(1_001)).verdictAtEnd()).toEqual(tooLarge)
    const sameIndex = Array.from({ length: 1_001 }, (_, id) => tools(opens(`c${id}`, '{}', { index: 0 }))).join('')
    expect(scannerAfter(sameIndex).verdictAtEnd()).toEqual(tooLarge)
  })

  test('a thousand choices are read, one more is too many', () => {
    const many = (count: number): string =>
      Array.from({ length: count }, (_, index) => choice({ content: 'a' }, 'stop', index)).join('')
    expect(scannerAfter(many(1_000) + DONE).verdictAtEnd().name).toBe('complete')
    expect(scannerAfter(many(1_001) + DONE).verdictAtEnd()).toEqual(tooLarge)
  })
})
