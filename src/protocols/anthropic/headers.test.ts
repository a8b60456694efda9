import { describe, expect, test } from 'bun:test'
import { requestHeaders } from './headers.ts'

const rendered = (clientHeaders: Record<string, string>, apiKey?: string): Record<string, string> =>
  requestHeaders({ apiKey, clientHeaders: new Headers(clientHeaders) })

describe('request headers', () => {
  test('carry the configured key and nothing of the client’s credentials', () => {
    const headers = rendered({ 'x-api-key': 'client-key', authorization: 'Bearer client', cookie: 'a=b' }, 'server-key')
    expect(headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'anthropic-version': '2023-06-01',
      'x-api-key': 'server-key',
    })
    expect(rendered({})).not.toHaveProperty('x-api-key')
  })

  test('pass the client’s version on if it looks like one', () => {
    expect(rendered({ 'anthropic-version': '2026-01-31' })['anthropic-version']).toBe('2026-01-31')
    expect(rendered({ 'anthropic-version': 'latest' })['anthropic-version']).toBe('2023-06-01')
  })

  test('pass betas on if they look like some', () => {
    expect(rendered({ 'anthropic-beta': 'a-2025-01-01, b.c_d' })['anthropic-beta']).toBe('a-2025-01-01, b.c_d')
    expect(rendered({ 'anthropic-beta': 'a; x-evil: 1' })).not.toHaveProperty('anthropic-beta')
    expect(rendered({ 'anthropic-beta': 'a'.repeat(2049) })).not.toHaveProperty('anthropic-beta')
  })
})
