import type { ProtocolName } from '../../src/protocols/core/index.ts'
import * as anthropic from './readers/anthropic.ts'
import * as gemini from './readers/gemini.ts'
import * as openAiChat from './readers/openai-chat.ts'
import * as openAiResponses from './readers/openai-responses.ts'
import { type Loose, recordedEvents } from './recorded-events.ts'

// An understanding of recordings, and of what clients get, that shares nothing with `src/protocols`, so that the two can
// be held against each other. It is loose on purpose: it knows the shapes that are to be read and nothing else.

export interface RecordedCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
}

/** What an answer says, in the words of its own protocol. */
export interface RecordedAnswer {
  readonly id: string
  readonly model: string
  readonly text: string
  readonly thinking: string
  readonly refusal: string
  readonly calls: readonly RecordedCall[]
  readonly stop: string | null
  readonly usage: RecordedUsage
}

/** Tokens; `input` has everything that was read, cached or not, and `output` the reasoning. */
export interface RecordedUsage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly reasoning: number
}

interface AnswerReader {
  readonly readStream: (events: readonly Loose[]) => RecordedAnswer
  readonly readBody: (body: Loose) => RecordedAnswer
}

const READERS: Readonly<Record<ProtocolName, AnswerReader>> = {
  anthropic,
  gemini,
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
}

/** A streamed answer. */
export function readRecording(protocol: ProtocolName, bytes: Uint8Array): RecordedAnswer {
  return readRecordedEvents(protocol, recordedEvents(bytes))
}

/** What a stream holds, however it was framed. */
export function readRecordedEvents(protocol: ProtocolName, events: readonly Loose[]): RecordedAnswer {
  return READERS[protocol].readStream(events)
}

/** An answer that was not streamed. */
export function readWholeBody(protocol: ProtocolName, bytes: Uint8Array): RecordedAnswer {
  return READERS[protocol].readBody(JSON.parse(new TextDecoder().decode(bytes)))
}
