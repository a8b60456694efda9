import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { eventBoundaries, recordedEvents } from './recorded-answer.ts'
import type { ReplayAnswer } from './replay-gateway.ts'

/** What an answer that must be a failure has in it that looks like a success; nothing if it is an honest failure. */
export function falseSuccesses(client: ProtocolName, { status, end, body, evidence }: ReplayAnswer): readonly string[] {
  const found: string[] = []
  if (evidence?.outcome !== 'refused' && evidence?.outcome !== 'broken-off') found.push(`outcome ${evidence?.outcome}`)
  if (status === 0) found.push('no answer at all')
  if (status < 200 || status > 299) return end === 'clean' ? found : [...found, `error body ended by ${end}`]
  if (end !== 'fin' && end !== 'reset') found.push(`ended by ${end}`)
  return [...found, ...terminalMarkers(client, body)]
}

function terminalMarkers(client: ProtocolName, body: Uint8Array): readonly string[] {
  const found: string[] = []
  const text = new TextDecoder().decode(body)
  if (text.includes('[DONE]')) found.push('[DONE]')
  if (text.includes('"message_stop"')) found.push('message_stop')
  const events = recordedEvents(body)
  for (const event of events) {
    if (event.delta?.stop_reason) found.push(`stop reason ${event.delta.stop_reason}`)
    for (const choice of event.choices ?? [])
      if (choice.finish_reason) found.push(`finish reason ${choice.finish_reason}`)
    if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') found.push('tool_use')
    for (const choice of event.choices ?? []) if (choice.delta?.tool_calls?.length > 0) found.push('tool_calls')
  }
  // The error event may get lost on the way out, but nothing may come behind it.
  const errorAt = events.findIndex((event) => (client === 'anthropic' ? event.type === 'error' : event.error))
  if (errorAt >= 0 && errorAt !== events.length - 1) found.push('events behind the error')
  return found
}

/** Whether the answer has its protocol's error event as its last. */
export function endsInErrorEvent({ body }: ReplayAnswer): boolean {
  return recordedEvents(body).at(-1)?.error !== undefined
}

/** What came of the recording is whole events of it, in order, up to the error event. */
export function isPrefixOfRecording(body: Uint8Array, recording: Uint8Array): boolean {
  let same = 0
  while (same < body.length && body[same] === recording[same]) same += 1
  const boundaries = [0, ...eventBoundaries(recording)]
  const delivered = boundaries.findLast((boundary) => boundary <= same) ?? 0
  const rest = Buffer.from(body.subarray(delivered)).toString()
  return rest === '' || (recordedEvents(body.subarray(delivered)).length === 1 && rest.includes('"error"'))
}
