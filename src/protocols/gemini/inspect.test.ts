import { describe, expect, test } from 'bun:test'
import type { JsonObject, StateReference } from '../core/index.ts'
import { findState, inspectRequest } from './inspect.ts'

const ADDRESS = { model: 'gemini-x', stream: true }
const inspect = (body: object): ReturnType<typeof inspectRequest> => inspectRequest(body as JsonObject, ADDRESS)

describe('inspecting a request', () => {
  test('model and streaming come from the address', () => {
    const value = {
      model: 'gemini-x',
      stream: true,
      reasoning: false,
      choices: 1,
      structured: false,
      tools: false,
      session: undefined,
    }
    expect(inspect({ model: 'another', stream: false })).toEqual({ ok: true, value })
    expect(inspectRequest({}, { model: 'm', stream: false })).toMatchObject({ value: { model: 'm', stream: false } })
  })

  test('without an address there is no model', () => {
    expect(inspectRequest({ model: 'm' })).toMatchObject({ ok: false, problem: { field: 'model' } })
  })

  test.each([
    [{ thinkingConfig: { thinkingBudget: 1024 } }, true],
    [{ thinkingConfig: { thinkingBudget: -1 } }, true],
    [{ thinkingConfig: { thinkingBudget: 0, includeThoughts: true } }, false],
    [{ thinkingConfig: { thinkingLevel: 'LOW' } }, true],
    [{ thinking_config: { thinking_level: 'HIGH' } }, true],
    [{ thinkingConfig: { thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED' } }, false],
    [{ thinkingConfig: { includeThoughts: true } }, true],
    [{ thinkingConfig: { includeThoughts: false } }, false],
    [{ thinkingConfig: 'a lot' }, false],
    [{}, false],
  ])('%j asks for reasoning: %p', (generationConfig, reasoning) => {
    expect(inspect({ generationConfig })).toMatchObject({ ok: true, value: { reasoning } })
    expect(inspect({ generation_config: generationConfig })).toMatchObject({ ok: true, value: { reasoning } })
  })

  test.each([
    [{ candidateCount: 3 }, 3],
    [{ candidate_count: 2 }, 2],
    [{ candidateCount: 0 }, 1],
    [{ candidateCount: null }, 1],
  ])('%j asks for %p answers', (generationConfig, choices) => {
    expect(inspect({ generationConfig })).toMatchObject({ ok: true, value: { choices } })
  })

  test.each([
    [{ generationConfig: [] }, 'generationConfig'],
    [{ generationConfig: { candidateCount: 'two' } }, 'generationConfig.candidateCount'],
    [{ generationConfig: { candidateCount: -1 } }, 'generationConfig.candidateCount'],
  ])('refuses %j', (body, field) => {
    expect(inspect(body)).toMatchObject({ ok: false, problem: { field } })
  })
})

describe('what only one account has', () => {
  const find = (body: object): readonly StateReference[] => findState(body as JsonObject, JSON.stringify(body))
  const FILE = 'https://generativelanguage.googleapis.com/v1beta/files/abc-123'

  test('cached prompts, and what an answer can be continued from', () => {
    expect(find({ cachedContent: 'cachedContents/a', continuationToken: 'dG9rZW4=' })).toEqual([
      { field: 'cachedContent', id: 'cachedContents/a' },
      { field: 'continuationToken', id: 'dG9rZW4=' },
    ])
    expect(find({ cached_content: 'cachedContents/a' })).toEqual([{ field: 'cachedContent', id: 'cachedContents/a' }])
  })

  test('files in Google’s stores, also in results, in either spelling', () => {
    const contents = [
      { parts: [{ text: 'a' }, { fileData: { fileUri: FILE } }] },
      { parts: { file_data: { file_uri: 'gs://bucket/a.pdf' } } },
      { parts: [{ functionResponse: { name: 'f', parts: [{ fileData: { fileUri: FILE } }] } }] },
    ]
    expect(find({ contents })).toEqual([
      { field: 'contents[0].parts[1].fileData.fileUri', id: FILE },
      { field: 'contents[1].parts[0].fileData.fileUri', id: 'gs://bucket/a.pdf' },
      { field: 'contents[2].parts[0].functionResponse.parts[0].fileData.fileUri', id: FILE },
    ])
  })

  test('stores that a search looks through', () => {
    const tools = [{ googleSearch: {} }, { fileSearch: { file_search_store_names: ['fileSearchStores/a'] } }]
    expect(find({ tools })).toEqual([{ field: 'tools[1].fileSearch.fileSearchStoreNames', id: 'fileSearchStores/a' }])
  })

  test('not addresses that anyone can fetch, nor what merely mentions a file', () => {
    expect(find({ contents: [{ parts: [{ fileData: { fileUri: 'https://example.com/a.pdf' } }] }] })).toEqual([])
    expect(find({ contents: [{ parts: [{ text: '"fileUri" gs://a' }] }] })).toEqual([])
    expect(find({ contents: 'fileUri', tools: 7, cachedContent: 7 })).toEqual([])
  })
})
