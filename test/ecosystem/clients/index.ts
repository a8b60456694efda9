import { ANTHROPIC_PATHS } from '../../clients/anthropic-clients.ts'
import type { ClientPath } from '../../clients/client-path.ts'
import { OPENAI_PATHS } from '../../clients/openai-clients.ts'
import { RESPONSES_PATHS } from '../../clients/responses-clients.ts'
import { GOOGLE_PATHS } from './google.ts'
import { LANGCHAIN_PATHS } from './langchain.ts'
import { VERCEL_PATHS } from './vercel.ts'

/** Every way to ask of every client library, each as a user without suspicion uses it. */
export const ALL_PATHS: readonly ClientPath[] = [
  ...OPENAI_PATHS,
  ...RESPONSES_PATHS,
  ...ANTHROPIC_PATHS,
  ...GOOGLE_PATHS,
  ...VERCEL_PATHS,
  ...LANGCHAIN_PATHS,
]
