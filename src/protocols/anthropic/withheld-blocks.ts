import { filterEvents, isJsonObject, parseJson, parseSseEvent } from '../core/index.ts'

/** The events without those of the blocks with these indexes. */
export function withoutBlocks(held: Uint8Array, withheld: readonly number[]): Uint8Array {
  return filterEvents(held, (event) => {
    const { data } = parseSseEvent(event)
    const message = data === undefined ? undefined : parseJson(data)
    const isOfBlock = isJsonObject(message) && typeof message.index === 'number' && withheld.includes(message.index)
    return isOfBlock ? undefined : event
  })
}
