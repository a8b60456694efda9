import { isJsonObject, type Json, parseJson } from '../protocols/core/index.ts'

/** One try on one platform, as an error tells it; nothing of what the model wrote is in it. */
export interface FailedAttempt {
  /** `provider/model`. */
  readonly platform: string
  /** `complete`, `limited`, `refused`, `truncated`, `malformed` or `failed`. */
  readonly verdict: string
  /** Why, in a word of the evidence: `overloaded`, `schema-violation`, … */
  readonly reason?: string
  /** Of a `schema-violation`: which part of what was asked for, or of what the workflow expects, is not met. */
  readonly violation?: string
}

export interface GenerateErrorOptions {
  readonly code: string
  readonly status: number
  readonly exchange: string
  readonly attempts: readonly FailedAttempt[]
}

/** Nobody gave the answer that was asked for. */
export class GenerateError extends Error {
  override readonly name = 'GenerateError'
  /** Of Fullstop's error table (`no-complete-answer`, `out-of-time`, `unknown-model`, …), or why a provider refused. */
  readonly code: string
  /** The HTTP status that the same failure has over the network. */
  readonly status: number
  /** The exchange's id, as the evidence has it. */
  readonly exchange: string
  /** In order; empty where nothing was sent. */
  readonly attempts: readonly FailedAttempt[]

  constructor(message: string, { code, status, exchange, attempts }: GenerateErrorOptions) {
    super(message)
    this.code = code
    this.status = status
    this.exchange = exchange
    this.attempts = attempts
  }
}

/** An error answer of the engine's in OpenAI Chat's words. `violations`: of the attempts that were not accepted, in order. */
export async function readGenerateError(response: Response, violations: readonly string[]): Promise<GenerateError> {
  const body = parseJson(await response.text())
  const error = objectOf(isJsonObject(body) ? body['error'] : undefined)
  const fullstop = objectOf(error['fullstop'])
  const remaining = [...violations]
  const attempts = (Array.isArray(fullstop['attempts']) ? (fullstop['attempts'] as readonly Json[]) : []).map(
    (value): FailedAttempt => {
      const { platform, verdict, reason, violation: said } = objectOf(value)
      // One that says itself what was broken met what this call asked for, and not what its workflow does.
      const violation = typeof said === 'string' ? said : reason === 'schema-violation' ? remaining.shift() : undefined
      return {
        platform: String(platform),
        verdict: String(verdict),
        ...(typeof reason === 'string' && { reason }),
        ...(violation !== undefined && { violation }),
      }
    },
  )
  const details = attempts.flatMap(({ platform, violation }) =>
    violation === undefined ? [] : [`${platform}: ${violation}`],
  )
  const message = [String(error['message']), ...details].join('\n')
  const { status } = response
  return new GenerateError(message, {
    code: String(fullstop['code']),
    exchange: String(fullstop['exchange']),
    status,
    attempts,
  })
}

function objectOf(value: Json | undefined): Readonly<Record<string, Json | undefined>> {
  return isJsonObject(value) ? value : {}
}
