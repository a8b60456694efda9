import { type CallerError, type JsonObject, storyOf } from '../core/index.ts'
import { toServerSentEvent } from './wire.ts'

const TYPES: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  // Clients of Anthropic know overload by its type; 503 is how everyone else says it.
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
])
const KNOWN_TYPES: ReadonlySet<string> = new Set(TYPES.values())

/** An error as Anthropic's clients know it, with Fullstop's own story beside the message. */
export function renderError(error: CallerError): { readonly type: 'error' } & JsonObject {
  return {
    type: 'error',
    error: {
      type: toErrorType(error),
      message: error.message,
      fullstop: storyOf(error),
    },
    request_id: error.exchange,
  }
}

export function renderErrorEvent(error: CallerError): string {
  return toServerSentEvent(renderError(error))
}

/** The provider's own type where it is one of Anthropic's: clients tell errors apart by it. */
function toErrorType({ status, providerType }: CallerError): string {
  if (providerType !== undefined && KNOWN_TYPES.has(providerType)) return providerType
  return TYPES.get(status) ?? 'api_error'
}
