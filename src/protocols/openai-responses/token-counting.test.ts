import { expect, test } from 'bun:test'
import { tokenCounting } from './token-counting.ts'

const TARGET = { model: 'm', stream: false }

test('a count is asked for with what is counted, and nothing that only an answer needs', () => {
  expect(tokenCounting.path(TARGET)).toBe('/responses/input_tokens')
  expect(
    tokenCounting.toCountRequest(
      {
        model: 'm',
        input: 'hi',
        instructions: 'be brief',
        tools: [],
        reasoning: { effort: 'low' },
        text: { format: { type: 'text' } },
        stream: true,
        store: false,
        include: [],
        max_output_tokens: 16,
        temperature: 1,
        metadata: {},
      },
      TARGET,
    ),
  ).toEqual({
    model: 'm',
    input: 'hi',
    instructions: 'be brief',
    tools: [],
    reasoning: { effort: 'low' },
    text: { format: { type: 'text' } },
  })
  expect(tokenCounting.fromCountRequest({ model: 'm', input: 'hi' })).toEqual({ model: 'm', input: 'hi' })
})

test('counts are read and written', () => {
  expect(tokenCounting.readCount(tokenCounting.renderCount(7))).toBe(7)
  expect(tokenCounting.renderCount(7)).toEqual({ object: 'response.input_tokens', input_tokens: 7 })
  for (const body of [undefined, 7, {}, { input_tokens: -1 }, { input_tokens: 1.5 }, { input_tokens: '7' }])
    expect(tokenCounting.readCount(body)).toBeUndefined()
})
