import type { Label } from './label.ts'

/** How an answer that waited for a person came out of it. */
export type ApprovalOutcome =
  | 'approved'
  /** Delivered in other words than the model's: the approver's. */
  | 'edited'
  | 'rejected'
  /** Nobody decided in time. */
  | 'timed-out'
  /** Its client went away. */
  | 'cancelled'
  /** The process ended. */
  | 'shutdown'

/** The content-free record of a person's decision about one answer. */
export interface ApprovalEvidence {
  readonly outcome: ApprovalOutcome
  /** From the answer's proof to the decision, ms. */
  readonly waitedMs: number
  /** The configured name of who decided; `undefined` where nobody did. */
  readonly approver: Label | undefined
  /** SHA-256 of the proven answer, in hexadecimal; see `docs/approvals.md`. */
  readonly digest: Label
  /** The same of the edited answer, which is what was delivered. */
  readonly editedDigest: Label | undefined
}
