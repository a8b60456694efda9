import { formatDuration } from './duration.ts'
import { profiles } from './profiles.ts'
import type { Config, PolicyConfig, ReplayConfig } from './types.ts'

/** More attempts than this only add load to an outage. */
export const maxAttempts: number = 10

/** From sending to the first event with content: 60 s. */
export const defaultFirstEventMs: number = 60_000
/** Between two events of a stream: 30 s. */
export const defaultIdleMs: number = 30_000
/** The whole attempt: 10 min. */
export const defaultTotalMs: number = 600_000

/**
 * How often a client that has limits may send the same body within a minute. Agents that loop on a dead stream do so more than twice a
 * second; who samples one prompt on purpose says how often.
 */
export const defaultRepeats: number = 30

/** No wait in the configuration may be longer than a day. */
export const maxDurationMs: number = 86_400_000

/** What applies to requests that name no workflow when the configuration has no `defaults`. */
export const defaultPolicy: PolicyConfig = {
  profile: 'prototype',
  ...profiles.prototype,
}

/** Ten minutes for who tries again, a day for who has a key, and 64 MiB. */
export const defaultReplay: ReplayConfig = {
  windowMs: 600_000,
  keyWindowMs: 86_400_000,
  limitBytes: 64 * 1_048_576,
}
/** Of kept answers, MiB. */
export const maxReplayMegabytes: number = 4_096

/** Providers alone, and nothing said of how they are used. */
export const emptyConfig: Omit<Config, 'source' | 'providers' | 'families'> = {
  models: new Map(),
  defaults: defaultPolicy,
  workflows: new Map(),
  clients: new Map(),
  control: { keyHash: undefined, listen: undefined },
  replay: defaultReplay,
  // Nobody decides about answers.
  approvals: { approvers: new Map(), webhook: undefined },
  passthrough: new Map(),
}

export const defaultDeadlineMs: number = defaultPolicy.deadlineMs

/** For descriptions and messages. */
export const durationRange: string = `1ms to ${formatDuration(maxDurationMs)}`
