import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { isSentinelOnly, type RecordedStream } from './corpus.ts'
import { type RecordedAnswer, type RecordedCall, type RecordedUsage, readRecording } from './recorded-answer.ts'

/** What a client must have got of a recording in the end, in its own protocol's words. */
export interface ExpectedAnswer {
  readonly text: string
  readonly thinking: string
  readonly calls: readonly RecordedCall[]
  readonly stop: string
  readonly usage: RecordedUsage
}

export const otherProtocol = (protocol: ProtocolName): ProtocolName =>
  protocol === 'anthropic' ? 'openai-chat' : 'anthropic'

const TO_CHAT: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  pause_turn: 'length',
  refusal: 'content_filter',
}

const TO_MESSAGES: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  length: 'max_tokens',
  content_filter: 'refusal',
}

/** A recording as a client of the other protocol must get it. */
export function translated(stream: RecordedStream): ExpectedAnswer {
  const answer = readRecording(stream.protocol, stream.bytes)
  const { text, refusal, thinking, calls, usage } = answer
  return { text: text + refusal, thinking, calls, stop: stopFor(stream, answer), usage }
}

function stopFor(stream: RecordedStream, { stop, calls, refusal }: RecordedAnswer): string {
  if (stream.protocol === 'anthropic') return TO_CHAT[stop ?? ''] ?? 'no such stop reason'
  if (refusal !== '') return 'refusal'
  // Some hosts end calls by their ordinary word; one gives no word at all.
  const said = isSentinelOnly(stream) ? 'stop' : (stop ?? '')
  return said === 'stop' && calls.length > 0 ? 'tool_use' : (TO_MESSAGES[said] ?? 'no such stop reason')
}

/** A small valid request of a protocol, for an answer that is streamed or not. */
export function plainRequest(protocol: ProtocolName, stream: boolean): object {
  const messages = [{ role: 'user', content: 'How is it?' }]
  if (protocol === 'anthropic') return { max_tokens: 1_000, messages, stream }
  return { messages, stream, ...(stream && { stream_options: { include_usage: true } }) }
}
