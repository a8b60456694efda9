/** How many run at once: in all, and for one owner, so that nobody takes the places of all the others. */
export class Slots {
  readonly #total: number
  readonly #perOwner: number
  readonly #taken = new Map<string, number>()
  #count = 0

  constructor({ total, perOwner }: { readonly total: number; readonly perOwner: number }) {
    this.#total = total
    this.#perOwner = perOwner
  }

  /** Gives the place back, once; `undefined`: there is none. */
  take(owner: string): (() => void) | undefined {
    const taken = this.#taken.get(owner) ?? 0
    if (this.#count >= this.#total || taken >= this.#perOwner) return undefined
    this.#count += 1
    this.#taken.set(owner, taken + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      this.#count -= 1
      const left = (this.#taken.get(owner) ?? 1) - 1
      if (left === 0) this.#taken.delete(owner)
      else this.#taken.set(owner, left)
    }
  }

  get count(): number {
    return this.#count
  }
}
