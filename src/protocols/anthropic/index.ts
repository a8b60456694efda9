import type { Protocol } from '../core/index.ts'
import { renderError, renderErrorEvent } from './errors.ts'
import { KEEP_ALIVE, MESSAGES_PATH, requestHeaders } from './headers.ts'
import { inspectRequest } from './inspect.ts'
import { readError } from './provider-error.ts'
import { parseRequest } from './request-in.ts'
import { renderRequest } from './request-out.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'
import { createAnthropicScanner } from './scanner.ts'
import { createStreamEncoder } from './stream-out.ts'

/** Anthropic Messages. https://platform.claude.com/docs/en/api/messages */
export const anthropic: Protocol = {
  name: 'anthropic',
  inspectRequest,
  parseRequest,
  renderResponse,
  createStreamEncoder,
  renderError,
  renderErrorEvent,
  keepAlive: KEEP_ALIVE,
  path: MESSAGES_PATH,
  requestHeaders,
  renderRequest,
  readResponse,
  readError,
  createScanner: createAnthropicScanner,
}
