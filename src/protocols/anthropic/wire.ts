import type { Json, JsonObject } from '../core/index.ts'

/** The name under which this protocol marks what only it understands. */
export const ANTHROPIC = 'anthropic'

/** A content block; what stands beside `type` depends on it. */
export type WireBlock = { readonly type: string; readonly [key: string]: Json | undefined }

/** A turn of a request as Fullstop writes it: always blocks, never the string shorthand. */
export type WireTurn = { readonly role: 'user' | 'assistant'; readonly content: readonly WireBlock[] }

/** A whole answer as Fullstop writes it. `stop_reason` is null only in `message_start`. */
export type WireMessage = {
  readonly id: string
  readonly type: 'message'
  readonly role: 'assistant'
  readonly model: string
  readonly content: readonly WireBlock[]
  readonly stop_reason: string | null
  readonly stop_sequence: string | null
  readonly stop_details: null
  readonly usage: JsonObject
}

/** Anthropic's message ids begin with `msg_`; tools of its users look for it. */
export function toMessageId(id: string): string {
  return id.startsWith('msg_') ? id : `msg_${id}`
}

/** One server-sent event as Anthropic frames it: the name twice, as SSE's and in the data. */
export function toServerSentEvent(data: { readonly type: string } & JsonObject): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}
