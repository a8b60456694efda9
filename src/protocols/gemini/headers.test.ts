import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { gemini } from './index.ts'
import { path, requestHeaders } from './headers.ts'
import { createGeminiScanner } from './scanner.ts'

const BASE = 'https://generativelanguage.googleapis.com'

describe('the address', () => {
  test('says the model and whether the answer streams', () => {
    expect(path({ model: 'gemini-x', stream: false })).toBe('/v1beta/models/gemini-x:generateContent')
    expect(path({ model: 'gemini-x', stream: true })).toBe('/v1beta/models/gemini-x:streamGenerateContent?alt=sse')
    expect(gemini.modelField).toBeUndefined()
  })

  test.each([
    ['models/gemini-x', '/v1beta/models/gemini-x'],
    ['tunedModels/my-own', '/v1beta/tunedModels/my-own'],
    ['google/gemini-x', '/v1beta/models/google%2Fgemini-x'],
    ['models/../../upload', '/v1beta/models/..%2F..%2Fupload'],
    ['x?key=1#y', '/v1beta/models/x%3Fkey%3D1%23y'],
    ['a:b', '/v1beta/models/a%3Ab'],
    ['..', '/v1beta/models/..'],
    ['\uD800', '/v1beta/models/%EF%BF%BD'],
  ])('%j stays one segment of it', (model, expected) => {
    expect(path({ model, stream: false })).toBe(`${expected}:generateContent`)
  })

  test('whatever a model is called, nothing but its segment changes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.boolean(), (model, stream) => {
        const url = new URL(BASE + path({ model, stream }))
        expect(url.origin).toBe(BASE)
        expect(url.pathname).toMatch(/^\/v1beta\/(?:models|tunedModels)\/[^/?#]+:(?:stream)?[gG]enerateContent$/)
        expect([url.search, url.hash]).toEqual([stream ? '?alt=sse' : '', ''])
      }),
    )
  })
})

test('only the provider’s own key goes along', () => {
  expect(requestHeaders({ apiKey: 'k' })).toMatchObject({ 'x-goog-api-key': 'k', 'content-type': 'application/json' })
  expect(requestHeaders({ apiKey: undefined })).not.toHaveProperty('x-goog-api-key')
  const clientHeaders = new Headers({ 'x-goog-api-key': 'theirs', authorization: 'Bearer theirs' })
  expect(JSON.stringify(gemini.requestHeaders({ apiKey: 'k', clientHeaders }))).not.toContain('theirs')
})

test('what keeps clients waiting is a candidate that says nothing, and nothing to a scanner', () => {
  const scanner = createGeminiScanner({ completion: 'strict', choices: 1, decode: true, eventLimitBytes: 1_000 })
  scanner.push(new TextEncoder().encode(gemini.keepAlive.repeat(2)))
  expect(scanner.phase).toBe('opening')
  expect(scanner.takeEvents().filter(({ type }) => type !== 'start')).toEqual([])
  const { candidates } = JSON.parse(gemini.keepAlive.slice('data: '.length))
  // Google's SDK keeps an answer in a chat's history only if every chunk has such a part, and a role.
  expect(candidates).toEqual([{ content: { parts: [{ text: '' }], role: 'model' }, index: 0 }])
})
