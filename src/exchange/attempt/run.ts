import type { Visit } from '../memory/platform-health.ts'
import type { Platform } from '../admission/routing.ts'
import type { Continuation } from '../seam/continuation.ts'
import type { Attempt, AttemptEnd } from './attempt.ts'

type Read = Uint8Array | AttemptEnd

export interface RunOptions {
  readonly visit: Visit
  readonly apiKey: string | undefined
  readonly isTranslated: boolean
  /** From its start to a second attempt beside it, ms; `undefined`: there is none. */
  readonly hedgeAfterMs: number | undefined
  /** It goes on with what another one began. */
  readonly continuation: Continuation | undefined
}

/** An attempt under way, with what the exchange has to know of it. */
export class Run {
  readonly visit: Visit
  readonly apiKey: string | undefined
  readonly isTranslated: boolean
  readonly hedgeAfterMs: number | undefined
  readonly continuation: Continuation | undefined
  #attempt: Attempt | undefined
  #pending: Promise<Read> | undefined
  #hasContent = false
  #onContent: (() => void) | undefined

  constructor({ visit, apiKey, isTranslated, hedgeAfterMs, continuation }: RunOptions) {
    this.visit = visit
    this.apiKey = apiKey
    this.isTranslated = isTranslated
    this.hedgeAfterMs = hedgeAfterMs
    this.continuation = continuation
  }

  /** The attempt tells its run of its content, so that it can only come after it. */
  begin(attempt: Attempt): this {
    this.#attempt = attempt
    return this
  }

  get attempt(): Attempt {
    if (this.#attempt === undefined) throw new Error('a run without its attempt')
    return this.#attempt
  }

  get platform(): Platform {
    return this.attempt.platform
  }

  get hasContent(): boolean {
    return this.#hasContent
  }

  onFirstContent(): void {
    this.#hasContent = true
    this.#onContent?.()
  }

  /** The next of it: what `ahead` has begun to read, else what it reads now. Rejects where it trips over the answer, see `failed`. */
  read(): Promise<Read> {
    const pending = this.#pending ?? this.attempt.read()
    this.#pending = undefined
    return pending
  }

  /** Begins to read without taking what comes. */
  ahead(): Promise<Read> {
    if (this.#pending === undefined) {
      // Its end, so that a race is not lost by rejecting.
      this.#pending = this.attempt.read().catch((error: unknown) => this.failed(error))
    }
    return this.#pending
  }

  /**
   * The end of it, where a read was rejected: what trips over an answer is a defect of ours, and perhaps of that answer, and another
   * platform's may do. One that is nested so deeply that nobody can go through it is no answer.
   */
  failed(error: unknown): AttemptEnd {
    const isTooDeep = error instanceof RangeError
    return this.attempt.conclude(
      isTooDeep ? { name: 'malformed', reason: 'not-this-protocol' } : { name: 'failed', reason: 'internal' },
    )
  }

  /** Resolves once it has content, has bytes to deliver, or has ended. */
  shows(): Promise<this> {
    if (this.#hasContent) return Promise.resolve(this)
    const content = new Promise<void>((resolve) => {
      this.#onContent = resolve
    })
    return Promise.race([content, this.ahead()]).then(() => this)
  }
}
