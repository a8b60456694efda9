/** A comment: every client of these protocols skips it, before the first event too. */
export const KEEP_ALIVE = ': keep-alive\n\n'

// Lists of dated feature names. Anything else is not passed on: the value comes from outside.
const BETA_PATTERN = /^[\w.=,; -]{1,256}$/

/** Nothing of the client's goes along but the beta features it asks for; its credentials are for Fullstop alone. */
export function requestHeaders({
  apiKey,
  clientHeaders,
}: {
  readonly apiKey: string | undefined
  readonly clientHeaders: Headers
}): Record<string, string> {
  const beta = clientHeaders.get('openai-beta')
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...(beta !== null && BETA_PATTERN.test(beta) && { 'openai-beta': beta }),
  }
}
