/** The package's entry: the gateway as a `fetch` and a function inside the caller's process. Nothing of Bun is behind it. */
export type { ConfigProblem, FullstopConfig } from './config/index.ts'
export type {
  ApprovalEvidence,
  AttemptEvidence,
  Degraded,
  EvidenceSink,
  ExchangeEvidence,
  Usage,
} from './evidence/index.ts'
export {
  ConfigurationError,
  createFullstop,
  type ExpectOptions,
  type FailedAttempt,
  type Fullstop,
  type FullstopOptions,
  type Generate,
  GenerateError,
  type GenerateOptions,
  type Prompt,
  type PromptMessage,
  type SchemaOptions,
  type TextOptions,
} from './in-process/index.ts'
export type { UpstreamFetch } from './runtime/web/index.ts'
