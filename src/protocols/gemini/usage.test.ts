import { expect, test } from 'bun:test'
import type { Json } from '../core/index.ts'
import { readUsage, renderUsage } from './usage.ts'

test('thoughts are part of the output, cached tokens part of the input, and so is what Google’s tools found', () => {
  const usage = {
    promptTokenCount: 10,
    cachedContentTokenCount: 4,
    toolUsePromptTokenCount: 5,
    candidatesTokenCount: 2,
    thoughtsTokenCount: 3,
  }
  expect(readUsage(usage)).toEqual({ inputTokens: 15, cacheReadTokens: 4, outputTokens: 5, reasoningTokens: 3 })
})

test('what was not said, or makes no sense, is not there', () => {
  expect(readUsage({ promptTokenCount: 10 })).toEqual({ inputTokens: 10 })
  expect(readUsage({ thoughtsTokenCount: 3 })).toEqual({ outputTokens: 3, reasoningTokens: 3 })
  for (const value of [undefined, null, 7, [], { promptTokenCount: '10', candidatesTokenCount: -1 }])
    expect(readUsage(value as Json)).toEqual({})
})

test('rendered, it adds up as Gemini’s does', () => {
  expect(renderUsage({ inputTokens: 10, outputTokens: 5, reasoningTokens: 3, cacheReadTokens: 4 }) as object).toEqual({
    promptTokenCount: 10,
    candidatesTokenCount: 2,
    totalTokenCount: 15,
    cachedContentTokenCount: 4,
    thoughtsTokenCount: 3,
  })
  expect(renderUsage({}) as object).toEqual({ promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 })
  expect(renderUsage({ outputTokens: 1, reasoningTokens: 3 })).toMatchObject({ candidatesTokenCount: 0 })
})
