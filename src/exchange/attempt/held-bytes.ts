import { joinBytes } from '../admission/bounded-body.ts'

const NOTHING = new Uint8Array(0)

/** What has arrived and may not be passed on yet, in order. */
export class HeldBytes {
  #pieces: Uint8Array[] = []
  #total = 0

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes)
    this.#total += bytes.length
  }

  /** Takes everything but the last `keep` bytes, which belong to an event that is not whole. Copies only if it must. */
  takeExceptLast(keep: number): Uint8Array {
    const release = this.#total - keep
    if (release <= 0) return NOTHING
    const only = this.#pieces.length === 1 ? this.#pieces[0] : undefined
    const all = only ?? joinBytes(this.#pieces, this.#total)
    this.#pieces = keep === 0 ? [] : [all.slice(release)]
    this.#total = keep
    return keep === 0 ? all : all.subarray(0, release)
  }

  clear(): void {
    this.#pieces = []
    this.#total = 0
  }
}
