import { isJsonObject, type JsonObject, parseJson } from './json.ts'
import { parseSseEvent } from './sse-blocks.ts'

/**
 * The stream's held bytes, event by event: `keep` returns an event as it is, changed, or `undefined` to leave it out.
 * Not on the hot path: only an answer that was stopped inside a tool call comes here.
 */
export function filterEvents(bytes: Uint8Array, keep: (event: string) => string | undefined): Uint8Array {
  const text = new TextDecoder().decode(bytes).replaceAll(/\r\n?/g, '\n')
  const kept = text
    .split('\n\n')
    .filter((event) => event.trim() !== '')
    .map((event) => keep(event.replace(/^\n+/, '')))
    .filter((event) => event !== undefined)
  return new TextEncoder().encode(kept.map((event) => `${event}\n\n`).join(''))
}

/** The same for the events that hold a JSON object; any other stays as it is. */
export function filterMessages(
  bytes: Uint8Array,
  keep: (message: JsonObject, event: string) => string | undefined,
): Uint8Array {
  return filterEvents(bytes, (event) => {
    const { data } = parseSseEvent(event)
    const message = data === undefined ? undefined : parseJson(data)
    return isJsonObject(message) ? keep(message, event) : event
  })
}
