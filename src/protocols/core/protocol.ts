import type { Reason, UnfinishedVerdict } from '../../evidence/index.ts'
import type { AnswerTerms, CoreRequest, OutputFormat } from './request.ts'
import type { Json, JsonObject } from './json.ts'
import type { CoreResponse } from './response.ts'
import type { ReadResponse, ReadResponseOptions } from './read-response.ts'
import type { ScannerOptions, StreamScanner } from './scanner.ts'
import type { StreamEvent } from './stream-event.ts'

export type ProtocolName = 'anthropic' | 'openai-chat' | 'openai-responses' | 'gemini'

/** What a request's address says of it. Gemini says model and streaming there; the others say both in the body. */
export interface Address {
  readonly model: string
  readonly stream: boolean
}

/** What the plan needs to know of a request, read without translating it. */
export interface RequestFacts {
  readonly model: string
  readonly stream: boolean
  /** Reasoning was asked for, so a long silence before content is not a stall. */
  readonly reasoning: boolean
  /** Answers asked for (`n`), 1 where the protocol has no such thing. */
  readonly choices: number
  /** JSON was asked for, of which half is of no use. */
  readonly structured: boolean
  /** The model may call something. */
  readonly tools: boolean
  /** The client's own word for its conversation, where the request has one. */
  readonly session: string | undefined
}

/** Something that exists at one provider only and that a request hangs on: a stored response, a file, a container. */
export interface StateReference {
  /** As a client would look for it: `previous_response_id`. */
  readonly field: string
  readonly id: string
  /** Made by whoever runs the account, for all who use it: a stored prompt. Anything else is somebody's. */
  readonly isShared?: boolean
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

export interface RenderOptions {
  /** The provider's id of the model. */
  readonly model: string
  /**
   * Whether the platform that gets the request made this mark: a thinking signature, encrypted reasoning, an item's id.
   * Any other's is left out, since no platform can read it but its maker.
   */
  readonly isOwn: (mark: string) => boolean
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
  readonly attempts: readonly {
    readonly platform: string
    readonly verdict: string
    readonly reason?: string
    /** Which part of a schema it broke. */
    readonly violation?: string
  }[]
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
  /**
   * What the client has of the stream already, which is text alone: what is encoded goes on behind it, under the same ids,
   * and has no `start`. Text of part 0 goes on in the text that is there; other parts are new ones.
   */
  readonly begun?: BegunText | undefined
}

export interface BegunText {
  readonly text: string
  /** The stream's messages, of which deltas in the middle of the text may be left out. */
  readonly messages: readonly JsonObject[]
}

/** A turn that is added to a request. */
export interface Turn {
  readonly role: 'assistant' | 'user'
  readonly text: string
}

/**
 * How a host is asked to continue the model's own last turn. `turn`: by that turn alone. `prefix`: by `prefix: true` in it
 * (Mistral, DeepSeek). `final-message`: by `continue_final_message` (vLLM, SGLang). Only OpenAI Chat has hosts that differ.
 */
export type PrefillStyle = 'turn' | 'prefix' | 'final-message'

/** Asking how many input tokens a request has, where a protocol has a call for that. */
export interface TokenCounting {
  /** Path below the base URL. */
  path(target: Address): string
  /** A request for an answer, in this protocol's words, as the request that only counts it. */
  toCountRequest(request: JsonObject, target: Address): JsonObject
  /** What a client asks to have counted, as the request for an answer that it would be. */
  fromCountRequest(body: JsonObject): JsonObject
  /** `undefined` where the body has no count. */
  readCount(body: Json | undefined): number | undefined
  renderCount(inputTokens: number): JsonObject
}

/** What a client and a provider of one protocol speak. Pure: bytes and values in, bytes and values out. */
export interface Protocol {
  readonly name: ProtocolName

  // ## Client side
  /** `address`: see `Address`; only where the protocol's routes have one. */
  inspectRequest(body: JsonObject, address?: Address): Checked<RequestFacts>
  parseRequest(body: JsonObject, address?: Address): Checked<CoreRequest>
  /** The part of `parseRequest` that answers are judged by; whatever else of the request nobody here knows is no problem. */
  readTerms(body: JsonObject): Checked<AnswerTerms>
  /** What of the request only one provider has; `text` is the body as it came. Cheap where there is nothing. */
  findState(body: JsonObject, text: string): readonly StateReference[]
  renderResponse(response: CoreResponse): JsonObject
  createStreamEncoder(options: EncoderOptions): StreamEncoder
  renderError(error: CallerError): JsonObject
  /** The protocol's own in-band error, as whole SSE events. */
  renderErrorEvent(error: CallerError): string
  /** Something every client of this protocol ignores, as a whole SSE event or comment. */
  readonly keepAlive: string

  // ## Provider side
  /** Path, with its query, below the base URL that the protocol's official SDK takes. */
  path(target: Address): string
  /** Whether a stream may come as one JSON array instead of events. */
  readonly mayStreamArrays: boolean
  /** The body's field for the model's name; `undefined` where the path has it. */
  readonly modelField: 'model' | undefined
  /** Authentication and fixed headers; `clientHeaders` is read by allow-list. */
  requestHeaders(options: {
    readonly apiKey: string | undefined
    readonly clientHeaders: Headers
  }): Record<string, string>
  /** `problem`: this protocol cannot carry the request, and says which part. */
  renderRequest(request: CoreRequest, options: RenderOptions): Checked<RenderedRequest>
  /**
   * A client's request of this protocol without what other platforms made and only they can read; the same object where
   * there is nothing of that. `text` is the body as it came. Cheap where there is nothing.
   */
  withoutForeign(body: JsonObject, text: string, isForeign: (mark: string) => boolean): JsonObject
  /** A client's request of this protocol with this asked of its answer; the same object where there is no word for it. */
  withFormat(body: JsonObject, format: OutputFormat): JsonObject
  /**
   * A request of this protocol with turns behind it. A last turn of the assistant's is one that the model is to continue.
   * `undefined` where that cannot be said: the request ends in a turn of the assistant's already, or has no turns to see.
   */
  withTurns(body: JsonObject, turns: readonly Turn[], style: PrefillStyle): JsonObject | undefined
  readResponse(body: Json | undefined, options: ReadResponseOptions): ReadResponse
  readError(status: number, body: Json | undefined): ProviderError
  createScanner(options: ScannerOptions): StreamScanner
  /** `undefined`: this protocol cannot count. */
  readonly tokenCounting: TokenCounting | undefined
}
