import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { isSentinelOnly, PROTOCOLS, type RecordedStream } from './corpus.ts'
import { type RecordedAnswer, readRecording } from './recorded-answer.ts'

/** What a client must have got of a recording in the end, in its own protocol's words. */
export type ExpectedAnswer = Omit<RecordedAnswer, 'id' | 'model'>

export const othersThan = (protocol: ProtocolName): readonly ProtocolName[] =>
  PROTOCOLS.filter((name) => name !== protocol)

type Ended = 'end' | 'tools' | 'limit' | 'refused'

/** How the recorded providers say how an answer ended. */
const SAID: Readonly<Record<ProtocolName, Readonly<Record<string, Ended>>>> = {
  anthropic: { end_turn: 'end', stop_sequence: 'end', tool_use: 'tools', max_tokens: 'limit', refusal: 'refused' },
  'openai-chat': { stop: 'end', tool_calls: 'tools', length: 'limit', content_filter: 'refused' },
  'openai-responses': { completed: 'end', max_output_tokens: 'limit', content_filter: 'refused' },
  gemini: { STOP: 'end', MAX_TOKENS: 'limit', SAFETY: 'refused' },
}

/** How the clients must hear it. */
const HEARD: Readonly<Record<ProtocolName, Readonly<Record<Ended, string>>>> = {
  anthropic: { end: 'end_turn', tools: 'tool_use', limit: 'max_tokens', refused: 'refusal' },
  'openai-chat': { end: 'stop', tools: 'tool_calls', limit: 'length', refused: 'content_filter' },
  'openai-responses': {
    end: 'completed',
    tools: 'completed',
    limit: 'max_output_tokens',
    refused: 'content_filter',
  },
  gemini: { end: 'STOP', tools: 'STOP', limit: 'MAX_TOKENS', refused: 'SAFETY' },
}

/** Which protocols have a place of its own for what a model says when it declines; there it ends like any answer. */
const hasRefusals = (protocol: ProtocolName): boolean => protocol.startsWith('openai')

/** A recording as a client of another protocol must get it. */
export function translated(stream: RecordedStream, client: ProtocolName): ExpectedAnswer {
  const answer = readRecording(stream.protocol, stream.bytes)
  const { text, refusal, thinking, calls, usage } = answer
  return {
    text: hasRefusals(client) ? text : text + refusal,
    refusal: hasRefusals(client) ? refusal : '',
    thinking,
    calls,
    stop: refusal !== '' && hasRefusals(client) ? HEARD[client].end : HEARD[client][endOf(stream, answer)],
    // Gemini's reports have no word for what was written into a cache.
    usage: client === 'gemini' ? { ...usage, cacheWrite: 0 } : usage,
  }
}

function endOf(stream: RecordedStream, { stop, calls, refusal }: RecordedAnswer): Ended {
  // Some hosts give no word at all.
  const said = isSentinelOnly(stream) ? 'end' : SAID[stream.protocol][stop ?? '']
  if (said === undefined) throw new Error(`${stream.name} ends by ${stop}, which these tests do not know`)
  if (refusal !== '') return 'refused'
  // Many end calls by their ordinary word.
  return said === 'end' && calls.length > 0 ? 'tools' : said
}

/**
 * The answer as it is to be compared: where the provider gave its calls no ids, only that the client has one for each
 * call, and none twice.
 */
export function comparable(answer: ExpectedAnswer, expected: ExpectedAnswer): ExpectedAnswer {
  const ids = new Set(answer.calls.map(({ id }) => id))
  if (ids.size !== answer.calls.length || ids.has('')) return answer
  const calls = answer.calls.map((call, index) => (expected.calls[index]?.id === '' ? { ...call, id: '' } : call))
  return { ...answer, calls }
}

/** Without what only this answer has. */
export function contentOf({ id: _id, model: _model, ...content }: RecordedAnswer): ExpectedAnswer {
  return content
}

/** A small valid request of a protocol, for an answer that is streamed or not. */
export function plainRequest(protocol: ProtocolName, stream: boolean): object {
  const messages = [{ role: 'user', content: 'How is it?' }]
  switch (protocol) {
    case 'anthropic':
      return { max_tokens: 1_000, messages, stream }
    case 'openai-chat':
      return { messages, stream, ...(stream && { stream_options: { include_usage: true } }) }
    case 'openai-responses':
      return { input: 'How is it?', stream }
    case 'gemini':
      return { contents: [{ role: 'user', parts: [{ text: 'How is it?' }] }] }
  }
}
