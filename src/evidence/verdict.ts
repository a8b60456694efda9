import type { Label } from './label.ts'

/** What an attempt proved to be. The first three are finished answers; the last three never reach a client as a success. */
export type VerdictName = 'complete' | 'limited' | 'refused' | 'truncated' | 'malformed' | 'failed'

/** The terminal evidence that was seen. */
export type Proof =
  /** Anthropic Messages: every block closed, a stop reason, `message_stop`. */
  | 'message_stop'
  /** OpenAI Chat: a finish reason for every choice, then `[DONE]`. */
  | 'finish-reason+done'
  /** The stop or finish reason of every choice, then a clean transport end; Gemini's own, elsewhere where `finish-only` is declared. */
  | 'finish-reason+end'
  /** OpenAI Chat, only where declared: `[DONE]` alone. */
  | 'done'
  /** OpenAI Responses: the terminal event of an answer that is whole, or that a limit stopped; event numbers without a gap. */
  | 'response.completed'
  | 'response.incomplete'
  /** Not streamed: a whole JSON body with its stop reason. */
  | 'body'

/**
 * What makes a proof weaker than it looks. `finish-on-every-chunk`: the upstream gave its finish reason with chunks that
 * others followed, so that a clean cut between two of them would have looked the same.
 */
export type Caveat = 'finish-on-every-chunk'

/**
 * Why a schema was not enforced. `too-large`: its text, or what it was to judge, is over the bound. `not-compilable`: it is
 * no JSON Schema of a known draft, or its request could not be read. `too-costly`: judging took more steps than it may.
 */
export type Unchecked = 'too-large' | 'not-compilable' | 'too-costly'

/** Why an attempt is not a finished answer. A closed list, so that no provider text can travel in it. */
export type Reason =
  // truncated
  | 'ended-before-proof'
  | 'ended-inside-event'
  | 'connection-lost'
  | 'first-event-timeout'
  | 'idle-timeout'
  | 'total-timeout'
  | 'deadline'
  // malformed
  | 'not-json'
  | 'not-this-protocol'
  | 'wrong-content-type'
  | 'event-order'
  | 'arguments-not-json'
  | 'too-large'
  | 'bad-encoding'
  /** Finished, and not what was asked for: not JSON, or against the schema that it was to meet. */
  | 'schema-violation'
  /** Finished, with a tool call whose arguments break the tool's schema. */
  | 'arguments-violation'
  // limited
  /** Finished, and stopped by a limit where the policy takes only whole answers. */
  | 'stopped-by-limit'
  // failed
  | 'in-band-error'
  | 'failed-finish'
  | 'connect-failed'
  | 'redirected'
  | 'bad-request'
  | 'policy'
  | 'context-length'
  | 'authentication'
  | 'permission'
  | 'not-found'
  | 'account-spent'
  | 'rate-limit'
  | 'overloaded'
  | 'server-error'
  | 'upstream-timeout'
  | 'client-gone'
  | 'not-expressible'
  /** Another attempt, made beside it, showed content first. */
  | 'outpaced'
  /** Made to go on with a text that the client has the beginning of, it wrote something else. */
  | 'diverged'
  | 'shutdown'
  /** A defect of Fullstop's own. */
  | 'internal'

/** How a finished answer stopped, in the words of no provider. `limit` covers every stop reason nobody has taught us. */
export type StopKind = 'end' | 'stop-sequence' | 'tool-use' | 'limit' | 'pause' | 'refusal'

export type Verdict =
  | { readonly name: 'complete' | 'limited' | 'refused'; readonly proof: Proof; readonly stop: StopKind | undefined }
  | {
      /** `limited` only where the policy does not let such an answer pass. */
      readonly name: 'truncated' | 'malformed' | 'failed' | 'limited'
      readonly reason: Reason
      /** Which part of a schema was broken, see `AttemptEvidence`. */
      readonly violation?: Label
    }

export type FinishedVerdict = Extract<Verdict, { proof: Proof }>
export type UnfinishedVerdict = Extract<Verdict, { reason: Reason }>

export function isFinished(verdict: Verdict): verdict is FinishedVerdict {
  return 'proof' in verdict
}

/** The verdict of a finished answer that stopped so; where nothing was said (`[DONE]` alone) it is complete. */
export function verdictOfStop(kind: StopKind | undefined): FinishedVerdict['name'] {
  switch (kind) {
    case undefined:
    case 'end':
    case 'stop-sequence':
    case 'tool-use':
      return 'complete'
    case 'limit':
    case 'pause':
      return 'limited'
    case 'refusal':
      return 'refused'
  }
}
