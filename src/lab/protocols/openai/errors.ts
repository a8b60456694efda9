import { describeType } from '../../json-checks.ts'
import { ProviderRejection, REFUSED_KEY_PREFIX } from '../provider-protocol.ts'
import type { HeaderReader } from '../provider-protocol.ts'

const STATUS_ERRORS: Readonly<
  Record<number, { readonly message: string; readonly type?: string; readonly code?: string }>
> = {
  403: { message: 'You are not allowed to use this resource.', code: 'permission_denied' },
  429: { message: 'Rate limit reached for requests.', type: 'requests', code: 'rate_limit_exceeded' },
  500: { message: 'The server had an error while processing your request. Sorry about that!', type: 'server_error' },
  503: { message: 'The engine is currently overloaded, please try again later.', type: 'server_error' },
}

/** A 400 with the parameter at fault and the code that clients look at. */
export function invalidParameter(message: string, param: string | undefined, code?: string): ProviderRejection {
  return new ProviderRejection(400, message, {
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  })
}

export function missingParameter(param: string): ProviderRejection {
  return invalidParameter(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter')
}

export function wrongType(param: string, expected: string, got: unknown): ProviderRejection {
  return invalidParameter(
    `Invalid type for '${param}': expected ${expected}, but got ${describeType(got)} instead.`,
    param,
    'invalid_type',
  )
}

/** The error of a status that has no other reason. */
export function openAiStatus(status: number): ProviderRejection {
  const known = STATUS_ERRORS[status]
  if (known !== undefined) return new ProviderRejection(status, known.message, known)
  return status >= 500
    ? new ProviderRejection(status, 'The server had an error processing your request.', { type: 'server_error' })
    : new ProviderRejection(status, 'The request was refused.')
}

/** How a spent account looks: a 429 that no waiting will cure. */
export function spentOpenAiAccount(): ProviderRejection {
  return new ProviderRejection(429, 'You exceeded your current quota, please check your plan and billing details.', {
    type: 'insufficient_quota',
    code: 'insufficient_quota',
  })
}

export function openAiErrorBody({ message, type, param, code }: ProviderRejection): string {
  return JSON.stringify({ error: { message, type: type ?? 'invalid_request_error', param, code } }, null, 2)
}

/** The error inside a stream. */
export function chatErrorEvent(): string {
  const message = STATUS_ERRORS[500]?.message ?? 'Server error'
  return `data: ${JSON.stringify({ error: { message, type: 'server_error', param: null, code: null } })}\n\n`
}

export function refusedOpenAiKey(): ProviderRejection {
  return new ProviderRejection(401, 'Incorrect API key provided.', { code: 'invalid_api_key' })
}

/** A bearer token. */
export function authenticateOpenAi(header: HeaderReader): void {
  const key = /^Bearer\s+(.*)$/i.exec(header('authorization') ?? '')?.[1]?.trim()
  if (key === undefined || key === '') {
    throw new ProviderRejection(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    )
  }
  if (key.startsWith(REFUSED_KEY_PREFIX)) throw refusedOpenAiKey()
}
