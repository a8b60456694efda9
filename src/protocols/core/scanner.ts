import type { Caveat, Label, UnfinishedVerdict, Usage, Verdict } from '../../evidence/index.ts'
import type { Json } from './json.ts'
import type { StreamEvent } from './stream-event.ts'

/**
 * Which terminal evidence an upstream is declared to give; see `docs/completion.md`. `strict`: every terminal marker of the protocol.
 * `finish-only`: a finish reason for every choice and a clean transport end. `sentinel-only`: `[DONE]` alone (OpenAI Chat).
 */
export type Completion = 'strict' | 'finish-only' | 'sentinel-only'

export interface ScannerOptions {
  readonly completion: Completion
  /** Answers that were asked for: as many must finish. */
  readonly choices: number
  /** Also read content: core events are collected, or `watch` is told. Without it only what the proof needs is kept. */
  readonly decode: boolean
  /** Is told of content, while the stream's bytes are what is delivered; nothing is collected then, but for `collect`. */
  readonly watch?: ContentWatcher
  /** Which core events to collect: by default all where there is no `watch`, else none. */
  readonly collect?: boolean | 'calls'
  /** The client gets the events as they came, and may go by their SSE names. */
  readonly verbatim?: boolean
  /** Largest event (and largest sum of one tool call's arguments), bytes. */
  readonly eventLimitBytes: number
}

/** Sees text and thinking as they are read. */
export interface ContentWatcher {
  /** `event`: the number of the event that brought it, 1 for the stream's first, pings and comments counted. */
  onContent(type: 'text' | 'thinking', text: string, event: number): void
}

/**
 * How far a stream has come, as far as delivery needs to know.
 * - `opening`: nothing of the answer's content yet; all of it can still be thrown away.
 * - `flowing`: content that may be passed on as it comes.
 * - `held`: a tool call or terminal evidence has begun; nothing from there on may be passed on before the proof.
 * - `proven`: the declared proof was seen.
 * - `broken`: an in-band error or bytes that are not this protocol; the verdict is settled.
 */
export type StreamPhase = 'opening' | 'flowing' | 'held' | 'proven' | 'broken'

/** What a stream has told so far; content-free. */
export interface StreamFacts {
  readonly events: number
  readonly toolCalls: number
  readonly invalidToolCalls: number
  readonly servedModel: Label | undefined
  readonly rawStop: Label | undefined
  readonly usage: Usage
  /** What makes the proof weaker than it looks. */
  readonly caveat: Caveat | undefined
}

/**
 * Reads a streamed answer's bytes once, however they are split, in bounded memory, and says what they prove.
 * After `broken` or `proven` further bytes are ignored: neither can be undone.
 */
export interface StreamScanner {
  /** Reads the next bytes of the body. */
  push(bytes: Uint8Array): void
  readonly phase: StreamPhase
  /** Whole events so far; a comment by itself is none. */
  readonly events: number
  /** Whole events so far, comments included. */
  readonly blocks: number
  /** The last of them that was more than another delta of the same text. */
  readonly lastTellingBlock: number
  /** Bytes at the end of what was pushed that belong to an event which is not whole yet; none once it is proven. */
  readonly pendingBytes: number
  readonly facts: StreamFacts
  /** Core events since the last call, oldest first; always empty where none are collected. */
  takeEvents(): readonly StreamEvent[]
  /**
   * Marks since the last call: strings that only the platform which made them can read or look up (thinking signatures,
   * encrypted reasoning, ids of stored things).
   */
  takeMarks(): readonly string[]
  /** The verdict if the transport ended cleanly here. */
  verdictAtEnd(): Verdict
  /** The verdict if the transport broke here for `cause`; a proof already seen stands. */
  verdictAfter(cause: UnfinishedVerdict): Verdict
  /** The provider's own in-band error, for classification; while `broken`, or where the body ends here with it. */
  readonly inBandError: Json | undefined
  /**
   * The held bytes without the tool calls that the model was stopped inside, which no client may see; the same bytes
   * where there are none. Only after a finished verdict, and once for all bytes from the first tool call on.
   */
  withoutUnfinishedCalls(held: Uint8Array): Uint8Array
  /** An independent copy in the same state. */
  fork(): StreamScanner
}
