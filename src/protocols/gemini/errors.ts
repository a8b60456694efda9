import { type CallerError, type JsonObject, storyOf } from '../core/index.ts'

/** Google's words for errors, of which each status has one (https://cloud.google.com/apis/design/errors). */
const WORDS: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [402, 'FAILED_PRECONDITION'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [408, 'DEADLINE_EXCEEDED'],
  [409, 'ABORTED'],
  [429, 'RESOURCE_EXHAUSTED'],
  [499, 'CANCELLED'],
  [500, 'INTERNAL'],
  [501, 'UNIMPLEMENTED'],
  [502, 'UNAVAILABLE'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
  [529, 'UNAVAILABLE'],
])
const KNOWN_WORDS: ReadonlySet<string> = new Set([...WORDS.values(), 'OUT_OF_RANGE', 'ALREADY_EXISTS', 'DATA_LOSS'])

/** An error answer's body: Google's three fields, and what Fullstop tried. */
export function renderError(error: CallerError): JsonObject {
  return {
    error: {
      code: error.status,
      message: error.message,
      status: statusWord(error),
      fullstop: storyOf(error),
    },
  }
}

/** In a stream Google sends the same object as data; its SDK finds it by a `code` between 400 and 599. */
export function renderErrorEvent(error: CallerError): string {
  return `data: ${JSON.stringify(renderError(error))}\n\n`
}

/** The provider's own word where it is one of Google's. */
function statusWord({ status, providerType }: CallerError): string {
  if (providerType !== undefined && KNOWN_WORDS.has(providerType)) return providerType
  return WORDS.get(status) ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT')
}
