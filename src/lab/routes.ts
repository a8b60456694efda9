import type { ProviderRequest } from './provider-http.ts'
import { geminiRoute } from './protocols/gemini/routes.ts'
import { decoded } from './path-text.ts'
import type { ProtocolName } from './protocols/protocol-name.ts'
import { ProviderRejection } from './protocols/provider-protocol.ts'
import type { StreamAddress } from './protocols/provider-protocol.ts'
import { describeSite } from './site-description.ts'

/** What a request asks for. Refusals carry a protocol too, in which they are worded. */
export type Route = { readonly protocol: ProtocolName; readonly address?: StreamAddress } & (
  | {
      readonly kind: 'answer' | 'count' | 'embed'
      readonly platform: string
      /** Where the address names the model instead of the body. */
      readonly model?: string
    }
  | { readonly kind: 'models'; readonly platform: string }
  | { readonly kind: 'model'; readonly platform: string; readonly id: string }
  | { readonly kind: 'stored'; readonly platform: string; readonly id: string; readonly isRemoved: boolean }
  | { readonly kind: 'index'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly rejection: ProviderRejection }
)

// Both of OpenAI's protocols share the rest of their addresses.
const POSTED: ReadonlyMap<string, readonly ['answer' | 'count' | 'embed', ProtocolName]> = new Map([
  ['messages', ['answer', 'anthropic']],
  ['messages/count_tokens', ['count', 'anthropic']],
  ['chat/completions', ['answer', 'openai-chat']],
  ['responses', ['answer', 'openai-responses']],
  ['responses/input_tokens', ['count', 'openai-responses']],
  ['embeddings', ['embed', 'openai-chat']],
])

/** Finds the route of `/<platform>/v1/…` and `/<platform>/v1beta/…`; `GET /` describes the site. */
export function findRoute(request: ProviderRequest, platforms: readonly string[]): Route {
  const method = request.method ?? 'GET'
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const protocol = protocolOf(request, path)
  if (path === '/' && method === 'GET') return { protocol, kind: 'index', body: describeSite(platforms) }
  const [platform = '', version, ...rest] = path.slice(1).split('/')
  if (!platforms.includes(platform)) return notFound(protocol, method, path)
  if (version === 'v1beta') return geminiRoute(rest, { method, platform, query: queryOf(request), path })
  if (version !== 'v1') return notFound(protocol, method, path)
  const posted = POSTED.get(rest.join('/'))
  if (posted !== undefined) {
    const [kind, spoken] = posted
    return method === 'POST' ? { protocol: spoken, kind, platform } : notAllowed(protocol, method, path)
  }
  const [collection, id] = rest
  if (rest.length > 2) return notFound(protocol, method, path)
  if (collection === 'responses' && id !== undefined && (method === 'GET' || method === 'DELETE')) {
    return { protocol: 'openai-responses', kind: 'stored', platform, id, isRemoved: method === 'DELETE' }
  }
  if (collection !== 'models') return notFound(protocol, method, path)
  if (method !== 'GET') return notAllowed(protocol, method, path)
  return id === undefined
    ? { protocol, kind: 'models', platform }
    : { protocol, kind: 'model', platform, id: decoded(id) }
}

/** What stands behind the question mark. */
export function queryOf({ url = '' }: ProviderRequest): URLSearchParams {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length))
}

// `/v1/models` is served by several protocols: Anthropic's clients name their version.
function protocolOf(request: ProviderRequest, path: string): ProtocolName {
  if (path.includes('/v1beta/')) return 'gemini'
  if (path.includes('/v1/responses')) return 'openai-responses'
  if (path.endsWith('/chat/completions') || path.endsWith('/embeddings')) return 'openai-chat'
  const isAnthropic = path.includes('/v1/messages') || request.headers['anthropic-version'] !== undefined
  return isAnthropic ? 'anthropic' : 'openai-chat'
}

function notFound(protocol: ProtocolName, method: string, path: string): Route {
  const message = protocol === 'anthropic' ? 'Not Found' : `Invalid URL (${method} ${path})`
  return { protocol, kind: 'refused', rejection: new ProviderRejection(404, message) }
}

function notAllowed(protocol: ProtocolName, method: string, path: string): Route {
  const rejection =
    protocol === 'anthropic'
      ? new ProviderRejection(405, 'Method Not Allowed')
      : new ProviderRejection(405, `Not allowed to ${method} on ${path}.`, { code: 'method_not_supported' })
  return { protocol, kind: 'refused', rejection }
}
