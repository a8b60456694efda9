import { type Reason, toLabel } from '../../evidence/index.ts'
import {
  boundMessage,
  isJsonObject,
  type Json,
  type JsonObject,
  objectsIn,
  parseJson,
  type ProviderError,
  saysContextLength,
  toText,
} from '../core/index.ts'

/**
 * Google's words (https://ai.google.dev/gemini-api/docs/troubleshooting), which say more than the status: a stream's
 * error has none. `FAILED_PRECONDITION` is a country without a free tier, or an account without billing.
 */
const REASONS_BY_WORD: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ['INVALID_ARGUMENT', 'bad-request'],
  ['OUT_OF_RANGE', 'bad-request'],
  ['ALREADY_EXISTS', 'bad-request'],
  ['UNAUTHENTICATED', 'authentication'],
  ['FAILED_PRECONDITION', 'permission'],
  ['PERMISSION_DENIED', 'permission'],
  ['NOT_FOUND', 'not-found'],
  ['UNIMPLEMENTED', 'not-found'],
  ['RESOURCE_EXHAUSTED', 'rate-limit'],
  ['UNAVAILABLE', 'overloaded'],
  ['DEADLINE_EXCEEDED', 'upstream-timeout'],
  ['INTERNAL', 'server-error'],
  ['UNKNOWN', 'server-error'],
  ['ABORTED', 'server-error'],
  ['CANCELLED', 'server-error'],
  ['DATA_LOSS', 'server-error'],
])

const REASONS_BY_STATUS: ReadonlyMap<number, Reason> = new Map<number, Reason>([
  [401, 'authentication'],
  [402, 'account-spent'],
  [403, 'permission'],
  [404, 'not-found'],
  [408, 'upstream-timeout'],
  [409, 'server-error'],
  [429, 'rate-limit'],
  [499, 'server-error'],
  [503, 'overloaded'],
  [504, 'upstream-timeout'],
  [529, 'overloaded'],
])

/** A wrong key is a bad request to Google; only the details say what it is. */
const KEY_REASONS: ReadonlySet<string> = new Set(['API_KEY_INVALID', 'API_KEY_EXPIRED', 'API_KEY_SERVICE_BLOCKED'])
const KEY_MESSAGE = /api key (?:not valid|not found|expired)|(?:invalid|leaked) api key|api key was reported as leaked/i
// Not "exceeded your current quota … check your plan and billing": so reads every limit per minute as well.
const SPENT =
  /credits? (?:are|is|has been|have been)? ?(?:depleted|exhausted)|billing (?:account )?(?:is |has been )?(?:disabled|closed)/i
const POLICY = /responsible ai practices|(?:violat|prohibit)\w* .*polic/i

/** What Google's error answers mean; status 0 is an error inside a stream. Never throws, whatever the body. */
export function readError(status: number, body: Json | undefined): ProviderError {
  const error = findError(body)
  const word = toLabel(error.status)
  const message = toText(error.message)
  const effective = status >= 400 ? status : toStatus(error.code)
  return {
    verdict: { name: 'failed', reason: classify(effective, word, message, reasonsOf(error)) },
    message: boundMessage(message || `the provider answered ${status === 0 ? 'with an error' : status} and no message`),
    type: word,
  }
}

/**
 * Google's shape, bare or in the list that its streams without `alt=sse` fail with. A proxy built on its SDK repeats the
 * whole of it as text in its own message.
 */
function findError(body: Json | undefined): JsonObject {
  const only = Array.isArray(body) ? (body as readonly Json[])[0] : body
  if (!isJsonObject(only)) return typeof only === 'string' ? { message: only } : {}
  const error = only.error
  if (!isJsonObject(error)) return typeof error === 'string' ? { message: error } : { message: only.message }
  const inner =
    typeof error.message === 'string' && error.message.startsWith('{') ? parseJson(error.message) : undefined
  return isJsonObject(inner) && isJsonObject(inner.error) ? inner.error : error
}

function toStatus(code: Json | undefined): number {
  return typeof code === 'number' && code >= 400 && code < 600 ? code : 0
}

/** `google.rpc.ErrorInfo`. */
function reasonsOf({ details }: JsonObject): readonly string[] {
  return objectsIn(details).flatMap(({ reason }) => (typeof reason === 'string' ? [reason] : []))
}

function classify(status: number, word: string | undefined, message: string, reasons: readonly string[]): Reason {
  if (status < 500) {
    if (reasons.some((reason) => KEY_REASONS.has(reason)) || KEY_MESSAGE.test(message)) return 'authentication'
    if (SPENT.test(message) || reasons.includes('BILLING_DISABLED')) return 'account-spent'
    if (saysContextLength(message)) return 'context-length'
    if (POLICY.test(message)) return 'policy'
  }
  const byWord = word === undefined ? undefined : REASONS_BY_WORD.get(word)
  const reason = byWord ?? REASONS_BY_STATUS.get(status)
  if (reason !== undefined) return reason
  if (status >= 500) return 'server-error'
  return status >= 400 ? 'bad-request' : 'in-band-error'
}
