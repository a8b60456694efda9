import type { Protocol } from '../core/index.ts'
import { KEEP_ALIVE, readError, renderError, requestHeaders } from '../openai/index.ts'
import { renderErrorEvent } from './error-event.ts'
import { findState, inspectRequest } from './inspect.ts'
import { parseRequest, readTerms } from './request-in.ts'
import { renderRequest, withFormat } from './request-out.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'
import { createOpenAiChatScanner } from './scanner.ts'
import { createStreamEncoder } from './stream-out.ts'
import { withTurns } from './turns-behind.ts'

/** OpenAI Chat Completions, as OpenAI and the many hosts speak it that took it over. */
export const openAiChat: Protocol = {
  name: 'openai-chat',
  inspectRequest,
  parseRequest,
  readTerms,
  findState,
  renderResponse,
  createStreamEncoder,
  renderError,
  renderErrorEvent,
  keepAlive: KEEP_ALIVE,
  // Below a base URL that ends in `/v1`.
  path: () => '/chat/completions',
  modelField: 'model',
  mayStreamArrays: false,
  requestHeaders,
  renderRequest,
  // Nothing in a conversation of this protocol is bound to its maker.
  withoutForeign: (body) => body,
  withFormat,
  withTurns,
  readResponse,
  readError,
  createScanner: createOpenAiChatScanner,
  tokenCounting: undefined,
}
