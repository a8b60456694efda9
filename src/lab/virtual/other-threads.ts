/**
 * Digests are what the engine has computed by another thread, and the one thing that neither the clock nor a microtask brings. While
 * one is under way somebody can still go on, so time must not pass.
 */
export class OtherThreads {
  readonly #subtle: SubtleCrypto = crypto.subtle
  readonly #pending = new Set<Promise<unknown>>()

  /** Counts the digests of the whole process until `release`, in the order of watching and releasing. */
  watch(): void {
    const digest = this.#subtle.digest.bind(this.#subtle)
    const counted: SubtleCrypto['digest'] = (...args) => {
      const digesting = digest(...args)
      this.#pending.add(digesting)
      const over = (): boolean => this.#pending.delete(digesting)
      digesting.then(over, over)
      return digesting
    }
    Object.defineProperty(this.#subtle, 'digest', { value: counted, configurable: true, writable: true })
  }

  release(): void {
    // The original stands on the prototype.
    Reflect.deleteProperty(this.#subtle, 'digest')
  }

  get isBusy(): boolean {
    return this.#pending.size > 0
  }

  /** Resolves when what is under way now is over. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#pending)
  }
}
