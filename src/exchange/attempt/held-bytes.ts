import { joinBytes } from '../admission/bounded-body.ts'

const NOTHING = new Uint8Array(0)
const LF = 10
const CR = 13

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
    return this.#take(this.#joined(), release)
  }

  /**
   * Takes everything but the last `events` whole events and the `pendingBytes` behind them, of an event that is not whole.
   */
  takeExceptLastEvents(events: number, pendingBytes: number): Uint8Array {
    if (events === 0) return this.takeExceptLast(pendingBytes)
    const all = this.#joined()
    let release = this.#total - pendingBytes
    for (let left = events; left > 0 && release > 0; left--) release = lastEventStart(all, release)
    if (release > 0) return this.#take(all, release)
    this.#pieces = [all]
    return NOTHING
  }

  #joined(): Uint8Array {
    const [first] = this.#pieces
    return first !== undefined && this.#pieces.length === 1 ? first : joinBytes(this.#pieces, this.#total)
  }

  #take(all: Uint8Array, release: number): Uint8Array {
    const keep = this.#total - release
    this.#pieces = keep === 0 ? [] : [all.slice(release)]
    this.#total = keep
    return keep === 0 ? all : all.subarray(0, release)
  }

  clear(): void {
    this.#pieces = []
    this.#total = 0
  }
}

/** Where the last event before `end`, which is the end of one, begins; 0 for the first. */
function lastEventStart(bytes: Uint8Array, end: number): number {
  let at = end - 1
  // Its own blank line, and whatever line ends stand behind that.
  while (at >= 0 && (bytes[at] === LF || bytes[at] === CR)) at -= 1
  for (at = at < 0 ? -1 : bytes.lastIndexOf(LF, at); at > 0; at = bytes.lastIndexOf(LF, at - 1)) {
    const before = bytes[at - 1]
    if (before === LF || (before === CR && bytes[at - 2] === LF)) return at + 1
  }
  return 0
}
