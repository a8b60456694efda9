import type { Reason } from '../../evidence/index.ts'
import { saysContextLength } from '../core/index.ts'

/** An error as far as its class depends on it. */
export interface ErrorSigns {
  /** 0 where nothing says one. */
  readonly status: number
  readonly type: string | undefined
  readonly code: string | undefined
  readonly param: string | undefined
  readonly message: string
  readonly isModerated: boolean
}

// Codes and types mean the same whatever status they come with, so they are asked first.
const WORDS: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ['insufficient_quota', 'account-spent'],
  ['billing_hard_limit_reached', 'account-spent'],
  ['billing_not_active', 'account-spent'],
  ['context_length_exceeded', 'context-length'],
  ['content_policy_violation', 'policy'],
  ['content_filter', 'policy'],
  ['moderation_blocked', 'policy'],
  // Responses' own codes.
  ['bio_policy', 'policy'],
  ['misalignment_policy_violation', 'policy'],
  ['image_content_policy_violation', 'policy'],
  ['vector_store_timeout', 'upstream-timeout'],
  ['usage_limit_reached', 'account-spent'],
  ['usage_not_included', 'account-spent'],
  // "Your prompt was flagged", in the words of OpenAI's reasoning models.
  ['invalid_prompt', 'policy'],
  ['invalid_api_key', 'authentication'],
  ['authentication_error', 'authentication'],
  ['permission_error', 'permission'],
  ['model_not_found', 'not-found'],
  ['not_found_error', 'not-found'],
  // Groq sends it with 413 as well.
  ['rate_limit_exceeded', 'rate-limit'],
  ['rate_limit_error', 'rate-limit'],
  ['overloaded_error', 'overloaded'],
  ['engine_overloaded', 'overloaded'],
  ['engine_overloaded_error', 'overloaded'],
  // Codex waits and tries again at these two.
  ['server_is_overloaded', 'overloaded'],
  ['slow_down', 'overloaded'],
  // Groq: the model failed to write what was asked for, which it calls a bad request (400). Another try may succeed.
  ['tool_use_failed', 'server-error'],
  ['json_validate_failed', 'server-error'],
])

interface Pattern {
  readonly says: (message: string) => boolean
  readonly reason: Reason
  readonly statuses?: (status: number) => boolean
}

const says =
  (pattern: RegExp) =>
  (message: string): boolean =>
    pattern.test(message)

const isOurFault = (status: number): boolean => status >= 400 && status < 500 && status !== 429

// Many hosts have prose where OpenAI has a code.
const MESSAGES: readonly Pattern[] = [
  {
    says: says(
      /exceeded your current quota|credit balance|insufficient (account )?(balance|credits?|funds)|out of credits/i,
    ),
    reason: 'account-spent',
  },
  {
    says: saysContextLength,
    reason: 'context-length',
    statuses: (status) => status === 0 || isOurFault(status),
  },
  {
    // xAI answers 400 to a wrong key.
    says: says(/incorrect api key|invalid api key/i),
    reason: 'authentication',
  },
  {
    says: says(/overloaded|at capacity|capacity exceeded|no capacity/i),
    reason: 'overloaded',
    statuses: (status) => !isOurFault(status),
  },
]

const STATUSES: ReadonlyMap<number, Reason> = new Map<number, Reason>([
  [401, 'authentication'],
  [402, 'account-spent'],
  [403, 'permission'],
  [404, 'not-found'],
  // A base URL that leads somewhere else.
  [405, 'not-found'],
  [408, 'upstream-timeout'],
  // A conflict at the provider, not with what was asked; OpenAI's SDK tries it again.
  [409, 'server-error'],
  [425, 'server-error'],
  [429, 'rate-limit'],
  [498, 'overloaded'],
  [503, 'overloaded'],
  [504, 'upstream-timeout'],
  [524, 'upstream-timeout'],
  [529, 'overloaded'],
])

// Only where there is no status: at OpenAI the types merely repeat it, and elsewhere they are careless. Responses has
// some of them as codes.
const TYPES: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ['invalid_request_error', 'bad-request'],
  ['BadRequestError', 'bad-request'],
  ['requests', 'rate-limit'],
  ['tokens', 'rate-limit'],
  ['server_error', 'server-error'],
  ['internal_server_error', 'server-error'],
  ['InternalServerError', 'server-error'],
  ['timeout', 'upstream-timeout'],
])

/** The class of a provider's error: by its own words first, then by its prose, then by its status. */
export function classifyError(signs: ErrorSigns): Reason {
  const { status, type, code, message } = signs
  if (signs.isModerated) return 'policy'
  if (code === 'string_above_max_length') return isPromptField(signs.param) ? 'context-length' : 'bad-request'
  for (const word of [code, type]) {
    const reason = word === undefined ? undefined : WORDS.get(word)
    // Quota and overload hide behind the words for a rate limit, and only the message tells.
    if (reason !== undefined && reason !== 'rate-limit') return reason
  }
  for (const { says, reason, statuses } of MESSAGES)
    if (says(message) && (statuses === undefined || statuses(status))) return reason
  for (const word of [code, type]) {
    const reason = word === undefined ? undefined : WORDS.get(word)
    if (reason !== undefined) return reason
  }
  const byStatus = STATUSES.get(status)
  if (byStatus !== undefined) return byStatus
  if (status >= 500) return 'server-error'
  if (status >= 400) return 'bad-request'
  return TYPES.get(type ?? '') ?? TYPES.get(code ?? '') ?? (namesImage(code) ? 'bad-request' : 'in-band-error')
}

// The code is also used for small fields such as `user`, where a larger window would not help.
function isPromptField(param: string | undefined): boolean {
  return param === undefined || param.startsWith('messages') || param.startsWith('input')
}

// Responses has a dozen codes for pictures that it cannot take, all with this word in them.
function namesImage(code: string | undefined): boolean {
  return code !== undefined && code.includes('image')
}
