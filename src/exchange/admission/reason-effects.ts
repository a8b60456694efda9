import type { Reason } from '../../evidence/index.ts'

/** What a failed attempt's reason means for the others of its exchange, whoever is asked next. */
export type Effect =
  | 'same-anywhere'
  | 'same-anywhere-untranslated'
  | 'needs-larger-window'
  | 'provider-is-no-use'
  | 'platform-is-no-use'
  | 'may-pass'
  | 'over'

export function effectOf(reason: Reason): Effect {
  switch (reason) {
    case 'policy':
      return 'same-anywhere'
    case 'bad-request':
      return 'same-anywhere-untranslated'
    case 'context-length':
      return 'needs-larger-window'
    case 'authentication':
    case 'account-spent':
      return 'provider-is-no-use'
    case 'permission':
    case 'not-found':
    case 'not-expressible':
    case 'redirected':
    // Elsewhere it may be whole; here it would stop at the same limit.
    case 'stopped-by-limit':
      return 'platform-is-no-use'
    case 'deadline':
    case 'client-gone':
    case 'outpaced':
    case 'shutdown':
      return 'over'
    case 'ended-before-proof':
    case 'ended-inside-event':
    case 'connection-lost':
    case 'first-event-timeout':
    case 'idle-timeout':
    case 'total-timeout':
    case 'not-json':
    case 'not-this-protocol':
    case 'wrong-content-type':
    case 'event-order':
    case 'arguments-not-json':
    case 'too-large':
    case 'bad-encoding':
    case 'schema-violation':
    case 'arguments-violation':
    case 'in-band-error':
    case 'failed-finish':
    case 'connect-failed':
    case 'rate-limit':
    case 'overloaded':
    case 'server-error':
    case 'upstream-timeout':
    case 'internal':
    case 'diverged':
      return 'may-pass'
  }
}
