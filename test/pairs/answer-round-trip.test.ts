import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isFinished, toLabel, type StopKind, type Usage } from '../../src/evidence/index.ts'
import type { CoreResponse, Json, JsonObject, Part, Protocol, StreamEvent } from '../../src/protocols/core/index.ts'
import { ADAPTERS, HOPS } from './protocols.ts'

// Answers of what every protocol has a place for, streamed and whole: into a protocol's words, and read again.

const words = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `a${text}z`)
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,11}$/)
const args = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue() as fc.Arbitrary<Json>, { maxKeys: 4 })
const count = fc.integer({ min: 0, max: 9_999 })

interface Answer {
  readonly thinking: string | undefined
  readonly texts: readonly string[]
  readonly calls: readonly { readonly name: string; readonly input: string }[]
  readonly stop: StopKind
  readonly usage: Usage
}

const answer: fc.Arbitrary<Answer> = fc
  .record({
    thinking: fc.option(words, { nil: undefined }),
    texts: fc.array(words, { minLength: 1, maxLength: 4 }),
    calls: fc.array(fc.record({ name, input: args.map((value) => JSON.stringify(value)) }), { maxLength: 3 }),
    end: fc.constantFrom('end' as const, 'limit' as const, 'refusal' as const),
    tokens: fc.record({ input: count, output: count, cacheRead: count, reasoning: count }),
  })
  .map(({ thinking, texts, calls, end, tokens }) => ({
    thinking,
    texts,
    // A limit or a refusal in a message that is not streamed leaves the last call open: that has tests of its own.
    calls: end === 'end' ? calls : [],
    stop: end === 'end' && calls.length > 0 ? 'tool-use' : end,
    usage: {
      inputTokens: tokens.input + tokens.cacheRead,
      outputTokens: tokens.output + tokens.reasoning,
      cacheReadTokens: tokens.cacheRead,
      reasoningTokens: tokens.reasoning,
    },
  }))

const callsOf = ({ calls }: Answer): Extract<Part, { type: 'tool-call' }>[] =>
  calls.map(({ name: called, input }, index) => ({
    type: 'tool-call',
    kind: 'json',
    id: `call_${index}`,
    name: called,
    input,
  }))

function toEvents(given: Answer): readonly StreamEvent[] {
  const { thinking, texts, stop, usage } = given
  const at = (part: number): { readonly choice: number; readonly part: number } => ({ choice: 0, part })
  const first = thinking === undefined ? 0 : 1
  return [
    { type: 'start', id: 'id', model: 'm', created: 1, usage: {} },
    ...(thinking === undefined ? [] : [{ type: 'thinking', ...at(0), text: thinking } as const]),
    ...texts.map((text) => ({ type: 'text', ...at(first), text }) as const),
    ...callsOf(given).map((content, index) => ({ type: 'whole', ...at(first + 1 + index), content }) as const),
    { type: 'stop', choice: 0, stop: { kind: stop, raw: undefined } },
    { type: 'usage', usage },
  ]
}

function toResponse(given: Answer): CoreResponse {
  const { thinking, texts, stop, usage } = given
  const content: readonly Part[] = [
    ...(thinking === undefined ? [] : [{ type: 'thinking', text: thinking } as const]),
    { type: 'text', text: texts.join('') },
    ...callsOf(given),
  ]
  return { id: 'id', model: 'm', created: 1, choices: [{ content, stop: { kind: stop, raw: undefined } }], usage }
}

/** A stream in a protocol's words, read again. */
function streamedThrough(protocol: Protocol, events: readonly StreamEvent[]): readonly StreamEvent[] {
  const encoder = protocol.createStreamEncoder({
    includeUsage: true,
    fallbackId: 'f',
    fallbackModel: 'f',
    nowSeconds: 1,
  })
  const wire = events.map((event) => encoder.encode(event)).join('') + encoder.finish()
  const scanner = protocol.createScanner({ completion: 'strict', choices: 1, decode: true, eventLimitBytes: 1_000_000 })
  scanner.push(new TextEncoder().encode(wire))
  const verdict = scanner.verdictAtEnd()
  if (!isFinished(verdict)) throw new Error(`${protocol.name}: ${verdict.name} ${verdict.reason}`)
  return scanner.takeEvents()
}

function wholeThrough(protocol: Protocol, response: CoreResponse): CoreResponse {
  const wire = JSON.parse(JSON.stringify(protocol.renderResponse(response))) as JsonObject
  const read = protocol.readResponse(wire, { completion: 'strict', choices: 1 })
  if (read.response === undefined) throw new Error(`${protocol.name}: ${JSON.stringify(read.verdict)}`)
  return read.response
}

/** What an answer says, however it was cut into pieces. */
function meaningOfEvents(events: readonly StreamEvent[]): object {
  const join = (type: 'text' | 'thinking'): string =>
    events.map((event) => (event.type === type ? event.text : '')).join('')
  let usage: Usage = {}
  for (const event of events) if ('usage' in event) usage = { ...usage, ...event.usage }
  const parts = events.flatMap((event) => (event.type === 'whole' ? [event.content] : []))
  const stop = events.findLast((event) => event.type === 'stop')
  return {
    text: join('text'),
    thinking: join('thinking'),
    calls: meaningOfCalls(parts),
    stop: stop?.stop.kind,
    usage: counted(usage),
  }
}

function meaningOfResponse({ choices: [choice], usage }: CoreResponse): object {
  const content = choice?.content ?? []
  const join = (type: 'text' | 'thinking'): string =>
    content.map((part) => (part.type === type ? part.text : '')).join('')
  return {
    text: join('text'),
    thinking: join('thinking'),
    calls: meaningOfCalls(content),
    stop: choice?.stop.kind,
    usage: counted(usage),
  }
}

function meaningOfCalls(parts: readonly Part[]): readonly object[] {
  return parts.flatMap((part) =>
    part.type === 'tool-call' ? [{ id: part.id, name: part.name, input: JSON.parse(part.input) as unknown }] : [],
  )
}

/** Some protocols report what was not said as 0. */
const counted = ({ cacheWriteTokens = 0, ...usage }: Usage): Usage => ({ ...usage, cacheWriteTokens })

describe('answers', () => {
  test.each(HOPS)('come back the same by way of $name', ({ from, to }) => {
    fc.assert(
      fc.property(answer, (given) => {
        const events = toEvents(given)
        expect(meaningOfEvents(streamedThrough(to, streamedThrough(from, events)))).toEqual(meaningOfEvents(events))
        const response = toResponse(given)
        expect(meaningOfResponse(wholeThrough(to, wholeThrough(from, response)))).toEqual(meaningOfResponse(response))
        // Streamed or not, it is the same answer.
        expect(meaningOfEvents(events)).toEqual(meaningOfResponse(response))
      }),
      { numRuns: 60, includeErrorInReport: true },
    )
  })

  test.each(ADAPTERS.map((protocol) => [protocol.name, protocol] as const))(
    'in the words of %s: a stop reason that nobody knows stays a limit',
    (_, protocol) => {
      const [start, text] = toEvents({ thinking: undefined, texts: ['a'], calls: [], stop: 'limit', usage: {} })
      if (start === undefined || text === undefined) throw new Error('no events')
      const stop = { type: 'stop', choice: 0, stop: { kind: 'limit', raw: toLabel('energy_saver') } } as const
      expect(meaningOfEvents(streamedThrough(protocol, [start, text, stop]))).toMatchObject({ stop: 'limit' })
    },
  )
})
