import { type Reason, toLabel } from '../../evidence/index.ts'
import { isJsonObject, type Json, type JsonObject, listOf, type ProviderError } from '../core/index.ts'
import { classifyError } from './error-class.ts'
import { inBandErrorOf } from './in-band-error.ts'

const MESSAGE_LENGTH_LIMIT = 2000

/** The one shape that all the hosts' error bodies are read into. */
interface ErrorFields {
  readonly message: string
  readonly type: string | undefined
  readonly code: string | undefined
  readonly param: string | undefined
  /** A status inside the body, as in-band errors carry it. */
  readonly status: number | undefined
  /** OpenRouter's list of what its moderation found. */
  readonly isModerated: boolean
}

/**
 * What an error answer means. `status` 0 is an error inside a stream or a body that began as a success; a status
 * inside the error then takes its place.
 */
export function readError(status: number, body: Json | undefined): ProviderError {
  const fields = readFields(body)
  const effective = status >= 400 ? status : (fields.status ?? 0)
  const reason: Reason = classifyError({ ...fields, status: effective })
  return {
    verdict: { name: 'failed', reason },
    message: limit(fields.message) || `the provider answered ${status === 0 ? 'with an error' : status} and no message`,
    type: toLabel(fields.code) ?? toLabel(fields.type),
  }
}

function readFields(body: Json | undefined): ErrorFields {
  // Google's compatible surface wraps the error in a list.
  if (Array.isArray(body)) return readFields((body as readonly Json[])[0])
  if (!isJsonObject(body)) return toFields({}, typeof body === 'string' ? body : '')
  const error = inBandErrorOf(body)
  if (isJsonObject(error)) return toFields({ ...body, ...error }, readMessage(error))
  if (typeof error === 'string') return toFields(body, error)
  return toFields(body, readMessage(body))
}

function toFields(error: JsonObject, message: string): ErrorFields {
  const { type, code, param, metadata } = error
  return {
    message,
    type: typeof type === 'string' ? type : undefined,
    code: typeof code === 'string' ? code : undefined,
    param: typeof param === 'string' ? param : undefined,
    status: [error.status_code, error.code, error.status, error.statusCode].map(toStatus).find(Boolean),
    isModerated: isJsonObject(metadata) && Array.isArray(metadata.reasons),
  }
}

function toStatus(value: Json | undefined): number | undefined {
  const status = typeof value === 'string' ? Number(value) : value
  return Number.isInteger(status) && Number(status) >= 400 && Number(status) < 600 ? Number(status) : undefined
}

/** `message`, or FastAPI's `detail`; either may hold the list of what a validator found. */
function readMessage(error: JsonObject): string {
  for (const value of [error.message, error.detail]) {
    const message = toText(value)
    if (message !== '') return message
  }
  return ''
}

function toText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return (value as readonly Json[]).map(toText).filter(Boolean).join('; ')
  if (!isJsonObject(value)) return ''
  const text = toText(value.msg ?? value.message ?? value.detail)
  const place = listOf(value.loc)
  return place.length === 0 ? text : `${place.join('.')}: ${text}`
}

// Cut in the middle of a pair, the first half alone would not be text any more.
function limit(message: string): string {
  return message.slice(0, MESSAGE_LENGTH_LIMIT).replace(/[\uD800-\uDBFF]$/, '')
}
