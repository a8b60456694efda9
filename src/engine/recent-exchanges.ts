import type { ExchangeEvidence } from '../evidence/index.ts'

/** Exchanges that are remembered for `trace` and the control plane; the oldest goes first. */
export const RECENT_EXCHANGES = 1_000

/** The last exchanges, by id; memory is bounded by `capacity`. */
export class RecentExchanges {
  readonly #capacity: number
  // A Map keeps insertion order, so its first key is the oldest.
  readonly #byId = new Map<string, ExchangeEvidence>()

  constructor(capacity: number = RECENT_EXCHANGES) {
    this.#capacity = capacity
  }

  add(evidence: ExchangeEvidence): void {
    this.#byId.set(evidence.id, evidence)
    if (this.#byId.size <= this.#capacity) return
    const oldest = this.#byId.keys().next()
    if (!oldest.done) this.#byId.delete(oldest.value)
  }

  get(id: string): ExchangeEvidence | undefined {
    return this.#byId.get(id)
  }

  /** Newest first. */
  list(limit: number): readonly ExchangeEvidence[] {
    return [...this.#byId.values()].slice(-limit).toReversed()
  }
}
