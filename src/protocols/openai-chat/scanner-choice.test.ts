import { describe, expect, test } from 'bun:test'
import type { StreamEvent } from '../core/index.ts'
import { ChoiceState } from './scanner-choice.ts'

const OPTIONS = { completion: 'strict', choices: 1, decode: true, eventLimitBytes: 100 } as const

const choiceAfter = (...deltas: readonly Delta[]): ChoiceState => {
  const choice = new ChoiceState(0, OPTIONS)
  for (const each of deltas) choice.onDelta(each)
  return choice
}
type Delta = Parameters<ChoiceState['onDelta']>[0]

const piece = (call: Delta): Delta => ({ tool_calls: [call] })
const fn = (json: string, name?: string): Delta => ({ arguments: json, ...(name !== undefined && { name }) })
const callsOf = (events: readonly StreamEvent[]): readonly (readonly string[])[] =>
  events.flatMap((each) =>
    each.type === 'whole' && each.content.type === 'tool-call'
      ? [[each.content.id, each.content.name, each.content.input]]
      : [],
  )

describe('which call a piece belongs to', () => {
  test('by its index', () => {
    const choice = choiceAfter(
      piece({ index: 0, id: 'a', function: fn('{"x"', 'one') }),
      piece({ index: 1, id: 'b', function: fn('{}', 'two') }),
      piece({ index: 0, function: fn(':1}') }),
    )
    choice.finish('tool_calls')
    expect(callsOf(choice.takeEvents())).toEqual([
      ['a', 'one', '{"x":1}'],
      ['b', 'two', '{}'],
    ])
  })

  test('by its id where every call has the same index', () => {
    const choice = choiceAfter(
      piece({ index: 0, id: 'a', function: fn('{"x":1}', 'one') }),
      piece({ index: 0, id: 'b', function: fn('{"y"', 'two') }),
      piece({ index: 0, id: 'b', function: fn(':2}') }),
    )
    choice.finish('tool_calls')
    expect(callsOf(choice.takeEvents())).toEqual([
      ['a', 'one', '{"x":1}'],
      ['b', 'two', '{"y":2}'],
    ])
  })

  test('to the last one where there is no index', () => {
    const choice = choiceAfter(
      piece({ id: 'a', function: fn('{}', 'one') }),
      piece({ id: 'b', function: fn('{"y"', 'two') }),
      piece({ function: fn(':2}') }),
    )
    choice.finish('tool_calls')
    expect(callsOf(choice.takeEvents())).toEqual([
      ['a', 'one', '{}'],
      ['b', 'two', '{"y":2}'],
    ])
  })

  test('a call without an id gets one, arguments as an object are taken', () => {
    const choice = choiceAfter(piece({ index: 2, function: { name: 'one', arguments: { x: 1 } } }))
    choice.finish('tool_calls')
    expect(callsOf(choice.takeEvents())).toEqual([['call_0_0', 'one', '{"x":1}']])
  })

  test('the deprecated single call', () => {
    const choice = choiceAfter(
      { function_call: { name: 'one', arguments: '{"x"' } },
      { function_call: { arguments: ':1}' } },
    )
    choice.finish('function_call')
    expect(callsOf(choice.takeEvents())).toEqual([['call_0_0', 'one', '{"x":1}']])
  })
})

describe('what a delta brought', () => {
  test.each([
    ['nothing', {}, 'nothing'],
    ['only the role', { role: 'assistant', content: '', tool_calls: [], refusal: null }, 'nothing'],
    ['text', { content: 'a' }, 'content'],
    ['thinking', { reasoning: 'a' }, 'content'],
    ['a refusal', { refusal: 'a' }, 'content'],
    ['an empty list of pieces', { content: [] }, 'nothing'],
    ['a call', piece({ index: 0, id: 'a', function: fn('') }), 'tool'],
    ['text and a call', { content: 'a', ...piece({ index: 0, id: 'a', function: fn('') }) }, 'tool'],
    ['too much', piece({ index: 0, id: 'a', function: fn('x'.repeat(101)) }), 'too-large'],
  ] as const)('%s', (_, wire, progress) => {
    expect(new ChoiceState(0, OPTIONS).onDelta(wire as Delta)).toBe(progress)
  })

  test('thinking under both its names is taken once', () => {
    const choice = choiceAfter({ reasoning_content: 'hm', reasoning: 'hm' })
    expect(choice.takeEvents()).toEqual([{ type: 'thinking', choice: 0, part: 0, text: 'hm' }])
  })
})

describe('finishing', () => {
  const half = piece({ index: 0, id: 'a', function: fn('{"x"', 'one') })

  test('is refused with half a call, and says which', () => {
    const choice = choiceAfter(half)
    expect(choice.finish('tool_calls')).toBe('arguments-not-json')
    expect([...choice.unfinishedCalls]).toEqual([0])
    expect(choice.takeEvents()).toEqual([])
  })

  test('at a limit leaves half a call out', () => {
    const choice = choiceAfter({ content: 'Hi' }, half)
    expect(choice.finish('length')).toBeUndefined()
    expect(choice.takeEvents().map(({ type }) => type)).toEqual(['text', 'stop'])
  })

  test('a call alone makes `stop` a use of tools', () => {
    const choice = choiceAfter(piece({ index: 0, id: 'a', function: fn('{}', 'one') }))
    choice.finish('stop')
    expect(choice.stop).toEqual({ kind: 'tool-use', raw: 'stop' as never })
  })

  test.each([
    ['text', { content: 'Hi' }, 'end'],
    ['a call', piece({ index: 0, id: 'a', function: fn('{}', 'one') }), 'tool-use'],
    ['a refusal', { refusal: 'no' }, 'refusal'],
  ] as const)('by the sentinel alone after %s', (_, wire, kind) => {
    const choice = choiceAfter(wire as Delta)
    choice.finishAtSentinel()
    expect(choice.stop).toEqual({ kind, raw: undefined })
  })

  test('by the sentinel is not possible with half a call, nor a second time', () => {
    const choice = choiceAfter(half)
    choice.finishAtSentinel()
    expect([choice.stop, choice.openCallCount]).toEqual([undefined, 1])
    const whole = choiceAfter({ content: 'Hi' })
    whole.finish('length')
    whole.finishAtSentinel()
    expect(whole.stop?.kind).toBe('limit')
  })
})

test('a fork goes its own way', () => {
  const choice = choiceAfter({ content: 'Hi' }, piece({ index: 0, id: 'a', function: fn('{"x"', 'one') }))
  const fork = choice.fork()
  fork.onDelta(piece({ index: 0, function: fn(':1}') }))
  expect([choice.openCallCount, fork.openCallCount]).toEqual([1, 0])
  expect([fork.finish('tool_calls'), choice.stop]).toEqual([undefined, undefined])
  expect(callsOf(fork.takeEvents())).toEqual([['a', 'one', '{"x":1}']])
  expect(choice.takeEvents().map(({ type }) => type)).toEqual(['text'])
})
