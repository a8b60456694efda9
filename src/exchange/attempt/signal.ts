import { isFinished } from '../../evidence/index.ts'
import type { Signal } from '../../resilience/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { AttemptEnd } from './attempt.ts'

/** A client that waits shorter than this, ms, and than the platform may take, says nothing of the platform by giving up. */
const FAIR_WAIT_MS = 30_000

/**
 * What an attempt's end says of its platform. Nothing: what the caller did, asked for or gave up, and what Fullstop did
 * itself. Half: what may be about one request, or about how many there are.
 */
export function signalOf(
  { verdict, evidence }: AttemptEnd,
  { pin, hasOwnDeadline, operation, facts }: Inbound,
): Signal {
  if (isFinished(verdict)) return 'success'
  switch (verdict.reason) {
    case 'bad-request':
    case 'policy':
    case 'context-length':
    case 'not-expressible':
    case 'schema-violation':
    case 'arguments-violation':
    case 'stopped-by-limit':
    case 'outpaced':
    case 'diverged':
    case 'shutdown':
    case 'internal':
      return 'nothing'
    case 'client-gone': {
      // Most clients have a timeout that they do not tell, and behind a queue that is longer than that nothing else ever
      // says that the platform is lost. What is not streamed, or thinks, may be silent for as long as it takes.
      const wasSilent = facts.stream && !facts.reasoning && evidence.firstContentMs === undefined
      return wasSilent && evidence.durationMs >= FAIR_WAIT_MS ? 'failure' : 'nothing'
    }
    case 'deadline':
      // Cut off while it wrote, it was only long; a deadline of the client's own may be too short for anybody.
      return evidence.firstContentMs !== undefined || hasOwnDeadline ? 'nothing' : 'failure'
    case 'first-event-timeout':
    case 'total-timeout':
      return hasOwnDeadline && evidence.durationMs < FAIR_WAIT_MS ? 'nothing' : 'failure'
    case 'not-found':
    case 'permission':
      // A request that hangs on what a provider stores may name what is not there: that is the caller's. And a platform
      // that counts no tokens may answer all the same.
      return pin === undefined && operation.name !== 'count-tokens' ? 'soft-failure' : 'nothing'
    case 'rate-limit':
      return 'soft-failure'
    case 'ended-before-proof':
    case 'ended-inside-event':
    case 'connection-lost':
    case 'idle-timeout':
    case 'not-json':
    case 'not-this-protocol':
    case 'wrong-content-type':
    case 'event-order':
    case 'arguments-not-json':
    case 'too-large':
    case 'bad-encoding':
    case 'in-band-error':
    case 'failed-finish':
    case 'connect-failed':
    case 'redirected':
    case 'authentication':
    case 'account-spent':
    case 'overloaded':
    case 'server-error':
    case 'upstream-timeout':
      return 'failure'
  }
}
