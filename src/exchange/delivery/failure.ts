import { ended, ERRORS, type ErrorCode, toFullstopError } from '../../errors.ts'
import type { AttemptEvidence, Reason } from '../../evidence/index.ts'
import type { CallerError, RequestProblem } from '../../protocols/core/index.ts'
import type { ClientRefusal } from '../memory/client-load.ts'
import type { Refusal } from '../memory/platform-health.ts'
import type { Pin } from '../admission/pin.ts'
import type { AttemptEnd, ProviderErrorAnswer } from '../attempt/attempt.ts'

/** What the client is told in the end, before it is put into words of a protocol. */
export interface Failure {
  readonly code: ErrorCode | 'provider-error'
  readonly error: CallerError
  readonly retryable: boolean
  /** Ms; where it is not retryable, for who tries again all the same. */
  readonly retryAfterMs?: number
}

export interface FailureOptions {
  readonly exchange: string
  /** The attempts that were sent, in order; none where no platform could be sent the request. */
  readonly ends: readonly AttemptEnd[]
  /** The end of the attempt that had delivered something: what failed, whatever was tried to go on with it. */
  readonly cut: AttemptEnd | undefined
  /** Why the last platform that was not sent the request could not carry it. */
  readonly notExpressible: RequestProblem | undefined
  /** The provider's own answer is the caller's. */
  readonly passOn: boolean
  /** Why only one platform was asked. */
  readonly pin: Pin | undefined
  /** What kept it from an attempt, or from another one. */
  readonly refusal: Refusal | undefined
  /** Every planned platform has only failed for long. */
  readonly isDark: boolean
}

/** Puts a failed exchange into one row of the error table, or passes the provider's own error on. */
export function describeFailure(options: FailureOptions): Failure {
  const { exchange, ends, cut, notExpressible, passOn, pin, refusal, isDark } = options
  const last = ends.at(-1)
  const attempts = ends.map(({ evidence }) => toAttemptLine(evidence))
  if (last === undefined && refusal !== undefined)
    return refused(tableFailure('overloaded', refusalSentence(refusal), exchange, attempts), refusal, isDark)
  if (last === undefined) {
    const problem =
      notExpressible === undefined
        ? 'No platform could be asked.'
        : `${notExpressible.field}: ${notExpressible.message}.`
    return tableFailure(
      notExpressible === undefined ? 'no-complete-answer' : 'not-expressible',
      problem,
      exchange,
      attempts,
    )
  }
  if (passOn && last.providerError !== undefined) return passedOn(last.providerError, last, exchange, attempts)
  // What may pass outweighs what will not: as long as one platform only failed this time, trying again makes sense.
  const telling = cut ?? ends.findLast((end) => ERRORS[codeOf(reasonOf(end))].retryable) ?? last
  const cause = codeOf(reasonOf(telling))
  const code = pin !== undefined && ERRORS[cause].retryable ? 'pinned-platform-failed' : cause
  const said = sentence(code, attempts, telling.providerError)
  const message = pin === undefined ? said : `${said} ${pinned(pin)}`
  const why = refusal === undefined ? message : `${message} ${refusalSentence(refusal)}`
  const failure = tableFailure(code, why, exchange, attempts)
  if (refusal !== undefined && failure.retryable) return refused(failure, refusal, isDark)
  const waits = ends.flatMap(({ providerError }) => providerError?.retryAfterMs ?? [])
  return waits.length === 0 || !failure.retryable ? failure : { ...failure, retryAfterMs: Math.min(...waits) }
}

/** Once retries are spent, or nothing has worked for long, a client that tries again at once only adds to the load. */
function refused(failure: Failure, { by, retryAfterMs }: Refusal, isDark: boolean): Failure {
  return { ...failure, retryable: by !== 'retry-budget' && !isDark, retryAfterMs }
}

/** Which limit, how much, until when. */
function refusalSentence({ platform, by, limit, used, retryAfterMs }: Refusal): string {
  const seconds = `${Math.max(1, Math.ceil(retryAfterMs / 1_000))} s`
  switch (by) {
    case 'breaker':
      return `${platform} has been failing and is not asked before ${seconds} are over.`
    case 'concurrency':
      return `The provider of ${platform} has its ${limit} attempts at once (limits.concurrent); room is expected in about ${seconds}.`
    case 'requests-per-minute':
      return `The provider of ${platform} has had ${used} of its ${limit} attempts within a minute (limits.requestsPerMinute); the next one in ${seconds}.`
    case 'tokens-per-minute':
      return `The provider of ${platform} has had ${used} of its ${limit} tokens within a minute (limits.tokensPerMinute); the next attempt in ${seconds}.`
    case 'adaptive-concurrency':
      return `${platform} answers late and has its ${limit} attempts at once for now; room is expected in about ${seconds}.`
    case 'retry-budget':
      return `Another attempt was not made: retries are limited to 20 % of the requests and 10/s, and to none while everything fails; the next in ${seconds}.`
  }
}

/** Clients' libraries wait as long as they are told up to here, ms; told more, the official SDKs come back within seconds. */
const LONGEST_HEEDED_WAIT_MS = 60_000

/** A request that a limit of its client's keeps from being tried. */
export function overLimit(refusal: ClientRefusal, exchange: string): Failure {
  const { by, retryAfterMs } = refusal
  const code = by === 'client-repeats' ? 'request-loop' : 'client-limit'
  const failure = tableFailure(code, clientRefusalSentence(refusal), exchange, [])
  return { ...failure, retryable: failure.retryable && retryAfterMs < LONGEST_HEEDED_WAIT_MS, retryAfterMs }
}

