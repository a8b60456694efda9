import { ANTHROPIC_PATHS } from './anthropic-clients.ts'
import type { ClientPath } from './client-path.ts'
import { OPENAI_PATHS } from './openai-clients.ts'
import { RESPONSES_PATHS } from './responses-clients.ts'

/**
 * The official SDKs, each as a user without suspicion uses it: no stop reason is checked, no marker is looked for,
 * nothing is retried; only an exception is a failure.
 */
export const CLIENT_PATHS: readonly ClientPath[] = [...OPENAI_PATHS, ...RESPONSES_PATHS, ...ANTHROPIC_PATHS]
