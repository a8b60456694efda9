import type { Reason, UnfinishedVerdict, Usage } from '../../evidence/index.ts'
import type { CoreRequest } from './request.ts'
import type { Json, JsonObject } from './json.ts'
import type { CoreResponse } from './response.ts'
import type { ReadResponse, ReadResponseOptions } from './read-response.ts'
import type { ScannerOptions, StreamScanner } from './scanner.ts'
import type { StreamEvent } from './stream-event.ts'

export type ProtocolName = 'anthropic' | 'openai-chat'

/** What the plan needs to know of a request, read without translating it. */
export interface RequestFacts {
  readonly model: string
  readonly stream: boolean
  /** Reasoning was asked for, so a long silence before content is not a stall. */
  readonly reasoning: boolean
  /** Answers asked for (`n`), 1 where the protocol has no such thing. */
  readonly choices: number
}

/** A client's request that this protocol cannot accept: what was expected, what came. */
export interface RequestProblem {
  /** The field, as a client would look for it: `messages[2].content`. */
  readonly field: string
  readonly message: string
}
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: RequestProblem }

/** A core request in a provider's words. `dropped` names rows of the loss table. */
export interface RenderedRequest {
  readonly body: JsonObject
  readonly dropped: readonly string[]
}

/** What an error answer of a provider means. */
export interface ProviderError {
  readonly verdict: UnfinishedVerdict & { readonly reason: Reason }
  /** The provider's own message, for the caller; never for evidence. At most 2,000 characters. */
  readonly message: string
  /** The provider's own type or code, where it gives one. */
  readonly type: string | undefined
}

/** What Fullstop tells a caller beside the message; see the error table in `src/errors.ts`. */
export interface CallerError {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly exchange: string
  readonly attempts: readonly { readonly platform: string; readonly verdict: string; readonly reason?: string }[]
  /** The provider's own type, where its error is passed on. */
  readonly providerType?: string | undefined
}

export interface StreamEncoder {
  /** The events in the client's words; may be empty. The terminal marker comes only from `finish`. */
  encode(event: StreamEvent): string
  /** Everything that ends a proven stream, its terminal marker last. */
  finish(): string
}

export interface EncoderOptions {
  /** Whether the client asked for a usage report. */
  readonly includeUsage: boolean
  /** Used where the provider gave no id, model or time. */
  readonly fallbackId: string
  readonly fallbackModel: string
  readonly nowSeconds: number
}

/** What a client and a provider of one protocol speak. Pure: bytes and values in, bytes and values out. */
export interface Protocol {
  readonly name: ProtocolName

  // ## Client side
  inspectRequest(body: JsonObject): Checked<RequestFacts>
  parseRequest(body: JsonObject): Checked<CoreRequest>
  renderResponse(response: CoreResponse): JsonObject
  createStreamEncoder(options: EncoderOptions): StreamEncoder
  renderError(error: CallerError): JsonObject
  /** The protocol's own in-band error, as whole SSE events. */
  renderErrorEvent(error: CallerError): string
  /** Something every client of this protocol ignores, as a whole SSE event or comment. */
  readonly keepAlive: string

  // ## Provider side
  /** Path below the base URL that the protocol's official SDK takes. */
  readonly path: string
  /** Authentication and fixed headers; `clientHeaders` is read by allow-list. */
  requestHeaders(options: {
    readonly apiKey: string | undefined
    readonly clientHeaders: Headers
  }): Record<string, string>
  /** `problem`: this protocol cannot carry the request, and says which part. */
  renderRequest(request: CoreRequest, options: { readonly model: string }): Checked<RenderedRequest>
  readResponse(body: Json | undefined, options: ReadResponseOptions): ReadResponse
  readError(status: number, body: Json | undefined): ProviderError
  createScanner(options: ScannerOptions): StreamScanner
}

/** Usage of a later report over an earlier one: what the later one says wins. */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  return { ...earlier, ...later }
}
