import { expect, test } from 'bun:test'
import { readUsage, renderUsage, usageOf } from './usage.ts'

test('a full report is read, with the cached tokens inside the input', () => {
  const usage = readUsage({
    prompt_tokens: 687,
    completion_tokens: 187,
    total_tokens: 874,
    prompt_tokens_details: { cached_tokens: 679, cache_write_tokens: 8, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 118 },
  })
  expect(usage).toEqual({
    inputTokens: 687,
    outputTokens: 187,
    cacheReadTokens: 679,
    cacheWriteTokens: 8,
    reasoningTokens: 118,
  })
})

test('the names that DeepSeek and Hugging Face have for cached tokens are known', () => {
  expect(readUsage({ prompt_tokens: 6, prompt_cache_hit_tokens: 4 })?.cacheReadTokens).toBe(4)
  expect(readUsage({ prompt_tokens: 6, cached_tokens: 3 })?.cacheReadTokens).toBe(3)
})

test('Groq puts the usage of a stream under a name of its own', () => {
  expect(usageOf({ x_groq: { usage: { prompt_tokens: 21, completion_tokens: 988 } } })).toEqual({
    inputTokens: 21,
    outputTokens: 988,
  })
  expect(usageOf({ usage: null, x_groq: { id: 'req_1' } })).toBeUndefined()
})

test('numbers that make no sense are not reported', () => {
  expect(readUsage({ prompt_tokens: -1, completion_tokens: '7', prompt_tokens_details: null })).toEqual({})
  expect(readUsage(null)).toBeUndefined()
})

test('a report read and written again is the same', () => {
  const usage = { inputTokens: 9, outputTokens: 3, cacheReadTokens: 5, cacheWriteTokens: 1, reasoningTokens: 2 }
  expect(readUsage(renderUsage(usage))).toEqual(usage)
  expect(renderUsage(usage).total_tokens).toBe(12)
  expect(renderUsage({})).toEqual({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })
})
