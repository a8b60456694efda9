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

export function createFrames(_framing: Framing): ClientFrames {
  return EVENTS
}

const NOTHING = new Uint8Array(0)
const EVENTS: ClientFrames = {
  contentType: 'text/event-stream; charset=utf-8',
  frame: (events) => events,
  finish: () => NOTHING,
}
