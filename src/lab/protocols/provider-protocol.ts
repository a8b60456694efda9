import type { Answer } from '../model/answer.ts'
import type { Prompt } from '../model/prompt.ts'
import type { ProtocolName } from './protocol-name.ts'
import type { Random } from '../random.ts'
import type { ResponseMemory } from './openai-responses/response-memory.ts'
import type { SimulatedModel } from '../simulated-models.ts'
import type { Writer } from '../model/writer.ts'

/** A request that the provider refuses. Thrown while reading a request, rendered in the protocol's own shape. */
export class ProviderRejection extends Error {
  readonly status: number
  /** The protocol's error type; chosen by the status when undefined. */
  readonly type: string | undefined
  readonly code: string | null
  readonly param: string | null

  constructor(
    status: number,
    message: string,
    details: { readonly type?: string; readonly code?: string; readonly param?: string } = {},
  ) {
    super(message)
    this.name = 'ProviderRejection'
    this.status = status
    this.type = details.type
    this.code = details.code ?? null
    this.param = details.param ?? null
  }
}

/** One event of a stream, framed as it goes over the wire. */
export interface WireEvent {
  readonly text: string
  /** `content` is what cuts count; `terminal` is the protocol's last event. */
  readonly kind: 'start' | 'content' | 'other' | 'terminal'
  /** The same without what makes it terminal, where the last event carries content too (Gemini's finish reason). */
  readonly unmarked?: string
}

/** What an answer is rendered with. */
export interface RenderContext {
  readonly model: SimulatedModel
  /** Which platform answers: state that clients hand back is bound to it. */
  readonly platform: string
  /** For identifiers and for how the text falls into pieces. */
  readonly random: Random
  readonly nowMs: number
  readonly writer: Writer
  /** The `stop-on-every-chunk` fault. */
  readonly stopOnEveryChunk: boolean
}

/** What a request is read with, besides its body. */
export interface ReadContext {
  readonly platform: string
  readonly header: HeaderReader
  /** What the address says of the answer; only Gemini's does. */
  readonly address: StreamAddress | undefined
  readonly responses: ResponseMemory
}

/** How an address asks for its answer: whole, as server-sent events, or as one JSON array that grows. */
export type StreamAddress = 'whole' | 'sse' | 'array'

/** A request that passed every check. */
export interface ReadRequest {
  readonly prompt: Prompt
  readonly stream: boolean
  /** How many answers are asked for. */
  readonly choices: number
  /** The caller's own seed for the answer, when it gave one. */
  readonly seed: number | undefined
  readonly toEvents: (answers: readonly Answer[], context: RenderContext) => WireEvent[]
  readonly toBody: (answers: readonly Answer[], context: RenderContext) => string
  /** The media type of the stream; server-sent events when undefined. */
  readonly streamType?: string
}

export type HeaderReader = (name: string) => string | undefined

/** One protocol as a provider speaks it. */
export interface ProviderProtocol {
  readonly name: ProtocolName
  /** Throws a `ProviderRejection` when the key is missing or refused. */
  readonly authenticate: (header: HeaderReader, query: URLSearchParams) => void
  /** Checks a request as the real provider does and throws a `ProviderRejection` for what it would refuse. */
  readonly read: (body: Readonly<Record<string, unknown>>, model: SimulatedModel, context: ReadContext) => ReadRequest
  /** Checks a request for the number of its tokens and gives the answer; undefined where the protocol has none. */
  readonly count?: (
    body: Readonly<Record<string, unknown>>,
    model: SimulatedModel,
    context: ReadContext,
  ) => Readonly<Record<string, unknown>>
  readonly errorBody: (rejection: ProviderRejection, requestId: string, retryAfterSeconds?: number) => string
  /** The error that a provider sends inside a stream that began with HTTP 200. */
  readonly errorEvent: (requestId: string) => string
  /** The same error without its framing, for the `bare-error` fault. */
  readonly bareError?: (requestId: string) => string
  /** Writes an event's place in the stream into it, in protocols that number their events. */
  readonly numbered?: (text: string, sequence: number) => string
  /** The refusal of a key that is not known. */
  readonly refusedKey: () => ProviderRejection
  readonly spentAccount: () => ProviderRejection
  readonly missingModel: () => ProviderRejection
  readonly invalidJson: () => ProviderRejection
  readonly unknownModel: (name: string, problem?: string) => ProviderRejection
  /** The message of an error that has no other reason than its status. */
  readonly statusRejection: (status: number) => ProviderRejection
  readonly headers: (requestId: string) => Readonly<Record<string, string>>
  /** A content event with a text of this many letters, for the `giant-event` fault. */
  readonly giantEvent: (model: SimulatedModel, letters: number) => string
}

/** A key that begins so is refused: a way to try what a revoked key does. */
export const REFUSED_KEY_PREFIX = 'invalid'
