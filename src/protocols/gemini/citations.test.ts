import { describe, expect, test } from 'bun:test'
import type { Citation, Json, Part, StreamEvent } from '../core/index.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'
import { createGeminiScanner } from './scanner.ts'
import { createStreamEncoder } from './stream-out.ts'

const TEXT = 'Zoë says: it is 30°C in Paris today.'
const chunks = [
  { web: { uri: 'https://a', title: 'A' } },
  { web: { uri: 'https://b', title: 'B' } },
  { retrievedContext: { text: 'source', title: 'C' } },
]
const bytes = (text: string): number => new TextEncoder().encode(text).length
const segment = (cited: string, within = TEXT): object => {
  const startIndex = bytes(within.slice(0, within.indexOf(cited)))
  return { startIndex, endIndex: startIndex + bytes(cited), text: cited }
}
const grounding = (...supports: readonly object[]): object => ({
  groundingMetadata: { groundingChunks: chunks, groundingSupports: supports },
})

function contentOf(parts: readonly object[], more: object): readonly Part[] {
  const candidates = [{ content: { parts }, finishReason: 'STOP', ...more }]
  return readResponse({ candidates } as Json, { completion: 'strict', choices: 1 }).response!.choices[0]!.content
}
const citationsOf = (part: Part | undefined): readonly Citation[] =>
  part?.type === 'text' ? (part.citations ?? []) : []
const cited = (part: Part | undefined): readonly unknown[] =>
  citationsOf(part).map(({ url, title, start, end }) => [
    url,
    title,
    part?.type === 'text' ? part.text.slice(start, end) : '',
  ])

describe('what an answer was grounded in', () => {
  test('each stretch of text has its sources; offsets are bytes', () => {
    const supports = [
      { segment: segment('it is 30°C'), groundingChunkIndices: [0, 1] },
      { segment: { endIndex: bytes('Zoë') }, groundingChunkIndices: [1] },
    ]
    const [text] = contentOf([{ text: TEXT }], grounding(...supports))
    expect(cited(text)).toEqual([
      ['https://a', 'A', 'it is 30°C'],
      ['https://b', 'B', 'it is 30°C'],
      ['https://b', 'B', 'Zoë'],
    ])
    expect(citationsOf(text)[0]?.raw).toEqual(chunks[0] as Json)
  })

  test('a file’s text is what is cited; it has no address', () => {
    const [text] = contentOf([{ text: TEXT }], grounding({ segment: segment('Paris'), groundingChunkIndices: [2] }))
    expect(citationsOf(text)).toMatchObject([{ title: 'C', citedText: 'source' }])
    expect(citationsOf(text)[0]).not.toHaveProperty('url')
  })

  test('a part is named by its index', () => {
    const parts = [
      { text: 'hm', thought: true },
      { executableCode: {} },
      { text: TEXT },
      { functionCall: { name: 'f' } },
    ]
    const content = contentOf(
      parts,
      grounding({ segment: { ...segment('Paris'), partIndex: 2 }, groundingChunkIndices: [0] }),
    )
    expect(cited(content.find(({ type }) => type === 'text'))).toEqual([['https://a', 'A', 'Paris']])
  })

  test('what the model wrote as others have written it', () => {
    const citationMetadata = { citations: [{ ...segment('Paris'), uri: 'https://c', license: 'MIT' }] }
    expect(cited(contentOf([{ text: TEXT }], { citationMetadata })[0])).toEqual([['https://c', undefined, 'Paris']])
    const older = { citationMetadata: { citationSources: citationMetadata.citations } }
    expect(cited(contentOf([{ text: TEXT }], older)[0])).toEqual([['https://c', undefined, 'Paris']])
  })

  test('what points nowhere is left out', () => {
    const supports = [
      { segment: { startIndex: 9_999 }, groundingChunkIndices: [0] },
      { segment: segment('Paris'), groundingChunkIndices: [9, 'x'] },
      {},
    ]
    expect(cited(contentOf([{ text: TEXT }], grounding(...supports))[0])).toEqual([])
    expect(contentOf([], grounding({ segment: {}, groundingChunkIndices: [0] }))).toEqual([])
  })

  test('in a stream offsets go over all of the text, and sources that come again are not cited again', () => {
    const event = (text: string, more: object): string =>
      `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, ...more }] })}\n\n`
    const first = grounding({ segment: { endIndex: bytes('Zoë') }, groundingChunkIndices: [0] })
    const all = grounding(
      { segment: { endIndex: bytes('Zoë') }, groundingChunkIndices: [0] },
      { segment: segment('Paris'), groundingChunkIndices: [1] },
    )
    const scanner = createGeminiScanner({ completion: 'strict', choices: 1, decode: true, eventLimitBytes: 100_000 })
    const half = TEXT.length / 2
    scanner.push(
      new TextEncoder().encode(
        event(TEXT.slice(0, half), first) + event(TEXT.slice(half), { ...all, finishReason: 'STOP' }),
      ),
    )
    const found = scanner.takeEvents().flatMap((each) => (each.type === 'citation' ? [each] : []))
    expect(found.map(({ part, citation: { url, start, end } }) => [part, url, TEXT.slice(start, end)])).toEqual([
      [0, 'https://a', 'Zoë'],
      [0, 'https://b', 'Paris'],
    ])
  })
})

