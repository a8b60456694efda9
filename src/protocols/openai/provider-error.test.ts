import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Reason } from '../../evidence/index.ts'
import type { Json } from '../core/index.ts'
import { readError } from './provider-error.ts'

const openAi = (message: string, more: Record<string, Json> = {}): Json => ({
  error: { message, type: null, code: null, ...more },
})

const CASES: readonly [Reason, number, Json][] = [
  ['authentication', 401, openAi('Incorrect API key provided', { code: 'invalid_api_key' })],
  ['authentication', 400, { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: x' }],
  ['permission', 403, openAi('Country not supported', { code: 'unsupported_country_region_territory' })],
  ['not-found', 404, openAi('The model `x` does not exist', { code: 'model_not_found' })],
  ['not-found', 400, openAi('no such model', { code: 'model_not_found' })],
  ['not-found', 404, { detail: 'Not Found' }],
  ['rate-limit', 429, openAi('Rate limit reached', { type: 'requests', code: 'rate_limit_exceeded' })],
  ['rate-limit', 413, openAi('Request too large, tokens per minute', { type: 'tokens', code: 'rate_limit_exceeded' })],
  [
    'account-spent',
    429,
    openAi('You exceeded your current quota', { type: 'insufficient_quota', code: 'insufficient_quota' }),
  ],
  ['account-spent', 429, openAi('You exceeded your current quota, please check your plan')],
  ['account-spent', 429, openAi('You exceeded your current quota', { code: 'rate_limit_exceeded' })],
  ['overloaded', 429, openAi('The engine is overloaded', { type: 'rate_limit_error' })],
  ['account-spent', 400, openAi('hard limit', { code: 'billing_hard_limit_reached' })],
  [
    'account-spent',
    402,
    { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
  ],
  ['account-spent', 400, openAi('Your credit balance is too low')],
  ['context-length', 400, openAi('too long', { code: 'context_length_exceeded', param: 'messages' })],
  [
    'context-length',
    400,
    {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens",
      type: 'BadRequestError',
      code: 400,
    },
  ],
  [
    'context-length',
    400,
    openAi('string too long', { code: 'string_above_max_length', param: 'messages.[0].content' }),
  ],
  ['context-length', 400, openAi('Your input exceeds the context window of this model. Please adjust your input.')],
  ['context-length', 400, openAi('Range of input length should be [1, 30720]', { code: 'invalid_parameter_error' })],
  [
    'context-length',
    400,
    openAi('The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
  ],
  ['context-length', 400, openAi('Invalid request: Your request exceeded model token limit: 8192')],
  ['context-length', 400, openAi('Please reduce the length of the messages or completion.')],
  ['bad-request', 400, openAi('string too long', { code: 'string_above_max_length', param: 'user' })],
  ['policy', 400, openAi('flagged', { code: 'content_policy_violation' })],
  ['policy', 400, { error: { code: 'content_filter', message: 'filtered', status: 400, innererror: {} } }],
  ['policy', 403, { error: { code: 403, message: 'Input was flagged', metadata: { reasons: ['violence'] } } }],
  ['bad-request', 400, openAi('Unknown parameter', { type: 'invalid_request_error', code: 'unknown_parameter' })],
  ['bad-request', 422, { detail: [{ loc: ['body', 'messages'], msg: 'Field required' }] }],
  ['bad-request', 413, openAi('body too large')],
  ['bad-request', 400, openAi('the server is at capacity, says the prompt')],
  ['overloaded', 503, openAi('Service unavailable')],
  ['overloaded', 429, openAi('Service tier capacity exceeded for this model')],
  ['overloaded', 529, 'busy'],
  ['overloaded', 500, openAi('The engine is currently overloaded')],
  ['upstream-timeout', 504, '<html>'],
  ['upstream-timeout', 408, openAi('timed out')],
  ['server-error', 500, openAi('Internal error', { type: 'server_error' })],
  ['server-error', 502, 'bad gateway'],
  [
    'server-error',
    400,
    openAi('Failed to call a function', { type: 'invalid_request_error', code: 'tool_use_failed' }),
  ],
]

test.each(CASES)('%s: %i %j', (reason, status, body) => {
  expect(readError(status, body).verdict).toEqual({ name: 'failed', reason })
})

test('inside a stream the error’s own status or type says what it is', () => {
  const reason = (body: Json) => readError(0, body).verdict.reason
  expect(reason({ error: { message: 'x', code: 429 } })).toBe('rate-limit')
  expect(reason({ error: { message: 'x', code: 502 }, choices: [] })).toBe('server-error')
  expect(reason({ error: { message: 'x', status_code: 400 } })).toBe('bad-request')
  expect(reason({ error: { message: 'x', type: 'server_error' } })).toBe('server-error')
  expect(reason({ error: { message: 'x', type: 'overloaded_error' } })).toBe('overloaded')
  expect(reason({ error: { message: 'x', status_code: 400, code: 'tool_use_failed' } })).toBe('server-error')
  expect(reason({ error: 'something' })).toBe('in-band-error')
})

test('a failed answer of Responses has its error inside, a flat error event at its top', () => {
  const failed = (error: Json) => readError(0, { type: 'response.failed', response: { status: 'failed', error } })
  expect(failed({ code: 'server_error', message: 'no' })).toEqual({
    verdict: { name: 'failed', reason: 'server-error' },
    message: 'no',
    type: 'server_error',
  })
  expect(failed({ code: 'rate_limit_exceeded', message: 'x' }).verdict.reason).toBe('rate-limit')
  expect(failed({ code: 'bio_policy', message: 'x' }).verdict.reason).toBe('policy')
  expect(failed({ code: 'failed_to_download_image', message: 'x' }).verdict.reason).toBe('bad-request')
  expect(failed({ code: 'vector_store_timeout', message: 'x' }).verdict.reason).toBe('upstream-timeout')
  expect(failed({ code: 'server_is_overloaded', message: 'x' }).verdict.reason).toBe('overloaded')
  const flat = { type: 'error', code: 'server_error', message: 'flat', param: null, sequence_number: 3 }
  expect(readError(0, flat)).toMatchObject({ message: 'flat', verdict: { reason: 'server-error' } })
})

test('the message is found in every shape that hosts give it', () => {
  const message = (body: Json | undefined) => readError(400, body).message
  expect(message(openAi('a'))).toBe('a')
  expect(message({ error: 'b' })).toBe('b')
  expect(message({ message: 'c' })).toBe('c')
  expect(message({ detail: 'd' })).toBe('d')
  expect(message([{ error: { message: 'e' } }])).toBe('e')
  expect(message('f')).toBe('f')
  expect(message({ detail: [{ loc: ['body', 'n'], msg: 'too big' }, { msg: 'no' }] })).toBe('body.n: too big; no')
  expect(message({ object: 'error', message: { detail: [{ msg: 'g' }] } })).toBe('g')
  expect(message(undefined)).toBe('the provider answered 400 and no message')
})

test('the provider’s code is kept, else its type, and only as a short machine word', () => {
  expect(readError(400, openAi('x', { type: 't', code: 'c' })).type).toBe('c')
  expect(readError(400, openAi('x', { type: 't' })).type).toBe('t')
  expect(readError(400, openAi('x', { code: 'a whole sentence' })).type).toBeUndefined()
})

test('a long message is cut to 2,000 characters, never inside a pair', () => {
  expect(readError(400, openAi('m'.repeat(5000))).message).toHaveLength(2000)
  expect(readError(400, openAi(`${'m'.repeat(1999)}😀`)).message).toBe('m'.repeat(1999))
})

test('no body whatever makes the reader throw, and every error is a failure', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), fc.jsonValue(), (status, body) => {
      const { verdict, message } = readError(status, body as Json)
      expect(verdict.name).toBe('failed')
      expect(message).not.toBe('')
    }),
  )
})
