import type { Protocol } from '../core/index.ts'
import { renderError, renderErrorEvent } from './errors.ts'
import { withoutForeign } from './foreign.ts'
import { KEEP_ALIVE, path, requestHeaders } from './headers.ts'
import { findState, inspectRequest } from './inspect.ts'
import { readError } from './provider-error.ts'
import { parseRequest, readTerms } from './request-in.ts'
import { renderRequest, withFormat } from './request-out.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'
import { createGeminiScanner } from './scanner.ts'
import { createStreamEncoder } from './stream-out.ts'
import { tokenCounting } from './token-counting.ts'
import { withTurns } from './turns-behind.ts'

/** Google's Gemini API, v1beta. https://ai.google.dev/api/generate-content */
export const gemini: Protocol = {
  name: 'gemini',
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
  // The address has it.
  modelField: undefined,
  mayStreamArrays: true,
  requestHeaders,
  renderRequest,
  withoutForeign,
  withFormat,
  withTurns,
  readResponse,
  readError,
  createScanner: createGeminiScanner,
  tokenCounting,
}
