import { anthropic } from '../protocols/anthropic/index.ts'
import type { Protocol } from '../protocols/core/index.ts'
import { openAiChat } from '../protocols/openai-chat/index.ts'

/** What a path of the data plane is. */
export type RouteKind =
  | { readonly kind: 'answer'; readonly protocol: Protocol }
  | { readonly kind: 'models'; readonly protocol: Protocol }
  /** Known, and not served: `name` says what it is. */
  | { readonly kind: 'not-served'; readonly protocol: Protocol; readonly name: string; readonly isComing: boolean }

const ANSWERS: ReadonlyMap<string, Protocol> = new Map([
  ['/v1/messages', anthropic],
  ['/v1/chat/completions', openAiChat],
  // An OpenAI SDK whose base URL lacks the `/v1`.
  ['/chat/completions', openAiChat],
])

/** By the beginning of the path. */
const NOT_SERVED: readonly (readonly [string, string, boolean, Protocol])[] = [
  ['/v1/messages/count_tokens', 'token counting', true, anthropic],
  ['/v1/messages/batches', 'message batches', false, anthropic],
  ['/v1/responses', 'OpenAI Responses', true, openAiChat],
  ['/responses', 'OpenAI Responses', true, openAiChat],
  ['/v1/embeddings', 'embeddings', true, openAiChat],
  ['/v1beta/', 'Gemini', true, openAiChat],
  ['/v1/completions', 'legacy completions', false, openAiChat],
  ['/v1/files', 'files', false, openAiChat],
  ['/v1/batches', 'batches', false, openAiChat],
  ['/v1/audio', 'audio', false, openAiChat],
  ['/v1/images', 'images', false, openAiChat],
  ['/v1/realtime', 'realtime', false, openAiChat],
  ['/v1/moderations', 'moderations', false, openAiChat],
  ['/v1/fine_tuning', 'fine-tuning', false, openAiChat],
  ['/v1/assistants', 'assistants', false, openAiChat],
  ['/v1/threads', 'threads', false, openAiChat],
  ['/v1/vector_stores', 'vector stores', false, openAiChat],
]

/** `undefined`: not a path of the data plane. */
export function routeOf(path: string, headers: Headers): RouteKind | undefined {
  const protocol = ANSWERS.get(path)
  if (protocol !== undefined) return { kind: 'answer', protocol }
  if (path === '/v1/models' || path === '/models') return { kind: 'models', protocol: callerProtocol(headers) }
  for (const [prefix, name, isComing, spoken] of NOT_SERVED)
    if (path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))
      return { kind: 'not-served', protocol: spoken, name, isComing }
  return undefined
}

/** In which protocol a caller of an unknown path would understand an error. */
export function callerProtocol(headers: Headers): Protocol {
  return headers.has('anthropic-version') ? anthropic : openAiChat
}

/** The path of a request's URL, without query; cheaper than a `URL`, and never throws. */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  if (start < 0) return '/'
  const query = url.indexOf('?', start)
  return query < 0 ? url.slice(start) : url.slice(start, query)
}
