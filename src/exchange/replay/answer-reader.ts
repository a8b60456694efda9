import type { Allowance, Reader } from './allowance.ts'

/** Why an answer breaks off that is there. */
export const NOT_READ = 'The answer was not read for long, and its room was needed.'

/** So much of it is given at once, roughly: what has been given is the connection's, and not counted here any more. */
const PIECE_BYTES = 64 * 1024
const LF = 10
const CR = 13

/** A streamed answer that is there as a whole, on its way to one client, in pieces of whole events and at that client's pace. */
export class AnswerReader implements Reader {
  readonly #allowance: Allowance
  readonly #onDropped: () => void
  #bytes: Uint8Array | undefined
  #at = 0
  #isDropped = false

  /** `undefined` where there is no room for it. */
  static of(bytes: Uint8Array, allowance: Allowance, onDropped: () => void): AnswerReader | undefined {
    return allowance.hold(bytes) ? new AnswerReader(bytes, allowance, onDropped) : undefined
  }

  private constructor(bytes: Uint8Array, allowance: Allowance, onDropped: () => void) {
    this.#bytes = bytes
    this.#allowance = allowance
    this.#onDropped = onDropped
    allowance.onRead(this)
  }

  get isDropped(): boolean {
    return this.#isDropped
  }

  /** `undefined`: that was all, or it has been dropped. */
  next(): Uint8Array | undefined {
    const bytes = this.#bytes
    if (bytes === undefined) return undefined
    const from = this.#at
    this.#at = eventEnd(bytes, from + PIECE_BYTES)
    // Behind the last piece there is nothing that could be dropped.
    if (this.#at < bytes.length) this.#allowance.onRead(this)
    else this.close()
    // A copy: a part of it would hold all of it.
    return bytes.slice(from, this.#at)
  }

  /** Its client has all of it, or has gone. */
  close(): undefined {
    if (this.#bytes === undefined) return
    this.#allowance.letGo(this.#bytes)
    this.#allowance.onOver(this)
    this.#bytes = undefined
  }

  drop(): void {
    this.#isDropped = true
    this.close()
    this.#onDropped()
  }
}

/** Behind the first blank line from there on. */
function eventEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from - 1); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1
    if (bytes[next] === LF) return next + 1
  }
  return bytes.length
}
