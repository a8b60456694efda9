import { FullstopError } from '../../errors.ts'

/** Characters of a key; Stripe's bound. */
const LONGEST_KEY = 255

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header; `undefined`: none was sent. */
export function readIdempotencyKey(headers: Headers): string | undefined {
  const key = headers.get('idempotency-key')
  if (key === null) return undefined
  if (key.length >= 1 && key.length <= LONGEST_KEY) return key
  const came = key === '' ? 'an empty one' : `${key.length} characters`
  throw new FullstopError('invalid-request', `idempotency-key: expected 1 to ${LONGEST_KEY} characters; ${came} came.`)
}

/** Whether the client lets an answer be kept, and be replayed, that it has given no key for. */
export function readReplay(headers: Headers): boolean {
  const asked = headers.get('x-fullstop-replay')
  if (asked === null || asked === 'on') return true
  if (asked === 'off') return false
  throw new FullstopError('invalid-request', 'x-fullstop-replay: expected on or off.')
}
