import { expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  call,
  callItem,
  CREATED,
  incomplete,
  type Loose,
  message,
  numbered,
  scan,
  textItem,
  toSse,
} from '../../../test/support/responses-stream.ts'

const cutItem = callItem('{"x":', { id: 'fc_cut', call_id: 'cut', status: 'incomplete' })
const cut = (index: number): readonly Loose[] =>
  call(index, ['{"x":'], { id: 'fc_cut', call_id: 'cut', status: 'incomplete' })
const whole = call(1, ['{"y":2}'])

/** What a client gets: what flowed, and what was held, mended. */
function delivered(events: readonly Loose[], isNumbered = true): string {
  const sse = toSse(isNumbered ? numbered(events) : events)
  const firstCall = sse.indexOf('event: response.output_item.added', sse.indexOf('output_item.done'))
  const scanner = scan(sse)
  return (
    sse.slice(0, firstCall) +
    new TextDecoder().decode(scanner.withoutUnfinishedCalls(new TextEncoder().encode(sse.slice(firstCall))))
  )
}
const eventsOf = (sse: string) =>
  [...sse.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as Record<string, unknown>)

test('a cut call goes with all its events and its item in the end; numbers have no gap', () => {
  const output = [textItem('Hi'), callItem('{"y":2}'), cutItem]
  const sse = delivered([CREATED, ...message(0, 'Hi'), ...whole, ...cut(2), incomplete('max_output_tokens', output)])
  expect(sse).not.toContain('cut')
  const events = eventsOf(sse)
  expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index))
  expect(events.at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: { status: 'incomplete', output: [{ type: 'message' }, { type: 'function_call', call_id: 'call_1' }] },
  })
  expect(scan(sse).verdictAtEnd()).toEqual({ name: 'limited', proof: 'response.incomplete', stop: 'limit' })
  expect(scan(sse).facts).toMatchObject({ toolCalls: 1, invalidToolCalls: 0 })
})

test('what stands behind it moves up', () => {
  const later = message(2, 'more')
  const output = [textItem('Hi'), cutItem, textItem('more')]
  const stream = [CREATED, ...message(0, 'Hi'), ...cut(1), ...later, incomplete('max_output_tokens', output)]
  for (const isNumbered of [true, false]) {
    const events = eventsOf(delivered(stream, isNumbered))
    expect(events.filter(({ output_index: index }) => index === 1)).toHaveLength(later.length)
    expect(events.some(({ output_index: index }) => index === 2)).toBe(false)
    const numbers = events.map(({ sequence_number: number }) => number)
    expect(numbers).toEqual(events.map((_, index) => (isNumbered ? index : undefined)))
  }
})

test('without numbers none are made, and an end that repeats nothing stays so', () => {
  const sse = delivered([CREATED, ...message(0, 'Hi'), ...cut(1), incomplete('max_output_tokens')], false)
  expect(sse).not.toContain('sequence_number')
  expect(eventsOf(sse).at(-1)).toMatchObject({ response: { output: [] } })
})

test('where nothing is withheld the bytes are the same object', () => {
  const scanner = scan([CREATED, ...message(0, 'Hi'), ...whole, incomplete('max_output_tokens')])
  const held = new TextEncoder().encode('anything')
  expect(scanner.withoutUnfinishedCalls(held)).toBe(held)
})

test('what is delivered proves the same, with the calls that are left', () => {
  const step = fc.constantFrom('text', 'whole', 'cut')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 5 }), fc.boolean(), (steps, isNumbered) => {
      const items = steps.map((kind, i) => {
        const index = i + 1
        const more = { id: `fc_${index}`, call_id: `call_${index}` }
        if (kind === 'text') return message(index, 'more')
        return kind === 'whole' ? call(index, ['{"y":2}'], more) : call(index, ['{'], { ...more, status: 'incomplete' })
      })
      const events = [CREATED, ...message(0, 'Hi'), ...items.flat()]
      const output = events.flatMap(({ type, item }) => (type === 'response.output_item.done' ? [item as Loose] : []))
      const sse = delivered([...events, incomplete('max_output_tokens', output)], isNumbered)
      const found = scan(sse)
      expect(found.verdictAtEnd()).toEqual({ name: 'limited', proof: 'response.incomplete', stop: 'limit' })
      expect(found.facts).toMatchObject({
        toolCalls: steps.filter((kind) => kind === 'whole').length,
        invalidToolCalls: 0,
      })
      expect(found.takeEvents().filter(({ type }) => type === 'text')).toHaveLength(
        1 + steps.filter((kind) => kind === 'text').length,
      )
    }),
  )
})
