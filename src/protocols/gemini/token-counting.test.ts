import { describe, expect, test } from 'bun:test'
import { tokenCounting } from './token-counting.ts'

const TARGET = { model: 'gemini-x', stream: false }

describe('counting tokens', () => {
  test('has an address of its own', () => {
    expect(tokenCounting.path(TARGET)).toBe('/v1beta/models/gemini-x:countTokens')
    expect(tokenCounting.path({ model: 'tunedModels/a', stream: true })).toBe('/v1beta/tunedModels/a:countTokens')
  })

  test('the whole request is counted, under its model’s name', () => {
    const request = { contents: [], systemInstruction: { parts: [] }, tools: [] }
    expect(tokenCounting.toCountRequest(request, TARGET) as object).toEqual({
      generateContentRequest: { ...request, model: 'models/gemini-x' },
    })
    expect(tokenCounting.toCountRequest({ contents: [], model: 'another' }, TARGET)).toMatchObject({
      generateContentRequest: { model: 'models/gemini-x' },
    })
  })

  test('clients ask for contents alone or for a whole request, in either spelling', () => {
    expect(tokenCounting.fromCountRequest({ contents: [] }) as object).toEqual({ contents: [] })
    expect(tokenCounting.fromCountRequest({ generateContentRequest: { contents: [], tools: [] } }) as object).toEqual({
      contents: [],
      tools: [],
    })
    expect(tokenCounting.fromCountRequest({ generate_content_request: { system_instruction: {} } }) as object).toEqual({
      systemInstruction: {},
    })
  })

  test('the count', () => {
    expect(tokenCounting.readCount({ totalTokens: 12, promptTokensDetails: [] })).toBe(12)
    for (const body of [undefined, {}, [], { totalTokens: '12' }, { totalTokens: -1 }])
      expect(tokenCounting.readCount(body as never)).toBeUndefined()
    expect(tokenCounting.renderCount(12)).toEqual({ totalTokens: 12 })
  })
})
