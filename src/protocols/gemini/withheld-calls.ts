import { filterMessages, isJsonObject, type Json, type JsonObject, listOf } from '../core/index.ts'
import { CallNumbers, withoutCalls } from './call-numbers.ts'
import { candidateIndex } from './scanner-candidate.ts'
import { finishReasonOf } from './stop-reason.ts'

/** By candidate, the numbers of the calls that no client may see. */
export type WithheldCalls = ReadonlyMap<number, ReadonlySet<number>>

const NONE: ReadonlySet<number> = new Set()

/** The events without the withheld calls. They must begin no later than the first call of any candidate. */
export function withoutWithheld(held: Uint8Array, withheld: WithheldCalls): Uint8Array {
  const numbers = new Map<number, CallNumbers>()
  return filterMessages(held, (chunk, event) => {
    if (!Array.isArray(chunk.candidates)) return event
    const wires = chunk.candidates as readonly Json[]
    const kept = wires.map((wire) => {
      if (!isJsonObject(wire)) return wire
      const index = candidateIndex(wire)
      const own = numbers.get(index) ?? new CallNumbers()
      numbers.set(index, own)
      return withoutCalls(wire, withheld.get(index) ?? NONE, own)
    })
    if (kept.every((wire, i) => wire === wires[i])) return event
    const saying = kept.filter((wire, i) => wire === wires[i] || !isJsonObject(wire) || saysSomething(wire))
    return saying.length === 0 ? undefined : `data: ${JSON.stringify({ ...chunk, candidates: saying })}`
  })
}

function saysSomething({ content, finishReason }: JsonObject): boolean {
  const parts = isJsonObject(content) ? listOf(content.parts) : []
  const isEmpty = parts.every((part) => isJsonObject(part) && part.text === '')
  return !isEmpty || finishReasonOf(finishReason) !== undefined
}
