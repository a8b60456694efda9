import { type Clock, within } from '../../resilience/index.ts'
import { type AttemptEnd, isAttemptEnd } from './attempt.ts'
import type { Run } from './run.ts'

/** What a hedge asks of the attempts that it stands among. */
export interface HedgeDeps {
  readonly clock: Clock
  /** An attempt elsewhere, begun; `undefined`: none is to be made, or can be afforded. */
  readonly beginRival: () => Run | undefined
  /** Whether `other` may help after this end of `run`. */
  readonly mayHelp: (other: Run, run: Run, end: AttemptEnd) => boolean
  /** The winner is read from now on; the loser has ended. */
  readonly onDecided: (winner: Run, loser: Run, end: AttemptEnd) => void
}

const OUTPACED = { name: 'failed', reason: 'outpaced' } as const

/**
 * A second attempt beside a silent one, as in "The Tail at Scale" (Dean, Barroso 2013): where one is silent for longer than its
 * platform nearly ever is, another is made elsewhere, and the first to show content is read; the other is aborted, and in
 * the evidence as `outpaced`.
 */
export class Hedge {
  readonly #deps: HedgeDeps
  #rival: Run | undefined

  constructor(deps: HedgeDeps) {
    this.#deps = deps
  }

  /** The one beside a silent one, until either shows content. */
  get rival(): Run | undefined {
    return this.#rival
  }

  /** Whoever runs is ended by others. */
  giveUp(): void {
    this.#rival = undefined
  }

  /** The run to read from. `isOver`: nobody waits for it any longer. */
  async race(run: Run, isOver: () => boolean): Promise<Run> {
    const { clock, beginRival, mayHelp, onDecided } = this.#deps
    if (run.hedgeAfterMs === undefined || run.hasContent || this.#rival !== undefined) return run
    if ((await within(run.shows(), run.hedgeAfterMs, clock)) !== undefined) return run
    if (isOver()) return run
    const rival = beginRival()
    if (rival === undefined) return run
    this.#rival = rival
    const first = await Promise.race([run.shows(), rival.shows()])
    if (isOver()) return run
    this.#rival = undefined
    const other = first === run ? rival : run
    // It may have content, or an end that says what is to be done with the other.
    const end = first.hasContent ? undefined : await first.ahead()
    if (end !== undefined && isAttemptEnd(end) && mayHelp(other, first, end)) {
      onDecided(other, first, end)
      return other
    }
    other.attempt.abort(OUTPACED)
    onDecided(first, other, other.attempt.conclude(OUTPACED))
    return first
  }
}
