import { expect, test } from 'bun:test'
import type { JsonObject } from '../core/index.ts'
import { inspectRequest } from './inspect.ts'

const facts = (body: JsonObject) => {
  const result = inspectRequest(body)
  return result.ok ? result.value : result.problem
}

test('model, streaming and the number of answers are read', () => {
  expect(facts({ model: 'gpt-4o' })).toEqual({
    model: 'gpt-4o',
    stream: false,
    reasoning: false,
    choices: 1,
    structured: false,
    tools: false,
    session: undefined,
  })
  expect(facts({ model: 'a', stream: true, n: 3 })).toEqual({
    model: 'a',
    stream: true,
    reasoning: false,
    choices: 3,
    structured: false,
    tools: false,
    session: undefined,
  })
  expect(facts({ model: 'a', stream: null, n: null })).toMatchObject({ stream: false, choices: 1 })
})

test('a request for reasoning is seen in each form that hosts have for it', () => {
  const reasons = (more: JsonObject) => facts({ model: 'm', ...more })
  for (const more of [
    { reasoning_effort: 'high' },
    { reasoning: { effort: 'low' } },
    { reasoning: { max_tokens: 2000 } },
    { thinking: { type: 'enabled' } },
  ])
    expect(reasons(more), JSON.stringify(more)).toMatchObject({ reasoning: true })
  for (const more of [
    { reasoning_effort: 'none' },
    { reasoning_effort: 'minimal' },
    { reasoning: { enabled: false } },
    { thinking: { type: 'disabled' } },
    { reasoning: 'yes' },
  ])
    expect(reasons(more), JSON.stringify(more)).toMatchObject({ reasoning: false })
})

test('a problem names the field, what was expected and what came', () => {
  expect(facts({})).toEqual({ field: 'model', message: 'expected the name of a model, got nothing' })
  expect(facts({ model: '' })).toMatchObject({ message: 'expected the name of a model, got an empty string' })
  expect(facts({ model: 'm'.repeat(257) })).toMatchObject({ field: 'model' })
  expect(facts({ model: 'm'.repeat(256) })).toMatchObject({ stream: false })
  expect(facts({ model: 'm', stream: 'yes' })).toEqual({
    field: 'stream',
    message: 'expected true or false, got a string',
  })
  expect(facts({ model: 'm', n: 0 })).toMatchObject({ field: 'n' })
})
