/** What an event of a stream is about, as far as a cut is placed by it. */
export type EventPart = 'opening' | 'text' | 'call' | 'input' | 'stop' | 'terminal'

/** One event as it goes over the wire, framing included. */
export interface WireEvent {
  readonly part: EventPart
  readonly text: string
}

/** An answer in a protocol's own words. */
export interface WireAnswer {
  readonly events: readonly WireEvent[]
  /** The same, not streamed. */
  readonly body: string
  /** The body without its stop reason. */
  readonly unfinishedBody: string
  readonly errorEvent: string
  readonly errorBody: string
}
