import type { ExchangeEvidence } from '../evidence/index.ts'

/** Exchanges that are remembered for `trace` and the control plane; the oldest goes first. */
export const RECENT_EXCHANGES = 1_000

/** The last exchanges in a ring of `capacity`: adding is one store, finding looks through all. */
export class RecentExchanges {
  readonly #ring: (ExchangeEvidence | undefined)[]
  #next = 0

  constructor(capacity: number) {
    this.#ring = Array.from({ length: capacity }, () => undefined)
  }

  add(evidence: ExchangeEvidence): void {
    if (this.#ring.length === 0) return
    this.#ring[this.#next] = evidence
    this.#next = (this.#next + 1) % this.#ring.length
  }

  get(id: string): ExchangeEvidence | undefined {
    return this.#ring.find((evidence) => evidence?.id === id)
  }

  /** Newest first. */
  list(limit: number): readonly ExchangeEvidence[] {
    const oldestFirst = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
    return oldestFirst
      .filter((evidence) => evidence !== undefined)
      .slice(-limit)
      .toReversed()
  }
}
