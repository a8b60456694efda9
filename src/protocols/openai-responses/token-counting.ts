import { isJsonObject, type TokenCounting, wholeCountOf } from '../core/index.ts'

/** All that the call takes; it refuses what only an answer needs. */
const COUNTED: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'conversation',
  'previous_response_id',
  'parallel_tool_calls',
  'personality',
  'reasoning',
  'text',
  'tool_choice',
  'tools',
  'truncation',
])

/** https://platform.openai.com/docs/api-reference/responses/input-tokens */
export const tokenCounting: TokenCounting = {
  path: () => '/responses/input_tokens',
  toCountRequest: (request) => Object.fromEntries(Object.entries(request).filter(([name]) => COUNTED.has(name))),
  fromCountRequest: (body) => body,
  readCount: (body) => (isJsonObject(body) ? wholeCountOf(body.input_tokens) : undefined),
  renderCount: (inputTokens) => ({ object: 'response.input_tokens', input_tokens: inputTokens }),
}
