import { FullstopError } from '../../errors.ts'
import type { Resolution } from './approval.ts'

/** Why an answer that waited for a person is not delivered, for its caller. */
export function notApproved({ evidence, reason }: Resolution): FullstopError {
  switch (evidence.outcome) {
    case 'rejected':
      return new FullstopError(
        'approval-rejected',
        `A person decided against the answer${reason === undefined ? '.' : `: ${reason}`}`,
      )
    case 'timed-out':
      return new FullstopError('approval-timed-out', 'The answer is there, but nobody has decided about it in time.')
    case 'shutdown':
      return new FullstopError('shutting-down', 'The answer waited for a person, and this instance is shutting down.')
    case 'cancelled':
    case 'approved':
    case 'edited':
      return new FullstopError('internal', 'The client that the answer waited for has gone away.')
  }
}
