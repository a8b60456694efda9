import type { JsonObject } from './json.ts'
import type { CallerError } from './protocol.ts'

/** What Fullstop tried, for a field of its own beside the message. */
export function storyOf({ code, exchange, attempts }: CallerError): JsonObject {
  return { code, exchange, attempts: attempts.map((attempt) => ({ ...attempt })) }
}
