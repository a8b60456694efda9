const VALID = /^[a-zA-Z0-9_-]+$/

/**
 * Tool-call ids of one rendered request. Anthropic takes `[a-zA-Z0-9_-]+` only, and each id once; other providers use
 * other characters and may count from 0 again in each turn. Valid ids that come first stay as they are.
 */
export class ToolIds {
  readonly #taken = new Set<string>()
  readonly #repeats = new Map<string, number>()
  readonly #latest = new Map<string, string>()

  /** The id of a call, in the order of the conversation. */
  call(id: string): string {
    const base = toValid(id)
    let name = base
    let repeat = this.#repeats.get(base) ?? 1
    while (this.#taken.has(name)) {
      repeat += 1
      name = `${base}_${repeat}`
    }
    this.#repeats.set(base, repeat)
    this.#taken.add(name)
    this.#latest.set(id, name)
    return name
  }

  /** The id of the latest call that the client knew by this id. */
  result(id: string): string {
    return this.#latest.get(id) ?? toValid(id)
  }
}

function toValid(id: string): string {
  if (VALID.test(id)) return id
  return id === '' ? 'call' : id.replaceAll(/[^a-zA-Z0-9_-]/g, '_')
}
