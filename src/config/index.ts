export type {
  ApiFamily,
  ApproverConfig,
  ClientConfig,
  ClientLimitsConfig,
  Config,
  DegradeConfig,
  LimitsConfig,
  ModelConfig,
  PlatformConfig,
  PolicyConfig,
  ProfileName,
  ProviderConfig,
  WebhookConfig,
  WorkflowConfig,
} from './types.ts'
export { autoConfig } from './auto.ts'
export type { FullstopConfig } from './fullstop-config.ts'
export { isLoopback, isLoopbackAddress } from './base-url.ts'
export { formatDuration } from './duration.ts'
export type { Environment } from './interpolation.ts'
export { configJsonSchema } from './json-schema.ts'
export { loadConfigFile, loadConfigObject } from './load.ts'
export { configLimitBytes, parseConfig, parseConfigObject } from './parse.ts'
export type { ConfigResult } from './parse.ts'
export { defaultPolicy } from './policy-defaults.ts'
export { profiles } from './profiles.ts'
export { formatProblems } from '../yaml/index.ts'
export type { ConfigProblem } from './problem.ts'
export { simulatedConfig } from './simulated.ts'
export { watchConfig } from './watch.ts'
export type { ConfigWatcher, WatchConfigOptions } from './watch.ts'
export type { Timers } from './watch-directory.ts'
