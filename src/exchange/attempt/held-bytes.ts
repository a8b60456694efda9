import { joinBytes, NO_BYTES } from '../bytes.ts'

const LF = 10
const CR = 13

interface Piece {
  readonly bytes: Uint8Array
  /** Events that end in it. */
  readonly events: number
  /** It ends where an event does. */
  readonly isClosed: boolean
}

/** What has arrived and may not be passed on yet, in order. */
export class HeldBytes {
  #pieces: Piece[] = []
  #total = 0

  /** `events`: how many of them end in these bytes. `isClosed`: the last one at their end. */
  push(bytes: Uint8Array, events: number, isClosed: boolean): void {
    this.#pieces.push({ bytes, events, isClosed })
    this.#total += bytes.length
  }

  /** Takes everything but the last `keep` bytes, which belong to an event that is not whole. Copies only if it must. */
  takeExceptLast(keep: number): Uint8Array {
    const release = this.#total - keep
    if (release <= 0) return NO_BYTES
    return this.#cut(this.#joined(), release, { events: 0, isClosed: false })
  }

  /**
   * Takes everything but the last `events` whole events and the `pendingBytes` behind them, of an event that is not whole.
   */
  takeExceptLastEvents(events: number, pendingBytes: number): Uint8Array {
    if (events === 0) return this.takeExceptLast(pendingBytes)
    const count = this.#closedBefore(events)
    if (count !== undefined) return this.#takePieces(count)
    const all = this.#joined()
    let release = this.#total - pendingBytes
    for (let left = events; left > 0 && release > 0; left--) release = lastEventStart(all, release)
    return release > 0 ? this.#cut(all, release, { events, isClosed: pendingBytes === 0 }) : NO_BYTES
  }

  /** How many pieces stand before the last `events` events, where those begin with a piece, as they nearly always do. */
  #closedBefore(events: number): number | undefined {
    let count = this.#pieces.length
    for (let left = events; left > 0 && count > 0; count--) left -= this.#pieces[count - 1]?.events ?? 0
    const kept = this.#pieces.slice(count).reduce((sum, piece) => sum + piece.events, 0)
    return kept === events && (count === 0 || this.#pieces[count - 1]?.isClosed === true) ? count : undefined
  }

  #takePieces(count: number): Uint8Array {
    if (count === 0) return NO_BYTES
    const taken = joined(this.#pieces.slice(0, count))
    this.#pieces = this.#pieces.slice(count)
    this.#total -= taken.length
    return taken
  }

  #joined(): Uint8Array {
    return joined(this.#pieces)
  }

  /** Takes so many bytes of all that is held, and leaves the rest. */
  #cut(all: Uint8Array, release: number, { events, isClosed }: Omit<Piece, 'bytes'>): Uint8Array {
    const keep = this.#total - release
    this.#pieces = keep === 0 ? [] : [{ bytes: all.slice(release), events, isClosed }]
    this.#total = keep
    return keep === 0 ? all : all.subarray(0, release)
  }

  clear(): void {
    this.#pieces = []
    this.#total = 0
  }
}

function joined(pieces: readonly Piece[]): Uint8Array {
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return first.bytes
  return joinBytes(pieces.map(({ bytes }) => bytes))
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
