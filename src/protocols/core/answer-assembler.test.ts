import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { AnswerAssembler, eventsOf } from './answer-assembler.ts'
import type { Part } from './content.ts'
import type { CoreResponse } from './response.ts'
import type { StreamEvent } from './stream-event.ts'

const text = fc.string({ unit: 'grapheme' })
const citation = fc.record({ url: fc.webUrl(), raw: fc.constant(null), protocol: fc.constant('anthropic') })
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text }),
  fc.record({
    type: fc.constant('text' as const),
    text,
    citations: fc.array(citation, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('thinking' as const), text }),
  fc.record({ type: fc.constant('thinking' as const), text, signature: text }),
  fc.record({ type: fc.constant('refusal' as const), text }),
  fc.record({ type: fc.constant('redacted-thinking' as const), data: text }),
  fc.record({
    type: fc.constant('tool-call' as const),
    kind: fc.constant('json' as const),
    id: text,
    name: text,
    input: fc.json(),
  }),
)
const response: fc.Arbitrary<CoreResponse> = fc.record({
  id: text,
  model: text,
  created: fc.nat(),
  choices: fc.array(
    fc.record({
      content: fc.array(part, { maxLength: 6 }),
      stop: fc.record({ kind: fc.constantFrom('end', 'limit', 'tool-use'), raw: fc.constant(undefined) }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  usage: fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() }),
})

function assembled(events: readonly StreamEvent[]): CoreResponse {
  const assembler = new AnswerAssembler()
  for (const event of events) assembler.add(event)
  return assembler.answer()
}

/** The same stream with every text in pieces of one character. */
function inPieces(event: StreamEvent): readonly StreamEvent[] {
  return event.type === 'text' || event.type === 'thinking' || event.type === 'refusal'
    ? [...event.text].map((piece) => ({ ...event, text: piece }))
    : [event]
}

describe('an answer', () => {
  test('that was made a stream is put together again', () => {
    fc.assert(fc.property(response, (given) => expect(assembled(eventsOf(given))).toEqual(given)))
  })

  test('says the same however its texts were cut, and whatever order its choices came in', () => {
    const filled = response.filter(({ choices }) =>
      choices.every(({ content }) => content.every((each) => !('text' in each) || each.text !== '')),
    )
    fc.assert(
      fc.property(filled, (given) => {
        const events = eventsOf(given).flatMap(inPieces)
        const choiceOf = (event: StreamEvent): number => ('choice' in event ? event.choice : 0)
        expect(assembled(events)).toEqual(given)
        expect(assembled(events.toSorted((a, b) => choiceOf(b) - choiceOf(a)))).toEqual(given)
      }),
    )
  })

  test('has what later reports of usage say, beside what only earlier ones said', () => {
    const { usage } = assembled([
      { type: 'start', id: 'a', model: 'm', usage: { inputTokens: 7, outputTokens: 1 } },
      { type: 'usage', usage: { outputTokens: 9 } },
    ])
    expect(usage).toEqual({ inputTokens: 7, outputTokens: 9 })
  })
})
