import { describe, expect, test } from 'bun:test'
import {
  added,
  call,
  callItem,
  completed,
  CREATED,
  delta,
  done,
  incomplete,
  type Loose,
  message,
  numbered,
  RESPONSE,
  scan,
  textItem,
  toSse,
} from '../../../test/support/responses-stream.ts'

const COMPLETE = { name: 'complete', proof: 'response.completed', stop: 'end' } as const
const ORDER = { name: 'malformed', reason: 'event-order' } as const
const UNPROVEN = { name: 'truncated', reason: 'ended-before-proof' } as const
const verdict = (stream: string | readonly Loose[], choices = 1) => scan(stream, { choices }).verdictAtEnd()
const text = (stream: string | readonly Loose[]): string =>
  scan(stream)
    .takeEvents()
    .map((event) => (event.type === 'text' ? event.text : ''))
    .join('')

const WHOLE = [CREATED, ...message(0, 'Hel', 'lo'), completed([textItem('Hello')])]

describe('the proof', () => {
  test('is the terminal event, without a sentinel, and tolerates one behind it', () => {
    const scanner = scan(WHOLE)
    expect(scanner.phase).toBe('proven')
    expect(scanner.verdictAtEnd()).toEqual(COMPLETE)
    expect(scanner.verdictAfter({ name: 'truncated', reason: 'connection-lost' })).toEqual(COMPLETE)
    expect(verdict(`${toSse(numbered(WHOLE))}data: [DONE]\n\n`)).toEqual(COMPLETE)
  })

  test('without numbers it is the same', () => {
    expect(verdict(toSse(WHOLE))).toEqual(COMPLETE)
  })

  test('is not there before it', () => {
    for (let length = 1; length < WHOLE.length; length++) expect(verdict(WHOLE.slice(0, length))).toEqual(UNPROVEN)
    expect(verdict([CREATED, { type: 'response.queued', response: { ...RESPONSE, status: 'queued' } }])).toEqual(
      UNPROVEN,
    )
    expect(verdict('')).toEqual(UNPROVEN)
    expect(verdict(toSse(numbered(WHOLE)).slice(0, -1))).toEqual({ name: 'truncated', reason: 'ended-inside-event' })
  })

  test('a sentinel in its place is the end of what clients read', () => {
    expect(verdict(`${toSse(numbered(WHOLE.slice(0, -1)))}data: [DONE]\n\n`)).toEqual(UNPROVEN)
    const late = `${toSse(WHOLE.slice(0, -1))}data: [DONE]\n\n${toSse(WHOLE.slice(-1))}`
    expect(verdict(late)).toEqual(UNPROVEN)
  })

  test('more answers than one are never there', () => {
    expect(verdict(WHOLE, 2)).toEqual(UNPROVEN)
  })

  test.each<[string, Loose, object]>([
    ['a limit', incomplete('max_output_tokens'), { name: 'limited', proof: 'response.incomplete', stop: 'limit' }],
    ['a filter', incomplete('content_filter'), { name: 'refused', proof: 'response.incomplete', stop: 'refusal' }],
    [
      'a reason nobody knows',
      incomplete('moon_phase'),
      { name: 'limited', proof: 'response.incomplete', stop: 'limit' },
    ],
    [
      'a completed answer that says it is incomplete',
      completed([], { status: 'incomplete' }),
      { name: 'limited', proof: 'response.incomplete', stop: 'limit' },
    ],
    ['a completed answer that says it is in progress', completed([], { status: 'in_progress' }), ORDER],
    [
      'a completed answer that says it failed',
      completed([], { status: 'failed' }),
      { name: 'failed', reason: 'failed-finish' },
    ],
    [
      'a completed answer with an error',
      completed([], { error: { message: 'x' } }),
      { name: 'failed', reason: 'in-band-error' },
    ],
    [
      'a cancelled answer',
      { type: 'response.cancelled', response: RESPONSE },
      { name: 'failed', reason: 'failed-finish' },
    ],
    ['an end without a response', { type: 'response.completed' }, { name: 'malformed', reason: 'not-this-protocol' }],
    ['an end without a status', completed([], { status: undefined }), COMPLETE],
    ['an end without an output', { type: 'response.completed', response: { id: 'resp_1' } }, COMPLETE],
  ])('%s', (_, end, expected) => {
    expect(verdict([CREATED, ...message(0, 'Hi'), end]) as object).toEqual(expected)
  })
})

