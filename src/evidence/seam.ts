/**
 * How a text goes on that broke off, or that a limit stopped. `prefill`: a platform of the same model continues it. `regenerate`: an answer that was written
 * anew begins with exactly what was delivered. `instruct`: a model was told to go on.
 */
export type SeamKind = 'prefill' | 'regenerate' | 'instruct'

/** An attempt to go on with the beginning of a text. */
export interface SeamEvidence {
  readonly kind: SeamKind
  /** The attempt's ordinal. */
  readonly attempt: number
  /** `joined`: it has a part in the client's answer. `diverged`: its text was no rest of what was there. `failed`: it came to nothing. */
  readonly outcome: 'joined' | 'diverged' | 'failed'
  /** Characters of text that were there, with the client or held behind a limit, and that this attempt gave for it. */
  readonly charactersBefore: number
  readonly charactersAdded: number
}
