import { isFilled, isJsonObject, type Json, type JsonObject } from '../core/index.ts'

/**
 * Says to which call of a candidate each `functionCall` belongs. A call is one part, unless it says that it will go on
 * (Vertex AI, where a client asks for streamed arguments): then parts without a name go on with it, the last of them
 * without that word. Decided once, in the order of arrival: reading the same parts again gives the same numbers.
 */
export class CallNumbers {
  #count = 0
  #isOpen = false

  numberOf(call: JsonObject): { readonly number: number; readonly isNew: boolean } {
    const isNew = !this.#isOpen || isFilled(call.name)
    if (isNew) this.#count += 1
    this.#isOpen = call.willContinue === true
    return { number: this.#count - 1, isNew }
  }

  fork(): CallNumbers {
    const copy = new CallNumbers()
    copy.#count = this.#count
    copy.#isOpen = this.#isOpen
    return copy
  }
}

/** A candidate without its calls of these numbers; the same object where it has none of them. */
export function withoutCalls(candidate: JsonObject, withheld: ReadonlySet<number>, numbers: CallNumbers): JsonObject {
  const { content } = candidate
  if (!isJsonObject(content) || !Array.isArray(content.parts)) return candidate
  const parts = content.parts as readonly Json[]
  const kept = parts.filter((part) => {
    const call = isJsonObject(part) ? part.functionCall : undefined
    return !isJsonObject(call) || !withheld.has(numbers.numberOf(call).number)
  })
  if (kept.length === parts.length) return candidate
  // As Google itself does where there is nothing to say: clients take the first part for granted.
  return { ...candidate, content: { ...content, parts: kept.length === 0 ? [{ text: '' }] : kept } }
}
