import { describe, expect, test } from 'bun:test'
import type { CoreRequest, Reasoning } from '../core/index.ts'
import { isBudgetModel, readReasoning, renderReasoning } from './reasoning.ts'

const OLD = 'claude-sonnet-4-5-20250929'
const NEW = 'claude-opus-5'

const render = (reasoning: Reasoning, model: string, maxOutputTokens?: number): unknown => {
  const request: CoreRequest = {
    model: 'm',
    stream: false,
    system: [],
    messages: [],
    tools: [],
    stop: [],
    choices: 1,
    includeUsage: true,
    unknown: new Map(),
    reasoning,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  }
  return renderReasoning(request, model, 8192)
}
const budget = (budget_tokens: number): unknown => ({ type: 'enabled', budget_tokens })

describe('reasoning', () => {
  test.each([
    ['claude-3-7-sonnet-latest', true],
    ['claude-sonnet-4-0', true],
    ['claude-sonnet-4-20250514', true],
    ['claude-sonnet-4@20250514', true],
    ['claude-opus-4-1-20250805', true],
    ['anthropic.claude-opus-4-5-20251101-v1:0', true],
    ['anthropic/claude-sonnet-4.5', true],
    ['claude-haiku-4-5', true],
    ['kimi-k2', true],
    ['claude-opus-4-6', false],
    ['claude-opus-4-7-20260401', false],
    ['claude-opus-4.8', false],
    ['claude-sonnet-5', false],
    ['claude-opus-4-10', false],
  ])('%s thinks on a budget: %p', (model, expected) => {
    expect(isBudgetModel(model)).toBe(expected)
  })

  test('an effort becomes a budget on older models, below the limit', () => {
    expect(render({ enabled: true, effort: 'medium' }, OLD)).toEqual({ thinking: budget(8192), maxTokens: 16_384 })
    expect(render({ enabled: true, effort: 'high' }, OLD, 4000)).toEqual({ thinking: budget(2000), maxTokens: 4000 })
    expect(render({ enabled: true, effort: 'low' }, OLD, 500)).toEqual({ thinking: budget(1024), maxTokens: 1524 })
    expect(render({ enabled: true, effort: 'constructor' }, OLD)).toMatchObject({ thinking: budget(1024) })
  })

  test('an effort stays one on newer models', () => {
    const adaptive = { type: 'adaptive' }
    expect(render({ enabled: true, effort: 'xhigh' }, NEW)).toEqual({
      thinking: adaptive,
      effort: 'xhigh',
      maxTokens: 8192,
    })
    expect(render({ enabled: true, effort: 'minimal' }, NEW)).toMatchObject({ thinking: adaptive, effort: 'low' })
    expect(render({ enabled: true }, NEW, 10)).toEqual({ thinking: adaptive, maxTokens: 10 })
  })

  test('a budget stays one on older models and becomes the nearest effort on newer', () => {
    expect(render({ enabled: true, budgetTokens: 3000 }, OLD, 4096)).toEqual({
      thinking: budget(3000),
      maxTokens: 4096,
    })
    expect(render({ enabled: true, budgetTokens: 3000 }, OLD, 3000)).toEqual({
      thinking: budget(3000),
      maxTokens: 6000,
    })
    expect(render({ enabled: true, budgetTokens: 3000 }, NEW)).toMatchObject({ effort: 'low' })
    expect(render({ enabled: true, budgetTokens: 15_000 }, NEW)).toMatchObject({ effort: 'high' })
    expect(render({ enabled: true, budgetTokens: 0 }, NEW)).toMatchObject({ effort: 'low' })
    expect(render({ enabled: true, budgetTokens: 1e9 }, NEW)).toMatchObject({ effort: 'max' })
  })

  test('no reasoning is asked for as such', () => {
    const thinking = { type: 'disabled' }
    expect(render({ enabled: false, effort: 'none' }, NEW)).toEqual({ thinking, maxTokens: 8192 })
    expect(render({ enabled: false }, OLD, 5)).toEqual({ thinking, maxTokens: 5 })
  })

  test('is read from thinking and from effort', () => {
    expect(readReasoning({})).toBeUndefined()
    expect(readReasoning({ thinking: { type: 'enabled', budget_tokens: 2048 } })).toEqual({
      enabled: true,
      budgetTokens: 2048,
    })
    expect(readReasoning({ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } })).toEqual({
      enabled: true,
      effort: 'max',
    })
    expect(readReasoning({ thinking: { type: 'disabled' } })).toEqual({ enabled: false })
  })
})
