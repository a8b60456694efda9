import type { Answer } from './answer.ts'
import type { Prompt } from './prompt.ts'
import type { Random } from './random.ts'
import type { SimulatedModel } from './simulated-models.ts'
import type { Writer } from './writer.ts'

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
}

/** What an answer is rendered with. */
export interface RenderContext {
  readonly model: SimulatedModel
  /** For identifiers and for how the text falls into pieces. */
  readonly random: Random
  readonly nowMs: number
  readonly writer: Writer
}

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
}

export type HeaderReader = (name: string) => string | undefined

/** One protocol as a provider speaks it. */
export interface ProviderProtocol {
  readonly name: 'anthropic' | 'openai-chat'
  /** Throws a `ProviderRejection` when the key is missing or refused. */
  readonly authenticate: (header: HeaderReader) => void
  /** Checks a request as the real provider does and throws a `ProviderRejection` for what it would refuse. */
  readonly read: (body: Readonly<Record<string, unknown>>, model: SimulatedModel) => ReadRequest
  readonly errorBody: (rejection: ProviderRejection, requestId: string) => string
  /** The error that a provider sends inside a stream that began with HTTP 200. */
  readonly errorEvent: (requestId: string) => string
  readonly spentAccount: () => ProviderRejection
  readonly unknownModel: (name: string, problem?: string) => ProviderRejection
  /** The message of an error that has no other reason than its status. */
  readonly statusRejection: (status: number) => ProviderRejection
  readonly headers: (requestId: string) => Readonly<Record<string, string>>
  /** A content event with a text of this many letters, for the `giant-event` fault. */
  readonly giantEvent: (model: SimulatedModel, letters: number) => string
}

/** A key that begins so is refused: a way to try what a revoked key does. */
export const REFUSED_KEY_PREFIX = 'invalid'
