import { describe, expect, test } from 'bun:test'
import type { Reasoning } from '../core/index.ts'
import { renderReasoning, takesSignatures } from './reasoning.ts'

const on = (more: object = {}): Reasoning => ({ enabled: true, ...more })
const off: Reasoning = { enabled: false }

describe('models that take a level', () => {
  test.each([
    [on(), { includeThoughts: true }],
    [on({ effort: 'minimal' }), { thinkingLevel: 'MINIMAL', includeThoughts: true }],
    [on({ effort: 'medium' }), { thinkingLevel: 'MEDIUM', includeThoughts: true }],
    [on({ effort: 'xhigh' }), { thinkingLevel: 'HIGH', includeThoughts: true }],
    [on({ effort: 'max', budgetTokens: 1 }), { thinkingLevel: 'HIGH', includeThoughts: true }],
    [on({ budgetTokens: 4096 }), { thinkingLevel: 'LOW', includeThoughts: true }],
    [on({ budgetTokens: 4097 }), { thinkingLevel: 'MEDIUM', includeThoughts: true }],
    [on({ budgetTokens: 100_000 }), { thinkingLevel: 'HIGH', includeThoughts: true }],
    // They cannot be kept from thinking.
    [off, { thinkingLevel: 'MINIMAL' }],
    [on({ effort: 'none' }), { thinkingLevel: 'MINIMAL' }],
  ])('%j', (reasoning, expected) => {
    for (const model of ['gemini-3-flash-preview', 'gemini-flash-latest', 'models/gemini-3.5-flash'])
      expect(renderReasoning(reasoning, model) as object).toEqual(expected)
  })

  test('the larger ones have no level below low', () => {
    expect(renderReasoning(off, 'gemini-3.1-pro')).toEqual({ thinkingLevel: 'LOW' })
    expect(renderReasoning(on({ effort: 'minimal' }), 'gemini-3-pro')).toMatchObject({ thinkingLevel: 'LOW' })
  })
})

describe('models that take a budget', () => {
  test.each([
    ['gemini-2.5-flash', on(), -1],
    ['gemini-2.5-flash', on({ effort: 'low' }), 2048],
    ['gemini-2.5-flash', on({ effort: 'max' }), 24_576],
    ['gemini-2.5-flash', on({ effort: 'unheard of' }), -1],
    ['gemini-2.5-flash', on({ budgetTokens: 1000 }), 1000],
    ['gemini-2.5-flash', on({ budgetTokens: 1 }), 512],
    ['gemini-2.5-flash', on({ budgetTokens: 30_000 }), 24_576],
    ['gemini-2.5-pro', on({ budgetTokens: 30_000 }), 30_000],
    ['gemini-2.5-pro', on({ budgetTokens: 1 }), 128],
  ])('%s, %j: %p', (model, reasoning, thinkingBudget) => {
    expect(renderReasoning(reasoning, model)).toEqual({ thinkingBudget, includeThoughts: true })
  })

  test('only the smaller ones can be kept from thinking', () => {
    expect(renderReasoning(off, 'gemini-2.5-flash-lite')).toEqual({ thinkingBudget: 0 })
    expect(renderReasoning(off, 'gemini-2.5-pro')).toEqual({ thinkingBudget: 128 })
  })
})

test('nothing is said to models that cannot think, or where nothing was asked', () => {
  for (const model of ['gemini-2.0-flash', 'gemini-1.5-pro', 'gemma-3-27b-it', 'something'])
    expect(renderReasoning(on({ effort: 'high' }), model)).toBeUndefined()
  expect(renderReasoning(undefined, 'gemini-3-pro')).toBeUndefined()
})

test.each([
  ['gemini-3-pro', true],
  ['gemini-10.5-flash', true],
  ['gemini-pro-latest', true],
  ['sim-gemini', true],
  ['gemini-2.5-pro', false],
  ['gemini-1.5-flash', false],
  ['gemini-2-flash', false],
  ['gemma-3', false],
])('%s insists on signatures: %p', (model, expected) => {
  expect(takesSignatures(model)).toBe(expected)
})
