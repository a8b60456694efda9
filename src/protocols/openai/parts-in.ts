import { type JsonObject, type Part, readArray, readObject, reject } from '../core/index.ts'

export type ReadPart = (part: JsonObject, field: string) => Part

/** By the word of `type`. */
export type PartKinds = ReadonlyMap<unknown, ReadPart>

/** Receives the names of fields inside of messages and items that the core has no word for. */
export type OnUnknown = (name: string) => void

/** A list of parts of these kinds. */
export function readParts(content: unknown, field: string, kinds: PartKinds, onUnknown: OnUnknown): readonly Part[] {
  if (!Array.isArray(content)) return reject(field, 'a string or a list of parts', content)
  return readArray(content, field).map((value, index) => {
    const place = `${field}[${index}]`
    const part = readObject(value, place)
    const read = kinds.get(part.type)
    if (read === undefined)
      return reject(
        `${place}.type`,
        [...kinds.keys()].join(' or '),
        part.type,
        typeof part.type === 'string' ? 'another kind of part' : undefined,
      )
    // A cache hint in OpenAI's own words, which no other protocol's cache marks can express.
    if (part.prompt_cache_breakpoint !== undefined && part.prompt_cache_breakpoint !== null)
      onUnknown('prompt_cache_breakpoint')
    return read(part, place)
  })
}
