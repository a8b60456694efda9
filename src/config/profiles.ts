import type { PolicyConfig, ProfileName } from './types.ts'

/**
 * What one word stands for, as far as the configuration does not say otherwise. `overloadControl` and `needsApproval` it cannot say
 * otherwise: who wants them names a profile that has them.
 */
export type ProfileBundle = Omit<PolicyConfig, 'profile'>

const TEN_MINUTES_MS = 600_000

/** Ten minutes from the request's arrival: as long as the official SDKs wait by default. Four attempts: enough for every platform of a usual model and a fallback. */
const usual: ProfileBundle = {
  delivery: 'guarded',
  thinking: 'live',
  attempts: 4,
  deadlineMs: TEN_MINUTES_MS,
  overloadControl: true,
  hedge: 'off',
  replay: 'on',
  limited: 'pass',
  toolArguments: 'enforce',
  seam: 'proven',
  needsApproval: false,
  approval: { timeoutMs: TEN_MINUTES_MS, onTimeout: 'reject' },
}

/** The scenarios. */
export const profiles: Readonly<Record<ProfileName, ProfileBundle>> = {
  /**
   * Nothing is held back from a provider, however it fares: the speed of trying things out beats resilience. A text that breaks off
   * says so at once; without a retry budget seams would add to an outage as naive retries do.
   */
  prototype: { ...usual, overloadControl: false, seam: 'off' },
  /** Nobody waits, so it may take an hour and more tries; but its load must not prolong an outage. */
  batch: { ...usual, attempts: 6, deadlineMs: 6 * TEN_MINUTES_MS },
  internal: usual,
  /** Half an answer is none: it is looked for elsewhere, and refused sooner than taken for a whole one. */
  customer: { ...usual, limited: 'reroute' },
  /** Half an answer is unacceptable and a wrong one dear: a person looks at each whole one first. */
  critical: { ...usual, delivery: 'hold', thinking: 'hold', limited: 'reroute', needsApproval: true },
}
