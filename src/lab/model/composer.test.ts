import { describe, expect, test } from 'bun:test'
import type { Answer } from './answer.ts'
import { isWholeObject, isWholeText } from './checksum.ts'
import { composeAnswer } from './composer.ts'
import type { Prompt, PromptTool } from './prompt.ts'
import { createRandom } from '../random.ts'
import { simulatedModels } from '../simulated-models.ts'
import { Writer } from './writer.ts'

const writer = new Writer()
const [sonnet, haiku, gpt] = simulatedModels as [
  (typeof simulatedModels)[0],
  (typeof simulatedModels)[0],
  (typeof simulatedModels)[0],
]
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, checksum: { type: 'string' } },
  required: ['city', 'checksum'],
}
const weather: PromptTool = { kind: 'json', name: 'get_weather', description: 'The forecast of a city.', schema }
const parcel: PromptTool = { kind: 'json', name: 'find_parcel', description: 'Where a parcel is.', schema }

function prompt(text: string, changes: Partial<Prompt> = {}): Prompt {
  return {
    text,
    userText: text,
    callsMade: 0,
    toolResults: [],
    prefill: undefined,
    tools: [],
    toolChoice: { kind: 'auto' },
    parallelToolCalls: true,
    answerSchema: undefined,
    thinking: false,
    maxTokens: 1000,
    stopSequences: [],
    temperature: 1,
    inputTokens: 10,
    ...changes,
  }
}

function answer(asked: Prompt, faults = {}, model = gpt, seed = 1): Answer {
  return composeAnswer(asked, model, faults, { writer, random: createRandom(seed) })
}

function textOf({ parts }: Answer): string {
  return parts.map((part) => (part.kind === 'text' ? part.tokens.join('') : '')).join('')
}

const kinds = ({ parts }: Answer): string[] =>
  parts.map((part): string => (part.kind === 'tool' ? part.name : part.kind))

describe('text', () => {
  test('ends with a full stop, for many seeds, in chat and code', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const chat = answer(prompt('Where is my parcel?'), {}, gpt, seed)
      expect(textOf(chat)).toMatch(/\.$/)
      expect(chat.stop).toBe('end')
      expect(textOf(answer(prompt('Write a function.'), {}, gpt, seed))).toMatch(/```ts\n[^]*```\n\n[^]*\.$/)
    }
  })

  test('say gives exactly the text, and a prefill gets the rest of it', () => {
    expect(textOf(answer(prompt('Now [[say:Hello,  world]] please')))).toBe('Hello,  world')
    expect(textOf(answer(prompt('[[say:Hello, world.]]', { prefill: 'Hello,' }), {}, haiku))).toBe(' world.')
  })

  test('a checksum proves the whole text, also over a prefill, and any cut of it is seen', () => {
    const text = textOf(answer(prompt('Tell me. [[checksum]]')))
    expect(isWholeText(text)).toBe(true)
    for (let cut = 0; cut < text.length; cut += 1) expect(isWholeText(text.slice(0, cut))).toBe(false)
    expect(isWholeText(text.replace(' ', '  '))).toBe(false)
    const half = 'The vessel left the'
    const rest = textOf(answer(prompt('Tell me. [[checksum]]', { prefill: half }), {}, haiku))
    expect(isWholeText(half + rest)).toBe(true)
    expect(isWholeText(rest)).toBe(false)
  })

  test('thinking comes first and is counted', () => {
    const thought = answer(prompt('Tell me.', { thinking: true }))
    expect(kinds(thought)).toEqual(['thinking', 'text'])
    expect(thought.thinkingTokens).toBe(thought.parts[0]!.tokens.length)
    expect(thought.outputTokens).toBeGreaterThan(thought.thinkingTokens)
  })
})