describe('the provider’s own errors', () => {
  test.each<[string, string]>([
    ['an error event', toSse([{ type: 'error', code: 'server_error', message: 'x', param: null }])],
    ['a nested one', toSse([{ type: 'error', error: { code: 'server_error', message: 'x' } }])],
    [
      'a failed answer',
      toSse([
        {
          type: 'response.failed',
          response: { ...RESPONSE, status: 'failed', error: { code: 'server_error', message: 'x' } },
        },
      ]),
    ],
    ['a failed answer without an error', toSse([{ type: 'response.failed', response: RESPONSE }])],
    ['an error by its event’s name', 'event: error\ndata: {"message":"x"}\n\n'],
    ['one without `data:`', '{"error":{"message":"x"}}\n\n'],
  ])('%s', (_, event) => {
    const scanner = scan(toSse([CREATED, ...message(0, 'Hi')]) + event)
    expect(scanner.phase).toBe('broken')
    expect(scanner.verdictAtEnd()).toEqual({ name: 'failed', reason: 'in-band-error' })
    expect(scanner.inBandError).toBeDefined()
  })
})

describe('numbers', () => {
  const numberedFrom = (start: number): string =>
    toSse(WHOLE.map((event, index) => ({ ...event, sequence_number: start + index })))
  const changed = (at: number, number: unknown): string =>
    toSse(numbered(WHOLE).map((event, index) => (index === at ? { ...event, sequence_number: number } : event)))

  test('may begin anywhere, and must go on from there', () => {
    expect(verdict(numberedFrom(1))).toEqual(COMPLETE)
    expect(verdict(numberedFrom(40))).toEqual(COMPLETE)
    for (const number of [0, 2, 3, 5, 400, -1, 4.5, '4', Number.MAX_SAFE_INTEGER + 1])
      expect(verdict(changed(4, number)), String(number)).toEqual(ORDER)
  })

  test('an event that is missing is seen, among plain deltas too', () => {
    const many = [CREATED, ...message(0, ...'abcdefgh'), completed()]
    expect(verdict(many)).toEqual(COMPLETE)
    const events = numbered(many)
    for (let lost = 1; lost < events.length - 1; lost++)
      expect(verdict(toSse(events.toSpliced(lost, 1))), `without ${lost}`).toEqual(ORDER)
    const repeated = events.toSpliced(6, 0, events[6] ?? {})
    expect(verdict(toSse(repeated))).toEqual(ORDER)
    expect(verdict(toSse(events.with(5, events[6] ?? {}).with(6, events[5] ?? {})))).toEqual(ORDER)
  })

  test('events without one are between the others', () => {
    const some = numbered(WHOLE).map((event, index) => (index === 2 ? WHOLE[2] : event)) as Loose[]
    expect(verdict(toSse(some))).toEqual(ORDER)
    const extra = numbered(WHOLE).toSpliced(2, 0, { type: 'response.new_thing' })
    expect(verdict(toSse(extra))).toEqual(COMPLETE)
  })

  test('keep-alives may be counted or not', () => {
    const counted = [...WHOLE.slice(0, 4), { type: 'keepalive' }, ...WHOLE.slice(4)]
    expect(verdict(counted)).toEqual(COMPLETE)
    const uncounted = numbered(WHOLE).toSpliced(4, 0, { type: 'keepalive', sequence_number: 3 })
    expect(verdict(toSse(uncounted))).toEqual(COMPLETE)
    expect(scan(toSse([{ type: 'keepalive' }])).phase).toBe('opening')
  })
})

