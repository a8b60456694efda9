import type { CallerError } from '../core/index.ts'
import { toErrorObject } from '../openai/index.ts'
import { responseObject } from './response-out.ts'
import { toResponseId } from './item-ids.ts'
import { toServerSentEvent } from './wire.ts'

/**
 * Two events, as OpenAI itself sends them: `error`, at which the SDKs of OpenAI throw and which Vercel's takes for one,
 * and `response.failed`, which Codex and others wait for and which the SDKs would let pass. The fields of the error stand
 * both beside its type, as OpenAI documents them, and in an object of their own, where OpenAI and its SDKs have them.
 *
 * What number is due is not known here; clients want one to be there and compare none.
 */
export function renderErrorEvent(error: CallerError): string {
  const object = toErrorObject(error)
  const { code, message, param } = object
  const response = responseObject({
    id: toResponseId(error.exchange),
    created: 0,
    model: '',
    status: 'failed',
    incomplete_details: null,
    output: [],
    usage: null,
    error: { code, message },
  })
  return (
    toServerSentEvent({ type: 'error', sequence_number: 0, code, message, param, error: object }) +
    toServerSentEvent({ type: 'response.failed', sequence_number: 1, response })
  )
}
