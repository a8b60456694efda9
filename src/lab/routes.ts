import type { IncomingMessage } from 'node:http'
import { faults } from './faults.ts'
import { ProviderRejection } from './provider-protocol.ts'
import { simulatedModels } from './simulated-models.ts'

type ProtocolName = 'anthropic' | 'openai-chat'

/** What a request asks for. Refusals carry a protocol too, in which they are worded. */
export type Route = { readonly protocol: ProtocolName } & (
  | { readonly kind: 'answer' | 'count' | 'models'; readonly platform: string }
  | { readonly kind: 'model'; readonly platform: string; readonly id: string }
  | { readonly kind: 'index'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly rejection: ProviderRejection }
)

/** Finds the route of `/<platform>/v1/…`; `GET /` describes the site. */
export function findRoute(request: IncomingMessage, platforms: readonly string[]): Route {
  const method = request.method ?? 'GET'
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const protocol = protocolOf(request, path)
  if (path === '/' && method === 'GET') return { protocol, kind: 'index', body: describeSite(platforms) }
  const [platform = '', version, ...rest] = path.slice(1).split('/')
  if (!platforms.includes(platform) || version !== 'v1') return notFound(protocol, method, path)
  const endpoint = rest.join('/')
  switch (endpoint) {
    case 'messages':
    case 'chat/completions':
      return method === 'POST' ? { protocol, kind: 'answer', platform } : notAllowed(protocol, method, path)
    case 'messages/count_tokens':
      return method === 'POST' ? { protocol, kind: 'count', platform } : notAllowed(protocol, method, path)
    case 'models':
      return method === 'GET' ? { protocol, kind: 'models', platform } : notAllowed(protocol, method, path)
    default: {
      const id = rest[0] === 'models' && rest.length === 2 ? rest[1] : undefined
      if (id === undefined) return notFound(protocol, method, path)
      return method === 'GET'
        ? { protocol, kind: 'model', platform, id: decoded(id) }
        : notAllowed(protocol, method, path)
    }
  }
}

// `/v1/models` is served by both protocols: Anthropic's clients name their version.
function protocolOf(request: IncomingMessage, path: string): ProtocolName {
  if (path.endsWith('/chat/completions')) return 'openai-chat'
  const isAnthropic = path.includes('/v1/messages') || request.headers['anthropic-version'] !== undefined
  return isAnthropic ? 'anthropic' : 'openai-chat'
}

// A malformed escape names no model, and is looked up as it came.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
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

function describeSite(platforms: readonly string[]): unknown {
  return {
    simulated: true,
    platforms: platforms.map((name) => ({ name, anthropic: `/${name}`, openai: `/${name}/v1` })),
    models: simulatedModels.map(({ id, contextWindowTokens }) => ({ id, contextWindowTokens })),
    faults: Object.fromEntries(Object.entries(faults).map(([name, { description }]) => [name, description])),
  }
}
