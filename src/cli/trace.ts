import type { ExchangeEvidence } from '../evidence/index.ts'
import { askControlPlane, type ControlPlaneOptions } from './ask-control-plane.ts'
import { renderExchanges, renderTrace } from './trace-text.ts'

export interface TraceOptions extends ControlPlaneOptions {
  readonly json?: boolean
}

/** `fullstop trace [ID]`: asks a running instance; exits with 1 where it does not know the id. */
export async function trace(id: string | undefined, options: TraceOptions): Promise<void> {
  if (id === undefined) return list(options)
  const body = await askControlPlane(`/api/exchanges/${encodeURIComponent(id)}`, options)
  console.log(options.json === true ? JSON.stringify(body) : renderTrace(body as ExchangeEvidence))
}

async function list(options: TraceOptions): Promise<void> {
  const body = await askControlPlane('/api/exchanges', options)
  const { exchanges } = body as { readonly exchanges: readonly ExchangeEvidence[] }
  console.log(options.json === true ? JSON.stringify(body) : renderExchanges(exchanges))
}
