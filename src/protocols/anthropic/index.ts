import type { Protocol } from '../core/index.ts'
import { renderError, renderErrorEvent } from './errors.ts'
import { KEEP_ALIVE, path, requestHeaders } from './headers.ts'
import { findState, inspectRequest } from './inspect.ts'
import { withoutForeign } from './foreign.ts'
import { readError } from './provider-error.ts'
import { parseRequest, readTerms } from './request-in.ts'
import { renderRequest, withFormat } from './request-out.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'
import { createAnthropicScanner } from './scanner.ts'
import { createStreamEncoder } from './stream-out.ts'
import { tokenCounting } from './token-counting.ts'
import { withTurns } from './turns-behind.ts'

/** Anthropic Messages. https://platform.claude.com/docs/en/api/messages */
export const anthropic: Protocol = {
  name: 'anthropic',
  inspectRequest,
  parseRequest,
  readTerms,
  findState,
  renderResponse,
  createStreamEncoder,
  renderError,
  renderErrorEvent,
  keepAlive: KEEP_ALIVE,
  path,
  modelField: 'model',
  mayStreamArrays: false,
  requestHeaders,
  renderRequest,
  withoutForeign,
  withFormat,
  withTurns,
  readResponse,
  readError,
  createScanner: createAnthropicScanner,
  tokenCounting,
}
