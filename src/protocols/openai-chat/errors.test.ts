import { expect, test } from 'bun:test'
import { APIError, OpenAI, RateLimitError } from 'openai'
import type { CallerError } from '../core/index.ts'
import { renderError } from '../openai/index.ts'
import { renderErrorEvent } from './error-event.ts'

const caller = (more: Partial<CallerError>): CallerError => ({
  status: 503,
  code: 'all_platforms_failed',
  message: 'what happened, and what to do',
  exchange: 'x1',
  attempts: [{ platform: 'a/m', verdict: 'failed', reason: 'overloaded' }],
  ...more,
})

test('an error has OpenAI’s fields and what Fullstop tried', () => {
  expect(renderError(caller({}))).toEqual({
    error: {
      message: 'what happened, and what to do',
      type: 'server_error',
      param: null,
      code: 'all_platforms_failed',
      fullstop: {
        code: 'all_platforms_failed',
        exchange: 'x1',
        attempts: [{ platform: 'a/m', verdict: 'failed', reason: 'overloaded' }],
      },
    },
  })
})

test('each status has the type and code that callers look for', () => {
  const kind = (more: Partial<CallerError>) => {
    const { error } = renderError(caller(more)) as { error: { type: string; code: string } }
    return `${error.type} ${error.code}`
  }
  expect(kind({ status: 400, code: 'bad_json' })).toBe('invalid_request_error bad_json')
  expect(kind({ status: 401 })).toBe('invalid_request_error invalid_api_key')
  expect(kind({ status: 402 })).toBe('insufficient_quota insufficient_quota')
  expect(kind({ status: 404, code: 'unknown_model' })).toBe('not_found_error model_not_found')
  expect(kind({ status: 404, code: 'unknown_route' })).toBe('not_found_error unknown_route')
  expect(kind({ status: 429 })).toBe('rate_limit_error rate_limit_exceeded')
  expect(kind({ status: 429, providerType: 'insufficient_quota' })).toBe('rate_limit_error insufficient_quota')
  expect(kind({ status: 429, providerType: 'rate_limit_error' })).toBe('rate_limit_error rate_limit_exceeded')
  expect(kind({ status: 400, providerType: 'context_length_exceeded' })).toBe(
    'invalid_request_error context_length_exceeded',
  )
  expect(kind({ status: 504 })).toBe('timeout all_platforms_failed')
})

async function withAnswer(response: () => Response, stream: boolean): Promise<unknown> {
  const client = new OpenAI({
    apiKey: 'k',
    baseURL: 'http://127.0.0.1:1/v1',
    maxRetries: 0,
    fetch: async () => response(),
  })
  try {
    const answer = await client.chat.completions.create({ model: 'm', messages: [], stream })
    if (Symbol.asyncIterator in answer) for await (const _ of answer);
    return 'no error'
  } catch (error) {
    return error
  }
}

test('the official client finds status, code and message in an error answer', async () => {
  const body = JSON.stringify(renderError(caller({ status: 429 })))
  const error = await withAnswer(
    () => new Response(body, { status: 429, headers: { 'content-type': 'application/json' } }),
    false,
  )
  expect(error).toBeInstanceOf(RateLimitError)
  expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' })
})

test('the official client throws at an error event', async () => {
  const headers = { 'content-type': 'text/event-stream' }
  const error = await withAnswer(() => new Response(renderErrorEvent(caller({})), { headers }), true)
  expect(error).toBeInstanceOf(APIError)
  expect(String(error)).toContain('what happened, and what to do')
})
