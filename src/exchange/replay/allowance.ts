import type { Clock } from '../../resilience/index.ts'

/** Whoever is to read what is held for it. */
export interface Reader {
  /** Its room is needed: it lets go of all that it has not read, and gives it back. */
  drop(): void
}

/** A client that has read nothing for so long may be dropped where its room is needed, ms. */
export const STALLED_MS = 10_000

/** The bytes that are held for clients: of all recordings, and of all answers that somebody is reading. */
export class Allowance {
  limitBytes: number
  readonly #clock: Pick<Clock, 'nowMs'>
  #usedBytes = 0
  /** How many read the same bytes, which count once. */
  readonly #held = new Map<Uint8Array, number>()
  /** With when each has read last: the one that has not for the longest comes first. */
  readonly #readers = new Map<Reader, number>()

  constructor(limitBytes: number, { clock }: { readonly clock: Pick<Clock, 'nowMs'> }) {
    this.limitBytes = limitBytes
    this.#clock = clock
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** False where there is no room; those that have stalled make some first. */
  take(bytes: number): boolean {
    if (bytes > this.limitBytes) return false
    while (this.#usedBytes + bytes > this.limitBytes) if (!this.#dropStalled()) return false
    this.#usedBytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes
  }

  /** The same for an answer that several may read at once. */
  hold(bytes: Uint8Array): boolean {
    const count = this.#held.get(bytes) ?? 0
    if (count === 0 && !this.take(bytes.length)) return false
    this.#held.set(bytes, count + 1)
    return true
  }

  letGo(bytes: Uint8Array): void {
    const count = this.#held.get(bytes) ?? 0
    if (count > 1) return void this.#held.set(bytes, count - 1)
    if (this.#held.delete(bytes)) this.give(bytes.length)
  }

  // ## Who reads

  /** It begins to, or has read on. */
  onRead(reader: Reader): void {
    this.#readers.delete(reader)
    this.#readers.set(reader, this.#clock.nowMs())
  }

  onOver(reader: Reader): void {
    this.#readers.delete(reader)
  }

  #dropStalled(): boolean {
    const [slowest] = this.#readers
    if (slowest === undefined || this.#clock.nowMs() - slowest[1] < STALLED_MS) return false
    this.#readers.delete(slowest[0])
    slowest[0].drop()
    return true
  }
}
