import { type JsonObject, messagesOf, type Protocol, type StreamEvent } from '../../protocols/core/index.ts'
import { joinBytes } from '../admission/bounded-body.ts'

/** What is kept of a stream to go on behind it, bytes; one that is longer ends honestly when its platform dies. */
const LONGEST_KEPT = 1024 * 1024

/** A text that a client has the beginning of. */
export interface DeliveredText {
  readonly text: string
  /** The stream so far, as its protocol has it. */
  readonly messages: readonly JsonObject[]
  /** The answer's head and what there is of its text, in the core's words. */
  readonly events: readonly StreamEvent[]
}

/**
 * What the client has of a streamed answer. Its bytes are kept as they left, which costs nothing while all is well, and
 * read, as a client reads them, only when a platform has died.
 */
export class Delivered {
  #pieces: Uint8Array[] | undefined = []
  #total = 0

  push(bytes: Uint8Array): void {
    this.#total += bytes.length
    if (this.#total > LONGEST_KEPT) this.#pieces = undefined
    else this.#pieces?.push(bytes)
  }

  /** `undefined` where it is anything but one text, or longer than is kept. */
  read(protocol: Protocol, eventLimitBytes: number): DeliveredText | undefined {
    if (this.#pieces === undefined) return undefined
    const bytes = joinBytes(this.#pieces, this.#total)
    const scanner = protocol.createScanner({ completion: 'strict', choices: 1, decode: true, eventLimitBytes })
    scanner.push(bytes)
    if (scanner.phase !== 'flowing') return undefined
    const events = scanner.takeEvents().filter((event) => event.type !== 'usage' && !isEmptyThought(event))
    const said = events.filter((event) => event.type !== 'start')
    const texts = said.filter((event) => event.type === 'text')
    const [first] = texts
    // Thinking, citations, refusals and what comes whole are bound to whoever made them; several parts have an order.
    if (first === undefined || texts.length < said.length) return undefined
    if (texts.some(({ choice, part }) => choice !== 0 || part !== first.part)) return undefined
    const text = texts.map((event) => event.text).join('')
    const heads = events.flatMap((event) => (event.type === 'start' ? [{ ...event, usage: {} }] : []))
    return { text, messages: messagesOf(bytes), events: [...heads, { type: 'text', choice: 0, part: 0, text }] }
  }
}

function isEmptyThought(event: StreamEvent): boolean {
  return event.type === 'thinking' && event.text === ''
}
