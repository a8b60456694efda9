import { describe, expect, test } from 'bun:test'
import type { Json } from '../core/index.ts'
import { readError } from './provider-error.ts'

const error = (status: string, message = 'm', more: object = {}): object => ({ error: { status, message, ...more } })
const reasonOf = (status: number, body: unknown): string => readError(status, body as Json).verdict.reason

describe('what an error of Google’s means', () => {
  test.each([
    [400, error('INVALID_ARGUMENT'), 'bad-request'],
    [
      400,
      error(
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
      'context-length',
    ],
    [400, error('INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'), 'bad-request'],
    [400, error('INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'), 'authentication'],
    [
      400,
      error('INVALID_ARGUMENT', 'm', {
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
      }),
      'authentication',
    ],
    [400, error('FAILED_PRECONDITION', 'User location is not supported for the API use.'), 'permission'],
    [401, error('UNAUTHENTICATED'), 'authentication'],
    [403, error('PERMISSION_DENIED'), 'permission'],
    [403, error('PERMISSION_DENIED', 'Your API key was reported as leaked.'), 'authentication'],
    [403, error('PERMISSION_DENIED', 'm', { details: [{ reason: 'BILLING_DISABLED' }] }), 'account-spent'],
    [404, error('NOT_FOUND'), 'not-found'],
    [
      429,
      error('RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan and billing details.'),
      'rate-limit',
    ],
    [429, error('RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'), 'account-spent'],
    [499, error('CANCELLED'), 'server-error'],
    [500, error('INTERNAL'), 'server-error'],
    [503, error('UNAVAILABLE', 'The model is overloaded.'), 'overloaded'],
    [504, error('DEADLINE_EXCEEDED'), 'upstream-timeout'],
    // A status inside a stream is the error's own.
    [0, error('UNAVAILABLE', 'm', { code: 503 }), 'overloaded'],
    [0, error('SOMETHING_NEW', 'm', { code: 429 }), 'rate-limit'],
    [
      0,
      error('INVALID_ARGUMENT', 'The input token count exceeds the maximum number of tokens allowed 1.'),
      'context-length',
    ],
    [0, error('SOMETHING_NEW'), 'in-band-error'],
    // The server's own fault, whatever it says.
    [500, error('INTERNAL', 'API key not valid'), 'server-error'],
    // Streams without `alt=sse` fail in a list; proxies built on Google's SDK repeat the error as text.
    [429, [error('RESOURCE_EXHAUSTED')], 'rate-limit'],
    [
      502,
      { error: { code: 429, status: 'Too Many Requests', message: JSON.stringify(error('RESOURCE_EXHAUSTED')) } },
      'rate-limit',
    ],
    [502, '<html>', 'server-error'],
    [418, undefined, 'bad-request'],
    [404, { message: 'no such path' }, 'not-found'],
    [400, { error: 'API key expired' }, 'authentication'],
    [400, [], 'bad-request'],
    [400, { error: { details: 'x', status: 7, message: {} } }, 'bad-request'],
  ])('%d %j: %s', (status, body, reason) => {
    expect(reasonOf(status, body)).toBe(reason)
  })

  test('the message is the provider’s own, bounded, and never missing', () => {
    expect(readError(503, error('UNAVAILABLE', 'Busy.') as Json)).toEqual({
      verdict: { name: 'failed', reason: 'overloaded' },
      message: 'Busy.',
      type: 'UNAVAILABLE',
    })
    expect(readError(500, undefined)).toMatchObject({
      message: 'the provider answered 500 and no message',
      type: undefined,
    })
    expect(readError(0, { error: {} })).toMatchObject({ message: 'the provider answered with an error and no message' })
    const long = readError(400, error('INVALID_ARGUMENT', `${'x'.repeat(1_998)}\u{1F600}more`) as Json).message
    expect(long).toBe(`${'x'.repeat(1_998)}…`)
  })
})
