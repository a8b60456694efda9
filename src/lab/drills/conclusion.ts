import type { DrillResult } from './run-drill.ts'
import type { DrillRun } from './tally.ts'
import { percent, span, times } from './words.ts'

/** What the drill would have meant for users, in one sentence for each way. Says only what was counted. */
export function conclusion(result: DrillResult): { readonly bare: string; readonly protected: string } {
  const { direct, fullstop, requests } = result
  return {
    bare: `Without Fullstop ${truncated(direct, requests)}, ${failed(direct, requests)}` + `${outlasted(direct)}.`,
    protected: `With Fullstop ${truncated(fullstop, requests)}, ${failed(fullstop, requests)}${retried(fullstop)}${outlasted(fullstop)}.`,
  }
}

function truncated({ truncatedAsSuccess: count }: DrillRun, requests: number): string {
  if (count === 0) return 'no half answer passed for a whole one'
  return `${count} of ${requests} users (${percent(count, requests)}) got half an answer that looked finished`
}

function failed({ errors }: DrillRun, requests: number): string {
  return errors === 0 ? 'and nobody saw an error' : `and ${errors} (${percent(errors, requests)}) saw an error`
}

function retried({ retried: count, afterRetries, errors }: DrillRun): string {
  if (count === 0 || errors === 0) return ''
  const left = afterRetries.errors
  return left === 0
    ? '; asking again helped all of them'
    : `; after their clients’ retries ${left} were still without an answer`
}

function outlasted({ recovery }: DrillRun): string {
  if (recovery === undefined) return ''
  const { recoveredAfterSeconds: after } = recovery
  if (after === null) return '; requests still failed when the drill ended'
  return after === 0
    ? '; nothing failed any more once the cause was gone'
    : `; the last failure was ${span(after)} after the cause was gone`
}

/** What the providers had to bear. */
export function load({ direct, fullstop, requests }: DrillResult): string {
  return (
    `The providers got ${times(direct.upstreamRequests, requests)} as many requests as there were questions without Fullstop, ` +
    `${times(fullstop.upstreamRequests, requests)} with it.`
  )
}
