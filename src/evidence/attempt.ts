import type { Label } from './label.ts'
import type { AttemptCause } from './overload.ts'
import type { Caveat, Proof, Reason, StopKind, Unchecked, VerdictName } from './verdict.ts'

/** Tokens as the provider billed them; a field is absent where the provider did not say. */
export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  readonly reasoningTokens?: number
}

/**
 * The content-free record of one try on one platform. Every string is a configured name, a member of a
 * closed list, or a `Label`: no prompt or answer text has a place to stand.
 */
export interface AttemptEvidence {
  readonly ordinal: number
  readonly cause: AttemptCause
  /** It was to show whether its platform works again. */
  readonly probe: boolean
  /** Configured names. */
  readonly provider: string
  readonly model: string
  readonly protocol: string
  /** Wall clock at sending, ms since the epoch. */
  readonly startedAtMs: number
  /** From sending to the attempt's end, ms. */
  readonly durationMs: number
  /** From sending to the response headers; to the first byte of the body; to the first event with content. Ms. */
  readonly headersMs: number | undefined
  readonly firstByteMs: number | undefined
  readonly firstContentMs: number | undefined
  readonly status: number | undefined
  readonly verdict: VerdictName
  readonly proof: Proof | undefined
  /** What makes the proof weaker than it looks. */
  readonly caveat: Caveat | undefined
  readonly reason: Reason | undefined
  /**
   * Which part of a schema the answer broke: the schema's own path (`/properties/id/type`; behind a tool's name:
   * `search/properties/q/type`), or `not-json`. Names in it that are no labels are `_`.
   */
  readonly violation: Label | undefined
  /** A schema of the caller's that the answer was not held to, and why. */
  readonly unchecked: Unchecked | undefined
  readonly stop: StopKind | undefined
  /** The provider's own stop reason and model id. */
  readonly rawStop: Label | undefined
  readonly servedModel: Label | undefined
  readonly streamed: boolean
  /** Of the body as it arrived. */
  readonly bytes: number
  readonly events: number
  readonly toolCalls: number
  readonly invalidToolCalls: number
  readonly usage: Usage | undefined
  /** Anything of the request that this platform's protocol could not carry, by the loss table's names. */
  readonly dropped: readonly string[] | undefined
}
