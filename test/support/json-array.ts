import { type Loose, recordedEvents } from './recorded-events.ts'

/** A recorded stream of Gemini's as it would have come without `alt=sse`: spread over lines, as Google does. */
export function asJsonArray(bytes: Uint8Array): Uint8Array {
  const elements = recordedEvents(bytes).map((event) => JSON.stringify(event, undefined, 2))
  return new TextEncoder().encode(`[${elements.join('\n,\r\n')}\n]\n`)
}

/** What a client reads that waits for the whole array. Throws where it is not closed. */
export function readJsonArray(body: Uint8Array): readonly Loose[] {
  const elements: Loose = JSON.parse(new TextDecoder().decode(body))
  if (!Array.isArray(elements)) throw new Error('not an array')
  return elements
}
