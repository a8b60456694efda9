import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../core/index.ts'
import { inspectRequest } from './inspect.ts'

describe('inspecting a request', () => {
  test('reads model and stream, and that there is one answer', () => {
    expect(inspectRequest({ model: 'm', stream: true })).toEqual({
      ok: true,
      value: {
        model: 'm',
        stream: true,
        reasoning: false,
        choices: 1,
        structured: false,
        tools: false,
        session: undefined,
      },
    })
    expect(inspectRequest({ model: 'm' })).toMatchObject({ ok: true, value: { stream: false } })
  })

  test.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, true],
    [{ thinking: { type: 'adaptive' } }, true],
    [{ thinking: { type: 'disabled' } }, false],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } }, false],
    [{ output_config: { effort: 'high' } }, true],
    [{ output_config: { format: {} } }, false],
    [{ thinking: 7 }, false],
  ])('%j asks for reasoning: %p', (fields, reasoning) => {
    expect(inspectRequest({ model: 'm', ...fields } as JsonObject)).toMatchObject({ ok: true, value: { reasoning } })
  })

  test.each([
    [{}, 'model', 'expected the name of a model, got nothing'],
    [{ model: 4 }, 'model', 'expected the name of a model, got a number'],
    [{ model: '' }, 'model', 'expected the name of a model, got an empty string'],
    [{ model: 'x'.repeat(257) }, 'model', 'expected a name of at most 256 characters, got one of 257'],
    [{ model: 'm', stream: 'yes' }, 'stream', 'expected true or false, got a string'],
  ])('refuses %#', (body, field, message) => {
    expect(inspectRequest(body as JsonObject)).toEqual({ ok: false, problem: { field, message } })
  })

  test('a name of 256 characters is accepted', () => {
    expect(inspectRequest({ model: 'x'.repeat(256) }).ok).toBe(true)
  })
})
