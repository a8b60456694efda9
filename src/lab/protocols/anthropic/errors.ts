import { ProviderRejection, REFUSED_KEY_PREFIX } from '../provider-protocol.ts'
import type { HeaderReader } from '../provider-protocol.ts'

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  413: 'request_too_large',
  415: 'invalid_request_error',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const STATUS_MESSAGES: Readonly<Record<number, string>> = {
  403: 'Your API key does not have permission to use the specified resource.',
  413: 'Request exceeds the maximum size',
  429: 'This request would exceed your organization’s rate limit.',
  529: 'Overloaded',
}

/** A 400 with a message of this form: `messages.0.role: Input should be …`. */
export function invalid(message: string): ProviderRejection {
  return new ProviderRejection(400, message)
}

/** The error of a status that has no other reason. */
export function anthropicStatus(status: number): ProviderRejection {
  return new ProviderRejection(
    status,
    STATUS_MESSAGES[status] ?? (status >= 500 ? 'Internal server error' : 'Bad request'),
  )
}

/** How a spent account looks: a plain 400. */
export function spentAnthropicAccount(): ProviderRejection {
  return invalid(
    'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  )
}

export function anthropicErrorBody(rejection: ProviderRejection, requestId: string): string {
  const type = rejection.type ?? ERROR_TYPES[rejection.status] ?? 'api_error'
  return JSON.stringify({ type: 'error', error: { type, message: rejection.message }, request_id: requestId })
}

/** The `error` event of a stream. */
export function anthropicErrorEvent(requestId: string): string {
  const error = { details: null, type: 'overloaded_error', message: 'Overloaded' }
  return `event: error\ndata: ${JSON.stringify({ type: 'error', error, request_id: requestId })}\n\n`
}

export function refusedAnthropicKey(): ProviderRejection {
  return new ProviderRejection(401, 'invalid x-api-key')
}

/** A key in `x-api-key` or as a bearer token, and the version of the API. */
export function authenticateAnthropic(header: HeaderReader): void {
  const key = header('x-api-key') ?? /^Bearer\s+(.*)$/i.exec(header('authorization') ?? '')?.[1]
  if (key === undefined || key.trim() === '') {
    throw new ProviderRejection(401, 'x-api-key header is required')
  }
  if (key.startsWith(REFUSED_KEY_PREFIX)) throw refusedAnthropicKey()
  if (header('anthropic-version') === undefined) throw invalid('anthropic-version: header is required')
}
