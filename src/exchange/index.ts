export { answer, type AnswerOptions } from './answer.ts'
export { type ClientExchange } from './client-exchange.ts'
export {
  type ClientConnection,
  type Conditions,
  DEFAULT_LIMITS,
  type ExchangeDeps,
  type IncomingRequest,
  type Limits,
  type Ports,
  type Upstream,
  type UpstreamRequest,
} from './ports.ts'
export { sha256Hex } from './digest.ts'

// What is asked, by whom, of whom
export { ownerOf } from './admission/inbound.ts'
export { KeyRing } from './admission/key-ring.ts'
export { type Caller, type Platform, type Provider, type Route, type Routing } from './admission/routing.ts'
export { answers } from './operations/answers.ts'
export { embeddings } from './operations/embeddings.ts'
export { type Operation } from './operations/operation.ts'
export { tokenCounts } from './operations/token-counts.ts'
export { acceptsPrefill } from './seam/prefill.ts'

// How it is told
export { refuse, refuseOverLimit } from './delivery/error-response.ts'
export { type Framing } from './delivery/framing.ts'
export { KEEP_ALIVE_MS } from './delivery/respond.ts'

// What one exchange leaves for others
export { type Decision } from './approval/approval.ts'
export { type ApprovalDetail, Approvals, type ApprovalSummary } from './approval/approvals.ts'
export { DeferredAnswers } from './approval/deferred-answers.ts'
export { AnswerCache } from './degradation/answer-cache.ts'
export { ClientLoads, ClientStay } from './memory/client-load.ts'
export { FormatRefusals } from './memory/format-refusals.ts'
export { type BreakerChange, Health } from './memory/health.ts'
export { Origins } from './memory/origins.ts'
export { Repeats } from './memory/repeats.ts'
export { Sessions } from './memory/sessions.ts'
export { MemoryAnswerStore } from './replay/memory-answer-store.ts'
export { Replays } from './replay/replays.ts'
