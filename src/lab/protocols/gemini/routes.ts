import { decoded } from '../../path-text.ts'
import { ProviderRejection } from '../provider-protocol.ts'
import type { StreamAddress } from '../provider-protocol.ts'
import type { Route } from '../../routes.ts'

interface GeminiAddress {
  readonly method: string
  readonly platform: string
  readonly query: URLSearchParams
  readonly path: string
}

/** The route of `/v1beta/models`, `/v1beta/models/{model}` and `/v1beta/models/{model}:{method}`. */
export function geminiRoute(
  [collection, named, ...rest]: readonly string[],
  { method, platform, query, path }: GeminiAddress,
): Route {
  const protocol = 'gemini'
  const refused = (): Route => ({
    protocol,
    kind: 'refused',
    rejection: new ProviderRejection(404, `Not found: ${method} ${path}`),
  })
  if (collection !== 'models' || rest.length > 0) return refused()
  if (named === undefined) return method === 'GET' ? { protocol, kind: 'models', platform } : refused()
  const name = decoded(named)
  const colon = name.lastIndexOf(':')
  if (colon === -1) return method === 'GET' ? { protocol, kind: 'model', platform, id: name } : refused()
  if (method !== 'POST') return refused()
  const model = name.slice(0, colon)
  switch (name.slice(colon + 1)) {
    case 'generateContent':
      return { protocol, kind: 'answer', platform, model, address: 'whole' }
    case 'streamGenerateContent': {
      // Without `alt=sse` a stream is one JSON array whose elements come one after the other.
      const address: StreamAddress = query.get('alt') === 'sse' ? 'sse' : 'array'
      return { protocol, kind: 'answer', platform, model, address }
    }
    case 'countTokens':
      return { protocol, kind: 'count', platform, model, address: 'whole' }
    default:
      return refused()
  }
}
