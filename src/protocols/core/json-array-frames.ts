import { parseSseEvent } from './sse-blocks.ts'

// A stream of JSON objects can be framed as one JSON array instead of as server-sent events: Google's
// `streamGenerateContent` without `alt=sse` does so, and so do its older SDKs. Scanners and encoders know events only;
// these two stand before and behind them. Both work on bytes: every byte of JSON that matters is ASCII, and no byte of
// a longer UTF-8 sequence is.

/**
 * Where the array stands. `closed`: its `]` was read, and nothing but white space may follow. `broken`: these bytes are
 * not an array of objects; what follows is ignored.
 */
export type JsonArrayState = 'before' | 'open' | 'closed' | 'broken'

type Expecting = 'array' | 'element-or-end' | 'element' | 'comma-or-end' | 'nothing'

/**
 * Array bytes as events: `data: {…}` and a blank line for each element, written as its bytes come, so that nothing but
 * a few flags is kept. Whether an element is JSON is left to whoever reads the events; here only its brackets and
 * strings are followed. A body that ends before the state is `closed` is cut, even where its last event is whole.
 */
export class JsonArrayToEvents {
  #state: JsonArrayState = 'before'
  #expecting: Expecting = 'array'
  /** Open brackets of the current element; 0 between elements. */
  #depth = 0
  #inString = false
  #isEscaped = false

  get state(): JsonArrayState {
    return this.#state
  }

  /** The bytes of the events that these bytes are, up to where they are. */
  push(bytes: Uint8Array): Uint8Array {
    const out = new ByteBuffer(bytes.length + 32)
    for (const byte of bytes) {
      if (this.#state === 'broken') break
      if (this.#inString) this.#inText(byte, out)
      else if (this.#depth > 0) this.#inElement(byte, out)
      else this.#between(byte, out)
    }
    return out.take()
  }

  #inText(byte: number, out: ByteBuffer): void {
    // JSON has no raw control characters in strings; a line break here would also end the event's line.
    if (byte < SPACE) {
      this.#state = 'broken'
      return
    }
    out.push(byte)
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #inElement(byte: number, out: ByteBuffer): void {
    // An event's data is one line; between tokens a line break is as good as a space.
    out.push(byte === LF || byte === CR ? SPACE : byte)
    if (byte === QUOTE) this.#inString = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth += 1
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth -= 1
    if (this.#depth > 0) return
    out.append(EVENT_END)
    this.#expecting = 'comma-or-end'
  }

  #between(byte: number, out: ByteBuffer): void {
    if (byte === SPACE || byte === LF || byte === CR || byte === TAB) return
    const { state, expecting } = this.#after(byte)
    this.#state = state
    this.#expecting = expecting
    if (byte !== OPEN_BRACE || state === 'broken') return
    this.#depth = 1
    out.append(EVENT_BEGIN)
    out.push(byte)
  }

  #after(byte: number): { readonly state: JsonArrayState; readonly expecting: Expecting } {
    switch (this.#expecting) {
      case 'array':
        if (byte === OPEN_BRACKET) return { state: 'open', expecting: 'element-or-end' }
        break
      case 'element-or-end':
        if (byte === CLOSE_BRACKET) return { state: 'closed', expecting: 'nothing' }
        if (byte === OPEN_BRACE) return { state: 'open', expecting: 'comma-or-end' }
        break
      case 'element':
        if (byte === OPEN_BRACE) return { state: 'open', expecting: 'comma-or-end' }
        break
      case 'comma-or-end':
        if (byte === COMMA) return { state: 'open', expecting: 'element' }
        if (byte === CLOSE_BRACKET) return { state: 'closed', expecting: 'nothing' }
        break
      case 'nothing':
        break
    }
    return { state: 'broken', expecting: 'nothing' }
  }
}

/**
 * Whole events as array bytes: each event's data an element, comments and empty objects (what keeps Gemini's clients
 * waiting) white space, which JSON allows anywhere between elements. `begin` comes first and `finish` only for a
 * proven stream: without it the array is not closed, and every client sees that.
 */
export class EventsToJsonArray {
  #elements = 0

  begin(): Uint8Array {
    return encoder.encode('[')
  }

  /** `events`: whole events, each with its blank line. */
  push(events: Uint8Array): Uint8Array {
    const text = decoder.decode(events).replaceAll(/\r\n?/g, '\n')
    let out = ''
    for (const event of text.split('\n\n')) if (event.trim() !== '') out += this.#toElement(parseSseEvent(event).data)
    return encoder.encode(out)
  }

  #toElement(data: string | undefined): string {
    const value = data?.trim()
    if (value === undefined || value === '' || EMPTY_OBJECT.test(value)) return '\n'
    this.#elements += 1
    return this.#elements === 1 ? value : `,\n${value}`
  }

  finish(): Uint8Array {
    return encoder.encode(']\n')
  }
}

/** Grows by doubling; a piece of a body rarely becomes longer by its framing. */
class ByteBuffer {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  push(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#length] = byte
    this.#length += 1
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = new Uint8Array(2 * this.#bytes.length + count)
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  take(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const EVENT_BEGIN = encoder.encode('data: ')
const EVENT_END = encoder.encode('\n\n')
const EMPTY_OBJECT = /^\{\s*\}$/

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const QUOTE = 34
const COMMA = 44
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
