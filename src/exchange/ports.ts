import type { EvidenceSink, FinishedVerdict, Label, Reason, Unchecked } from '../evidence/index.ts'
import type { CoreResponse, Json, JsonObject } from '../protocols/core/index.ts'
import type { Clock } from '../resilience/index.ts'
import type { ClientLoads } from './memory/client-load.ts'
import type { FormatRefusals } from './memory/format-refusals.ts'
import type { Approvals } from './approval/approvals.ts'
import type { DeferredAnswers } from './approval/deferred-answers.ts'
import type { AnswerCache } from './degradation/answer-cache.ts'
import type { Health } from './memory/health.ts'
import type { Origins } from './memory/origins.ts'
import type { Repeats } from './memory/repeats.ts'
import type { Sessions } from './memory/sessions.ts'
import type { Replays } from './replay/replays.ts'

/** What the exchange asks of the world around it. */
export interface Ports {
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly newId: () => string
  readonly upstream: Upstream
  /** Makes the response of an answer that is whole; a plain `Response` where nothing is given. */
  readonly toWholeResponse?: ((bytes: Uint8Array<ArrayBuffer>, init: ResponseInit) => Response) | undefined
}

/** Those, and what exchanges share: their bounds, and what one leaves for the next. */
export interface ExchangeDeps extends Ports {
  readonly sink: EvidenceSink
  readonly limits: Limits
  readonly schemas: SchemaJudge
  readonly origins: Origins
  readonly sessions: Sessions
  readonly health: Health
  readonly repeats: Repeats
  readonly clients: ClientLoads
  readonly formatRefusals: FormatRefusals
  readonly replays: Replays
  readonly cache: AnswerCache
  readonly approvals: Approvals
  readonly deferred: DeferredAnswers
}

/** Judges values by JSON Schemas. */
export interface SchemaJudge {
  /** Has to be waited for before anything is judged; `undefined` where there is nothing to wait for. */
  ready(): Promise<void> | undefined
  /** By a schema of the configuration; `undefined`: it is met. */
  judge(value: Json, schema: JsonObject): Finding | undefined
  /** By a schema of a caller's, which may mean harm. `length`: of the value as JSON text. */
  judgeBounded(value: Json, length: number, schema: JsonObject): Finding | undefined
}

/** Which part of a schema is broken (`undefined`: it has no name), or why that cannot be told. */
export type Finding =
  | { readonly violation: Label | undefined; readonly unchecked?: undefined }
  | { readonly unchecked: Unchecked; readonly violation?: undefined }

/** How requests reach providers. */
export interface Upstream {
  /** Rejects when no response comes; follows no redirects, since a key goes to its own origin only. */
  readonly fetch: (url: string, init: UpstreamRequest) => Promise<Response>
  /** Whether `fetch` has already undone a `content-encoding` (Node does; the server asks Bun not to, to bound it). */
  readonly decodesBodies: boolean
  /**
   * Whether a response's headers say how its body is framed, as HTTP/1.1's do. HTTP/2 frames every body and has no such
   * header, and neither has a response that was made in this process.
   */
  readonly showsFraming: boolean
}

export interface UpstreamRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string | ReadableStream<Uint8Array>
  readonly signal: AbortSignal
}

/** Bounds on what is read and kept, bytes. */
export interface Limits {
  readonly requestBodyBytes: number
  readonly responseBodyBytes: number
  /** One SSE event, and one tool call's arguments. */
  readonly eventBytes: number
  /** Of a provider's error answer; the rest is not read. */
  readonly errorBodyBytes: number
  /** Of a call that is passed through whole, which is never kept. */
  readonly passthroughBodyBytes: number
}

export const DEFAULT_LIMITS: Limits = {
  requestBodyBytes: 32 * 1024 * 1024,
  responseBodyBytes: 64 * 1024 * 1024,
  eventBytes: 16 * 1024 * 1024,
  errorBodyBytes: 64 * 1024,
  passthroughBodyBytes: 512 * 1024 * 1024,
}

/** A request as it came; a standard `Request` is one. */
export interface IncomingRequest extends Pick<
  Request,
  'method' | 'url' | 'headers' | 'body' | 'signal' | 'arrayBuffer'
> {
  /** The whole body, where it is at hand already: from a caller in the same process. */
  readonly bodyText?: string
}

/** What a caller in the same process asks for beyond its request. */
export interface Conditions {
  /** A smaller attempt budget than the policy's; a larger one changes nothing. */
  readonly attempts?: number | undefined
  /** A shorter deadline than the policy's, ms; a longer one changes nothing. */
  readonly deadlineMs?: number | undefined
  /** A platform that refuses the request is asked once more, at once, without the format that it asked for. */
  readonly isFormatOptional?: boolean | undefined
  /**
   * Judges every finished answer, in the order of the attempts, before what the proof releases is delivered: `undefined`
   * where it will do, else why it counts as a failed attempt, after which another is made as after any.
   */
  readonly accept?: AnswerJudge | undefined
}

export type AnswerJudge = (answer: CoreResponse, verdict: FinishedVerdict) => Reason | undefined

/** What the exchange may know of the connection it answers on. */
export interface ClientConnection {
  /** The request has been read: the connection may be silent for as long as the answer takes. */
  answering(): void
  /** The answer is over: the connection may wait for another request, for as long as any. */
  answered(): void
  /**
   * Resolves when everything written so far has left for the client, or has had its bounded chance to. Needed before
   * an abort, which discards what has not. `signal`: the client is gone.
   */
  drained(signal: AbortSignal): Promise<void>
}
