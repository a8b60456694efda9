import { type StopKind, toLabel } from '../../evidence/index.ts'
import type { CoreStop } from '../core/index.ts'
import { naturalEnd } from '../openai/index.ts'

const KINDS: ReadonlyMap<string, StopKind> = new Map<string, StopKind>([
  ['stop', 'end'],
  ['length', 'limit'],
  // Mistral's word for the context window being full.
  ['model_length', 'limit'],
  ['tool_calls', 'tool-use'],
  // Before `tools`, and still sent for the deprecated `functions`.
  ['function_call', 'tool-use'],
  ['content_filter', 'refusal'],
])

/**
 * A `finish_reason` in the core's words. One that nobody has taught us counts as a limit and keeps its raw word.
 * What came before it decides what a natural end is: with refusal text a refusal, since OpenAI refuses under `stop`;
 * with tool calls a use of tools, since OpenAI says `stop` after a call that `tool_choice` named, and some hosts always.
 */
export function readFinishReason(raw: string, sawRefusal = false, sawToolCalls = false): CoreStop {
  const kind = KINDS.get(raw) ?? 'limit'
  if (kind !== 'end') return { kind, raw: toLabel(raw) }
  return { kind: naturalEnd({ calls: sawToolCalls, refusal: sawRefusal }), raw: toLabel(raw) }
}

const FAILED: ReadonlySet<string> = new Set([
  // vLLM's engine gave the request up; a `[DONE]` follows all the same (vllm-project/vllm #57082).
  'abort',
  // In the enum of Mistral's SDK beside stop, length and tool_calls.
  'error',
  // DeepSeek ran out of capacity in the middle of the answer (named in its API reference).
  'insufficient_system_resource',
])

/** Whether a `finish_reason` says that the provider failed, so that what came before it is no answer. */
export function isFailedFinish(raw: string): boolean {
  return FAILED.has(raw)
}

/** What the client has of the choice that stopped. */
export interface SentParts {
  readonly toolCalls: boolean
  readonly refusal: boolean
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/** The `finish_reason` for a client. */
export function renderFinishReason(stop: CoreStop, sent: SentParts): FinishReason {
  switch (stop.kind) {
    case 'end':
    case 'stop-sequence':
      return 'stop'
    case 'limit':
    case 'pause':
      // OpenAI has one word for an answer that could go on, and clients know no other.
      return 'length'
    case 'tool-use':
      // A client that is told to run calls and finds none would wait or crash.
      return sent.toolCalls ? 'tool_calls' : 'stop'
    case 'refusal':
      // OpenAI's own refusals are text in `refusal` under `stop`; its filter gives no text at all.
      return sent.refusal ? 'stop' : 'content_filter'
  }
}
