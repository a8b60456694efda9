/** What happened on one platform. */
export interface PlatformCounts {
  /** Model requests that arrived, refused ones included. */
  requests: number
  /** Answers sent whole, as far as the provider is concerned (a `limited` or `refusal` fault still is an answer). */
  answered: number
  /** Error responses. */
  rejected: number
  /** Replies that a fault cut, replaced or never began. */
  cut: number
  /** Replies that ended because the client went away. */
  clientLeft: number
  /** Requests that are being answered now. */
  open: number
  /** Fault name → how often it struck. */
  faults: Record<string, number>
}

export type Outcome = 'answered' | 'rejected' | 'cut' | 'clientLeft'

/** Counts per platform. */
export class Counters {
  readonly #platforms = new Map<string, PlatformCounts>()

  constructor(platforms: readonly string[]) {
    for (const platform of platforms) this.#platforms.set(platform, emptyCounts())
  }

  /** A request arrived; the returned function is called once with how it ended. */
  begin(platform: string): (outcome: Outcome) => void {
    const counts = this.#of(platform)
    counts.requests += 1
    counts.open += 1
    return (outcome) => {
      counts.open -= 1
      counts[outcome] += 1
    }
  }

  struck(platform: string, fault: string): void {
    const { faults } = this.#of(platform)
    faults[fault] = (faults[fault] ?? 0) + 1
  }

  snapshot(): Record<string, PlatformCounts> {
    return Object.fromEntries([...this.#platforms].map(([name, counts]) => [name, structuredClone(counts)]))
  }

  /** Back to zero; requests that are still open end in the counts they began in. */
  reset(): void {
    for (const platform of this.#platforms.keys()) this.#platforms.set(platform, emptyCounts())
  }

  #of(platform: string): PlatformCounts {
    const counts = this.#platforms.get(platform) ?? emptyCounts()
    this.#platforms.set(platform, counts)
    return counts
  }
}

function emptyCounts(): PlatformCounts {
  return { requests: 0, answered: 0, rejected: 0, cut: 0, clientLeft: 0, open: 0, faults: {} }
}
