import { describe, expect, test } from 'bun:test'
import { type Config, parseConfig, type WorkflowConfig } from '../config/index.ts'
import { type Advice, adviceFor, type Consequence, sentenceOf } from './advice.ts'

function workflowOf(fields: string): { readonly workflow: WorkflowConfig; readonly config: Config } {
  const text = `providers:
  a: { protocol: anthropic }
models:
  alone: { platforms: [a/x] }
  backed: { platforms: [a/x], fallbacks: [alone] }
workflows:
  w: { ${fields} }
`
  const result = parseConfig(text, { source: 'f.yaml', env: {} })
  const workflow = result.ok ? result.config.workflows.get('w') : undefined
  if (!result.ok || workflow === undefined) throw new Error(JSON.stringify(result))
  return { workflow, config: result.config }
}

function advise(fields: string, ...said: readonly Consequence[]): Advice | undefined {
  const { workflow, config } = workflowOf(fields)
  return adviceFor(workflow, said, config)
}

describe('advice', () => {
  test.each([
    ['costs-money', 'customer'],
    ['corrupts-data', 'customer'],
    ['harms-users', 'critical'],
    ['somebody-waits', 'internal'],
    ['run-again-later', 'batch'],
    ['nothing', 'prototype'],
  ] as const)('where a missing answer %s it is %s', (said, profile) => {
    expect(advise('model: backed', said)?.profile).toBe(profile)
  })

  test('follows the gravest of what is said, and says why', () => {
    expect(advise('model: backed', 'nothing', 'corrupts-data', 'somebody-waits', 'costs-money')).toMatchObject({
      profile: 'customer',
      because: ['a half answer corrupts data without a word', 'a missing or half answer costs money'],
      than: 'more',
      lacks: [],
    })
  })

  test('is silent where nothing is known, and asks', () => {
    expect(advise('model: backed')).toBeUndefined()
    expect(sentenceOf(workflowOf('').workflow, undefined)).toContain('could a missing or half answer cost money')
  })

  test('is drawn from the configuration: a value is money, a reader of fields is a program', () => {
    const value = 'value: { currency: USD, amount: 18, per: run }'
    expect(advise(`model: backed, ${value}`)).toMatchObject({ profile: 'customer', than: 'more' })
    expect(advise(`profile: customer, model: backed, ${value}`)?.than).toBe('same')
    expect(advise('model: backed, expect: [id]')).toMatchObject({ profile: 'internal', than: 'more' })
    expect(advise('profile: customer, model: backed, expect: [id]')?.than).toBe('less')
    // What is said of it outweighs what it looks like.
    expect(advise(`model: backed, ${value}`, 'nothing')?.profile).toBe('prototype')
  })

  test('says what a profile cannot give as things stand', () => {
    expect(advise('profile: customer, model: alone', 'costs-money')?.lacks).toEqual([
      'its model alone has one platform and no fallback, so nothing can stand in for it',
    ])
    expect(advise('model: alone', 'somebody-waits')?.lacks).toEqual([])
    const { workflow, config } = workflowOf('profile: customer, model: alone')
    expect(sentenceOf(workflow, adviceFor(workflow, ['costs-money'], config))).toBe(
      'w: customer suits it, since a missing or half answer costs money. But its model alone has one platform and no fallback, so nothing can stand in for it.',
    )
  })
})
