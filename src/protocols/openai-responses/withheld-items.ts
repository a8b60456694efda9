import { filterMessages, isJsonObject, type JsonObject, objectsIn, toText } from '../core/index.ts'
import { callId } from './output-in.ts'
import { isClientCall, toServerSentEvent } from './wire.ts'

/** Calls that no client may see: by their place in the stream, and by what the answer's end calls them. */
export interface WithheldCalls {
  readonly indexes: ReadonlySet<number>
  readonly ids: ReadonlySet<string>
}

/**
 * The events without those of the withheld calls, without their items in the answer's end, and numbered without a gap:
 * what a client gets must stand the same checks as what came.
 */
export function withoutItems(held: Uint8Array, withheld: WithheldCalls): Uint8Array {
  let hasLeftAny = false
  let numbersLeft = 0
  return filterMessages(held, (message, event) => {
    const { output_index: index, sequence_number: number, type, response } = message
    if (typeof index === 'number' && withheld.indexes.has(index)) {
      hasLeftAny = true
      if (typeof number === 'number') numbersLeft += 1
      return undefined
    }
    const isEnd = isJsonObject(response) && Array.isArray(response.output) && response.output.length > 0
    if (!hasLeftAny && !isEnd) return event
    const mended = {
      ...message,
      type: toText(type),
      ...(typeof index === 'number' && { output_index: placeWithout(index, withheld) }),
      ...(typeof number === 'number' && { sequence_number: number - numbersLeft }),
      ...(isEnd && { response: withoutCalls(response, withheld) }),
    }
    return toServerSentEvent(mended).trimEnd()
  })
}

/** Places are those in the end's output, where the withheld calls leave none empty. */
function placeWithout(index: number, { indexes }: WithheldCalls): number {
  return index - [...indexes].filter((withheld) => withheld < index).length
}

function withoutCalls(response: JsonObject, { ids }: WithheldCalls): JsonObject {
  const output = objectsIn(response.output).filter((item) => !isClientCall(item) || !ids.has(callId(item)))
  return { ...response, output }
}
