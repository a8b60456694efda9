/** OpenAI answers 400 to a longer `call_id`; other providers, and some clients, make longer ones. */
const LONGEST = 64

/**
 * Ids of the calls of one rendered request, and which of them are free-form: a result has another type then. An id that
 * is too long gets a short one by its place among such, the same in every later request of the conversation.
 */
export class CallIds {
  readonly #short = new Map<string, string>()
  readonly #custom = new Set<string>()

  call(id: string, isCustom: boolean): string {
    // Ids may come again in a later turn, for a tool of another kind.
    if (isCustom) this.#custom.add(id)
    else this.#custom.delete(id)
    return this.#shorten(id)
  }

  /** The id of the latest call that the client knew by this id. */
  result(id: string): { readonly callId: string; readonly isCustom: boolean } {
    return { callId: this.#shorten(id), isCustom: this.#custom.has(id) }
  }

  #shorten(id: string): string {
    if (id.length <= LONGEST) return id
    const short = this.#short.get(id) ?? `call_shortened_${this.#short.size}`
    this.#short.set(id, short)
    return short
  }
}
