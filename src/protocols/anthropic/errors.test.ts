import { describe, expect, test } from 'bun:test'
import type { CallerError } from '../core/index.ts'
import { renderError, renderErrorEvent } from './errors.ts'

const ERROR: CallerError = {
  status: 529,
  code: 'all_platforms_failed',
  message: 'Nobody answered.',
  exchange: 'ex_1',
  attempts: [
    { platform: 'a/m', verdict: 'failed', reason: 'overloaded' },
    { platform: 'b/m', verdict: 'truncated' },
  ],
}

describe('errors for clients', () => {
  test('are Anthropic’s, with the exchange’s story beside the message', () => {
    expect(renderError(ERROR)).toEqual({
      type: 'error',
      error: {
        type: 'overloaded_error',
        message: 'Nobody answered.',
        fullstop: { code: 'all_platforms_failed', exchange: 'ex_1', attempts: [...ERROR.attempts] },
      },
      request_id: 'ex_1',
    })
  })

  test.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [429, 'rate_limit_error'],
    [502, 'api_error'],
    [503, 'overloaded_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ])('status %d is of type %s', (status, type) => {
    expect(renderError({ ...ERROR, status })).toMatchObject({ error: { type } })
  })

  test('a provider’s own type wins where it is one of Anthropic’s', () => {
    const providerType = 'rate_limit_error'
    expect(renderError({ ...ERROR, status: 400, providerType })).toMatchObject({ error: { type: providerType } })
    expect(renderError({ ...ERROR, status: 400, providerType: 'insufficient_quota' })).toMatchObject({
      error: { type: 'invalid_request_error' },
    })
  })

  test('come in a stream as one whole event', () => {
    const event = renderErrorEvent({ ...ERROR, message: 'two\nlines' })
    expect(event).toMatch(/^event: error\ndata: \{.*\}\n\n$/)
    expect(event.split('\n')).toHaveLength(4)
    expect(JSON.parse(event.slice(event.indexOf('{')))).toEqual(renderError({ ...ERROR, message: 'two\nlines' }))
  })
})
