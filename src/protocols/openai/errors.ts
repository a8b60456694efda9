import { type CallerError, type JsonObject, storyOf } from '../core/index.ts'

interface ErrorKind {
  readonly type: string
  /** OpenAI's code for this status, where it has one that callers look for. */
  readonly code?: string
}

// The type names of OpenAI's own error answers. Its 429 has a type for each kind of limit (`requests`, `tokens`) and
// one code for all of them; the type here names none, since Fullstop passes on limits of every kind.
const KINDS: ReadonlyMap<number, ErrorKind> = new Map([
  [401, { type: 'invalid_request_error', code: 'invalid_api_key' }],
  [402, { type: 'insufficient_quota', code: 'insufficient_quota' }],
  [403, { type: 'permission_error' }],
  [404, { type: 'not_found_error' }],
  [408, { type: 'timeout' }],
  [429, { type: 'rate_limit_error', code: 'rate_limit_exceeded' }],
  [504, { type: 'timeout' }],
])

function kindOf({ status, code }: CallerError): ErrorKind {
  const kind = KINDS.get(status) ?? { type: status >= 500 ? 'server_error' : 'invalid_request_error' }
  // A path that does not exist is a 404 as well, and has no code of OpenAI's.
  return status === 404 && code.includes('model') ? { ...kind, code: 'model_not_found' } : kind
}

// Callers compare the code. A provider's own code tells the most; a mere type (`…_error`) less than OpenAI's code.
function codeOf({ providerType, code }: CallerError, kind: ErrorKind): string {
  if (providerType !== undefined && !providerType.endsWith('_error')) return providerType
  return kind.code ?? providerType ?? code
}

/** OpenAI's four fields, and what Fullstop tried. */
export interface ErrorObject extends JsonObject {
  readonly message: string
  readonly type: string
  readonly param: null
  readonly code: string
  readonly fullstop: JsonObject
}

export function toErrorObject(error: CallerError): ErrorObject {
  const kind = kindOf(error)
  return {
    message: error.message,
    type: kind.type,
    param: null,
    code: codeOf(error, kind),
    fullstop: storyOf(error),
  }
}

/** An error answer's body. */
export function renderError(error: CallerError): JsonObject {
  return { error: toErrorObject(error) }
}
