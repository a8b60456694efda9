const PREFIX = 'resp_'

/** An id as OpenAI's look, since clients and logs tell them apart by the prefix. */
export function toResponseId(id: string): string {
  return id.startsWith(PREFIX) ? id : `${PREFIX}${id}`
}

/** In every item id that is made here, so that it is known again: no provider has stored such an item. */
const MADE = '_fullstop_'
const MADE_ID = /^[a-z]+_fullstop_/
/** OpenAI takes ids of 64 characters at most when the item comes back. */
const LONGEST_NAME = 40

export function isMadeItemId(id: string): boolean {
  return MADE_ID.test(id)
}

/** Ids for the items of one answer: the other protocols give none, and clients must have one for each. */
export class ItemIds {
  readonly #name: string
  #count: number

  /** `given`: so many items of the answer have an id already. */
  constructor(responseId: string, given = 0) {
    this.#count = given
    this.#name = toResponseId(responseId)
      .slice(PREFIX.length)
      .replaceAll(/[^\w-]/g, '')
      .slice(-LONGEST_NAME)
  }

  /** `prefix` as OpenAI has it for this type of item: `msg`, `rs`, `fc`, `ctc`. */
  next(prefix: string): string {
    const id = `${prefix}${MADE}${this.#name}_${this.#count}`
    this.#count += 1
    return id
  }
}
