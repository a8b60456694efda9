import { expect, test } from 'bun:test'
import type { JsonObject } from '../core/index.ts'
import { inspectRequest } from './inspect.ts'
import { parseRequest } from './request-in.ts'

const facts = (body: JsonObject) => {
  const result = inspectRequest(body)
  return result.ok ? result.value : result.problem
}

test('model, streaming and the session are read', () => {
  expect(facts({ model: 'gpt-5' })).toEqual({
    model: 'gpt-5',
    stream: false,
    reasoning: false,
    choices: 1,
    structured: false,
    tools: false,
    session: undefined,
  })
  expect(facts({ model: 'm', stream: true, prompt_cache_key: 's' })).toMatchObject({ stream: true, session: 's' })
  expect(facts({ model: 'm', stream: null, background: false, prompt_cache_key: 7 })).toMatchObject({
    stream: false,
    session: undefined,
  })
})

test('a request for reasoning is an effort that thinks, or a summary', () => {
  for (const reasoning of [{ effort: 'low' }, { effort: 'high', summary: null }, { summary: 'auto' }])
    expect(facts({ model: 'm', reasoning }), JSON.stringify(reasoning)).toMatchObject({ reasoning: true })
  for (const reasoning of [{ effort: 'none' }, { effort: 'minimal', summary: 'auto' }, { effort: null }, {}, 'high'])
    expect(facts({ model: 'm', reasoning }), JSON.stringify(reasoning)).toMatchObject({ reasoning: false })
})

test('a background answer is refused at both doors, with what to do instead', () => {
  const body = { model: 'm', input: 'hi', background: true }
  for (const result of [inspectRequest(body), parseRequest(body)]) {
    expect(result).toMatchObject({ ok: false, problem: { field: 'background' } })
    if (!result.ok) expect(result.problem.message).toContain('ask for it in the foreground')
  }
  expect(facts({ model: 'm', background: 'yes' })).toMatchObject({ field: 'background' })
})

test('a problem names the field, what was expected and what came', () => {
  expect(facts({})).toEqual({ field: 'model', message: 'expected the name of a model, got nothing' })
  expect(facts({ model: 'm', stream: 1 })).toEqual({ field: 'stream', message: 'expected true or false, got a number' })
})
