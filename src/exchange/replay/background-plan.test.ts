import { expect, test } from 'bun:test'
import type { AttemptEvidence } from '../../evidence/index.ts'
import type { Platform } from '../admission/routing.ts'
import { planOf } from './background-plan.ts'

const platform = (name: string): Platform => ({ name, model: name.slice(2) }) as Platform
const made = (...names: readonly string[]): readonly AttemptEvidence[] =>
  names.map((name) => ({ provider: name.charAt(0), model: name.slice(2) }) as AttemptEvidence)

test.each([
  ['a lone platform: whole, then as a stream', [['a/m']], ['a/m'], 'a/m whole, a/m'],
  ['another platform of the model comes first', [['a/m', 'b/m']], ['a/m'], 'b/m, a/m whole, a/m'],
  ['the model comes before its fallback', [['a/m'], ['c/n']], ['a/m'], 'a/m whole, c/n, a/m'],
  ['all platforms tried: the first again', [['a/m', 'b/m']], ['a/m', 'b/m'], 'a/m whole, a/m'],
  ['the fallback broke off', [['a/m'], ['c/n', 'd/n']], ['a/m', 'c/n'], 'a/m whole, d/n, a/m'],
])('%s', (_, stages, tried, expected) => {
  const route = { name: 'm', stages: stages.map((names) => names.map(platform)), affinity: 'none' as const }
  const plan = planOf(route, made(...tried), 3)
  expect(plan.map((each) => `${each.platform.name}${each.stream ? '' : ' whole'}`).join(', ')).toBe(expected)
})

test('a platform that answered, but not behind what was delivered, comes first', () => {
  const route = { name: 'm', stages: [['a/m', 'b/m'].map(platform), ['c/n'].map(platform)], affinity: 'none' as const }
  const [cut, other] = made('a/m', 'c/n')
  const attempts = [cut, { ...other, reason: 'diverged' }] as readonly AttemptEvidence[]
  const names = planOf(route, attempts, 3).map((each) => each.platform.name)
  expect(names).toEqual(['c/n', 'b/m', 'a/m', 'a/m'])
})

test('the last answer that may die is a whole one', () => {
  const route = { name: 'm', stages: [['a/m', 'b/m'].map(platform)], affinity: 'none' as const }
  expect(planOf(route, made('a/m'), 1).map(({ stream }) => stream)).not.toContain(true)
})
