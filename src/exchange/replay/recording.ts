import type { Allowance, Reader } from './allowance.ts'

/** One answer may be so large and still be kept. */
export const LARGEST_KEPT_BYTES: number = 8 * 1024 * 1024

/**
 * An answer's bytes as its own client reads them, at its pace or behind it, and all of them for those that come later. One
 * that is too large, or for which there is no room, is no longer recorded, and passes through as any other. What its client has
 * not read stays on the account until it has.
 */
export class Recording implements Reader {
  readonly #allowance: Allowance
  #pieces: Uint8Array[] = []
  /** Of the client: what it has read. */
  #read = 0
  /** On the account. */
  #bytes = 0
  #isLost = false
  /** It is for its client alone. */
  #isOwn = false
  #hasClient = true
  #isDropped = false
  /** Its client has stalled, and gets no more of it. */
  onDropped: (() => void) | undefined

  constructor(allowance: Allowance) {
    this.#allowance = allowance
  }

  /** It is not recorded any more. */
  get isLost(): boolean {
    return this.#isLost
  }

  get isDropped(): boolean {
    return this.#isDropped
  }

  /** The client has read all that has come. */
  get isRead(): boolean {
    return !this.#isDropped && this.#read === this.#pieces.length
  }

  push(piece: Uint8Array): void {
    if (this.#isDropped) return
    this.#pieces.push(piece)
    if (this.#isLost) return
    const fits = this.#bytes + piece.length <= LARGEST_KEPT_BYTES && this.#allowance.take(piece.length)
    if (fits) this.#bytes += piece.length
    else this.lose()
  }

  lose(): void {
    this.#isLost = true
    this.end()
  }

  /** For the client. */
  next(): Uint8Array | undefined {
    if (!this.#isOwn) {
      const piece = this.#pieces[this.#read]
      if (piece !== undefined) this.#read += 1
      return piece
    }
    const piece = this.#pieces.shift()
    if (piece === undefined) return undefined
    // Those on the account come first.
    this.#give(Math.min(piece.length, this.#bytes))
    if (this.#bytes > 0) this.#allowance.onRead(this)
    else this.#allowance.onOver(this)
    return piece
  }

  /** All of it; only before its end, and while it is not lost. */
  get whole(): readonly Uint8Array[] {
    return this.#pieces
  }

  get byteLength(): number {
    return this.#bytes
  }

  /** Nothing more is recorded for others: no more is kept than what its client has not read. */
  end(): void {
    if (this.#isOwn) return
    this.#isOwn = true
    const read = this.#pieces.slice(0, this.#read)
    this.#pieces = this.#pieces.slice(this.#read)
    this.#read = 0
    this.#give(read.reduce((sum, { length }) => sum + length, 0))
    if (!this.#hasClient) this.#letGo()
    else if (this.#bytes > 0) this.#allowance.onRead(this)
  }

  /** Its client has gone. */
  leave(): void {
    this.#hasClient = false
    if (this.#isOwn) this.#letGo()
  }

  drop(): void {
    this.#isDropped = true
    this.#letGo()
    this.onDropped?.()
  }

  #letGo(): void {
    this.#pieces = []
    this.#give(this.#bytes)
    this.#allowance.onOver(this)
  }

  #give(bytes: number): void {
    this.#bytes -= bytes
    this.#allowance.give(bytes)
  }
}
