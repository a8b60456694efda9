import type { ApprovalEvidence, Degraded, Outcome } from '../evidence/index.ts'
import type { Inbound } from './admission/inbound.ts'
import type { Progress } from './exchange.ts'

/** One client's request until it has its answer, which may be the answer of another exchange. */
export interface ClientExchange {
  readonly inbound: Inbound
  /** Who answers now, for the response's headers. */
  readonly answering:
    | { readonly platform: { readonly name: string }; readonly headers?: Headers | undefined }
    | undefined
  readonly attemptCount: number
  /** What is given in place of the real answer. */
  readonly degraded: Degraded | undefined
  /** What a person decided about the answer. */
  readonly approval: ApprovalEvidence | undefined
  /** The answer is another exchange's. */
  readonly isReplayed: boolean
  /** The next bytes for the client, or how it ends. Never rejects. */
  next(): Promise<Progress>
  /** The client went away. */
  clientGone(): void
  /** The process stops and waits no longer. */
  stop(): void
  /** Something of Fullstop's own went wrong outside. */
  giveUp(): void
  /** Sends the evidence; once, whatever comes later. */
  report(outcome: Outcome, errorCode?: string): void
}
