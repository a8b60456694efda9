/** The last `capacity` of something: adding is one store. */
export class Recent<T> {
  readonly #ring: (T | undefined)[]
  #next = 0

  constructor(capacity: number) {
    this.#ring = Array.from({ length: capacity }, () => undefined)
  }

  add(item: T): void {
    if (this.#ring.length === 0) return
    this.#ring[this.#next] = item
    this.#next = (this.#next + 1) % this.#ring.length
  }

  /** Looks through all. */
  find(is: (item: T) => boolean): T | undefined {
    return this.#ring.find((item) => item !== undefined && is(item))
  }

  /** Newest first. */
  list(limit: number): readonly T[] {
    const oldestFirst = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
    return oldestFirst
      .filter((item) => item !== undefined)
      .slice(-limit)
      .toReversed()
  }
}
