import type { AttemptEvidence, UnfinishedVerdict, Verdict } from '../../evidence/index.ts'
import type { CoreResponse } from '../../protocols/core/index.ts'
import type { Platform } from '../admission/routing.ts'

/** How an attempt ended. */
export interface AttemptEnd {
  readonly verdict: Verdict
  readonly evidence: AttemptEvidence
  /** The provider's own error, where it sent one: for the caller, never for evidence. */
  readonly providerError: ProviderErrorAnswer | undefined
}

export interface ProviderErrorAnswer {
  readonly status: number
  readonly message: string
  readonly type: string | undefined
  /** From `retry-after`, ms. */
  readonly retryAfterMs?: number
}

/** A text that stopped for no other reason than its length. */
export interface TextAtLimit {
  /** All of it, with what others wrote before it. */
  readonly text: string
  /** What of the answer was not read, its ending included, for the case that nobody goes on. */
  readonly rest: Uint8Array
}

/** One try on one platform. */
export interface Attempt {
  readonly platform: Platform
  /**
   * The next bytes for the client, or how it ended. Bytes come only when they may be delivered: content once there
   * is some, a tool call and everything terminal only when the answer is proven.
   */
  read(): Promise<Uint8Array | AttemptEnd>
  /** The end, where nothing follows the bytes that were read. */
  readonly ended: AttemptEnd | undefined
  /** Stops the upstream at once; `read` then ends for this cause, unless the answer was already proven. */
  abort(cause: UnfinishedVerdict): void
  /** Stops the upstream at once: the end as it stands, which is the proof's where there was one. */
  conclude(verdict: Verdict): AttemptEnd
  /** Of a finished answer: strings that only this platform can read again. */
  readonly marks: readonly string[]
  /** Of a finished answer, where the exchange `needsAnswer`. */
  readonly answer: CoreResponse | undefined
  /** Of an answer that ended at a limit, where another attempt may go on behind it. */
  readonly atLimit: TextAtLimit | undefined
  /** Of a guarded stream: the text in all bytes that were read; `undefined` where nobody may go on behind it. */
  readonly releasedText: string | undefined
  /** The bytes that were read last are nothing but more of that text. */
  readonly isPlain: boolean
  /** Headers of the provider's answer that the client may see; empty before the answer. */
  readonly answerHeaders: Headers | undefined
}

export function isAttemptEnd(value: Uint8Array | AttemptEnd): value is AttemptEnd {
  return !(value instanceof Uint8Array)
}
