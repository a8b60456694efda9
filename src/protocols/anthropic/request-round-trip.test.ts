import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, type Json, type JsonObject, type RenderedRequest } from '../core/index.ts'
import { parseRequest } from './request-in.ts'
import { renderRequest } from './request-out.ts'

const CORPUS = join(import.meta.dir, '../../../../shared/corpus/anthropic')
const hasCorpus = existsSync(CORPUS)
if (!hasCorpus) console.warn('skipped: no recorded requests at ../shared/corpus/anthropic')

function throughCore(body: JsonObject): RenderedRequest {
  const request = parseRequest(body)
  if (!request.ok) throw new Error(`${request.problem.field}: ${request.problem.message}`)
  const outcome = renderRequest(request.value, { model: request.value.model, isOwn: () => true })
  if (!outcome.ok) throw new Error(`${outcome.problem.field}: ${outcome.problem.message}`)
  return outcome.value
}

/** What the core has words for, in the one spelling that Fullstop writes. */
function expressible(body: JsonObject): JsonObject {
  const { cache_control: _cache, context_management: _context, ...rest } = body
  const { system } = rest
  const tools = rest['tools'] as readonly JsonObject[] | undefined
  return {
    ...rest,
    ...(typeof system === 'string' && { system: [{ type: 'text', text: system }] }),
    ...(tools !== undefined && { tools: tools.map(withoutLoading) }),
  }
}

function withoutLoading(tool: JsonObject): JsonObject {
  const { defer_loading: _loading, ...rest } = tool
  return rest
}

describe.skipIf(!hasCorpus)('recorded requests', () => {
  const names = hasCorpus ? readdirSync(CORPUS).filter((name) => name.endsWith('.request.json')) : []

  test('are there', () => expect(names.length).toBeGreaterThan(5))

  test.each(names)('%s goes through the core unchanged', (name) => {
    const body = JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as JsonObject
    const { body: rendered, dropped } = throughCore(body)
    const expected = expressible(body)
    expect(rendered).toEqual(expected)
    const isLossy = JSON.stringify(expected).length < JSON.stringify({ ...body, system: expected['system'] }).length
    expect(dropped).toEqual(isLossy ? ['unknown-fields'] : [])
  })
})

// ## Generated requests, in the spelling that Fullstop writes

const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const words = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `a${text}z`)
const cache = fc.option(fc.constant({ cache_control: { type: 'ephemeral' } }), { nil: {} })
const text = fc.tuple(words, cache).map(([value, cached]) => ({ type: 'text', text: value, ...cached }))
const image = fc.oneof(
  fc.constant({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }),
  fc.webUrl().map((url) => ({ type: 'image', source: { type: 'url', url } })),
)
const document = fc.tuple(words, words, fc.boolean()).map(([data, title, enabled]) => ({
  type: 'document',
  source: { type: 'text', media_type: 'text/plain', data },
  title,
  citations: { enabled },
}))
const opaque = fc.tuple(word, fc.dictionary(word, fc.jsonValue() as fc.Arbitrary<Json>)).map(([name, rest]) => ({
  ...rest,
  type: `server_${name}_result`,
}))
const input = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>)
const thinking = fc.tuple(words, word).map(([value, signature]) => ({ type: 'thinking', thinking: value, signature }))

/** One exchange with tools: a question, calls, their results first in the answer to them. */
const round = fc
  .tuple(
    fc.array(fc.oneof(text, image, document), { minLength: 1, maxLength: 3 }),
    fc.array(fc.oneof(thinking, text, opaque), { maxLength: 3 }),
    fc.array(fc.tuple(input, fc.array(fc.oneof(text, image), { maxLength: 2 }), fc.boolean()), { maxLength: 3 }),
  )
  .map(([question, said, calls]) => ({ question, said, calls }))

const body = fc
  .tuple(fc.array(round, { minLength: 1, maxLength: 3 }), fc.array(text, { maxLength: 2 }), fc.nat({ max: 1 }))
  .map(([rounds, system, temperature]): JsonObject => {
    const messages: { role: string; content: JsonObject[] }[] = []
    let results: JsonObject[] = []
    for (const [turn, { question, said, calls }] of rounds.entries()) {
      messages.push({ role: 'user', content: [...results, ...question] })
      const ids = calls.map((_, index) => `toolu_${turn}_${index}`)
      const uses = calls.map(([given], index) => ({ type: 'tool_use', id: ids[index]!, name: 'f', input: given }))
      messages.push({ role: 'assistant', content: [...said, ...uses, { type: 'text', text: 'and' }] })
      results = calls.map(([, content, isError], index) => ({
        type: 'tool_result',
        tool_use_id: ids[index]!,
        ...(content.length > 0 && { content }),
        ...(isError && { is_error: true }),
      }))
    }
    return {
      model: 'claude-opus-5',
      max_tokens: 100,
      messages: [...messages, { role: 'user', content: [...results, { type: 'text', text: 'go on' }] }],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      temperature,
      ...(system.length > 0 && { system }),
    }
  })

describe('generated requests', () => {
  test('go through the core unchanged, with nothing dropped', () => {
    fc.assert(
      fc.property(body, (given) => {
        // As JSON, which is what is sent: it knows no -0.
        const sent = JSON.parse(JSON.stringify(given)) as JsonObject
        const { body: rendered, dropped } = throughCore(sent)
        expect(JSON.parse(JSON.stringify(rendered))).toEqual(sent)
        expect(dropped).toEqual([])
      }),
    )
  })

  test('whatever parses either renders or says why not', () => {
    const json = fc.jsonValue() as fc.Arbitrary<Json>
    const block = fc.record(
      {
        type: fc.constantFrom('text', 'tool_use', 'image', 'x'),
        text: fc.string(),
        id: fc.string(),
        name: fc.string(),
        input: json,
      },
      { requiredKeys: ['type'] },
    )
    const message = fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content: fc.array(block) })
    fc.assert(
      fc.property(fc.array(message, { minLength: 1 }), (messages) => {
        const request = parseRequest({ model: 'm', messages: messages as unknown as Json })
        if (!request.ok) return
        const outcome = renderRequest(request.value, { model: 'm', isOwn: () => true })
        if (outcome.ok) expect(isJsonObject(outcome.value.body)).toBe(true)
        else expect(outcome.problem.message).not.toBe('')
      }),
    )
  })
})
