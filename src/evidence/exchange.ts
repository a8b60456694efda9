import type { ApprovalEvidence } from './approval.ts'
import type { AttemptEvidence, Usage } from './attempt.ts'
import type { ClientLimiter, Diversion, Limiter } from './overload.ts'
import type { SeamEvidence } from './seam.ts'
import type { VerdictName } from './verdict.ts'

/** How the client's side ended. */
export type Outcome =
  /** A finished answer was delivered whole. */
  | 'delivered'
  /** Something in place of the answer was delivered whole, and labelled as that. */
  | 'degraded'
  /** An error status, before anything was sent. */
  | 'refused'
  /** Something had been sent: error event, then an aborted body. */
  | 'broken-off'
  /** The client went away first. */
  | 'client-gone'
  /** Nobody waited any more: the finished answer is kept for who asks again. */
  | 'kept'
  /** Nobody waited, and there is no answer to keep. */
  | 'given-up'

/**
 * What was given in place of an answer. `cache`: one that the same request had before; `model`: a simpler model's; `answer`: the
 * operator's fixed words.
 */
export type Degraded = 'cache' | 'model' | 'answer'

/** One request with all its attempts; content-free like its parts. */
export interface ExchangeEvidence {
  readonly id: string
  readonly protocol: string
  /** What was asked for: `answer`, `count-tokens` or `embeddings`. */
  readonly operation: string
  /** The logical name asked for, where it is a configured one or a label. */
  readonly model: string | undefined
  readonly workflow: string | undefined
  readonly client: string | undefined
  readonly tenant: string | undefined
  readonly run: string | undefined
  readonly step: string | undefined
  readonly session: string | undefined
  readonly delivery: 'hold' | 'guarded' | 'live'
  readonly streamed: boolean
  readonly startedAtMs: number
  readonly durationMs: number
  readonly outcome: Outcome
  readonly verdict: VerdictName
  /** Of the error table, when the client got an error. */
  readonly errorCode: string | undefined
  /** What the client's answer was billed: the answering attempt's, or the sum of all that have a part in it. */
  readonly usage: Usage | undefined
  /** From the request's arrival to the first content byte written to the client, ms. */
  readonly firstDeliveredMs: number | undefined
  /** `provider/model` of the answering attempt. */
  readonly platform: string | undefined
  readonly attempts: readonly AttemptEvidence[]
  /** Attempts to go on with a text that had broken off or stopped at a limit, in order; `undefined`: none. */
  readonly seams: readonly SeamEvidence[] | undefined
  /** Platforms that the first attempt went around; `undefined`: none. */
  readonly diverted: readonly Diversion[] | undefined
  /** What kept it from an attempt, or from another one. `loop`: answers to the same request died every time. */
  readonly refusedBy: Limiter | ClientLimiter | 'loop' | undefined
  /** How often its client says that it has tried this already (`x-stainless-retry-count`), where it says so. */
  readonly clientRetry: number | undefined
  /** Requests with the same body from the same client that failed within the last minute. */
  readonly repeats: number
  /** The exchange whose answer was, or would have been, delivered again; this one asked for none of that model. */
  readonly replayOf: string | undefined
  /** The exchange that broke off, for whose client this one finished the answer in the background. */
  readonly finishOf: string | undefined
  /** What was given in place of an answer of the model that was asked for. */
  readonly degraded: Degraded | undefined
  /** The person's decision that the answer waited for. */
  readonly approval: ApprovalEvidence | undefined
}

/** Where finished exchanges go. Must return at once: nothing in the request path waits for it. */
export type EvidenceSink = (evidence: ExchangeEvidence) => void
