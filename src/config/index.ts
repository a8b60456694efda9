export { apiFamilies } from './types.ts'
export type {
  Affinity,
  ApiFamily,
  ApprovalConfig,
  ApprovalsConfig,
  ApproverConfig,
  ClientConfig,
  ClientLimitsConfig,
  Config,
  ControlConfig,
  DegradeConfig,
  Delivery,
  FamilyRoute,
  Hedge,
  Limited,
  LimitsConfig,
  ModelConfig,
  PlatformConfig,
  PolicyConfig,
  ProfileName,
  ProviderConfig,
  Replay,
  ReplayConfig,
  TimeoutsConfig,
  ToolArguments,
  WebhookConfig,
  WorkflowConfig,
  WorkflowValue,
} from './types.ts'
export { autoConfig } from './auto.ts'
export type { AutoConfigResult } from './auto.ts'
export type { FullstopConfig } from './fullstop-config.ts'
export { isLoopback } from './base-url.ts'
export { formatDuration, parseDuration } from './duration.ts'
export type { Environment } from './interpolation.ts'
export { configJsonSchema } from './json-schema.ts'
export { loadConfigFile, loadConfigObject } from './load.ts'
export { configLimitBytes, parseConfig, parseConfigObject } from './parse.ts'
export type { ConfigResult } from './parse.ts'
export {
  defaultDeadlineMs,
  defaultFirstEventMs,
  defaultIdleMs,
  defaultPolicy,
  defaultTotalMs,
} from './policy-defaults.ts'
export { profiles } from './profiles.ts'
export type { ProfileBundle } from './profiles.ts'
export { formatProblems } from '../yaml/index.ts'
export type { ConfigProblem } from './problem.ts'
export { simulatedConfig } from './simulated.ts'
export { watchConfig } from './watch.ts'
export type { ConfigWatcher, ReloadOutcome, WatchConfigDeps, WatchConfigOptions } from './watch.ts'
export type { Timers, WatchDirectory } from './watch-directory.ts'
