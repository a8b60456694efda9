import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { eventBoundaries, type Loose, recordedEvents } from './recorded-events.ts'
import type { ReplayAnswer } from './replay-gateway.ts'
import { isErrorEvent, terminalEvidence } from './terminal-evidence.ts'

/** What an answer that must be a failure has in it that looks like a success; nothing if it is an honest failure. */
export function falseSuccesses(client: ProtocolName, answer: ReplayAnswer): readonly string[] {
  const { status, end, body, evidence } = answer
  const found: string[] = []
  if (evidence?.outcome !== 'refused' && evidence?.outcome !== 'broken-off') found.push(`outcome ${evidence?.outcome}`)
  if (status === 0) found.push('no answer at all')
  if (status < 200 || status > 299) return end === 'clean' ? found : [...found, `error body ended by ${end}`]
  if (end !== 'fin' && end !== 'reset') found.push(`ended by ${end}`)
  if (new TextDecoder().decode(body).includes('[DONE]')) found.push('[DONE]')
  if (isArray(answer) && isWholeJson(body)) found.push('a closed array')
  return [...found, ...dishonestEvents(client, eventsOf(answer))]
}

function dishonestEvents(client: ProtocolName, events: readonly Loose[]): readonly string[] {
  const found = events.flatMap((event) => terminalEvidence(client, event))
  // The error event may get lost on the way out, but nothing may come behind it.
  const errorAt = events.findIndex((event) => isErrorEvent(client, event))
  const behind = errorAt < 0 ? [] : events.slice(errorAt)
  return behind.every((event) => isErrorEvent(client, event)) ? found : [...found, 'events behind the error']
}

/** Whether the answer has its protocol's error event as its last. */
export function endsInErrorEvent(client: ProtocolName, answer: ReplayAnswer): boolean {
  const last = eventsOf(answer).at(-1)
  return last !== undefined && isErrorEvent(client, last)
}

/** What came of the recording is whole events of it, in order, up to the error event. */
export function isPrefixOfRecording(client: ProtocolName, body: Uint8Array, recording: Uint8Array): boolean {
  let same = 0
  while (same < body.length && body[same] === recording[same]) same += 1
  const boundaries = [0, ...eventBoundaries(recording)]
  const delivered = boundaries.findLast((boundary) => boundary <= same) ?? 0
  const rest = body.subarray(delivered)
  return rest.length === 0 || recordedEvents(rest).every((event) => isErrorEvent(client, event))
}

const isArray = ({ headers }: ReplayAnswer): boolean => headers.get('content-type')?.includes('json') === true

function isWholeJson(body: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(body))
    return true
  } catch {
    return false
  }
}

/** What a streaming client has read of a broken answer: of an array that is not closed, its whole elements. */
export function eventsOf(answer: ReplayAnswer): readonly Loose[] {
  if (!isArray(answer)) return recordedEvents(answer.body)
  const text = new TextDecoder().decode(answer.body)
  return JSON.parse(text.trimEnd().endsWith(']') ? text : `${text.replace(/,\s*$/, '')}]`)
}
