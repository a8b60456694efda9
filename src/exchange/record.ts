import { type AttemptEvidence, type Diversion, type ExchangeEvidence, toLabel } from '../evidence/index.ts'
import type { Inbound } from './admission/inbound.ts'
import type { Attempts } from './attempts.ts'
import type { Failure } from './delivery/failure.ts'

/** How an exchange went; what was `delivered` in an answer's place is `degraded` in its evidence. */
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
    outcome: ending.outcome === 'delivered' && ending.degraded !== undefined ? 'degraded' : ending.outcome,
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

/** What an exchange knows of its ending beside its attempts. */
export interface OwnEnding extends Pick<
  Ending,
  'durationMs' | 'outcome' | 'errorCode' | 'firstDeliveredMs' | 'refusedBy' | 'replayOf' | 'degraded' | 'approval'
> {
  /** Of the attempt whose answer it is, or else of the last. */
  readonly lastWord: AttemptEvidence | undefined
}

/** The ending of an exchange that has attempts of its own. */
export function endingOf(attempts: Attempts, own: OwnEnding): Ending {
  const { refusal, diverted } = attempts.earlier ?? attempts
  const { seams } = attempts
  const { outcome, lastWord, degraded } = own
  const all = attempts.allEnds.map(({ evidence }) => evidence)
  // An answer that nobody waited for was answered all the same.
  const isAnswered = outcome === 'delivered' || outcome === 'kept'
  const isModels = degraded === undefined || degraded === 'model'
  const answer = isAnswered && isModels ? lastWord : undefined
  // What a seam that was not to be ended with says nothing of why it was needed.
  const telling = answer ?? seams?.cut?.evidence ?? lastWord
  return {
    durationMs: own.durationMs,
    outcome,
    verdict: telling?.verdict ?? 'failed',
    errorCode: own.errorCode,
    usage: answer === undefined ? undefined : (seams?.billed ?? answer.usage),
    firstDeliveredMs: own.firstDeliveredMs,
    platform: answer === undefined ? undefined : `${answer.provider}/${answer.model}`,
    attempts: all,
    seams: seams === undefined || seams.evidence.length === 0 ? undefined : seams.evidence,
    diverted: toDiversions(diverted, all[0]),
    refusedBy: own.refusedBy ?? refusal?.by,
    replayOf: own.replayOf,
    degraded,
    approval: own.approval,
  }
}

/** Each platform once, but for the one that was tried after all. */
function toDiversions(
  refusals: readonly Diversion[],
  first: AttemptEvidence | undefined,
): readonly Diversion[] | undefined {
  if (refusals.length === 0) return undefined
  const tried = first === undefined ? undefined : `${first.provider}/${first.model}`
  const each = new Map(refusals.map(({ platform, by }) => [platform, { platform, by }]))
  if (tried !== undefined) each.delete(tried)
  return each.size === 0 ? undefined : [...each.values()]
}

/** What kept a request from being asked again whose answers all died. */
export function restedBy(failure: Pick<Failure, 'code'> | undefined): 'loop' | undefined {
  return failure?.code === 'dies-every-time' ? 'loop' : undefined
}
