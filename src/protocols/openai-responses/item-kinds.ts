import type { JsonObject } from '../core/index.ts'

/** An item that only names one which the provider has stored; its type may be left out. */
export function isReference({ type, id, role }: JsonObject): boolean {
  return type === 'item_reference' || ((type === undefined || type === null) && role === undefined && id !== undefined)
}

/** Items of the client's side that are no message: what its tools gave, what it allows, what it changes. */
const CLIENT_SIDE = /_output$|^(?:mcp_approval_response|additional_tools|configuration_update|compaction_trigger)$/

/** Whose turn an item belongs to that only this protocol knows. */
export function roleOfItem(type: string): 'user' | 'assistant' {
  return CLIENT_SIDE.test(type) ? 'user' : 'assistant'
}
