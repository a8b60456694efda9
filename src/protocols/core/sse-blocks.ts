const LF = 10
const CR = 13

// A mark of the byte order is one at the very beginning only, which is seen to where the text is handed on.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
const BYTE_ORDER_MARK = '\uFEFF'
const NOTHING = new Uint8Array(0)

/**
 * Cuts a `text/event-stream` body, however it arrives, into text that holds whole events only, with LF line ends.
 * Events are cut where LF or CRLF end a blank line; lone CRs, which the SSE standard also allows and no provider
 * sends, are line ends inside of what was cut. Only the bytes of an unfinished event are kept.
 */
export class SseBlocks {
  // Linked, and joined once when the event ends: joining at every push would cost the square of a giant event's size,
  // and a fork can share the links.
  #pending: Piece | undefined
  #pendingBytes = 0
  /** The last two bytes before the current chunk; at the start as if a line had just ended. */
  #previous = LF
  #beforePrevious = 0
  #hasBegun = false

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** Of everything so far; LF before anything came. */
  get lastByte(): number {
    return this.#previous
  }

  /**
   * Gives `onText` the events that these bytes complete, each ending in a blank line, with LF line ends; in one piece,
   * or in two where the first event had begun before. Where an event is no UTF-8, `onInvalid` is called behind those
   * before it, and nothing more of these bytes is given.
   */
  push(bytes: Uint8Array, onText: (text: string) => void, onInvalid?: () => void): void {
    if (bytes.length === 0) return
    const end = this.#lastBoundary(bytes)
    if (end === 0) {
      this.#turnPage(bytes)
      this.#keep(bytes)
      return
    }
    // Only the event that had begun is joined; the rest, usually nearly all, is decoded where it is.
    const start = this.#pendingBytes === 0 ? 0 : this.#firstBoundary(bytes)
    this.#turnPage(bytes)
    if (start > 0) {
      const first = this.#join(bytes.subarray(0, start))
      this.#pending = undefined
      this.#pendingBytes = 0
      if (!this.#give(first, onText, onInvalid)) return
    }
    const whole = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
    if (start < end && !this.#give(whole, onText, onInvalid)) return
    if (end < bytes.length) this.#keep(bytes.slice(end))
  }

  /** `false` where not all of it is UTF-8. */
  #give(events: Uint8Array, onText: (text: string) => void, onInvalid?: () => void): boolean {
    const text = decode(events)
    if (text !== undefined) {
      onText(this.#begin(text))
      return true
    }
    // Which of them is not must not depend on how the bytes arrived.
    for (const event of eachEvent(events)) {
      const eventText = decode(event)
      if (eventText === undefined) break
      onText(this.#begin(eventText))
    }
    onInvalid?.()
    return false
  }

  #begin(text: string): string {
    const isMarked = !this.#hasBegun && text.startsWith(BYTE_ORDER_MARK)
    this.#hasBegun = true
    return isMarked ? text.slice(1) : text
  }

  #turnPage(bytes: Uint8Array): void {
    this.#beforePrevious = bytes.length > 1 ? (bytes[bytes.length - 2] ?? 0) : this.#previous
    this.#previous = bytes[bytes.length - 1] ?? 0
  }

  /** What has come of an event that is not whole. */
  pendingText(): string {
    const text = decoder.decode(this.#join(NOTHING))
    return !this.#hasBegun && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  }

  fork(): SseBlocks {
    const copy = new SseBlocks()
    copy.#pending = this.#pending
    copy.#pendingBytes = this.#pendingBytes
    copy.#previous = this.#previous
    copy.#hasBegun = this.#hasBegun
    copy.#beforePrevious = this.#beforePrevious
    return copy
  }

  /** The index behind the last blank line, or 0. Searched from the end, so it reads little more than one event. */
  #lastBoundary(bytes: Uint8Array): number {
    for (let at = bytes.lastIndexOf(LF); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(LF, at - 1))
      if (this.#endsBlankLine(bytes, at)) return at + 1
    return 0
  }

  /** The index behind the first blank line; there is one. */
  #firstBoundary(bytes: Uint8Array): number {
    let at = bytes.indexOf(LF)
    while (!this.#endsBlankLine(bytes, at)) at = bytes.indexOf(LF, at + 1)
    return at + 1
  }

  /** Whether the LF at `at` follows another line end. */
  #endsBlankLine(bytes: Uint8Array, at: number): boolean {
    const previous = at > 0 ? bytes[at - 1] : this.#previous
    if (previous !== CR) return previous === LF
    return (at > 1 ? bytes[at - 2] : at === 1 ? this.#previous : this.#beforePrevious) === LF
  }

  #keep(bytes: Uint8Array): void {
    this.#pending = { bytes, before: this.#pending }
    this.#pendingBytes += bytes.length
  }

  #join(tail: Uint8Array): Uint8Array {
    const joined = new Uint8Array(this.#pendingBytes + tail.length)
    let end = this.#pendingBytes
    joined.set(tail, end)
    for (let piece = this.#pending; piece !== undefined; piece = piece.before) {
      end -= piece.bytes.length
      joined.set(piece.bytes, end)
    }
    return joined
  }
}

/** Whole events, one by one. */
function* eachEvent(events: Uint8Array): Generator<Uint8Array> {
  let start = 0
  for (let at = events.indexOf(LF); at >= 0; at = events.indexOf(LF, at + 1)) {
    const previous = events[at - 1] === CR ? events[at - 2] : events[at - 1]
    if (previous !== LF && previous !== undefined) continue
    yield events.subarray(start, at + 1)
    start = at + 1
  }
  yield events.subarray(start)
}

/** `undefined` where it is no UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
  let text: string
  try {
    text = strictDecoder.decode(bytes)
  } catch {
    return undefined
  }
  // A lone CR ends a line too: clients read it so, and must not see an end that was not seen here.
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text
}

interface Piece {
  readonly bytes: Uint8Array
  readonly before: Piece | undefined
}

/** One event's fields: the last `event:` and the `data:` lines joined by LF, as the SSE standard says. */
export interface SseEvent {
  readonly name: string
  /** `undefined` where the event has no `data` field at all (a comment, say). */
  readonly data: string | undefined
}

/** Reads one event's text, which has LF line ends and no blank line. */
export function parseSseEvent(text: string): SseEvent {
  let name = ''
  let data: string | undefined
  let at = 0
  while (at <= text.length) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    if (text.startsWith('data', at)) {
      const value = fieldValue(text, at + 4, end)
      if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`
    } else if (text.startsWith('event', at)) {
      name = fieldValue(text, at + 5, end) ?? name
    }
    at = end + 1
  }
  return { name, data }
}

/** What follows the field name at `at`: nothing, or a colon, an optional space and the value. */
function fieldValue(text: string, at: number, end: number): string | undefined {
  if (at === end) return ''
  if (text.charCodeAt(at) !== 58) return undefined
  const start = text.charCodeAt(at + 1) === 32 ? at + 2 : at + 1
  return text.slice(Math.min(start, end), end)
}
