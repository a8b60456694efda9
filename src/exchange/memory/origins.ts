import { BoundedMap } from '../../collections/index.ts'

/** Who made something, and for whom. */
export interface Origin {
  /** `provider/model`. */
  readonly platform: string
  readonly provider: string
  readonly tenant: string | undefined
}

/** Marks that are remembered; about 250 bytes each. */
export const REMEMBERED_MARKS = 100_000

/** A mark of up to this length is its own key; encrypted reasoning may be tens of kilobytes. */
const LONGEST_KEY = 128

/**
 * Remembers which platform made what only it can read again: thinking signatures, encrypted reasoning, ids of stored
 * things. Bounded, in memory; what was forgotten counts as not known.
 */
export class Origins {
  readonly #origins: BoundedMap<string, Origin>

  constructor(capacity: number = REMEMBERED_MARKS) {
    this.#origins = new BoundedMap(capacity)
  }

  /** What one tenant made stays that tenant's, whoever's answer repeats its mark. */
  remember(marks: readonly string[], origin: Origin): void {
    for (const mark of marks) {
      const key = keyOf(mark)
      const known = this.#origins.get(key)
      if (known === undefined || known.tenant === origin.tenant) this.#origins.set(key, origin)
    }
  }

  of(mark: string): Origin | undefined {
    return this.#origins.get(keyOf(mark))
  }
}

/** Both ends and the length tell long marks apart: each is random or encrypted throughout. */
function keyOf(mark: string): string {
  if (mark.length <= LONGEST_KEY) return mark
  return `${mark.length}:${mark.slice(0, LONGEST_KEY / 2)}${mark.slice(-LONGEST_KEY / 2)}`
}
