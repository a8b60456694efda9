import type { ExchangeEvidence } from '../evidence/index.ts'
import { askControlPlane, type ControlPlaneOptions } from './ask-control-plane.ts'
import { renderExchanges, renderTrace } from './trace-text.ts'

export interface TraceOptions extends ControlPlaneOptions {
  readonly json?: boolean
}

interface ExchangesList {
  readonly exchanges: readonly ExchangeEvidence[]
}

/** `fullstop trace [ID]`: asks a running instance; exits with 1 where it does not know the id. */
export async function trace(id: string | undefined, options: TraceOptions): Promise<void> {
  if (id === undefined) return list(options)
  const body = await askControlPlane<ExchangeEvidence>(`/api/exchanges/${encodeURIComponent(id)}`, 'attempts', options)
  console.log(options.json === true ? JSON.stringify(body) : renderTrace(body))
}

async function list(options: TraceOptions): Promise<void> {
  const body = await askControlPlane<ExchangesList>('/api/exchanges', 'exchanges', options)
  console.log(options.json === true ? JSON.stringify(body) : renderExchanges(body.exchanges))
}
