import type { FullstopError } from '../../errors.ts'
import type { Protocol } from '../../protocols/core/index.ts'
import type { ClientRefusal } from '../memory/client-load.ts'
import { type Failure, overLimit, unexpectedFailure } from './failure.ts'

/** A failure as the client's protocol has it. */
export function errorResponse(failure: Failure, protocol: Protocol, headers: Record<string, string>): Response {
  const { error, retryable, retryAfterMs } = failure
  // The official SDKs retry by status unless told; what would fail the same way again is not to be retried.
  headers['x-should-retry'] = String(retryable)
  if (retryable || retryAfterMs !== undefined)
    headers['retry-after'] = String(Math.max(1, Math.ceil((retryAfterMs ?? DEFAULT_RETRY_AFTER_MS) / 1_000)))
  headers['content-type'] = 'application/json'
  return new Response(JSON.stringify(protocol.renderError(error)), { status: error.status, headers })
}

const DEFAULT_RETRY_AFTER_MS = 1_000

/** An error from before any attempt. */
export function refuse(error: FullstopError, protocol: Protocol, exchange: string): Response {
  return errorResponse(unexpectedFailure(error, exchange, []), protocol, {
    'x-fullstop-id': exchange,
    ...error.headers,
  })
}

/** A call that a limit of its client's keeps from being passed on. */
export function refuseOverLimit(refusal: ClientRefusal, protocol: Protocol, exchange: string): Response {
  return errorResponse(overLimit(refusal, exchange), protocol, { 'x-fullstop-id': exchange })
}
