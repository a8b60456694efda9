import type { Degraded } from '../../evidence/index.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../protocols/core/index.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Says in the body what an answer is instead of the real one: a field `fullstop` beside the protocol's own, where errors
 * have it too, and where the official SDKs keep what they do not know.
 */
export class DegradedLabel {
  readonly degraded: Degraded
  readonly #note: JsonObject
  #isFirst = true

  constructor(degraded: Degraded, exchange: string) {
    this.degraded = degraded
    this.#note = { fullstop: { degraded, exchange } }
  }

  /** A whole body. */
  whole(bytes: Uint8Array): Uint8Array {
    const body = parseJson(decoder.decode(bytes))
    return isJsonObject(body) ? encoder.encode(JSON.stringify({ ...body, ...this.#note })) : bytes
  }

  /** Whole events of a stream, of whatever protocol. */
  events(bytes: Uint8Array): Uint8Array {
    // By LF alone: for regular expressions a line also ends at U+2028, which may stand in the middle of a text.
    const lines = decoder.decode(bytes).split('\n')
    return encoder.encode(lines.map((line) => this.#line(line)).join('\n'))
  }

  #line(line: string): string {
    if (!line.startsWith('data:')) return line
    const labelled = this.#event(line.slice('data:'.length))
    return labelled === undefined ? line : `${labelled}${line.endsWith('\r') ? '\r' : ''}`
  }

  /** In the answer that an event holds, which SDKs build theirs on; where none does, in the first event. */
  #event(data: string): string | undefined {
    const event = parseJson(data)
    if (!isJsonObject(event)) return undefined
    const { message, response, type } = event
    const isFirst = this.#isFirst
    if (type === 'message_start' && isJsonObject(message))
      return this.#labelled({ ...event, message: this.#in(message) })
    if (isJsonObject(response)) return this.#labelled({ ...event, response: this.#in(response) })
    // Anthropic's and OpenAI's Responses begin with an event that has a type; the others' events are the answer itself.
    return isFirst && type === undefined ? this.#labelled({ ...event, ...this.#note }) : undefined
  }

  #in(answer: JsonObject): Json {
    return { ...answer, ...this.#note }
  }

  #labelled(event: JsonObject): string {
    this.#isFirst = false
    return `data: ${JSON.stringify(event)}`
  }
}
