import type { Reason, UnfinishedVerdict, Verdict } from '../../evidence/index.ts'
import type { JsonObject } from './json.ts'
import type { CoreResponse } from './response.ts'
import type { Completion, StreamFacts } from './scanner.ts'

export interface ReadResponseOptions {
  readonly completion: Completion
  /** Answers that were asked for: as many must be there. */
  readonly choices: number
}

/** An answer body as the provider sent it, understood. */
export interface ReadResponse {
  readonly verdict: Verdict
  readonly facts: StreamFacts
  /** See `StreamScanner.takeMarks`; of a finished answer. */
  readonly marks?: readonly string[]
  /** Present for a finished answer, and made when it is asked for: without calls that the model was stopped inside. */
  readonly response?: CoreResponse
  /** The same in the provider's own words, where something had to be withheld from the body as it came. */
  readonly amended?: JsonObject
}

/** Of a body that told nothing. */
export const NO_FACTS: StreamFacts = {
  events: 0,
  toolCalls: 0,
  invalidToolCalls: 0,
  servedModel: undefined,
  rawStop: undefined,
  usage: {},
  caveat: undefined,
}

/** A body that is no finished answer. */
export function unfinished(name: UnfinishedVerdict['name'], reason: Reason, facts: StreamFacts): ReadResponse {
  return { verdict: { name, reason }, facts }
}