describe('citations for a client', () => {
  const citation = (url: string | undefined, start?: number, end?: number): Citation => ({
    ...(url !== undefined && { url, title: 'T' }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    raw: {},
    protocol: 'openai-chat',
  })
  const at = TEXT.indexOf('30°C')
  const own = [
    citation('https://a', at, at + 4),
    citation('https://b'),
    citation('https://a', 0, 3),
    citation(undefined, 0, 3),
  ]
  const expected = {
    groundingChunks: [{ web: { uri: 'https://a', title: 'T' } }, { web: { uri: 'https://b', title: 'T' } }],
    groundingSupports: [
      { segment: segment('30°C'), groundingChunkIndices: [0] },
      { segment: { endIndex: bytes(TEXT), text: TEXT }, groundingChunkIndices: [1] },
      { segment: { endIndex: 4, text: 'Zoë' }, groundingChunkIndices: [0] },
    ],
  }

  test('are grounding metadata, in bytes, each page once', () => {
    const content: Part[] = [{ type: 'text', text: TEXT, citations: own }]
    const body = renderResponse({
      id: 'r',
      model: 'm',
      choices: [{ content, stop: { kind: 'end', raw: undefined } }],
      usage: {},
    })
    expect((body.candidates as { groundingMetadata: unknown }[])[0]?.groundingMetadata).toEqual(expected)
    const before: Part[] = [
      { type: 'thinking', text: 'hm' },
      { type: 'text', text: TEXT, citations: [citation('https://a', at, at + 4)] },
    ]
    const later = renderResponse({
      id: 'r',
      model: 'm',
      choices: [{ content: before, stop: { kind: 'end', raw: undefined } }],
      usage: {},
    })
    expect(JSON.stringify(later)).toContain('"partIndex":1')
    expect(JSON.stringify(renderResponse({ id: 'r', model: 'm', choices: [], usage: {} }))).not.toContain('grounding')
  })

  test('in a stream they come with its end, counted over all of its text', () => {
    const encoder = createStreamEncoder({ includeUsage: true, fallbackId: 'f', fallbackModel: 'm', nowSeconds: 0 })
    const events: StreamEvent[] = [
      { type: 'text', choice: 0, part: 0, text: 'é ' },
      { type: 'thinking', choice: 0, part: 1, text: 'hm' },
      { type: 'text', choice: 0, part: 2, text: TEXT.slice(0, 5) },
      { type: 'text', choice: 0, part: 2, text: TEXT.slice(5) },
      { type: 'citation', choice: 0, part: 2, citation: citation('https://a', at, at + 4) },
    ]
    expect(events.map((event) => encoder.encode(event)).join('')).not.toContain('grounding')
    const { candidates } = JSON.parse(encoder.finish().slice(6))
    const { startIndex, endIndex, text } = candidates[0].groundingMetadata.groundingSupports[0].segment
    expect(text).toBe('30°C')
    expect(new TextDecoder().decode(new TextEncoder().encode(`é ${TEXT}`).slice(startIndex, endIndex))).toBe('30°C')
  })
})
