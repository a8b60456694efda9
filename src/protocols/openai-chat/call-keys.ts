import { isFilled, isJsonObject, type JsonObject, listOf } from '../core/index.ts'

/** A piece of a call in a delta, and the number of the call that it belongs to. */
export interface KeyedPiece {
  readonly key: number
  readonly wire: JsonObject
  readonly isDeprecated: boolean
}

/** Where a piece says that it belongs: its index, nowhere, or the deprecated `function_call`. */
type Place = number | 'nowhere' | 'function_call'

const meet = (a: Place, b: Place): boolean => a === b || (a === 'nowhere') !== (b === 'nowhere')

/** More calls than any answer makes; each costs memory until the choice ends. */
export const MOST_CALLS = 1_000

interface Opened {
  readonly key: number
  readonly id: string | undefined
  readonly place: Place
}

/**
 * Says to which call of a choice each piece belongs. Keys are decided once, in the order of arrival, from nothing but
 * the pieces: reading the same pieces again gives the same keys. Calls are numbered from 0 as they open.
 */
export class CallKeys {
  #opened: Opened[] = []
  /** By place; some hosts number every parallel call 0, so a place may have had several. */
  readonly #latest = new Map<Place, Opened>()

  /** The pieces of one delta, none behind one that opens more than may be kept. */
  piecesOf(delta: JsonObject): readonly KeyedPiece[] {
    const pieces: KeyedPiece[] = []
    for (const wire of listOf(delta.tool_calls)) {
      // Each piece is looked for among all calls, so one event must not be able to open any number of them.
      if (this.#opened.length > MOST_CALLS) break
      if (isJsonObject(wire)) pieces.push(this.#keyed(wire, false))
    }
    if (isJsonObject(delta.function_call)) pieces.push(this.#keyed({ function: delta.function_call }, true))
    return pieces
  }

  #keyed(wire: JsonObject, isDeprecated: boolean): KeyedPiece {
    const place = isDeprecated ? 'function_call' : typeof wire.index === 'number' ? wire.index : 'nowhere'
    const id = isFilled(wire.id) ? wire.id : undefined
    return { key: (this.#find(place, id) ?? this.#open(place, id)).key, wire, isDeprecated }
  }

  #find(place: Place, id: string | undefined): Opened | undefined {
    // A piece without an id belongs to the call that was last opened at its place.
    if (id === undefined)
      return place === 'nowhere' ? this.#last() : (this.#latest.get(place) ?? this.#lastUnplaced(place))
    // Hosts that give different calls the same index, or none, still give each its own id.
    return this.#opened.findLast((call) => call.id === id && meet(call.place, place))
  }

  #last(): Opened | undefined {
    return this.#opened.findLast(({ place }) => place !== 'function_call')
  }

  /** The last call, where only later pieces of it have an index. */
  #lastUnplaced(place: Place): Opened | undefined {
    const last = this.#last()
    return last !== undefined && place !== 'function_call' && last.place === 'nowhere' ? last : undefined
  }

  #open(place: Place, id: string | undefined): Opened {
    const call = { key: this.#opened.length, id, place }
    this.#opened.push(call)
    this.#latest.set(place, call)
    return call
  }

  fork(): CallKeys {
    const copy = new CallKeys()
    copy.#opened = [...this.#opened]
    for (const [place, call] of this.#latest) copy.#latest.set(place, call)
    return copy
  }
}
