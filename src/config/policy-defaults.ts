import { formatDuration } from './duration.ts'
import { profiles } from './profiles.ts'
import type { ApprovalsConfig, PolicyConfig } from './types.ts'

/** More attempts than this only add load to an outage. */
export const maxAttempts: number = 10

/** From sending to the first event with content: 60 s. */
export const defaultFirstEventMs: number = 60_000
/** Between two events of a stream: 30 s. */
export const defaultIdleMs: number = 30_000
/** The whole attempt: 10 min. */
export const defaultTotalMs: number = 600_000

/** No wait in the configuration may be longer than a day. */
export const maxDurationMs: number = 86_400_000

/** What applies to requests that name no workflow when the configuration has no `defaults`. */
export const defaultPolicy: PolicyConfig = {
  profile: 'prototype',
  ...profiles.prototype,
}

/** Nobody decides about answers when the configuration has no `approvals`. */
export const noApprovals: ApprovalsConfig = { approvers: new Map(), webhook: undefined }

export const defaultAttempts: number = defaultPolicy.attempts
export const defaultDeadlineMs: number = defaultPolicy.deadlineMs

/** For descriptions and messages. */
export const durationRange: string = `1ms to ${formatDuration(maxDurationMs)}`
