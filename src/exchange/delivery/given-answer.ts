import { type CoreResponse, eventsOf } from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'
import { toBytes } from '../operations/sending.ts'

const encoder = new TextEncoder()

/** An answer that is there as a whole, in the form in which its client waits for it: a whole body, or all events of a stream. */
export function renderGiven(
  answer: CoreResponse,
  inbound: Inbound,
  nowSeconds: number,
  fallbackModel: string = answer.model,
): Uint8Array {
  const { protocol, facts, id } = inbound
  if (!facts.stream)
    return toBytes(protocol.renderResponse(completed(answer, inbound, { model: fallbackModel }, nowSeconds)))
  const stream = protocol.createStreamEncoder({
    includeUsage: includesUsage(inbound),
    fallbackId: id,
    fallbackModel,
    nowSeconds,
  })
  const events = eventsOf(answer).map((event) => stream.encode(event))
  return encoder.encode(events.join('') + stream.finish())
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
  { id }: Pick<Inbound, 'id'>,
  { model }: Pick<Platform, 'model'>,
  nowSeconds: number,
): CoreResponse {
  return {
    ...answer,
    id: answer.id === '' ? id : answer.id,
    model: answer.model === '' ? model : answer.model,
    created: answer.created ?? nowSeconds,
  }
}
