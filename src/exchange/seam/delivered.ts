import { type JsonObject, messagesOf, type Protocol, type StreamEvent } from '../../protocols/core/index.ts'
import { joinBytes } from '../bytes.ts'

/** What is kept of a stream to go on behind it, bytes; one that needs more ends honestly when its platform dies. */
const LONGEST_KEPT = 512 * 1024

/** A text that a client has the beginning of. */
export interface DeliveredText {
  readonly text: string
  /** The stream so far, as its protocol has it, but for most of its text. */
  readonly messages: readonly JsonObject[]
  /** The answer's head and what there is of its text, in the core's words. */
  readonly events: readonly StreamEvent[]
}

/**
 * What the client has of a streamed answer, so far as going on behind it needs it: the events as they left, but of a run of
 * text deltas the last alone. They are read, as a client reads them, only when a platform has died.
 */
export class Delivered {
  #pieces: Uint8Array[] | undefined = []
  #total = 0
  #last: Uint8Array | undefined

  /** `isPlain`: nothing but more of the text before it. */
  push(bytes: Uint8Array, isPlain: boolean): void {
    this.#last = isPlain ? bytes : undefined
    if (isPlain) return
    this.#total += bytes.length
    if (this.#total > LONGEST_KEPT) this.#pieces = undefined
    else this.#pieces?.push(bytes)
  }

  /** `text`: all of it. `undefined` where there is anything but text, or more than is kept. */
  read(text: string, protocol: Protocol, eventLimitBytes: number): DeliveredText | undefined {
    if (this.#pieces === undefined || text === '') return undefined
    const kept = this.#last === undefined ? this.#pieces : [...this.#pieces, this.#last]
    const messages = messagesOf(joinBytes(kept, this.#total + (this.#last?.length ?? 0)))
    const scanner = protocol.createScanner({ completion: 'strict', choices: 1, decode: true, eventLimitBytes })
    scanner.push(encoder.encode(messages.map(withoutNumber).join('')))
    if (scanner.phase !== 'flowing') return undefined
    const events = scanner.takeEvents().filter((event) => event.type !== 'usage' && !isEmptyThought(event))
    // Thinking, citations, refusals and what comes whole are bound to whoever made them.
    if (!events.every((event) => event.type === 'start' || (event.type === 'text' && event.choice === 0)))
      return undefined
    const heads = events.flatMap((event) => (event.type === 'start' ? [{ ...event, usage: {} }] : []))
    return { text, messages, events: [...heads, { type: 'text', choice: 0, part: 0, text }] }
  }
}

const encoder = new TextEncoder()

/** As an event again. Where Responses numbers its events, those that are not kept would be missed. */
function withoutNumber(message: JsonObject): string {
  return `data: ${JSON.stringify({ ...message, sequence_number: undefined })}\n\n`
}

function isEmptyThought(event: StreamEvent): boolean {
  return event.type === 'thinking' && event.text === ''
}
