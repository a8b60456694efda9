import type { DrillResult } from './run-drill.ts'
import type { DrillRun, Recovery } from './tally.ts'
import { percent, span, times } from './words.ts'

/** Answers that differ by less than this share of the requests are not worth a headline. */
const WORTH_SAYING = 0.01

/** What differed most for users or, where nothing did, for the providers; in one or two sentences, and only as counted. */
export function headline({ direct, fullstop, requests }: DrillResult): string {
  const users = (count: number): string => `${count} of ${requests} users (${percent(count, requests)})`
  if (direct.truncatedAsSuccess > 0) {
    const { truncatedAsSuccess: left } = fullstop
    return (
      `${users(direct.truncatedAsSuccess)} would have got half an answer that looked finished. ` +
      `With Fullstop ${left === 0 ? 'nobody' : users(left)} did.`
    )
  }
  const [bare, guarded] = [direct.recovery, fullstop.recovery]
  if (bare !== undefined && guarded !== undefined && bare.lastedTimesCause > 1.5 * guarded.lastedTimesCause)
    return `The outage would have lasted ${lasted(bare)} as long as its cause. With Fullstop it lasted ${lasted(guarded)}.`
  const [without, withIt] = [direct.afterRetries.complete, fullstop.afterRetries.complete]
  if (Math.abs(withIt - without) > WORTH_SAYING * requests)
    return `${users(without)} would have had a whole answer in the end. With Fullstop ${users(withIt)} had.`
  if (bare !== undefined && guarded !== undefined)
    return (
      `For users it was the same either way: ${percent(without, requests)} had a whole answer without Fullstop, ` +
      `${percent(withIt, requests)} with it. But while it lasted the providers got ${perQuestion(bare)} requests for each ` +
      `question without Fullstop, and ${perQuestion(guarded)} with it.`
    )
  return `${users(without)} had a whole answer without Fullstop, ${withIt} with it.`
}

function lasted({ recoveredAfterSeconds, lastedTimesCause }: Recovery): string {
  return `${recoveredAfterSeconds === null ? 'at least ' : ''}${lastedTimesCause.toFixed(1)} times`
}

function perQuestion({ upstreamDuringCause, offeredDuringCause }: Recovery): string {
  return (upstreamDuringCause / Math.max(1, offeredDuringCause)).toFixed(2)
}

/** What the drill would have meant for users, in one sentence for each way. */
export function conclusion(result: DrillResult): { readonly bare: string; readonly protected: string } {
  const { direct, fullstop, requests } = result
  return {
    bare: `Without Fullstop ${outcome(direct, requests)}.`,
    protected: `With Fullstop ${outcome(fullstop, requests)}.`,
  }
}

function outcome(run: DrillRun, requests: number): string {
  return truncated(run, requests) + failed(run, requests) + retried(run, requests) + outlasted(run)
}

function truncated({ truncatedAsSuccess: count }: DrillRun, requests: number): string {
  if (count === 0) return 'no half answer passed for a whole one'
  return `${count} of ${requests} users (${percent(count, requests)}) got half an answer that looked finished`
}

function failed({ errors }: DrillRun, requests: number): string {
  return errors === 0 ? ', and nobody saw an error' : `, and ${errors} (${percent(errors, requests)}) saw an error`
}

function retried({ errors, afterRetries: { errors: left } }: DrillRun, requests: number): string {
  if (errors === 0) return ''
  return left === 0
    ? '; asking again brought all of them an answer'
    : `; after asking again ${left} (${percent(left, requests)}) still had none`
}

function outlasted({ recovery }: DrillRun): string {
  return recovery === undefined ? '' : `; ${ending(recovery)}`
}

/** When it was over, in words. */
export function ending({ recoveredAfterSeconds: after }: Recovery): string {
  if (after === null) return 'requests still failed when the drill ended'
  return after === 0
    ? 'nothing failed any more once its cause was gone'
    : `the last failure came ${span(after)} after its cause was gone`
}

/** What the providers had to bear. */
export function load({ direct, fullstop, requests }: DrillResult): string {
  return (
    `For each question the providers got ${times(direct.upstreamRequests, requests)} as many requests without Fullstop, ` +
    `${times(fullstop.upstreamRequests, requests)} with it.`
  )
}
