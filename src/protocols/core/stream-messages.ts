import { isJsonObject, type JsonObject, parseJson } from './json.ts'
import { parseSseEvent } from './sse-blocks.ts'

/** The JSON objects of a stream's whole events, in order; whatever else stands between them is left out. Not for the hot path. */
export function messagesOf(bytes: Uint8Array): readonly JsonObject[] {
  const text = new TextDecoder().decode(bytes).replaceAll(/\r\n?/g, '\n')
  return text.split(/\n\n+/).flatMap((event) => {
    const { data } = parseSseEvent(event)
    const message = data === undefined ? undefined : parseJson(data)
    return isJsonObject(message) ? [message] : []
  })
}
