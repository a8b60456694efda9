export interface BoundedStoreOptions {
  readonly capacity: number
  /** Of all values together, as they are said to cost. */
  readonly limitBytes: number
}

interface Entry<V> {
  readonly value: V
  readonly costBytes: number
  readonly expiresAtMs: number
}

/** What an entry costs beside its value, roughly. */
const ENTRY_BYTES = 256
/** What has expired is looked for so often at most, ms. */
const SWEEP_EVERY_MS = 1_000

/**
 * Values for their time, bounded in number and bytes; the oldest goes first. What has expired is given to nobody, and gone with
 * the next use a second later.
 */
export class BoundedStore<V> {
  readonly #capacity: number
  #limitBytes: number
  readonly #nowMs: () => number
  readonly #entries = new Map<string, Entry<V>>()
  #bytes = 0
  #sweptAtMs = 0

  /** `nowMs`: a monotonic clock's. */
  constructor({ capacity, limitBytes }: BoundedStoreOptions, { nowMs }: { readonly nowMs: () => number }) {
    this.#capacity = capacity
    this.#limitBytes = limitBytes
    this.#nowMs = nowMs
  }

  /** What no longer fits goes. */
  set limitBytes(bytes: number) {
    this.#limitBytes = bytes
    this.#evict()
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): V | undefined {
    this.sweep()
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (this.#nowMs() < entry.expiresAtMs) return entry.value
    this.#drop(key, entry)
    return undefined
  }

  /** Takes the place of what is there. False where it alone is more than there is room for. */
  set(key: string, value: V, { forMs, bytes }: { readonly forMs: number; readonly bytes: number }): boolean {
    this.delete(key)
    this.sweep()
    // Twice the key's length: a character may take two bytes.
    const costBytes = bytes + 2 * key.length + ENTRY_BYTES
    if (costBytes > this.#limitBytes) return false
    this.#entries.set(key, { value, costBytes, expiresAtMs: this.#nowMs() + forMs })
    this.#bytes += costBytes
    this.#evict()
    return true
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) this.#drop(key, entry)
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  /** Drops what has expired; cheap to ask often. */
  sweep(): void {
    const nowMs = this.#nowMs()
    if (this.#entries.size === 0 || nowMs - this.#sweptAtMs < SWEEP_EVERY_MS) return
    this.#sweptAtMs = nowMs
    for (const [key, entry] of this.#entries) if (nowMs >= entry.expiresAtMs) this.#drop(key, entry)
  }

  #evict(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#capacity && this.#bytes <= this.#limitBytes) return
      this.#drop(key, entry)
    }
  }

  #drop(key: string, { costBytes }: Entry<V>): void {
    this.#entries.delete(key)
    this.#bytes -= costBytes
  }
}
