import { EventsToJsonArray } from '../../protocols/core/index.ts'
import { joinBytes, NO_BYTES } from '../bytes.ts'

/** How a streamed answer reaches the client: as server-sent events, or as one JSON array of what they hold. */
export type Framing = 'events' | 'array'

/** Puts the events of a stream into the frame that the client reads. */
export interface ClientFrames {
  readonly contentType: string
  /** Whole events, a keep-alive or an error event. */
  frame(events: Uint8Array): Uint8Array
  /** What ends a finished stream. */
  finish(): Uint8Array
}

export function createFrames(framing: Framing): ClientFrames {
  return framing === 'events' ? EVENTS : new ArrayFrames()
}

const EVENTS: ClientFrames = {
  contentType: 'text/event-stream; charset=utf-8',
  frame: (events) => events,
  finish: () => NO_BYTES,
}

class ArrayFrames implements ClientFrames {
  readonly contentType = 'application/json; charset=utf-8'
  readonly #array = new EventsToJsonArray()
  #isBegun = false

  frame(events: Uint8Array): Uint8Array {
    return this.#begun(this.#array.push(events))
  }

  finish(): Uint8Array {
    return this.#begun(this.#array.finish())
  }

  #begun(bytes: Uint8Array): Uint8Array {
    if (this.#isBegun) return bytes
    this.#isBegun = true
    const begin = this.#array.begin()
    return joinBytes([begin, bytes])
  }
}
