import { FullstopError } from '../../errors.ts'
import type { ApprovalEvidence } from '../../evidence/index.ts'

/** Why an answer that waited for a person is not delivered, for its caller. */
export function notApproved({ outcome }: ApprovalEvidence, reason: string | undefined): FullstopError {
  switch (outcome) {
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
