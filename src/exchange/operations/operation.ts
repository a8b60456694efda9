import type { FinishedVerdict, Unchecked, UnfinishedVerdict } from '../../evidence/index.ts'
import type {
  Address,
  Checked,
  CoreRequest,
  CoreResponse,
  Json,
  JsonObject,
  Protocol,
  RequestFacts,
  RequestProblem,
  StateReference,
  StreamFacts,
} from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'

/** A request as one platform gets it. */
export type Outbound =
  | {
      readonly ok: true
      readonly url: string
      readonly body: string
      readonly headers: Record<string, string>
      /** The key in the headers. */
      readonly apiKey: string | undefined
      /** Rows of the loss table. */
      readonly dropped: readonly string[]
      /** The answer comes in the client's own protocol, and its bytes may be passed on. */
      readonly sameProtocol: boolean
    }
  | { readonly ok: false; readonly problem: RequestProblem }

/** Says of marks in a request who made them. */
export interface Ownership {
  /** This platform made it. */
  readonly isOwn: (mark: string) => boolean
  /** Another platform is known to have made it. */
  readonly isForeign: (mark: string) => boolean
}

export interface SendOptions {
  readonly apiKey: string | undefined
  readonly ownership: Ownership
  /** Leave the format out that was asked for: what the workflow asks for, and of a translated request what the caller does. */
  readonly withoutFormat?: boolean
}

/** What a whole body proved to be. */
export type Judged =
  | {
      readonly verdict: FinishedVerdict
      readonly facts: StreamFacts
      /** For the client. */
      readonly bytes: Uint8Array
      /** What only this platform can read again. */
      readonly marks: readonly string[]
      /** Why it was not held to a schema of its caller's. */
      readonly unchecked?: Unchecked | undefined
      /** Has the answer in the core's words, made when it is asked for; not of every operation. */
      readonly read?: { readonly response?: CoreResponse }
    }
  | {
      readonly verdict: UnfinishedVerdict
      readonly facts: StreamFacts
      /** The provider's own error, where it sent one under a success status. */
      readonly inBandError?: Json | undefined
    }

export interface JudgeOptions {
  readonly inbound: Inbound
  readonly platform: Platform
  /** Wall clock, seconds. */
  readonly nowSeconds: number
}

/** Something that can be asked of a model: an answer, a count of tokens, embeddings. */
export interface Operation {
  readonly name: OperationName
  /** Whether another model may do it instead. */
  readonly mayFallBack: boolean
  /** What the plan needs to know. */
  inspect(protocol: Protocol, body: JsonObject, address: Address | undefined): Checked<RequestFacts>
  /** The request in the core's words, for translation. */
  parse(protocol: Protocol, body: JsonObject, address: Address | undefined): Checked<CoreRequest>
  /** What of the request only one provider has. */
  findState(protocol: Protocol, body: JsonObject, text: string): readonly StateReference[]
  /** The request for a platform. Each attempt starts from the client's original. */
  toOutbound(inbound: Inbound, platform: Platform, options: SendOptions): Outbound
  /** Judges a body that came whole. */
  judge(bytes: Uint8Array, options: JudgeOptions): Judged
}

export type OperationName = 'answer' | 'count-tokens' | 'embeddings'
