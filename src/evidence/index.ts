export { type ApprovalEvidence, type ApprovalOutcome } from './approval.ts'
export { type AttemptEvidence, type Usage } from './attempt.ts'
export { type Degraded, type EvidenceSink, type ExchangeEvidence, type Outcome } from './exchange.ts'
export { type AttemptCause, type ClientLimiter, type Diversion, type Limiter } from './overload.ts'
export { type SeamEvidence, type SeamKind } from './seam.ts'
export { type Label, toLabel } from './label.ts'
export {
  type Caveat,
  type FinishedVerdict,
  isFinished,
  type Proof,
  type Reason,
  type StopKind,
  type Unchecked,
  type UnfinishedVerdict,
  type Verdict,
  verdictOfStop,
} from './verdict.ts'
