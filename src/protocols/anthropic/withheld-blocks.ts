import { filterMessages } from '../core/index.ts'

/** The events without those of the blocks with these indexes. */
export function withoutBlocks(held: Uint8Array, withheld: readonly number[]): Uint8Array {
  return filterMessages(held, ({ index }, event) =>
    typeof index === 'number' && withheld.includes(index) ? undefined : event,
  )
}
