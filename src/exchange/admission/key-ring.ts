/** How long a key rests that the provider refused, or whose account it called spent, ms. */
const REFUSED_REST_MS = 5 * 60_000
/** No provider gives out shorter keys, in characters. */
const SHORTEST_SECRET = 12
/** How long a limited key rests where the provider did not say, ms. */
const LIMITED_REST_MS = 10_000

/** Of a failed attempt, as far as it is about the key that it was sent with. */
export type KeyFailure = 'authentication' | 'account-spent' | 'rate-limit'

/**
 * The keys of one provider account, used in turn. One that failed rests for a while; when all rest, the one that is
 * ready first is used, since to send nothing helps nobody.
 */
export class KeyRing {
  readonly #keys: readonly string[]
  readonly #restsUntilMs = new Map<string, number>()
  #turn = 0

  constructor(keys: readonly string[]) {
    this.#keys = keys
  }

  /** `undefined` where the provider needs none. */
  next(nowMs: number): string | undefined {
    const { length } = this.#keys
    if (length <= 1) return this.#keys[0]
    for (let looked = 0; looked < length; looked++) {
      const key = this.#keys[(this.#turn + looked) % length]
      if (key === undefined || this.#isResting(key, nowMs)) continue
      this.#turn = (this.#turn + looked + 1) % length
      return key
    }
    return this.#keys.toSorted((a, b) => this.#restEnd(a) - this.#restEnd(b))[0]
  }

  /** A provider may name the time; otherwise a usual one. */
  onFailure(key: string | undefined, failure: KeyFailure, retryAfterMs: number | undefined, nowMs: number): void {
    if (key === undefined) return
    const restMs = failure === 'rate-limit' ? (retryAfterMs ?? LIMITED_REST_MS) : REFUSED_REST_MS
    this.#restsUntilMs.set(key, nowMs + restMs)
  }

  onSuccess(key: string | undefined): void {
    if (key !== undefined && this.#restsUntilMs.size > 0) this.#restsUntilMs.delete(key)
  }

  /** Whether some key may be used now. */
  hasReady(nowMs: number): boolean {
    return this.#keys.some((key) => !this.#isResting(key, nowMs))
  }

  /**
   * Every key in `text` made unreadable: a provider may repeat the one that it was sent. A short one, as is made up for servers that ask for
   * none, only where it stands alone: a key `x` is no part of "exists".
   */
  withoutKeys(text: string): string {
    return this.#keys.reduce((rest, key) => {
      if (key === '') return rest
      if (key.length >= SHORTEST_SECRET) return rest.replaceAll(key, '[key]')
      const literal = key.replaceAll(/[^\w]/g, String.raw`\$&`)
      return rest.replaceAll(new RegExp(String.raw`(?<!\w)${literal}(?!\w)`, 'g'), '[key]')
    }, text)
  }

  #isResting(key: string, nowMs: number): boolean {
    return this.#restsUntilMs.size > 0 && this.#restEnd(key) > nowMs
  }

  #restEnd(key: string): number {
    return this.#restsUntilMs.get(key) ?? 0
  }
}