describe('the order of events', () => {
  test.each<[string, readonly Loose[]]>([
    ['an item before the answer began', [...message(0, 'Hi'), completed()]],
    ['an end before the answer began', [completed()]],
    ['two items at one place', [CREATED, added(0, textItem('')), added(0, textItem(''))]],
    ['an item at no place', [CREATED, { type: 'response.output_item.added', item: textItem('') }]],
    ['text of an item that never began', [CREATED, delta(0, 'Hi')]],
    ['text of an item that is done', [CREATED, ...message(0, 'Hi'), delta(0, '!')]],
    [
      'arguments of an item that never began',
      [CREATED, { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{' }],
    ],
    [
      'a citation of an item that never began',
      [CREATED, { type: 'response.output_text.annotation.added', output_index: 0, annotation: {} }],
    ],
    ['the end of an item that never began', [CREATED, done(0, textItem('Hi'))]],
    ['the end of an item twice', [CREATED, ...message(0, 'Hi'), done(0, textItem('Hi'))]],
    ['an answer’s end while an item is open', [CREATED, ...message(0, 'Hi').slice(0, -1), completed()]],
    [
      'a part that begins in an item that is done',
      [
        CREATED,
        ...message(0, 'Hi'),
        {
          type: 'response.content_part.added',
          output_index: 0,
          content_index: 1,
          part: { type: 'output_text', text: '' },
        },
      ],
    ],
  ])('%s breaks it', (_, events) => {
    expect(verdict(events)).toEqual(ORDER)
  })

  test('an item that a limit left open does not', () => {
    const events = [CREATED, ...message(0, 'Hi').slice(0, -1), incomplete('max_output_tokens')]
    expect(verdict(events)).toMatchObject({ name: 'limited' })
  })

  test('items may overlap, and events may name them by their id alone', () => {
    const [first, ...rest] = message(0, 'Hi')
    const second = { type: 'message', id: 'msg_2', role: 'assistant', content: [] }
    const byId = { type: 'response.output_text.delta', item_id: 'msg_2', content_index: 0, delta: 'there' }
    const events = [CREATED, first ?? {}, added(1, second), byId, done(1, second), ...rest, completed()]
    expect(verdict(events)).toEqual(COMPLETE)
    expect(text(events)).toBe('thereHi')
  })

  test('events nobody knows are passed over', () => {
    const events = [
      CREATED,
      { type: 'response.new.thing', output_index: 7 },
      { type: 'vendor:ping' },
      {},
      ...message(0, 'Hi'),
      completed(),
    ]
    expect(verdict(events)).toEqual(COMPLETE)
  })
})

describe('text that is missing', () => {
  const short = (events: readonly Loose[]): Loose[] => events.filter((event) => event !== events[3]) as Loose[]
  const lossy = message(0, 'Hel', 'lo')

  test('from what its part says, or its item', () => {
    for (const kept of [lossy, lossy.toSpliced(4, 1), lossy.toSpliced(4, 2)])
      expect(verdict(toSse([CREATED, ...short(kept), completed()])), String(kept.length)).toEqual(ORDER)
  })

  test('counted as it reads, however long it is written', () => {
    const events = message(0, 'x', '\n\n', '\n\n', 'lost')
    expect(verdict(toSse([CREATED, ...events, completed()]))).toEqual(COMPLETE)
    expect(verdict(toSse([CREATED, ...events.toSpliced(5, 1), completed()]))).toEqual(ORDER)
  })

  test('from what the answer’s end says', () => {
    expect(verdict([CREATED, ...message(0, 'Hel'), completed([textItem('Hello')])])).toEqual(ORDER)
    expect(verdict([CREATED, completed([textItem('Hello')])])).toEqual(ORDER)
    expect(verdict([CREATED, ...message(0, 'Hi'), completed([textItem('Hi'), callItem('{}')])])).toEqual(ORDER)
  })

  test('is not what a host trims', () => {
    const [begin, part, ...rest] = message(0, 'Hi', ' there ')
    const trimmed = rest.map((event) => JSON.parse(JSON.stringify(event).replaceAll('Hi there ', 'Hi there')))
    expect(verdict([CREATED, begin ?? {}, part ?? {}, ...trimmed, completed([textItem('Hi there')])])).toEqual(COMPLETE)
  })

  test('is not the white space that a host sends with the whole alone', () => {
    const events = message(0, 'Hi').map((event) =>
      JSON.parse(JSON.stringify(event).replaceAll('"text":"Hi"', '"text":"Hi\\n"')),
    )
    expect(verdict([CREATED, ...events, completed([textItem(' Hi\n')])])).toEqual(COMPLETE)
  })

  test('escapes count as what they stand for', () => {
    const events = [CREATED, ...message(0, 'a\n', '"b"\n', '\t€🎼'), completed([textItem('a\n"b"\n\t€🎼')])]
    expect(verdict(events)).toEqual(COMPLETE)
    expect(text(events)).toBe('a\n"b"\n\t€🎼')
  })

  test('comes from the first event that has it, where a host sends no pieces', () => {
    const [begin, part, , ...ends] = message(0, 'Hello')
    for (const rest of [ends, ends.slice(1), ends.slice(2)]) {
      const events = [CREATED, begin ?? {}, part ?? {}, ...rest, completed([textItem('Hello')])]
      expect(verdict(events)).toEqual(COMPLETE)
      expect(text(events)).toBe('Hello')
      expect(scan(events.slice(0, 4)).phase).toBe('flowing')
    }
    const whole = [
      CREATED,
      added(0, textItem('')),
      { ...part, part: { type: 'output_text', text: 'Hello' } },
      ...ends,
      completed(),
    ]
    expect(text(whole)).toBe('Hello')
  })
})

describe('text that would come twice, or get lost', () => {
  const [begin = {}, part = {}, first = {}, second = {}, ...rest] = message(0, 'Hel', 'lo')
  const [textDone = {}, partDone = {}] = rest

  test.each<[string, Loose]>([
    ['the text', textDone],
    ['its part', partDone],
  ])('pieces behind the end of %s are in no order', (_, whole) => {
    expect(verdict([CREATED, begin, part, whole, first, second, ...rest, completed()])).toEqual(ORDER)
    expect(verdict([CREATED, begin, part, first, second, whole, second, ...rest, completed()])).toEqual(ORDER)
  })

  test('pieces go on from what a part begins with', () => {
    const filled = { ...part, part: { type: 'output_text', text: 'Hel', annotations: [] } }
    const stream = [CREATED, begin, filled, second, ...rest, completed([textItem('Hello')])]
    expect(verdict(stream)).toEqual(COMPLETE)
    expect(text(stream)).toBe('Hello')
  })

  test('an item ends as what it began', () => {
    const stream = [CREATED, added(0, { ...textItem(''), type: 'note' }), part, first, second, ...rest, completed()]
    expect(verdict(stream)).toEqual(ORDER)
  })

  test.each([5, {}, false])('%j in the place of text or of arguments is not this protocol', (value) => {
    const notThis = { name: 'malformed', reason: 'not-this-protocol' }
    const end = done(0, textItem('Hel'))
    expect(verdict([CREATED, begin, part, first, { ...second, delta: value }, end, completed()])).toEqual(
      notThis as never,
    )
    const textless = textItem('', { content: [{ type: 'output_text', text: value, annotations: [] }] })
    expect(verdict([CREATED, begin, done(0, textless), completed()])).toEqual(notThis as never)
    const [callBegin = {}, piece = {}, ...callRest] = call(0, ['{}'])
    expect(verdict([CREATED, callBegin, piece, { ...piece, delta: value }, ...callRest, completed()])).toEqual(
      notThis as never,
    )
    expect(verdict([CREATED, begin, part, first, second, { ...second, delta: null }, ...rest, completed()])).toEqual(
      COMPLETE,
    )
  })
})

describe('the phase', () => {
  const phases = (events: readonly Loose[]) => events.map((_, index) => scan(events.slice(0, index + 1)).phase)

  test('flows from the first piece of text, and is held at the end', () => {
    expect(phases(WHOLE)).toEqual([
      'opening',
      'opening',
      'opening',
      'flowing',
      'flowing',
      'flowing',
      'flowing',
      'flowing',
      'proven',
    ])
    expect(scan(WHOLE, { choices: 2 }).phase).toBe('held')
  })

  test.each([
    'function_call',
    'custom_tool_call',
    'local_shell_call',
    'shell_call',
    'apply_patch_call',
    'computer_call',
    'mcp_approval_request',
  ])('is held at a %s, and at what comes behind it', (type) => {
    expect(
      phases([CREATED, added(0, { type, id: 'x', call_id: 'c', name: 'f' }), added(1, textItem('')), delta(1, 'Hi')]),
    ).toEqual(['opening', 'held', 'held', 'held'])
  })

  test('a search is held only where the client is to make it', () => {
    expect(phases([CREATED, added(0, { type: 'tool_search_call', execution: 'client' })]).at(-1)).toBe('held')
    expect(phases([CREATED, added(0, { type: 'tool_search_call', execution: 'server' })]).at(-1)).toBe('flowing')
  })

  test('the provider’s own tools flow, reasoning once it says something or is whole', () => {
    expect(phases([CREATED, added(0, { type: 'web_search_call', id: 'ws' })]).at(-1)).toBe('flowing')
    const reasoning = { type: 'reasoning', id: 'rs', summary: [] }
    expect(phases([CREATED, added(0, reasoning), done(0, { ...reasoning, encrypted_content: 'gA' })])).toEqual([
      'opening',
      'opening',
      'flowing',
    ])
    expect(phases([CREATED, added(0, reasoning), done(0, reasoning)]).at(-1)).toBe('opening')
    const thought = { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'hm' }
    expect(phases([CREATED, added(0, reasoning), thought]).at(-1)).toBe('flowing')
  })
})

describe('calls', () => {
  const limited = { name: 'limited', proof: 'response.incomplete', stop: 'limit' } as const
  const toolUse = { ...COMPLETE, stop: 'tool-use' } as const
  const calls = (stream: readonly Loose[]) =>
    scan(stream)
      .takeEvents()
      .flatMap((event) => (event.type === 'whole' ? [event.content] : []))

  test('come whole, at the end, in their order', () => {
    const events = [
      CREATED,
      ...call(0, ['{"x"', ':1}']),
      ...message(1, 'Hi'),
      ...call(2, [], { id: 'fc_2', call_id: 'call_2' }),
      completed(),
    ]
    const scanner = scan(events)
    expect(scanner.verdictAtEnd()).toEqual(toolUse)
    expect(scanner.facts).toMatchObject({ toolCalls: 2, invalidToolCalls: 0, rawStop: 'completed' })
    expect(scanner.takeEvents()).toMatchObject([
      { type: 'start', id: 'resp_1', model: 'gpt-5', created: 7 },
      { type: 'text', part: 1, text: 'Hi' },
      {
        type: 'whole',
        part: 0,
        content: { type: 'tool-call', kind: 'json', id: 'call_1', name: 'f', input: '{"x":1}' },
      },
      { type: 'whole', part: 2, content: { type: 'tool-call', kind: 'json', id: 'call_2', name: 'f', input: '{}' } },
      { type: 'stop', stop: { kind: 'tool-use', raw: 'completed' } },
      { type: 'usage', usage: { inputTokens: 3, outputTokens: 5 } },
    ])
    expect(
      scan(events.slice(0, -1))
        .takeEvents()
        .some(({ type }) => type === 'whole'),
    ).toBe(false)
  })

  test('what is said last of the arguments is what counts', () => {
    const args = (event: Loose[]) => calls([CREATED, ...event, completed()])[0]
    expect(args([added(0, callItem('{"x":1}')), done(0, callItem('{"x":1}'))])).toMatchObject({ input: '{"x":1}' })
    expect(args([added(0, callItem('')), done(0, callItem('{"x":1}'))])).toMatchObject({ input: '{"x":1}' })
    expect(args([...call(0, ['{"x":1}']).slice(0, 2), done(0, callItem(''))])).toMatchObject({ input: '{"x":1}' })
    const twice = [added(0, callItem('{"x":1}')), ...call(0, ['{"x":1}']).slice(1)]
    expect(args(twice)).toMatchObject({ input: '{"x":1}' })
  })

  test('free-form input is what it is', () => {
    const item = { type: 'custom_tool_call', id: 'ctc', call_id: 'c', name: 'g', input: '' }
    const events = [
      CREATED,
      added(0, item),
      { type: 'response.custom_tool_call_input.delta', output_index: 0, item_id: 'ctc', delta: '*** Begin' },
      { type: 'response.custom_tool_call_input.done', output_index: 0, item_id: 'ctc', input: '*** Begin' },
      done(0, { ...item, input: '*** Begin', status: 'completed' }),
      completed(),
    ]
    expect(verdict(events)).toEqual(toolUse)
    expect(calls(events)).toEqual([{ type: 'tool-call', kind: 'custom', id: 'c', name: 'g', input: '*** Begin' }])
  })

  test.each<[string, readonly string[], Loose]>([
    ['arguments that are cut', ['{"x":'], {}],
    ['arguments that are no object', ['[1]'], {}],
    ['a call that says it is incomplete', ['{}'], { status: 'incomplete' }],
  ])('%s break a completed answer', (_, pieces, more) => {
    expect(verdict([CREATED, ...call(0, pieces, more), completed()])).toEqual({
      name: 'malformed',
      reason: 'arguments-not-json',
    })
  })

  test('one without a name nobody can run', () => {
    const nameless = call(0, ['{}'], { name: null })
    expect(verdict([CREATED, ...nameless, completed()])).toEqual({ name: 'malformed', reason: 'arguments-not-json' })
    expect(verdict([CREATED, ...nameless, incomplete('max_output_tokens')]).name).toBe('limited')
  })

  test('one that the limit cut is left out', () => {
    const cut = call(1, ['{"x":'], { id: 'fc_2', call_id: 'call_2', status: 'incomplete' })
    const open = call(1, ['{"x":1}'], { id: 'fc_2', call_id: 'call_2' }).slice(0, -1)
    const silent = open.map((event) => JSON.parse(JSON.stringify(event).replace(',"status":"in_progress"', '')))
    for (const last of [cut, open, silent]) {
      const events = [CREATED, ...call(0, ['{}']), ...last, incomplete('max_output_tokens')]
      expect(verdict(events)).toEqual(limited)
      expect(scan(events).facts).toMatchObject({ toolCalls: 2, invalidToolCalls: 1, rawStop: 'max_output_tokens' })
      expect(calls(events)).toMatchObject([{ id: 'call_1' }])
    }
  })

  test('arguments and items have their bounds', () => {
    const big = 'x'.repeat(600)
    const pieces = Array.from({ length: 30 }, () => big)
    expect(verdict([CREATED, ...call(0, pieces).slice(0, -2)])).toEqual({ name: 'malformed', reason: 'too-large' })
    const items = Array.from({ length: 10_001 }, (_, index) => added(index, textItem('')))
    expect(verdict([CREATED, ...items])).toEqual({ name: 'malformed', reason: 'too-large' })
  })
})

describe('what is decoded', () => {
  test('reasoning is one part: its paragraphs, then what it can be handed back by', () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [] }
    const summary = (index: number, piece: string) => ({
      type: 'response.reasoning_summary_text.delta',
      item_id: 'rs_1',
      output_index: 0,
      summary_index: index,
      delta: piece,
    })
    const whole = {
      ...item,
      summary: [
        { type: 'summary_text', text: 'ab' },
        { type: 'summary_text', text: 'cd' },
      ],
      encrypted_content: 'gA',
    }
    const events = [
      CREATED,
      added(0, item),
      {
        type: 'response.reasoning_summary_part.added',
        output_index: 0,
        summary_index: 0,
        part: { type: 'summary_text', text: '' },
      },
      summary(0, 'a'),
      summary(0, 'b'),
      summary(1, 'c'),
      summary(1, 'd'),
      done(0, whole),
      ...message(1, 'Hi'),
      completed(),
    ]
    expect(verdict(events)).toEqual(COMPLETE)
    const decoded = scan(events).takeEvents()
    expect(decoded.map((event) => (event.type === 'thinking' ? event.text : '')).join('')).toBe('ab\n\ncd')
    expect(decoded.flatMap((event) => ('part' in event ? [`${event.type} ${event.part}`] : []))).toEqual([
      'thinking 0',
      'thinking 0',
      'thinking 0',
      'thinking 0',
      'thinking-signature 0',
      'text 1',
    ])
    // A host that only sends the item says the same.
    const terse = scan([CREATED, added(0, item), done(0, whole), completed()]).takeEvents()
    expect(terse.map((event) => (event.type === 'thinking' ? event.text : '')).join('')).toBe('ab\n\ncd')
  })

  test('citations, announced or not, once each', () => {
    const annotation = { type: 'url_citation', url: 'https://x', title: 't', start_index: 0, end_index: 2 }
    const other = { type: 'file_citation', file_id: 'file_1', filename: 'a.pdf', index: 1 }
    const [begin, part, first, , , ...rest] = message(0, 'Hi')
    const item = textItem('Hi', { content: [{ type: 'output_text', text: 'Hi', annotations: [annotation, other] }] })
    const events = [
      CREATED,
      begin ?? {},
      part ?? {},
      first ?? {},
      {
        type: 'response.output_text.annotation.added',
        output_index: 0,
        content_index: 0,
        annotation_index: 0,
        annotation,
      },
      done(0, item),
      completed(),
    ]
    expect(rest).toHaveLength(1)
    const scanner = scan(events)
    expect(scanner.takeEvents().filter(({ type }) => type === 'citation')).toEqual([
      {
        type: 'citation',
        choice: 0,
        part: 0,
        citation: { url: 'https://x', title: 't', start: 0, end: 2, raw: annotation, protocol: 'openai-responses' },
      },
      { type: 'citation', choice: 0, part: 0, citation: { title: 'a.pdf', raw: other, protocol: 'openai-responses' } },
    ])
    expect(scanner.takeMarks()).toContain('file_1')
  })

  test('refusals refuse', () => {
    const item = textItem('', { content: [{ type: 'refusal', refusal: 'No.' }] })
    const piece = { type: 'response.refusal.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'No.' }
    const events = [CREATED, added(0, textItem('')), piece, done(0, item), completed([item])]
    expect(verdict(events)).toEqual({ name: 'refused', proof: 'response.completed', stop: 'refusal' })
    expect(scan(events).takeEvents()[1]).toEqual({ type: 'refusal', choice: 0, part: 0, text: 'No.' })
  })

  test('items that only this protocol knows come whole', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } }
    const events = [
      CREATED,
      added(0, { ...search, status: 'in_progress' }),
      { type: 'response.web_search_call.searching', output_index: 0 },
      done(0, search),
      completed(),
    ]
    expect(scan(events).takeEvents()[1] as object).toEqual({
      type: 'whole',
      choice: 0,
      part: 0,
      content: { type: 'opaque', protocol: 'openai-responses', kind: 'web_search_call', value: search },
    })
    expect(scan(events, { decode: false }).takeEvents()).toEqual([])
  })
})

