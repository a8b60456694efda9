import { isJsonObject, type Json, type JsonObject } from '../core/index.ts'

/**
 * Arguments that arrive value by value, each with its place as a JSONPath (`$.foo.bar[0]`), strings in pieces.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 */
export class PartialArgs {
  #root: Container = emptyObject()
  /** Paths of strings that are to go on. */
  readonly #open = new Set<string>()
  #isSound = true
  #length = 0

  /** Characters so far, of values and places. */
  get length(): number {
    return this.#length
  }

  /** Everything that was begun is there, in a form that is understood. */
  get isWhole(): boolean {
    return this.#isSound && this.#open.size === 0
  }

  get value(): JsonObject {
    return this.#root as JsonObject
  }

  push(partial: Json): void {
    if (!isJsonObject(partial) || typeof partial.jsonPath !== 'string') {
      this.#isSound = false
      return
    }
    const { jsonPath, willContinue } = partial
    const value = valueOf(partial)
    this.#length += jsonPath.length + (typeof value === 'string' ? value.length : 1)
    if (value !== undefined) {
      const path = parsePath(jsonPath)
      const isSet = path !== undefined && put(this.#root, path, value, this.#open.has(jsonPath))
      this.#isSound = this.#isSound && isSet
    }
    if (willContinue === true) this.#open.add(jsonPath)
    else this.#open.delete(jsonPath)
  }

  fork(): PartialArgs {
    const copy = new PartialArgs()
    copy.#root = copyOf(this.#root) as Container
    for (const path of this.#open) copy.#open.add(path)
    copy.#isSound = this.#isSound
    copy.#length = this.#length
    return copy
  }
}

type Container = { [key: string]: Json } | Json[]
type Step = string | number

function valueOf({ stringValue, numberValue, boolValue, nullValue }: JsonObject): Json | undefined {
  if (nullValue !== undefined) return null
  return stringValue ?? numberValue ?? boolValue ?? undefined
}

const DEEPEST_PATH = 100
const STEP = /\.([^.*[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y

/** `undefined` for a path that is not plain: names and indexes only. */
function parsePath(text: string): readonly Step[] | undefined {
  if (!text.startsWith('$')) return undefined
  const steps: Step[] = []
  let at = 1
  while (at < text.length && steps.length < DEEPEST_PATH) {
    STEP.lastIndex = at
    const match = STEP.exec(text)
    if (match === null) return undefined
    const [whole, dotted, index, single, double] = match
    steps.push(index === undefined ? (dotted ?? unquoted(single ?? double ?? '')) : Number(index))
    at += whole.length
  }
  return at < text.length || steps.length === 0 ? undefined : steps
}

const unquoted = (name: string): string => name.replaceAll(/\\(.)/g, '$1')

/** Whether there was a place for it: an index may not leave a gap. */
function put(root: Container, path: readonly Step[], value: Json, goesOn: boolean): boolean {
  let place = root
  for (const [depth, step] of path.entries()) {
    const next = path[depth + 1]
    const found = get(place, step)
    if (next === undefined)
      return set(place, step, goesOn && typeof found === 'string' ? `${found}${String(value)}` : value)
    const child = isContainer(found) ? found : typeof next === 'number' ? [] : emptyObject()
    if (found !== child && !set(place, step, child as Json)) return false
    place = child
  }
  return false
}

function get(place: Container, step: Step): Json | undefined {
  return Array.isArray(place) ? place[Number(step)] : place[step]
}

function set(place: Container, step: Step, value: Json): boolean {
  if (Array.isArray(place) !== (typeof step === 'number')) return false
  if (!Array.isArray(place)) place[step] = value
  else if (Number(step) > place.length) return false
  else place[Number(step)] = value
  return true
}

function isContainer(value: Json | undefined): value is Container & Json {
  return typeof value === 'object' && value !== null
}

/** Without a prototype, so that every name is only a name. */
function emptyObject(): { [key: string]: Json } {
  return Object.create(null) as { [key: string]: Json }
}

function copyOf(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(copyOf)
  if (!isJsonObject(value)) return value
  return Object.assign(emptyObject(), Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copyOf(v ?? null)])))
}
