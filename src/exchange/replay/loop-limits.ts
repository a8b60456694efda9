import { FullstopError } from '../../errors.ts'
import type { Inbound } from '../admission/inbound.ts'
import { ANSWERS_BEFORE_REST, type LoopGuard, type RequestId } from './loop-guard.ts'
import { type AnswerOrFailure, failureOf } from './pending-answer.ts'

/** Not asked again for a while, since its answers all died. */
export function restingAnswer(inbound: Inbound, request: RequestId, guard: LoopGuard): AnswerOrFailure | undefined {
  const restsForMs = guard.restsForMs(request)
  return restsForMs === 0 ? undefined : failureOf(diesEveryTime(restsForMs), inbound, restsForMs)
}

/** Where answers to it died already, no more may than are left. */
export function withinLoop(inbound: Inbound, request: RequestId, guard: LoopGuard): Inbound {
  const left = guard.left(request)
  return left === ANSWERS_BEFORE_REST ? inbound : { ...inbound, replayId: request, mayStillDie: left }
}

/**
 * The request for what is given in place of an answer that died. A simpler model's answers may die too, and no more often; what
 * it gives is no answer of the request's own.
 */
export function inPlaceOf(inbound: Inbound, { scope, id }: RequestId, guard: LoopGuard): () => Inbound {
  return () => {
    const replayId = { scope, id: `${id} simpler` }
    const left = guard.left(replayId)
    return {
      ...inbound,
      replayId,
      idempotencyKey: undefined,
      simpler: left === 0 ? undefined : inbound.simpler,
      mayStillDie: left,
    }
  }
}

function diesEveryTime(restsForMs: number): FullstopError {
  const seconds = Math.max(1, Math.ceil(restsForMs / 1_000))
  return new FullstopError(
    'dies-every-time',
    `At least ${ANSWERS_BEFORE_REST} answers to this request died within a minute, each after it had begun; it is not sent again before ${seconds} s are over.`,
  )
}
