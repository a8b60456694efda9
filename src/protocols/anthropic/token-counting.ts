import { isJsonObject, type TokenCounting, wholeCountOf } from '../core/index.ts'

/** What only an answer needs; the call that counts refuses it. */
const ANSWER_ONLY: ReadonlySet<string> = new Set([
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'metadata',
  'service_tier',
])

/** https://platform.claude.com/docs/en/api/messages-count-tokens */
export const tokenCounting: TokenCounting = {
  path: () => '/v1/messages/count_tokens',
  toCountRequest: (request) => Object.fromEntries(Object.entries(request).filter(([name]) => !ANSWER_ONLY.has(name))),
  fromCountRequest: (body) => body,
  readCount: (body) => (isJsonObject(body) ? wholeCountOf(body['input_tokens']) : undefined),
  renderCount: (inputTokens) => ({ input_tokens: inputTokens }),
}
