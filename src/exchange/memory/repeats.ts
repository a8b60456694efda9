import type { Clock } from '../../resilience/index.ts'
import { BoundedMap } from '../../collections/index.ts'

/** A failed request is remembered so long, ms: agents repeat a dead stream for most of a minute. */
export const REPEAT_WINDOW_MS = 60_000
/** Failed requests that are remembered; about 100 bytes each. */
export const REMEMBERED_FAILURES = 10_000
/** Of a longer body this much of its beginning and its end is looked at: conversations differ where they go on. */
const HEAD_CHARACTERS = 8_192
const TAIL_CHARACTERS = 24_576

interface FailedRequest {
  count: number
  lastMs: number
}

/**
 * Counts how often the same body came from the same client and failed: what comes again then is that client's retry,
 * whether or not it says so. Only failures are remembered, so deliberate repetitions of what works are none, and a
 * service that works pays nothing. Bounded, in memory, and a number in place of the body.
 */
export class Repeats {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #failed: BoundedMap<string, FailedRequest>

  constructor({ clock }: { readonly clock: Pick<Clock, 'nowMs'> }, capacity: number = REMEMBERED_FAILURES) {
    this.#clock = clock
    this.#failed = new BoundedMap(capacity)
  }

  /** Failures of this request within the window. `owner`: whose it is. */
  of(owner: string, body: string): number {
    if (this.#failed.size === 0) return 0
    const failed = this.#failed.get(keyOf(owner, body))
    return failed === undefined || this.#isOld(failed) ? 0 : failed.count
  }

  onFailure(owner: string, body: string): void {
    const key = keyOf(owner, body)
    const failed = this.#failed.get(key)
    const count = failed === undefined || this.#isOld(failed) ? 0 : failed.count
    this.#failed.set(key, { count: count + 1, lastMs: this.#clock.nowMs() })
  }

  #isOld({ lastMs }: FailedRequest): boolean {
    return this.#clock.nowMs() - lastMs >= REPEAT_WINDOW_MS
  }
}

function keyOf(owner: string, body: string): string {
  const { length } = body
  const looked =
    length <= HEAD_CHARACTERS + TAIL_CHARACTERS
      ? body
      : body.slice(0, HEAD_CHARACTERS) + body.slice(length - TAIL_CHARACTERS)
  return `${owner}\n${length}:${digest(looked)}`
}

/** 64 bits of two FNV-1a-like hashes: it has to tell retries apart from other requests, not to withstand anybody. */
export function digest(text: string): string {
  let a = 0x81_1c_9d_c5
  let b = 0x9e_37_79_b1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01_00_01_93)
    b = Math.imul(b ^ code, 0x85_eb_ca_6b)
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`
}
