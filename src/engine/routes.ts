import type { ApiFamily } from '../config/index.ts'
import { answers, embeddings, type Framing, type Operation, tokenCounts } from '../exchange/index.ts'
import { anthropic } from '../protocols/anthropic/index.ts'
import type { Address, Protocol } from '../protocols/core/index.ts'
import { gemini } from '../protocols/gemini/index.ts'
import { openAiChat } from '../protocols/openai-chat/index.ts'
import { openAiResponses } from '../protocols/openai-responses/index.ts'

/** What a path of the data plane is. */
export type RouteKind =
  | {
      readonly kind: 'operation'
      readonly protocol: Protocol
      readonly operation: Operation
      /** What the path says of the request, where its protocol says it there. */
      readonly address?: Address
      /** Of a streamed answer; events where it is not said. */
      readonly framing?: Framing
    }
  /** `id`: one model instead of all. */
  | { readonly kind: 'models'; readonly protocol: Protocol; readonly id?: string }
  /** An answer that its client comes back for. */
  | { readonly kind: 'deferred'; readonly protocol: Protocol; readonly id: string }
  /** Understood only by one provider, and only where the configuration names it. */
  | { readonly kind: 'passthrough'; readonly protocol: Protocol; readonly family: ApiFamily }
  /** Known, and not served: `name` says what it is. */
  | { readonly kind: 'not-served'; readonly protocol: Protocol; readonly name: string }

const OPERATIONS: ReadonlyMap<string, RouteKind> = new Map<string, RouteKind>([
  ['/v1/messages', { kind: 'operation', protocol: anthropic, operation: answers }],
  ['/v1/messages/count_tokens', { kind: 'operation', protocol: anthropic, operation: tokenCounts }],
  ['/v1/chat/completions', { kind: 'operation', protocol: openAiChat, operation: answers }],
  ['/v1/responses', { kind: 'operation', protocol: openAiResponses, operation: answers }],
  ['/v1/responses/input_tokens', { kind: 'operation', protocol: openAiResponses, operation: tokenCounts }],
  ['/v1/embeddings', { kind: 'operation', protocol: openAiChat, operation: embeddings }],
])

/** OpenAI's SDK with a base URL that lacks the `/v1`. */
const WITHOUT_VERSION = /^\/(?:chat\/completions|responses(?:\/input_tokens)?|embeddings|models)$/

const FAMILIES: readonly (readonly [string, ApiFamily])[] = [
  ['/v1/messages/batches', 'batches'],
  ['/v1/batches', 'batches'],
  ['/v1/files', 'files'],
  ['/v1/audio', 'audio'],
  ['/v1/images', 'images'],
  ['/v1/moderations', 'moderations'],
  ['/v1/completions', 'completions'],
  ['/v1/fine_tuning', 'fine-tuning'],
  ['/v1/vector_stores', 'vector-stores'],
  ['/v1/containers', 'containers'],
  ['/v1/conversations', 'conversations'],
]

/** By the beginning of the path. */
const NOT_SERVED: readonly (readonly [string, string, Protocol])[] = [
  ['/v1/responses', 'stored responses', openAiResponses],
  ['/v1/realtime', 'realtime', openAiChat],
  ['/v1/assistants', 'assistants', openAiChat],
  ['/v1/threads', 'threads', openAiChat],
  ['/v1/uploads', 'uploads', openAiChat],
  ['/v1/videos', 'videos', openAiChat],
  ['/v1/evals', 'evals', openAiChat],
  ['/v1beta/cachedContents', 'cached contents', gemini],
  ['/v1beta/files', 'files', gemini],
  ['/upload', 'uploads', gemini],
  ['/v1beta/batches', 'batches', gemini],
  ['/v1beta/interactions', 'interactions', gemini],
  ['/v1beta', 'this Gemini call', gemini],
]

/** `undefined`: not a path of the data plane. */
export function routeOf(url: string, headers: Headers): RouteKind | undefined {
  const full = pathOf(url)
  const path = WITHOUT_VERSION.test(full) ? `/v1${full}` : full
  return (
    OPERATIONS.get(path) ??
    geminiRoute(path, url) ??
    modelsRoute(path, headers) ??
    deferredRoute(path, headers) ??
    otherRoute(path, headers)
  )
}

/** `/v1beta/models/{model}:{method}`; a model of ours may have slashes and colons in its name. */
const GEMINI_CALL =
  /^\/v1(?:(?:beta|alpha)\/models\/(.+):([A-Za-z]+)|\/models\/(.+):(generateContent|streamGenerateContent|countTokens))$/

function geminiRoute(path: string, url: string): RouteKind | undefined {
  const [, beta, betaMethod, stable, stableMethod] = GEMINI_CALL.exec(path) ?? []
  const [encoded, method] = [beta ?? stable ?? '', betaMethod ?? stableMethod ?? '']
  const model = decoded(encoded)
  if (model === undefined || model === '') return undefined
  const protocol = gemini
  switch (method) {
    case 'generateContent':
      return { kind: 'operation', protocol, operation: answers, address: { model, stream: false } }
    case 'streamGenerateContent': {
      // Without `alt=sse` Google streams one JSON array.
      const framing = /[?&]alt=sse(?:&|$)/.test(url) ? 'events' : 'array'
      return { kind: 'operation', protocol, operation: answers, address: { model, stream: true }, framing }
    }
    case 'countTokens':
      return { kind: 'operation', protocol, operation: tokenCounts, address: { model, stream: false } }
    default:
      return { kind: 'not-served', protocol, name: `:${method.slice(0, 40)}` }
  }
}

const MODELS = /^\/v1(beta)?\/models(?:\/(.+))?$/

function modelsRoute(path: string, headers: Headers): RouteKind | undefined {
  const match = MODELS.exec(path)
  if (match === null) return undefined
  const protocol = match[1] === undefined ? callerProtocol(headers) : gemini
  const id = match[2] === undefined ? undefined : decoded(match[2])
  return { kind: 'models', protocol, ...(id !== undefined && { id }) }
}

const DEFERRED = /^\/v1\/approvals\/([\w-]{1,100})$/

function deferredRoute(path: string, headers: Headers): RouteKind | undefined {
  const id = DEFERRED.exec(path)?.[1]
  return id === undefined ? undefined : { kind: 'deferred', protocol: callerProtocol(headers), id }
}

function otherRoute(path: string, headers: Headers): RouteKind | undefined {
  const isBelow = (prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`)
  const family = FAMILIES.find(([prefix]) => isBelow(prefix))?.[1]
  if (family !== undefined) return { kind: 'passthrough', protocol: callerProtocol(headers), family }
  const known = NOT_SERVED.find(([prefix]) => isBelow(prefix))
  return known === undefined ? undefined : { kind: 'not-served', name: known[1], protocol: known[2] }
}

/** In which protocol a caller of an unknown path would understand an error. */
export function callerProtocol(headers: Headers): Protocol {
  if (headers.has('anthropic-version')) return anthropic
  return headers.has('x-goog-api-key') ? gemini : openAiChat
}

/** The path of a request's URL, without query; cheaper than a `URL`, and never throws. */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  if (start < 0) return '/'
  const query = url.indexOf('?', start)
  return query < 0 ? url.slice(start) : url.slice(start, query)
}

/** What stands behind the path. */
export function queryOf(url: string): URLSearchParams {
  const query = url.indexOf('?')
  return new URLSearchParams(query < 0 ? '' : url.slice(query + 1))
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone `%`: no name of anything.
    return undefined
  }
}
