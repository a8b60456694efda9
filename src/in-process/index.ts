export { ConfigurationError } from './configuration.ts'
export { createFullstop, type Fullstop, type FullstopOptions } from './create-fullstop.ts'
export { type FailedAttempt, GenerateError } from './generate-error.ts'
export {
  type ExpectOptions,
  type Generate,
  type GenerateOptions,
  type Prompt,
  type PromptMessage,
  type SchemaOptions,
  type TextOptions,
} from './generate-options.ts'
