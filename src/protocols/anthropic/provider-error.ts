import type { Reason } from '../../evidence/index.ts'
import {
  boundMessage,
  isFilled,
  isJsonObject,
  type Json,
  type JsonObject,
  type ProviderError,
  saysContextLength,
} from '../core/index.ts'

/** Types that say more than the status does: a stream's error has no status, and proxies change it. */
const REASONS_BY_TYPE: ReadonlyMap<string, Reason> = new Map([
  ['authentication_error', 'authentication'],
  ['billing_error', 'account-spent'],
  ['permission_error', 'permission'],
  ['not_found_error', 'not-found'],
  ['request_too_large', 'bad-request'],
  ['rate_limit_error', 'rate-limit'],
  ['overloaded_error', 'overloaded'],
  ['timeout_error', 'upstream-timeout'],
])

const REASONS_BY_STATUS: ReadonlyMap<number, Reason> = new Map([
  [401, 'authentication'],
  [402, 'account-spent'],
  [403, 'permission'],
  [404, 'not-found'],
  [408, 'upstream-timeout'],
  // A conflict at the provider, not with what was asked; Anthropic's SDK tries it again.
  [409, 'server-error'],
  [429, 'rate-limit'],
  [503, 'overloaded'],
  [504, 'upstream-timeout'],
  [529, 'overloaded'],
])

// Anthropic says of its wording that it can change; where it gives no code of its own there is nothing else to go by.
const SPENT_CODE = /spend_limit|billing/
// "API usage limits" is what Anthropic calls the spending cap that an account sets itself. Any other usage limit may be
// one of requests or tokens per minute, which is over soon.
const SPENT =
  /credit balance is too low|insufficient (?:account )?(?:balance|credits?|funds|quota)|out of credits|exceeded your current quota|reached your specified api usage limits|(?:reached|exceeded|hit) your (?:\w+ )?(?:spend|spending|billing|credit) (?:limit|cap)/i
const POLICY = /content (?:filter(?:ing)?|moderation) policy|usage policy|(?:violat|prohibit)\w* .*polic/i

/** What Anthropic's error answers mean; status 0 is an error inside a stream. Never throws, whatever the body. */
export function readError(status: number, body: Json | undefined): ProviderError {
  const error = findError(body)
  const type = shortText(error['type'])
  const said = isFilled(error['message']) ? boundMessage(error['message']) : undefined
  const details = isJsonObject(error['details']) ? error['details'] : {}
  const code = shortText(details['error_code']) ?? ''
  return {
    verdict: { name: 'failed', reason: classify(status, type, said ?? '', code) },
    message: boundMessage(
      said ?? `the provider gave no message with ${status === 0 ? 'its error event' : `status ${status}`}`,
    ),
    type,
  }
}

/** Anthropic's own shape, and two that stand-ins use: without the envelope, and a bare string. */
function findError(body: Json | undefined): JsonObject {
  if (!isJsonObject(body)) return {}
  if (isJsonObject(body['error'])) return body['error']
  return typeof body['error'] === 'string' ? { message: body['error'] } : { message: body['message'] }
}

function classify(status: number, type: string | undefined, message: string, code: string): Reason {
  // A spent account comes as 400, 403 or 429, so it is looked for before any of them; never behind a server's fault.
  if (status < 500 && (SPENT_CODE.test(code) || SPENT.test(message))) return 'account-spent'
  const byType = type === undefined ? undefined : REASONS_BY_TYPE.get(type)
  if (byType !== undefined) return byType
  const isRequestsFault = type === 'invalid_request_error' || (status >= 400 && status < 500)
  if (isRequestsFault && (status === 0 || status === 400 || status === 413 || status === 422)) {
    if (saysContextLength(message)) return 'context-length'
    if (POLICY.test(message)) return 'policy'
  }
  const byStatus = REASONS_BY_STATUS.get(status)
  if (byStatus !== undefined) return byStatus
  return isRequestsFault && status < 500 ? 'bad-request' : 'server-error'
}

function shortText(value: Json | undefined): string | undefined {
  return isFilled(value) && value.length <= 128 ? value : undefined
}
