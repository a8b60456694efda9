import { expect, test } from 'bun:test'
import { requestHeaders } from './headers.ts'

test('the key is the bearer, and without one there is no authorization', () => {
  const clientHeaders = new Headers()
  expect(requestHeaders({ apiKey: 'k', clientHeaders }).authorization).toBe('Bearer k')
  expect(requestHeaders({ apiKey: undefined, clientHeaders })).not.toHaveProperty('authorization')
})

test('of the client only well-formed beta names go along', () => {
  const clientHeaders = new Headers({ authorization: 'Bearer client', cookie: 'a=b', 'openai-beta': 'assistants=v2' })
  expect(requestHeaders({ apiKey: 'k', clientHeaders })).toEqual({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: 'Bearer k',
    'openai-beta': 'assistants=v2',
  })
  for (const beta of ['<script>', 'x'.repeat(257), 'a"b'])
    expect(requestHeaders({ apiKey: 'k', clientHeaders: new Headers({ 'openai-beta': beta }) })).not.toHaveProperty(
      'openai-beta',
    )
})