function clientRefusalSentence({ client, by, limit, used, retryAfterMs }: ClientRefusal): string {
  const next = `the next request is taken in ${Math.max(1, Math.ceil(retryAfterMs / 1_000))} s.`
  switch (by) {
    case 'client-concurrency':
      return `${client} has ${used} of its ${limit} requests at once (limits.concurrent); room is expected in about a second.`
    case 'client-requests-per-minute':
      return `${client} has made ${used} of its ${limit} requests within a minute (limits.requestsPerMinute); ${next}`
    case 'client-tokens-per-minute':
      return `${client} has used ${used} of its ${limit} tokens within a minute (limits.tokensPerMinute); ${next}`
    case 'client-repeats':
      return `${client} has sent this same request ${used} times within a minute, ${limit} are taken (limits.repeats); ${next}`
  }
}

function reasonOf({ verdict }: AttemptEnd): Reason {
  return 'reason' in verdict ? verdict.reason : 'ended-before-proof'
}

/** Something was thrown in the middle: an error of the table about the request, or a defect. */
export function unexpectedFailure(error: unknown, exchange: string, attempts: readonly AttemptEvidence[]): Failure {
  const { code, message } = toFullstopError(error)
  const { status, retryable } = ERRORS[code]
  return { code, retryable, error: { status, code, message, exchange, attempts: attempts.map(toAttemptLine) } }
}

/** The same failure with all attempts, those of a simpler model that were made after it too. */
export function withAttempts(failure: Failure, attempts: readonly AttemptEvidence[]): Failure {
  const { error } = failure
  const lines = attempts.map(toAttemptLine)
  // A failure that stands for an earlier exchange tells of that one's attempts, and of none of these.
  const isBegun = error.attempts.every(({ platform, reason }, index) => {
    return lines[index]?.platform === platform && lines[index].reason === reason
  })
  const later = isBegun ? lines.slice(error.attempts.length) : lines
  const instead = later.length === 0 ? '' : ` In its place: ${tried(later)}.`
  return { ...failure, error: { ...error, message: error.message + instead, attempts: lines } }
}

type AttemptLine = CallerError['attempts'][number]

function toAttemptLine({ provider, model, verdict, reason, violation }: AttemptEvidence): AttemptLine {
  return {
    platform: `${provider}/${model}`,
    verdict,
    ...(reason !== undefined && { reason }),
    ...(violation !== undefined && { violation }),
  }
}

function tableFailure(code: ErrorCode, message: string, exchange: string, attempts: readonly AttemptLine[]): Failure {
  const { status, retryable, todo } = ERRORS[code]
  return { code, retryable, error: { status, code, message: `${message} ${todo}`, exchange, attempts } }
}

/** Requests that would fail the same anywhere: the provider's status, type and words. */
function passedOn(
  { status, message, type }: ProviderErrorAnswer,
  { verdict }: AttemptEnd,
  exchange: string,
  attempts: readonly AttemptLine[],
): Failure {
  const code = 'reason' in verdict ? verdict.reason : 'bad-request'
  // An in-band error has no status of its own; what is passed on is always about the request.
  return {
    code: 'provider-error',
    retryable: false,
    error: { status: status >= 400 ? status : 400, code, message, exchange, attempts, providerType: type },
  }
}

function sentence(
  code: ErrorCode,
  attempts: readonly AttemptLine[],
  providerError: ProviderErrorAnswer | undefined,
): string {
  const said =
    providerError === undefined || code === 'provider-rejected-key'
      ? ''
      : ` One said: ${clipped(providerError.message)}`
  return `No complete answer after ${attempts.length} ${attempts.length === 1 ? 'attempt' : 'attempts'}: ${tried(attempts)}.${said}`
}

/** What each attempt came to; what several in a row did alike is said once. */
function tried(attempts: readonly AttemptLine[]): string {
  const told: { readonly words: string; times: number }[] = []
  for (const { platform, verdict, reason, violation } of attempts) {
    const why = violation === undefined ? reason : `${reason}: ${violation}`
    const words = `${platform} ${verdict}${why === undefined ? '' : ` (${why})`}`
    const last = told.at(-1)
    if (last?.words === words) last.times += 1
    else told.push({ words, times: 1 })
  }
  return told.map(({ words, times }) => (times === 1 ? words : `${words} ${times} times`)).join(', ')
}

function pinned({ field, platform }: Pin): string {
  return `${field} hangs on what ${platform.name} stores, so no other platform was asked.`
}

function clipped(message: string): string {
  return ended(message.length > 300 ? `${message.slice(0, 300)}…` : message)
}

function codeOf(reason: Reason): ErrorCode {
  switch (reason) {
    case 'rate-limit':
      return 'rate-limited'
    case 'overloaded':
      return 'overloaded'
    case 'account-spent':
      return 'account-spent'
    case 'authentication':
    case 'permission':
      return 'provider-rejected-key'
    case 'not-found':
      return 'provider-lacks-model'
    case 'first-event-timeout':
    case 'idle-timeout':
    case 'total-timeout':
    case 'deadline':
    case 'upstream-timeout':
      return 'out-of-time'
    case 'shutdown':
      return 'shutting-down'
    case 'not-expressible':
      return 'not-expressible'
    case 'stopped-by-limit':
      return 'stopped-by-limit'
    default:
      return 'no-complete-answer'
  }
}
