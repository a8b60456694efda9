import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readUsage, renderUsage } from './usage.ts'

const count = fc.nat({ max: 1_000_000 })

describe('usage', () => {
  test('all input counts, cached or not', () => {
    const usage = readUsage({
      input_tokens: 10,
      cache_read_input_tokens: 200,
      cache_creation_input_tokens: 3,
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 4 },
    })
    expect(usage).toEqual({
      inputTokens: 213,
      outputTokens: 5,
      cacheReadTokens: 200,
      cacheWriteTokens: 3,
      reasoningTokens: 4,
    })
  })

  test('what the provider did not say stays unsaid', () => {
    expect(readUsage({ output_tokens: 7, input_tokens: null, output_tokens_details: null })).toEqual({
      outputTokens: 7,
    })
    expect(readUsage(undefined)).toEqual({})
    expect(readUsage({ input_tokens: -1, output_tokens: '9' })).toEqual({})
  })

  test('comes back as it was written', () => {
    fc.assert(
      fc.property(count, count, count, count, count, (plain, read, write, output, reasoning) => {
        const usage = {
          inputTokens: plain + read + write,
          outputTokens: output,
          cacheReadTokens: read,
          cacheWriteTokens: write,
          reasoningTokens: reasoning,
        }
        expect(readUsage(renderUsage(usage))).toEqual(usage)
      }),
    )
  })

  test('no count is written below 0', () => {
    expect(renderUsage({ inputTokens: 1, cacheReadTokens: 5 })['input_tokens']).toBe(0)
  })
})
