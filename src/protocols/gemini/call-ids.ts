import { isFilled, type JsonObject, reject } from '../core/index.ts'
import { messageOf, messagesOf } from './wire.ts'

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly turn: number
}

/**
 * Which result of a conversation answers which call. Gemini's ids are optional, and models before 3 give none: then
 * results belong to the calls of their name, in order. A call without an id gets one that is the same every time the
 * conversation comes, and that no other call of it has.
 */
export class CallIds {
  readonly #given: ReadonlySet<string>
  #open: OpenCall[] = []
  #turn = 0
  #made = 0

  constructor(contents: readonly JsonObject[]) {
    this.#given = new Set(contents.flatMap(({ parts }) => messagesOf(parts).flatMap(idsOf)))
  }

  /** A turn of the model begins. */
  beginTurn(): void {
    this.#turn += 1
  }

  call(id: string | undefined, name: string): string {
    const known = isFilled(id) ? id : this.#make()
    this.#open.push({ id: known, name, turn: this.#turn })
    return known
  }

  #make(): string {
    for (;;) {
      const id = `call_${this.#made}`
      this.#made += 1
      if (!this.#given.has(id)) return id
    }
  }

  result(id: string | undefined, name: string, field: string): string {
    const call = this.#open.find((open) => open.id === id) ?? this.#firstOf(name)
    if (call !== undefined) {
      this.#open = this.#open.filter((open) => open !== call)
      return call.id
    }
    return isFilled(id) ? id : reject(field, 'the name of a functionCall before it', name, 'another name')
  }

  /** Of the latest turn with a call of this name: older ones that nobody answered stay so. */
  #firstOf(name: string): OpenCall | undefined {
    const last = this.#open.findLast((open) => open.name === name)
    return this.#open.find((open) => open.name === name && open.turn === last?.turn)
  }
}

function idsOf({ functionCall, functionResponse }: JsonObject): readonly string[] {
  return [functionCall, functionResponse].flatMap((value) => {
    const { id } = messageOf(value)
    return isFilled(id) ? [id] : []
  })
}
