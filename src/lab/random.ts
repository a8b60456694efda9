/** A seeded source of randomness. The same seed gives the same sequence on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number
  /** One of the items; throws on an empty list. */
  pick<T>(items: readonly T[]): T
  /** `length` letters and digits, as in the identifiers of real providers. */
  identifier(length: number): string
}

const IDENTIFIER_LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/**
 * 53-bit hash of text, for seeds and checksums: two multiply-xor lanes with the mixing constants of MurmurHash3 and
 * xxHash32. Fast and well spread; not cryptographic.
 */
export function hashText(text: string, seed = 0): number {
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ seed
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}

/** A generator (mulberry32) seeded by all the parts together; the order of the parts matters. */
export function createRandom(...seedParts: readonly (string | number)[]): Random {
  let state = hashText(seedParts.join('\u0000')) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new RangeError('Expected a non-empty list to pick from, got an empty one.')
      return item
    },
    identifier: (length) => {
      let text = ''
      for (let index = 0; index < length; index += 1) {
        text += IDENTIFIER_LETTERS[Math.floor(next() * IDENTIFIER_LETTERS.length)] ?? '1'
      }
      return text
    },
  }
}