describe('tools', () => {
  test('one call of the tool that fits, two for both, none when told so', () => {
    const tools = [weather, parcel]
    expect(kinds(answer(prompt('Where is my parcel?', { tools })))).toEqual(['find_parcel'])
    expect(kinds(answer(prompt('The forecast of both cities', { tools })))).toEqual(['get_weather', 'find_parcel'])
    expect(kinds(answer(prompt('both', { tools, parallelToolCalls: false })))).toHaveLength(1)
    expect(kinds(answer(prompt('parcel', { tools, toolChoice: { kind: 'none' } })))).toEqual(['text'])
    expect(kinds(answer(prompt('parcel', { tools, toolChoice: { kind: 'named', name: 'get_weather' } })))).toEqual([
      'get_weather',
    ])
  })

  test('results are answered in text that mentions them, unless a call is forced', () => {
    const asked = { tools: [weather], toolResults: ['Nineteen degrees.'] }
    expect(textOf(answer(prompt('Weather?', asked)))).toContain('Nineteen degrees')
    expect(kinds(answer(prompt('Weather?', { ...asked, toolChoice: { kind: 'any' } })))).toEqual(['get_weather'])
  })

  test('arguments carry a checksum where the schema has a place for it', () => {
    const [call] = answer(prompt('parcel', { tools: [parcel] })).parts
    expect(isWholeObject(JSON.parse(call?.tokens.join('') ?? ''))).toBe(true)
    expect(isWholeObject({ city: 'elsewhere', checksum: 'x' })).toBe(false)
    expect(isWholeObject({})).toBe(false)
  })

  test('ordered calls come one after the other, and then text, even where a call is forced', () => {
    const ordered = '[[call find_parcel {"city":"Oslo"}]] and [[call get_weather]]'
    const asked = { tools: [weather, parcel], toolChoice: { kind: 'any' } as const }
    expect(answer(prompt(ordered, asked)).parts).toMatchObject([{ name: 'find_parcel' }])
    expect(answer(prompt(ordered, { ...asked, callsMade: 1 })).parts).toMatchObject([{ name: 'get_weather' }])
    expect(kinds(answer(prompt(ordered, { ...asked, callsMade: 2, toolResults: ['r'] })))).toEqual(['text'])
    expect(kinds(answer(prompt(ordered, { ...asked, toolChoice: { kind: 'none' } })))).toEqual(['text'])
    expect(textOf(answer(prompt('[[call find_parcel]] [[say:Done.]]', { ...asked, callsMade: 1 })))).toBe('Done.')
  })

  test('a free-form tool gets text', () => {
    const tools: PromptTool[] = [{ kind: 'free-form', name: 'note', description: '' }]
    const [call] = answer(prompt('Take a note.', { tools })).parts
    expect(call?.tokens.join('')).toMatch(/^\p{L}.*\.$/u)
  })

  test('broken arguments do not parse and still end as tool use', () => {
    const broken = answer(prompt('parcel', { tools: [parcel] }), { breakToolArguments: true })
    expect(() => JSON.parse(broken.parts[0]?.tokens.join('') ?? '') as unknown).toThrow()
    expect(broken.stop).toBe('tools')
  })
})

describe('limits', () => {
  const say = prompt('[[say:one two three four five]]')

  test('max_tokens stops the text exactly there, and not when it just fits', () => {
    const cut = answer({ ...say, maxTokens: 3 })
    expect(textOf(cut)).toBe('one two three')
    expect([cut.stop, cut.outputTokens]).toEqual(['limit', 3])
    expect(answer({ ...say, maxTokens: 5 }).stop).toBe('end')
  })

  test('max_tokens may stop inside tool arguments', () => {
    const cut = answer(prompt('parcel', { tools: [parcel], maxTokens: 4 }))
    expect([cut.stop, cut.parts[0]?.tokens.length]).toEqual(['limit', 4])
  })

  test('the end of the context window is told apart', () => {
    const full = answer({ ...say, maxTokens: 100, inputTokens: haiku.contextWindowTokens - 2 }, {}, haiku)
    expect([full.stop, full.outputTokens]).toEqual(['context', 2])
  })

  test('the earliest stop sequence ends the text before itself', () => {
    const stopped = answer({ ...say, stopSequences: [' five', 'o th'] })
    expect(textOf(stopped)).toBe('one tw')
    expect([stopped.stop, stopped.stopSequence]).toEqual(['stop-sequence', 'o th'])
  })

  test('a limit before the stop sequence wins', () => {
    const cut = answer({ ...say, stopSequences: [' five'], maxTokens: 2 })
    expect([cut.stop, cut.stopSequence]).toEqual(['limit', undefined])
  })

  test('faulty limits always show, even on answers that are shorter', () => {
    expect(answer(say, { limitAfterTokens: 5000 })).toMatchObject({ stop: 'limit', outputTokens: 4 })
    expect(kinds(answer(say, { refuseAfterTokens: 2 }))).toEqual(['text', 'refusal'])
    expect(answer(say, { abort: true }).stop).toBe('aborted')
  })
})

test('structured answers are JSON of the schema', () => {
  const text = textOf(answer(prompt('As JSON.', { answerSchema: schema }), {}, sonnet))
  expect(JSON.parse(text)).toMatchObject({ city: expect.any(String) as string })
})

test('a refusal is a refusal', () => {
  expect(answer(prompt('[[refuse]]', { thinking: true })).stop).toBe('refusal')
})
