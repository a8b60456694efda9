import type { CallerError } from '../core/index.ts'
import { renderError } from '../openai/index.ts'

/** In a stream OpenAI sends the same object as data, with no event name and no `[DONE]` behind it. */
export function renderErrorEvent(error: CallerError): string {
  return `data: ${JSON.stringify(renderError(error))}\n\n`
}
