import type { Protocol } from '../core/index.ts'
import { KEEP_ALIVE, readError, renderError, requestHeaders } from '../openai/index.ts'
import { renderErrorEvent } from './error-event.ts'
import { withoutForeign } from './foreign.ts'
import { inspectRequest } from './inspect.ts'
import { parseRequest, readTerms } from './request-in.ts'
import { renderRequest, withFormat } from './request-out.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'
import { createOpenAiResponsesScanner } from './scanner.ts'
import { findState } from './state.ts'
import { createStreamEncoder } from './stream-out.ts'
import { tokenCounting } from './token-counting.ts'
import { withTurns } from './turns-behind.ts'
import { OPENAI_RESPONSES } from './wire.ts'

/** OpenAI Responses, as OpenAI and the hosts that took it over speak it. https://platform.openai.com/docs/api-reference/responses */
export const openAiResponses: Protocol = {
  name: OPENAI_RESPONSES,
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
  path: () => '/responses',
  modelField: 'model',
  mayStreamArrays: false,
  requestHeaders,
  renderRequest,
  withoutForeign,
  withFormat,
  withTurns,
  readResponse,
  readError,
  createScanner: createOpenAiResponsesScanner,
  tokenCounting,
}
