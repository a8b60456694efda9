import type { CoreResponse } from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'
import { renderAnswer } from './stored-answer.ts'

/** An answer that is there as a whole, in the form in which its client waits for it. */
export function renderGiven(
  answer: CoreResponse,
  inbound: Inbound,
  nowSeconds: number,
  fallbackModel: string = answer.model,
): Uint8Array {
  const { protocol, facts, id } = inbound
  return renderAnswer(answer, {
    protocol,
    stream: facts.stream,
    includeUsage: facts.stream && includesUsage(inbound),
    fallbackId: id,
    fallbackModel,
    nowSeconds,
  })
}

function includesUsage({ body }: Inbound): boolean {
  try {
    return body.core().includeUsage
  } catch {
    // Only its own protocol understands the request, which says nothing of the answer.
    return false
  }
}

/** With what not every provider says and clients expect: a name, a model, a date. What is kept or approved is all of it. */
export function completed(
  answer: CoreResponse,
  { id }: Inbound,
  { model }: Platform,
  nowSeconds: number,
): CoreResponse {
  return {
    ...answer,
    id: answer.id === '' ? id : answer.id,
    model: answer.model === '' ? model : answer.model,
    created: answer.created ?? nowSeconds,
  }
}
