/** So many pieces are joined at once: a piece may be a view into the text of the event that brought it, and keeps it alive. */
const PIECES = 32

/** A longer text is not kept, nor gone on with, in characters. */
export const LONGEST_TEXT: number = 512 * 1024

/** A text that comes piece by piece, of which a part is delivered. */
export class KeptText {
  /** `undefined`: too long. */
  #joined: string | undefined = ''
  /** What is not joined yet. */
  readonly #pieces: string[] = []
  #deliverable = 0
  #delivered = 0

  /** Everything so far may be delivered. */
  release(): void {
    this.#deliverable = this.#pieces.length
  }

  add(piece: string): void {
    this.#pieces.push(piece)
  }

  /** What may be delivered has been. */
  onDelivered(): void {
    this.#delivered = this.#deliverable
    if (this.#delivered < PIECES) return
    const more = this.#pieces.splice(0, this.#delivered).join('')
    if (this.#joined !== undefined) this.#joined += more
    if (this.#joined !== undefined && this.#joined.length > LONGEST_TEXT) this.#joined = undefined
    this.#deliverable = 0
    this.#delivered = 0
  }

  /** `undefined` where it is longer than is kept. */
  get delivered(): string | undefined {
    return this.#joined === undefined ? undefined : this.#joined + this.#pieces.slice(0, this.#delivered).join('')
  }
}
