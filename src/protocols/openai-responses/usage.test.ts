import { expect, test } from 'bun:test'
import { readUsage, renderUsage } from './usage.ts'

test('what was counted is read, what makes no sense is not', () => {
  expect(
    readUsage({
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 1 },
    }),
  ).toEqual({ inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, cacheWriteTokens: 2, reasoningTokens: 1 })
  expect(readUsage({ input_tokens: -1, output_tokens: '5', input_tokens_details: null })).toEqual({})
  for (const value of [undefined, null, 'x', []]) expect(readUsage(value)).toEqual({})
})

test('a client gets every number that its SDK promises', () => {
  expect(renderUsage({})).toEqual({
    input_tokens: 0,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 0,
  })
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, cacheWriteTokens: 2, reasoningTokens: 1 }
  expect(readUsage(renderUsage(usage))).toEqual(usage)
})
