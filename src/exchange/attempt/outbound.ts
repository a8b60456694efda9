import type { RequestProblem } from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'
import { spliceTopLevel } from './splice.ts'

/** A request as one platform gets it. */
export type Outbound =
  | {
      readonly ok: true
      readonly url: string
      readonly body: string
      readonly headers: Record<string, string>
      /** Rows of the loss table. */
      readonly dropped: readonly string[]
      /** The answer comes in the client's own protocol, and its bytes may be passed on. */
      readonly sameProtocol: boolean
    }
  | { readonly ok: false; readonly problem: RequestProblem }

/**
 * The request for a platform: the client's own bytes with the model's name exchanged where both speak the same
 * protocol, a translation of the original otherwise. Each attempt starts from the original.
 */
export function toOutbound(inbound: Inbound, { provider, model }: Platform): Outbound {
  const headers = provider.protocol.requestHeaders({ apiKey: provider.apiKey, clientHeaders: inbound.headers })
  // What comes back is bounded as it comes; a compressed answer would have to be undone first.
  headers['accept-encoding'] = 'identity'
  const url = provider.baseUrl + provider.protocol.path({ model, stream: inbound.facts.stream })
  if (provider.protocol === inbound.protocol) {
    const { text } = inbound.body
    const field = provider.protocol.modelField
    const isNamed = field === undefined || inbound.facts.model === model
    const body = isNamed ? text : spliceTopLevel(text, field, model)
    return { ok: true, url, body, headers, dropped: [], sameProtocol: true }
  }
  const rendered = provider.protocol.renderRequest(inbound.body.core(), { model, isOwn: () => false })
  if (!rendered.ok) return rendered
  const { body, dropped } = rendered.value
  return { ok: true, url, body: JSON.stringify(body), headers, dropped, sameProtocol: false }
}
