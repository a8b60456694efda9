import { describe, expect, test } from 'bun:test'
import type { CallerError, JsonObject } from '../core/index.ts'
import { renderError, renderErrorEvent } from './errors.ts'
import { readError } from './provider-error.ts'

const ERROR: CallerError = {
  status: 502,
  code: 'no-complete-answer',
  message: 'None of them did.',
  exchange: 'x1',
  attempts: [{ platform: 'a/b', verdict: 'truncated', reason: 'connection-lost' }],
}

describe('an error for a client', () => {
  test('has Google’s three fields, and what was tried', () => {
    expect(renderError(ERROR) as object).toEqual({
      error: {
        code: 502,
        message: 'None of them did.',
        status: 'UNAVAILABLE',
        fullstop: { code: 'no-complete-answer', exchange: 'x1', attempts: ERROR.attempts },
      },
    })
  })

  test.each([
    [400, 'INVALID_ARGUMENT'],
    [401, 'UNAUTHENTICATED'],
    [402, 'FAILED_PRECONDITION'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [405, 'INVALID_ARGUMENT'],
    [413, 'INVALID_ARGUMENT'],
    [429, 'RESOURCE_EXHAUSTED'],
    [500, 'INTERNAL'],
    [503, 'UNAVAILABLE'],
    [504, 'DEADLINE_EXCEEDED'],
    [599, 'INTERNAL'],
  ])('%d is %s', (status, word) => {
    expect((renderError({ ...ERROR, status }).error as JsonObject).status).toBe(word)
  })

  test('keeps the provider’s word where it is one of Google’s', () => {
    const word = (providerType: string): unknown => (renderError({ ...ERROR, providerType }).error as JsonObject).status
    expect(word('FAILED_PRECONDITION')).toBe('FAILED_PRECONDITION')
    expect(word('overloaded_error')).toBe('UNAVAILABLE')
  })

  test('in a stream is one event, which is read back as the failure that it is', () => {
    const event = renderErrorEvent(ERROR)
    expect(event).toMatch(/^data: \{"error":.*\}\n\n$/)
    expect(readError(0, JSON.parse(event.slice(6)))).toEqual({
      verdict: { name: 'failed', reason: 'overloaded' },
      message: ERROR.message,
      type: 'UNAVAILABLE',
    })
  })
})
