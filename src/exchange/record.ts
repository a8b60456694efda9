import { type ExchangeEvidence, toLabel } from '../evidence/index.ts'
import type { Inbound } from './admission/inbound.ts'
import type { Failure } from './delivery/failure.ts'

/** How an exchange went. */
export type Ending = Pick<
  ExchangeEvidence,
  | 'durationMs'
  | 'outcome'
  | 'verdict'
  | 'errorCode'
  | 'usage'
  | 'firstDeliveredMs'
  | 'platform'
  | 'attempts'
  | 'seams'
  | 'diverted'
  | 'refusedBy'
  | 'replayOf'
  | 'degraded'
  | 'approval'
>

/** The evidence of an exchange: who asked for what, and how it went. Without spreads, which cost more than all of it. */
export function recordOf(inbound: Inbound, ending: Ending): ExchangeEvidence {
  const { id, protocol, operation, facts, policy, caller, labels, receivedAtWallMs } = inbound
  return {
    id,
    protocol: protocol.name,
    operation: operation.name,
    model: toLabel(inbound.model),
    workflow: labels.workflow,
    client: caller.client,
    tenant: caller.tenant,
    run: labels.run,
    step: labels.step,
    session: labels.session,
    delivery: policy.delivery,
    streamed: facts.stream,
    startedAtMs: receivedAtWallMs,
    durationMs: ending.durationMs,
    outcome: ending.outcome,
    verdict: ending.verdict,
    errorCode: ending.errorCode,
    usage: ending.usage,
    firstDeliveredMs: ending.firstDeliveredMs,
    platform: ending.platform,
    attempts: ending.attempts,
    seams: ending.seams,
    diverted: ending.diverted,
    refusedBy: ending.refusedBy,
    clientRetry: inbound.clientRetry,
    repeats: inbound.repeats,
    replayOf: ending.replayOf,
    finishOf: inbound.finishOf,
    degraded: ending.degraded,
    approval: ending.approval,
  }
}

/** What kept a request from being asked again whose answers all died. */
export function restedBy(failure: Pick<Failure, 'code'> | undefined): 'loop' | undefined {
  return failure?.code === 'dies-every-time' ? 'loop' : undefined
}
