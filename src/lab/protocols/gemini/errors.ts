import { ProviderRejection, REFUSED_KEY_PREFIX } from '../provider-protocol.ts'
import type { HeaderReader } from '../provider-protocol.ts'

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'INVALID_ARGUMENT',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const STATUS_MESSAGES: Readonly<Record<number, string>> = {
  403: 'The caller does not have permission',
  429: 'Resource has been exhausted (e.g. check quota).',
  500: 'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  503: 'The model is overloaded. Please try again later.',
  504: 'The request timed out. Please try again.',
}

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo'
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest'
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'

/** A 400 INVALID_ARGUMENT. */
export function invalidArgument(message: string): ProviderRejection {
  return new ProviderRejection(400, message)
}

/** What is wrong with single fields, all of them at once as the proto parser tells it. */
export class FieldViolations extends ProviderRejection {
  readonly violations: readonly { readonly field: string; readonly description: string }[]

  constructor(violations: readonly { readonly field: string; readonly description: string }[]) {
    super(400, violations.map(({ description }) => description).join('\n'))
    this.violations = violations
  }
}

/** The error of a status that has no other reason. */
export function geminiStatus(status: number): ProviderRejection {
  const message = STATUS_MESSAGES[status] ?? (status >= 500 ? 'Internal error encountered.' : 'The request is refused.')
  return new ProviderRejection(status, message)
}

/** How a spent account looks: the 429 of a rate limit, told apart by its message alone. */
export function spentGeminiAccount(): ProviderRejection {
  return new ProviderRejection(429, 'You exceeded your current quota, please check your plan and billing details.')
}

export function refusedGeminiKey(): ProviderRejection {
  return new ProviderRejection(400, 'API key not valid. Please pass a valid API key.', { code: 'API_KEY_INVALID' })
}

/** A key in `x-goog-api-key` or `?key=`, or the bearer token of Vertex. */
export function authenticateGemini(header: HeaderReader, query: URLSearchParams): void {
  const bearer = /^Bearer\s+(.*)$/i.exec(header('authorization') ?? '')?.[1]
  const key = header('x-goog-api-key') ?? query.get('key') ?? bearer ?? ''
  if (key.trim() === '') {
    throw new ProviderRejection(
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    )
  }
  if (key.startsWith(REFUSED_KEY_PREFIX)) throw refusedGeminiKey()
}

/** The error object, pretty-printed as Google sends it. */
export function geminiErrorBody(rejection: ProviderRejection, _requestId: string, retryAfterSeconds?: number): string {
  const { status, message } = rejection
  const details = detailsOf(rejection, retryAfterSeconds)
  const error = {
    code: status,
    message,
    status: STATUSES[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'),
    ...(details.length > 0 ? { details } : {}),
  }
  return `${JSON.stringify({ error }, null, 2)}\n`
}

/** The error of a stream that is one JSON array: the only element, when nothing came before it. */
export function geminiErrorArray(rejection: ProviderRejection, requestId: string, retryAfterSeconds?: number): string {
  return `[${geminiErrorBody(rejection, requestId, retryAfterSeconds).trimEnd()}\n]\n`
}

function detailsOf(rejection: ProviderRejection, retryAfterSeconds: number | undefined): object[] {
  const details: object[] = []
  if (rejection instanceof FieldViolations) {
    details.push({ '@type': BAD_REQUEST, fieldViolations: rejection.violations })
  }
  if (rejection.code !== null) {
    details.push({ '@type': ERROR_INFO, reason: rejection.code, domain: 'googleapis.com' })
  }
  // Google says when to come again in the body, not in a header.
  if (retryAfterSeconds !== undefined) details.push({ '@type': RETRY_INFO, retryDelay: `${retryAfterSeconds}s` })
  return details
}
