/** Where the engine finds the request's path; the host it was meant for says nothing here. */
const BASE = 'http://fullstop.invalid'

/** Hosts of other people's serve OpenAI's protocol below paths of their own (`/api/v1`, `/openai/deployments/x`). */
const CHAT_ENDING = '/chat/completions'
/** What `generate` asks for. */
export const GENERATE_URL: string = `${BASE}/v1${CHAT_ENDING}`
/** Of what is served below `/v1`; none of them is the end of another's. */
const ENDINGS: readonly string[] = [
  CHAT_ENDING,
  '/embeddings',
  '/responses',
  '/responses/input_tokens',
  '/messages',
  '/messages/count_tokens',
]
const VERSION_SEGMENT = /^.*(?=\/v1(?:beta)?\/)/

/** What the big SDKs ask for: nothing to parse, and parsing a URL costs as much as routing it. */
const PLAIN = /^https:\/\/[\w.-]+\/v1\/(?:chat\/completions|messages|responses|embeddings)$/

/**
 * The URL of an SDK's request as the engine routes it: the provider's host and whatever stands before the protocol's own
 * path are left out, the query stays. A path alone will do. Throws a `TypeError` where it is no URL, as `fetch` does.
 */
export function toRouteUrl(input: string | URL): string {
  if (typeof input === 'string' && PLAIN.test(input)) return BASE + input.slice(input.indexOf('/', 'https://'.length))
  const { pathname, search } = typeof input === 'string' ? new URL(input, BASE) : input
  return BASE + toRoutePath(pathname) + search
}

function toRoutePath(path: string): string {
  const known = ENDINGS.find((ending) => path.endsWith(ending))
  if (known !== undefined) return `/v1${known}`
  return path.startsWith('/v1/') || path.startsWith('/v1beta/') ? path : path.replace(VERSION_SEGMENT, '')
}
