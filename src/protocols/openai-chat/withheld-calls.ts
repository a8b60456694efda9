import { filterMessages, isFilled, isJsonObject, type Json, type JsonObject } from '../core/index.ts'
import { CallKeys } from './call-keys.ts'

/** By choice, the keys of the calls that no client may see. */
export type WithheldCalls = ReadonlyMap<number, ReadonlySet<number>>

/** The events without pieces of the withheld calls. They must begin no later than the first call of any choice. */
export function withoutCalls(held: Uint8Array, withheld: WithheldCalls): Uint8Array {
  const keys = new Map<number, CallKeys>()
  return filterMessages(held, (chunk, event) => {
    if (!Array.isArray(chunk.choices)) return event
    const wires: readonly Json[] = chunk.choices
    const kept = wires.flatMap((wire) => {
      const left = isJsonObject(wire) ? withoutPieces(wire, withheld, keys) : wire
      return left === undefined ? [] : [left]
    })
    if (kept.length === wires.length && kept.every((wire, i) => wire === wires[i])) return event
    return kept.length === 0 ? undefined : `data: ${JSON.stringify({ ...chunk, choices: kept })}`
  })
}

/** The same object where it has no withheld piece, nothing where it is all. */
function withoutPieces(
  wire: JsonObject,
  withheld: WithheldCalls,
  keysByChoice: Map<number, CallKeys>,
): JsonObject | undefined {
  const { delta } = wire
  if (!isJsonObject(delta)) return wire
  const index = choiceIndex(wire)
  const keys = keysByChoice.get(index) ?? new CallKeys()
  keysByChoice.set(index, keys)
  const pieces = keys.piecesOf(delta)
  const kept = pieces.filter(({ key }) => withheld.get(index)?.has(key) !== true)
  if (kept.length === pieces.length) return wire
  const { tool_calls: _, function_call: deprecated, ...rest } = delta
  const calls = kept.filter(({ isDeprecated }) => !isDeprecated).map((piece) => piece.wire)
  if (kept.length > 0)
    return {
      ...wire,
      delta: {
        ...rest,
        ...(calls.length > 0 && { tool_calls: calls }),
        ...(kept.length > calls.length && { function_call: deprecated }),
      },
    }
  const isLast = typeof wire.finish_reason === 'string'
  const hasText = isFilled(delta.content)
  return isLast || hasText || delta.role !== undefined ? { ...wire, delta: rest } : undefined
}

/** Hosts with one choice may leave its index out. */
export function choiceIndex(wire: JsonObject): number {
  return typeof wire.index === 'number' ? wire.index : 0
}
