import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Json } from '../core/index.ts'
import { readError } from './provider-error.ts'

const body = (type: string, message: string, details?: Json): Json => ({
  type: 'error',
  error: { type, message, ...(details !== undefined && { details }) },
})
const invalid = (message: string): Json => body('invalid_request_error', message)

describe('errors of providers', () => {
  test.each([
    [401, body('authentication_error', 'invalid x-api-key'), 'authentication'],
    [403, body('permission_error', 'no'), 'permission'],
    [404, body('not_found_error', 'model: x'), 'not-found'],
    [429, body('rate_limit_error', 'slow down'), 'rate-limit'],
    [529, undefined, 'overloaded'],
    [500, body('overloaded_error', 'Overloaded'), 'overloaded'],
    [402, undefined, 'account-spent'],
    [400, invalid('Your credit balance is too low to access the Anthropic API.'), 'account-spent'],
    [400, invalid('You have reached your specified API usage limits.'), 'account-spent'],
    [403, body('billing_error', 'pay'), 'account-spent'],
    [429, body('rate_limit_error', 'x', { error_code: 'enforced_spend_limit_reached' }), 'account-spent'],
    [429, body('rate_limit_error', 'x', { error_code: 'ramp_limit_exceeded' }), 'rate-limit'],
    [400, invalid('prompt is too long: 210000 tokens > 200000 maximum'), 'context-length'],
    [400, invalid('input length and `max_tokens` exceed context limit: 1 + 2 > 3'), 'context-length'],
    [400, invalid("Requested token count exceeds the model's maximum context length of 4096 tokens"), 'context-length'],
    [400, invalid('metadata: context length is not a known field'), 'bad-request'],
    [400, invalid('tools.0.description: the context window of the sash is not a string'), 'bad-request'],
    [429, body('rate_limit_error', "This would exceed your organization's usage limit per minute"), 'rate-limit'],
    [429, body('rate_limit_error', 'You have exceeded your current quota, check your billing'), 'account-spent'],
    [429, body('rate_limit_error', 'Your credits are spent: insufficient credits'), 'account-spent'],
    [403, body('permission_error', 'You have reached your monthly spending limit'), 'account-spent'],
    [400, invalid('Output blocked by content filtering policy'), 'policy'],
    [400, invalid('messages.0: bad'), 'bad-request'],
    [413, body('request_too_large', 'Request exceeds the maximum size'), 'bad-request'],
    [409, body('conflict_error', 'x'), 'server-error'],
    [408, undefined, 'upstream-timeout'],
    [504, undefined, 'upstream-timeout'],
    [500, body('timeout_error', 'x'), 'upstream-timeout'],
    [500, body('api_error', 'the context window service failed'), 'server-error'],
    [500, body('api_error', 'could not read the spend limit'), 'server-error'],
    [503, '<html>' as Json, 'overloaded'],
    [0, body('overloaded_error', 'Overloaded'), 'overloaded'],
    [0, body('api_error', 'Internal server error'), 'server-error'],
    [0, invalid('prompt is too long'), 'context-length'],
    [0, undefined, 'server-error'],
    [302, undefined, 'server-error'],
  ] as const)('status %p with %j is %s', (status, answer, reason) => {
    expect(readError(status, answer).verdict).toEqual({ name: 'failed', reason })
  })

  test('keep the provider’s message and type, bounded', () => {
    expect(readError(400, invalid('no'))).toMatchObject({ message: 'no', type: 'invalid_request_error' })
    const long = readError(400, invalid(`${'a'.repeat(1998)}😀😀`)).message
    expect(long).toBe(`${'a'.repeat(1998)}…`)
    expect(readError(502, undefined)).toMatchObject({ message: 'the provider gave no message with status 502' })
  })

  test('are read from stand-ins without the envelope', () => {
    expect(readError(500, { message: 'gone' }).message).toBe('gone')
    expect(readError(500, { error: 'gone' }).message).toBe('gone')
  })

  test('never throw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.jsonValue(), (status, answer) => {
        expect(readError(status, answer as Json).message.length).toBeLessThanOrEqual(2000)
      }),
    )
  })
})
