import type { Json, JsonObject } from '../core/index.ts'

/** The name under which this protocol marks what only it understands. */
export const OPENAI_RESPONSES = 'openai-responses'

/** An item of a request's `input` or an answer's `output`; what stands beside `type` depends on it. */
export type WireItem = { readonly type: string; readonly [key: string]: Json | undefined }

/** A piece of a message's or a result's content. */
export type WirePart = { readonly type: string; readonly [key: string]: Json | undefined }

/** An event of a stream as Fullstop writes it; its number is added as it is written. */
export type WireEvent = { readonly type: string; readonly [key: string]: Json | undefined }

/** One server-sent event as OpenAI frames it: the name twice, as SSE's and in the data. */
export function toServerSentEvent(event: WireEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

/**
 * Calls that the client is to make. All but the first two belong to tools that OpenAI defines and the client runs; they
 * too must not be run before the answer is proven.
 */
const CLIENT_CALLS: ReadonlySet<Json | undefined> = new Set([
  'function_call',
  'custom_tool_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
  'computer_call',
  'mcp_approval_request',
])

export function isClientCall(item: JsonObject): boolean {
  return CLIENT_CALLS.has(item.type) || (item.type === 'tool_search_call' && item.execution === 'client')
}
