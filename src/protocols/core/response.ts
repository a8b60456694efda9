import {
  type FinishedVerdict,
  type Label,
  type Proof,
  type StopKind,
  type Usage,
  verdictOfStop,
} from '../../evidence/index.ts'
import type { Part } from './content.ts'

/** A finished answer, in no provider's words. */
export interface CoreResponse {
  readonly id: string
  /** The model that really answered, as its provider names it. */
  readonly model: string
  /** Seconds since the epoch, where the provider says. */
  readonly created?: number
  readonly choices: readonly CoreChoice[]
  readonly usage: Usage
}

export interface CoreChoice {
  readonly content: readonly Part[]
  readonly stop: CoreStop
}

export interface CoreStop {
  readonly kind: StopKind
  /** The provider's own word. */
  readonly raw: Label | undefined
  /** The sequence that stopped it, where the provider says. */
  readonly sequence?: string
}

/** Of a provider that is declared to say no more than that the answer is whole: it gives no reason. */
export const UNSAID_STOP: CoreStop = { kind: 'end', raw: undefined }

/** The verdict of an answer that is proven to have stopped so; without a stop it never said. */
export function finishedVerdict(proof: Proof, stop: CoreStop | undefined): FinishedVerdict {
  return { name: verdictOfStop(stop?.kind), proof, stop: stop?.kind }
}

/**
 * Each protocol's word for an answer that has become as long as its request, or its model, lets one be. What else counts as a
 * limit (a full context window, a word that nobody has taught us) is not behind the answer when more is asked for.
 */
const OUTPUT_LIMITS: ReadonlySet<string | undefined> = new Set([
  'max_tokens',
  'length',
  'max_output_tokens',
  'MAX_TOKENS',
])

/** Whether the answer could have gone on, had it been allowed to be longer. */
export function isOutputLimit({ kind, raw }: CoreStop): boolean {
  return kind === 'limit' && OUTPUT_LIMITS.has(raw)
}

/** Whether a stop may have come from outside, in the middle of a call, and not from the model, which ends its calls. */
export function mayCutCalls({ kind }: CoreStop): boolean {
  return kind === 'limit' || kind === 'refusal'
}

// From what a caller must know most to what it must know least.
const GRAVITY: readonly StopKind[] = ['limit', 'pause', 'refusal', 'tool-use', 'stop-sequence', 'end']

/** The stop that speaks for several choices: the gravest, so that one limited choice makes the answer limited. */
export function overallStop(stops: readonly CoreStop[]): CoreStop | undefined {
  if (stops.length === 1) return stops[0]
  return stops.toSorted((a, b) => GRAVITY.indexOf(a.kind) - GRAVITY.indexOf(b.kind))[0]
}
