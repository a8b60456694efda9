import type { ExchangeEvidence } from '../evidence/index.ts'
import { Recent } from '../collections/index.ts'

/** Exchanges that are remembered for `trace` and the control plane; the oldest goes first. */
export const RECENT_EXCHANGES = 1_000

/** The last exchanges, found by their id. */
export class RecentExchanges extends Recent<ExchangeEvidence> {
  get(id: string): ExchangeEvidence | undefined {
    return this.find((evidence) => evidence.id === id)
  }
}
