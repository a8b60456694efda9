/** A character that has to be escaped in JSON, so that no plain text around it looks the same. */
const PLACEHOLDER = '\u0000'

/**
 * An event of which there are many that differ in one text only: written once, then the text alone is exchanged, since writing
 * whole objects was a tenth of what a translated stream cost.
 */
export class TextEvent {
  readonly #write: (text: string) => string
  /** The event before and behind its text; `undefined` where that cannot be told. */
  readonly #around: readonly [string, string] | undefined

  /** `write`: the event with this text, which must stand in it once and as a JSON string. */
  constructor(write: (text: string) => string) {
    this.#write = write
    const [before, behind, ...more] = write(PLACEHOLDER).split(JSON.stringify(PLACEHOLDER))
    if (before !== undefined && behind !== undefined && more.length === 0) this.#around = [before, behind]
  }

  with(text: string): string {
    const around = this.#around
    return around === undefined ? this.#write(text) : around[0] + JSON.stringify(text) + around[1]
  }
}
