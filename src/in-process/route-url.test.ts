import { expect, test } from 'bun:test'
import { toRouteUrl } from './route-url.ts'

const ROUTES: readonly (readonly [string, string])[] = [
  ['https://api.openai.com/v1/chat/completions', '/v1/chat/completions'],
  ['https://api.anthropic.com/v1/messages', '/v1/messages'],
  ['https://api.anthropic.com/v1/messages/count_tokens?beta=true', '/v1/messages/count_tokens?beta=true'],
  ['https://api.deepseek.com/chat/completions', '/v1/chat/completions'],
  ['https://openrouter.ai/api/v1/chat/completions', '/v1/chat/completions'],
  ['https://api.groq.com/openai/v1/responses', '/v1/responses'],
  [
    'https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21',
    '/v1/chat/completions?api-version=2024-10-21',
  ],
  [
    'https://x.openai.azure.com/openai/deployments/d/embeddings?api-version=2024-10-21',
    '/v1/embeddings?api-version=2024-10-21',
  ],
  ['https://generativelanguage.googleapis.com/v1beta/openai/chat/completions', '/v1/chat/completions'],
  [
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
    '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
  ],
  ['http://127.0.0.1:8787/v1/models', '/v1/models'],
  // Not cut inside its own path.
  ['https://api.openai.com/v1/files/v1/content', '/v1/files/v1/content'],
  ['/v1/messages', '/v1/messages'],
  ['https://example.com/healthz', '/healthz'],
]

test.each(ROUTES)('%s is routed as %s', (url, path) => {
  expect(toRouteUrl(url)).toBe(`http://fullstop.invalid${path}`)
  if (!url.startsWith('/')) expect(toRouteUrl(new URL(url))).toBe(`http://fullstop.invalid${path}`)
})

test('what is no URL throws as fetch does', () => {
  expect(() => toRouteUrl('http://[')).toThrow(TypeError)
})