test('marks are what only the platform can look up, each once', () => {
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gA' }
  const code = { type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1' }
  const output = [reasoning, code, textItem('Hi', { id: 'msg_final' })]
  const scanner = scan([
    CREATED,
    added(0, { ...reasoning, encrypted_content: 'early' }),
    done(0, reasoning),
    added(1, code),
    done(1, code),
    ...message(2, 'Hi'),
    completed(output),
  ])
  expect(scanner.takeMarks()).toEqual(['resp_1', 'rs_1', 'early', 'gA', 'ci_1', 'cntr_1', 'msg_1', 'msg_final'])
  expect(scanner.takeMarks()).toEqual([])
})

test('a fork goes its own way', () => {
  const events = toSse(numbered([CREATED, ...message(0, 'Hel', 'lo'), ...call(1, ['{"x":', '1}']), completed()]))
  for (let at = 0; at < events.length; at += 7) {
    const scanner = scan(events.slice(0, at))
    const fork = scanner.fork()
    fork.push(new TextEncoder().encode('data: {"type":"error"}\n\n'.repeat(2)))
    scanner.push(new TextEncoder().encode(events.slice(at)))
    expect(scanner.verdictAtEnd()).toEqual({ name: 'complete', proof: 'response.completed', stop: 'tool-use' })
    const whole = scan(events.slice(0, at)).fork()
    whole.push(new TextEncoder().encode(events.slice(at)))
    expect(whole.takeEvents()).toEqual(scanner.takeEvents())
    expect(whole.takeMarks()).toEqual(scanner.takeMarks())
  }
})

test.each(['incomplete', 'in_progress'])('a completed answer with a message that is %s is none', (status) => {
  const [first, ...rest] = message(0, 'half')
  const cut = { ...textItem('half'), status }
  const told = [CREATED, first as Loose, ...rest.slice(0, -1), done(0, cut)]
  const why = { incomplete_details: { reason: 'max_output_tokens' } }
  expect(verdict([...told, completed([cut])])).toEqual(ORDER)
  expect(verdict([...told, completed([])])).toEqual(ORDER)
  expect(verdict([CREATED, ...message(0, 'half'), completed([cut])])).toEqual(ORDER)
  expect(verdict([...told, completed([cut], why)])).toMatchObject({ name: 'limited', proof: 'response.completed' })
  expect(verdict([...told, incomplete('max_output_tokens')]).name).toBe('limited')
})

test('an end with a status that nobody knows is none', () => {
  const verdicts = ['exploded', 5].map((status) => verdict([CREATED, completed([], { status })]))
  expect(verdicts).toEqual(verdicts.map(() => ({ name: 'malformed', reason: 'not-this-protocol' }) as never))
})
