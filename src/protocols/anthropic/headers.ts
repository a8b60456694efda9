/** Path below the base URL, as Anthropic's SDK takes it. */
export const path = (): string => '/v1/messages'

/** What every Anthropic client skips. https://platform.claude.com/docs/en/build-with-claude/streaming */
export const KEEP_ALIVE = 'event: ping\ndata: {"type": "ping"}\n\n'

const DEFAULT_VERSION = '2023-06-01'
const VERSION = /^\d{4}-\d{2}-\d{2}$/
/** A list of words such as `files-api-2025-04-14`. */
const BETA = /^[\w.-]+(?:\s*,\s*[\w.-]+)*$/
const LONGEST_BETA = 2048

/** Of the client's headers only the API version and the betas travel on, and only if they look like such. */
export function requestHeaders({
  apiKey,
  clientHeaders,
}: {
  readonly apiKey: string | undefined
  readonly clientHeaders: Headers
}): Record<string, string> {
  const version = clientHeaders.get('anthropic-version')
  const beta = clientHeaders.get('anthropic-beta')
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    'anthropic-version': version !== null && VERSION.test(version) ? version : DEFAULT_VERSION,
    ...(beta !== null && beta.length <= LONGEST_BETA && BETA.test(beta) && { 'anthropic-beta': beta }),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
  }
}
