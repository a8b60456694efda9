import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, type JsonObject, type ProtocolName } from '../../src/protocols/core/index.ts'

const ROOT = join(import.meta.dir, '../../../shared/corpus')

/** A stream as a provider sent it. */
export interface RecordedStream {
  readonly name: string
  readonly protocol: ProtocolName
  readonly host: string
  readonly bytes: Uint8Array
  readonly request: JsonObject
}

export const hasCorpus: boolean = existsSync(join(ROOT, 'index.json'))
if (!hasCorpus) console.warn('NOTICE: ../shared/corpus is absent: tests over recorded streams are skipped')

export const PROTOCOLS: readonly ProtocolName[] = ['anthropic', 'openai-chat', 'openai-responses', 'gemini']

/** The recorded streams of these protocols; none, with a notice, where the recordings are absent. */
export function recordedStreams(protocols: readonly ProtocolName[] = PROTOCOLS): readonly RecordedStream[] {
  if (!hasCorpus) return []
  const index: unknown = JSON.parse(readFileSync(join(ROOT, 'index.json'), 'utf8'))
  if (!Array.isArray(index)) throw new Error('corpus/index.json is not a list')
  return index.flatMap((entry: unknown) => {
    if (!isJsonObject(entry) || typeof entry.stream !== 'string' || typeof entry.host !== 'string') return []
    const { stream, host } = entry
    const protocol = protocols.find((name) => name === entry.protocol)
    if (protocol === undefined) return []
    const bytes = new Uint8Array(readFileSync(join(ROOT, stream)))
    const request: unknown = JSON.parse(readFileSync(join(ROOT, stream.replace(/\.sse$/, '.request.json')), 'utf8'))
    return [{ name: stream, protocol, host, bytes, request: isJsonObject(request) ? request : {} }]
  })
}

/**
 * The recorded request, as its own protocol's client would ask for a stream of the same answer. One that was to be made
 * in the background Fullstop would refuse.
 */
export function ownRequest({ protocol, request }: RecordedStream): JsonObject {
  const { background: _, ...rest } = request
  return protocol === 'gemini' ? rest : { ...rest, stream: true }
}

/** Some recordings were made twice and are the same byte for byte: each once. */
export const distinct = (streams: readonly RecordedStream[]): readonly RecordedStream[] => [
  ...new Map(streams.map((stream) => [Bun.hash(stream.bytes), stream] as const)).values(),
]

/** The one recording whose provider reports an error inside a 200. */
export const isRecordedFailure = ({ bytes }: RecordedStream): boolean =>
  new TextDecoder().decode(bytes.subarray(-400)).includes('event: error')

/** Snowflake Cortex sends `[DONE]` and no finish reason. */
export const isSentinelOnly = ({ host }: RecordedStream): boolean => host.endsWith('.snowflakecomputing.com')

/**
 * Where a recording's proof is complete, in bytes. That is its end, but OpenRouter sends a `[DONE]` behind a Responses
 * stream, which proves nothing any more.
 */
export function proofEnd({ protocol, bytes }: RecordedStream): number {
  const end = Buffer.from(bytes).lastIndexOf('data: [DONE]')
  return protocol === 'openai-responses' && end >= 0 ? end : bytes.length
}
