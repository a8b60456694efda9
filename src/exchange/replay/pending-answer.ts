import type { Inbound } from '../admission/inbound.ts'
import { type Failure, unexpectedFailure } from '../delivery/failure.ts'
import type { KeptAnswer } from './kept-answer.ts'

export type AnswerOrFailure =
  | { readonly kind: 'answer'; readonly answer: KeptAnswer }
  | {
      readonly kind: 'failure'
      readonly failure: Failure
      /** Nothing is to be given in its place: that was looked for already, or whoever asks again can have the answer. */
      readonly isFinal?: boolean
    }

/** An answer that is being made, for whoever waits for it. */
export class PendingAnswer {
  /** Whose answer it will be. */
  readonly exchange: string
  /** See `identityOf`. */
  readonly identity: string
  readonly result: Promise<AnswerOrFailure>
  /** How many wait for it beside the client that it is made for. */
  waiting = 0
  onJoined: (() => void) | undefined
  /** Ends what makes it; set while nobody's connection would. */
  cancel: (() => void) | undefined
  #resolve: (result: AnswerOrFailure) => void = () => undefined

  constructor(exchange: string, identity: string) {
    this.exchange = exchange
    this.identity = identity
    this.result = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  join(): void {
    this.waiting += 1
    this.onJoined?.()
  }

  /** Once, whatever comes later. */
  settle(result: AnswerOrFailure): void {
    this.cancel = undefined
    this.#resolve(result)
  }
}

/** A failure of Fullstop's own, as whoever asked is told of it. */
export function failureOf(
  error: unknown,
  { id }: Inbound,
  retryAfterMs?: number,
): Extract<AnswerOrFailure, { kind: 'failure' }> {
  const described = unexpectedFailure(error, id, [])
  return { kind: 'failure', failure: retryAfterMs === undefined ? described : { ...described, retryAfterMs } }
}
