import { type StopKind, toLabel } from '../../evidence/index.ts'
import type { CoreStop } from '../core/index.ts'

/** Anthropic's stop reasons. A word that is not here is a limit: nobody has said that the answer is whole. */
const KINDS: ReadonlyMap<string, StopKind> = new Map([
  ['end_turn', 'end'],
  ['stop_sequence', 'stop-sequence'],
  ['tool_use', 'tool-use'],
  ['max_tokens', 'limit'],
  ['model_context_window_exceeded', 'limit'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
])

const WORDS: Readonly<Record<StopKind, string>> = {
  end: 'end_turn',
  'stop-sequence': 'stop_sequence',
  'tool-use': 'tool_use',
  limit: 'max_tokens',
  pause: 'pause_turn',
  refusal: 'refusal',
}

/** `sequence` is the provider's `stop_sequence`, null where none stopped the answer. */
export function readStopReason(raw: string, sequence?: string | null): CoreStop {
  const stop: CoreStop = { kind: KINDS.get(raw) ?? 'limit', raw: toLabel(raw) }
  return typeof sequence === 'string' ? { ...stop, sequence } : stop
}

/** The stop reason for an Anthropic client; the provider's own word where Anthropic has the same with the same meaning. */
export function renderStopReason(stop: CoreStop): string {
  if (stop.raw !== undefined && KINDS.get(stop.raw) === stop.kind) return stop.raw
  return WORDS[stop.kind]
}

/** What an answer holds that decides what an Anthropic client has to hear about its end. */
export interface StopContext {
  readonly hasCalls: boolean
  readonly hasRefusal: boolean
}

/**
 * As `renderStopReason`, for an answer as a whole. Some protocols end an answer with forced calls, or a refusal, by
 * their ordinary word; Anthropic's clients look at the stop reason to see either.
 */
export function renderStop(stop: CoreStop, { hasCalls, hasRefusal }: StopContext): string {
  if (hasRefusal && stop.kind !== 'limit') return WORDS.refusal
  if (hasCalls && stop.kind === 'end') return WORDS['tool-use']
  // A call of a kind that only its own protocol knows (OpenAI's tool search) has no block here, and a client that is told
  // to run calls and finds none would wait or crash.
  if (!hasCalls && stop.kind === 'tool-use') return WORDS.end
  return renderStopReason(stop)
}
