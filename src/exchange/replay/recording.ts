/** Bytes that all recordings together may hold. */
export class Allowance {
  limitBytes: number
  #usedBytes = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.limitBytes) return false
    this.#usedBytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }
}

/** One answer may be so large and still be kept. */
export const LARGEST_KEPT_BYTES: number = 8 * 1024 * 1024

/**
 * An answer's bytes as its own client reads them, at its pace or behind it, and all of them for those that come later. One
 * that is too large, or for which there is no room, is no longer recorded, and passes through as any other.
 */
export class Recording {
  readonly #allowance: Allowance
  #pieces: Uint8Array[] = []
  /** Of the client: what it has read. */
  #read = 0
  #bytes = 0
  #isLost = false

  constructor(allowance: Allowance) {
    this.#allowance = allowance
  }

  /** It is not recorded any more. */
  get isLost(): boolean {
    return this.#isLost
  }

  get hasBytes(): boolean {
    return this.#pieces.length > 0 || this.#isLost
  }

  /** The client has read all that has come. */
  get isRead(): boolean {
    return this.#read === this.#pieces.length
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece)
    if (this.#isLost) return
    const fits = this.#bytes + piece.length <= LARGEST_KEPT_BYTES && this.#allowance.take(piece.length)
    if (fits) this.#bytes += piece.length
    else this.lose()
  }

  /** Keeps no more than what the client has not read. */
  lose(): void {
    this.#isLost = true
    this.#pieces = this.#pieces.slice(this.#read)
    this.#read = 0
    this.release()
  }

  /** For the client. */
  next(): Uint8Array | undefined {
    if (this.#isLost) return this.#pieces.shift()
    const piece = this.#pieces[this.#read]
    if (piece !== undefined) this.#read += 1
    return piece
  }

  /** All of it; only while it is not lost. */
  get whole(): readonly Uint8Array[] {
    return this.#pieces
  }

  get byteLength(): number {
    return this.#bytes
  }

  /** Nothing more is recorded, and what is goes to somebody else's account. */
  release(): void {
    this.#allowance.give(this.#bytes)
    this.#bytes = 0
  }
}
