/** A map of at most `capacity` entries; the one that was longest not written or read goes first. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    // A map keeps the order of insertion, so what is used is inserted again.
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#capacity) return
    const oldest = this.#entries.keys().next()
    if (oldest.done !== true) this.#entries.delete(oldest.value)
  }

  /** Without counting as use. */
  peek(key: K): V | undefined {
    return this.#entries.get(key)
  }

  /** What is there, else what is made and kept. */
  getOrMake(key: K, make: () => V): V {
    const known = this.get(key)
    if (known !== undefined) return known
    const made = make()
    this.set(key, made)
    return made
  }

  delete(key: K): void {
    this.#entries.delete(key)
  }

  /** The one that goes first comes first. */
  get entries(): readonly (readonly [K, V])[] {
    return [...this.#entries]
  }

  get size(): number {
    return this.#entries.size
  }
}
