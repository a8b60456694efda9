import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { Loose } from './recorded-events.ts'

/** What of an event a client of this protocol takes for the answer's end, or for a tool call that it may run. */
export function terminalEvidence(client: ProtocolName, event: Loose): readonly string[] {
  return EVIDENCE[client](event)
}

const EVIDENCE: Readonly<Record<ProtocolName, (event: Loose) => readonly string[]>> = {
  anthropic: ({ type, delta, content_block: block }) => [
    ...(type === 'message_stop' ? ['message_stop'] : []),
    ...(delta?.stop_reason ? [`stop reason ${delta.stop_reason}`] : []),
    ...(block?.type === 'tool_use' ? ['tool_use'] : []),
  ],
  'openai-chat': ({ choices }) =>
    (choices ?? []).flatMap(({ delta, finish_reason: finish }: Loose) => [
      ...(finish ? [`finish reason ${finish}`] : []),
      ...(delta?.tool_calls?.length > 0 ? ['tool_calls'] : []),
    ]),
  'openai-responses': ({ type, item }) => [
    ...(type === 'response.completed' || type === 'response.incomplete' ? [type] : []),
    ...(item?.type === 'function_call' || item?.type === 'custom_tool_call' ? [item.type] : []),
  ],
  gemini: ({ candidates, promptFeedback }) => [
    ...(promptFeedback?.blockReason ? ['block reason'] : []),
    ...(candidates ?? []).flatMap(({ finishReason, content }: Loose) => [
      ...(finishReason ? [`finish reason ${finishReason}`] : []),
      ...(content?.parts ?? []).flatMap((part: Loose) => (part.functionCall === undefined ? [] : ['functionCall'])),
    ]),
  ],
}

/** Whether an event reports an error. */
export function isErrorEvent(client: ProtocolName, event: Loose): boolean {
  if (client === 'anthropic') return event.type === 'error'
  if (client === 'openai-responses') return event.type === 'error' || event.type === 'response.failed'
  return event.error !== undefined
}
