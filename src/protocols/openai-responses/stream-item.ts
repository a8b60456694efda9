import type { WireEvent, WireItem } from './wire.ts'

/** An item of a streamed answer that is being written; events get their numbers later. */
export interface ItemWriter {
  /** The event that opens it. */
  begin(): WireEvent
  /** All that closes it, and the item as the answer's end repeats it. */
  end(status: 'completed' | 'incomplete'): { readonly events: readonly WireEvent[]; readonly item: WireItem }
}

export function itemAdded(index: number, item: WireItem): WireEvent {
  return { type: 'response.output_item.added', output_index: index, item }
}

export function itemDone(index: number, item: WireItem): WireEvent {
  return { type: 'response.output_item.done', output_index: index, item }
}

/** An item that comes in one piece. Clients gather a call's input from deltas, or take what `done` says: they get both. */
export function wholeItem(index: number, item: WireItem): readonly WireEvent[] {
  const place = { item_id: item.id, output_index: index }
  const inProgress = { ...item, status: 'in_progress' }
  switch (item.type) {
    case 'function_call':
      return [
        itemAdded(index, { ...inProgress, arguments: '' }),
        { type: 'response.function_call_arguments.delta', ...place, delta: item.arguments },
        { type: 'response.function_call_arguments.done', ...place, name: item.name, arguments: item.arguments },
        itemDone(index, item),
      ]
    case 'custom_tool_call':
      return [
        itemAdded(index, { ...inProgress, input: '' }),
        { type: 'response.custom_tool_call_input.delta', ...place, delta: item.input },
        { type: 'response.custom_tool_call_input.done', ...place, input: item.input },
        itemDone(index, item),
      ]
    default:
      return [itemAdded(index, item), itemDone(index, item)]
  }
}
