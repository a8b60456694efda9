import { type BegunText, isJsonObject, type JsonObject, toText } from '../core/index.ts'
import { MessageWriter } from './stream-message.ts'
import type { WireItem, WirePart } from './wire.ts'

/** What a client has of a Responses stream that consists of messages so far. */
export interface BegunStream {
  /** The answer as its first event showed it. */
  readonly response: JsonObject
  /** The next event's number. */
  readonly number: number
  /** The items that are whole. */
  readonly output: readonly WireItem[]
  readonly open: MessageWriter | undefined
}

/** Reads it from the stream's own messages. */
export function readBegun({ messages, text }: BegunText): BegunStream {
  let response: JsonObject = {}
  let number = 0
  const output: WireItem[] = []
  let message: { readonly id: string; readonly index: number } | undefined
  let content: WirePart[] = []
  let isPartOpen = false
  /** So much of the text is in parts that are whole. */
  let told = 0
  for (const { type, sequence_number: numbered, ...event } of messages) {
    // Hosts that number nothing are counted.
    number = typeof numbered === 'number' ? numbered + 1 : number + 1
    switch (type) {
      case 'response.created':
        if (isJsonObject(event.response)) ({ response } = event as { response: JsonObject })
        break
      case 'response.output_item.added':
        message = messageOf(event.item, event.output_index)
        content = []
        break
      case 'response.content_part.added':
        isPartOpen = true
        break
      case 'response.content_part.done':
        if (isWirePart(event.part)) {
          content.push(event.part)
          told += toText(event.part.text).length
        }
        isPartOpen = false
        break
      case 'response.output_item.done':
        if (isWirePart(event.item)) output.push(event.item)
        message = undefined
        break
      default:
    }
  }
  const begun = { content, text: isPartOpen ? text.slice(told) : undefined }
  const open = message === undefined ? undefined : new MessageWriter(message.id, message.index, begun)
  return { response, number, output, open }
}

function messageOf(item: unknown, index: unknown): { readonly id: string; readonly index: number } | undefined {
  if (!isJsonObject(item) || item.type !== 'message' || typeof index !== 'number') return undefined
  return { id: toText(item.id), index }
}

/** An item of the output, or a part of its content. */
function isWirePart(value: unknown): value is WirePart & WireItem {
  return isJsonObject(value) && typeof value.type === 'string'
}
