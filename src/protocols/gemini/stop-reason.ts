import { type StopKind, toLabel } from '../../evidence/index.ts'
import type { CoreStop } from '../core/index.ts'

/**
 * `finishReason`s, and the `blockReason`s of a prompt that got no answer (https://ai.google.dev/api/generate-content).
 * A word that is not here is a limit: nobody has said that the answer is whole. Of those that are named nowhere else:
 * - `TOO_MANY_TOOL_CALLS`: Google's own tools were called so often that it ended the answer;
 * - `NO_IMAGE`: the model, asked for a picture, answered in words. They are its answer, and another try may cost as much
 *   for as little;
 * - `OTHER`: not said;
 * - `CONTINUATION`: the answer goes on where a next request brings the token that came with it.
 */
const KINDS: ReadonlyMap<string, StopKind> = new Map<string, StopKind>([
  ['STOP', 'end'],
  ['MAX_TOKENS', 'limit'],
  ['TOO_MANY_TOOL_CALLS', 'limit'],
  ['NO_IMAGE', 'limit'],
  ['OTHER', 'limit'],
  ['CONTINUATION', 'pause'],
  ['SAFETY', 'refusal'],
  ['RECITATION', 'refusal'],
  ['BLOCKLIST', 'refusal'],
  ['PROHIBITED_CONTENT', 'refusal'],
  ['SPII', 'refusal'],
  ['LANGUAGE', 'refusal'],
  ['MODEL_ARMOR', 'refusal'],
  ['IMAGE_SAFETY', 'refusal'],
  ['IMAGE_PROHIBITED_CONTENT', 'refusal'],
  ['IMAGE_RECITATION', 'refusal'],
  ['IMAGE_OTHER', 'refusal'],
])

const UNSAID = 'FINISH_REASON_UNSPECIFIED'

/** The word of a candidate that says it has stopped; proto3 has one for having said nothing. */
export function finishReasonOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== UNSAID ? value : undefined
}

/** A `finishReason` in the core's words. Gemini ends calls by its ordinary word. */
export function readFinishReason(raw: string, sawToolCalls: boolean): CoreStop {
  const kind = KINDS.get(raw) ?? 'limit'
  return { kind: kind === 'end' && sawToolCalls ? 'tool-use' : kind, raw: toLabel(raw) }
}

/** A prompt that Google will not answer, for whatever reason. */
export function readBlockReason(raw: string): CoreStop {
  return { kind: 'refusal', raw: toLabel(raw) }
}

const FAILED: ReadonlySet<string> = new Set([
  // What the model wrote as a call is not one. Another try, here or elsewhere, may well be.
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  // A call where none could be made: the answer is missing.
  'UNEXPECTED_TOOL_CALL',
  // The history lacks what this model insists on, and others do not.
  'MISSING_THOUGHT_SIGNATURE',
])

/** Whether a `finishReason` says that what came before it is no answer. */
export function isFailedFinish(raw: string): boolean {
  return FAILED.has(raw)
}

/** The `finishReason` for a client; the provider's own word where Gemini has the same with the same meaning. */
export function renderFinishReason(stop: CoreStop, { refusal }: { readonly refusal: boolean }): string {
  switch (stop.kind) {
    case 'end':
    case 'stop-sequence':
    case 'tool-use':
      // Some protocols end a refusal by their ordinary word; Gemini's clients look at this one.
      return refusal ? 'SAFETY' : 'STOP'
    case 'limit':
      return isKnown(stop) ? stop.raw : 'MAX_TOKENS'
    // Gemini's own word for it promises a token, which nobody else gives.
    case 'pause':
      return 'MAX_TOKENS'
    case 'refusal':
      return isKnown(stop) ? stop.raw : 'SAFETY'
  }
}

function isKnown(stop: CoreStop): stop is CoreStop & { readonly raw: NonNullable<CoreStop['raw']> } {
  return stop.raw !== undefined && KINDS.get(stop.raw) === stop.kind
}
