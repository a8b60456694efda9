import { type JsonObject, objectsIn, type Part, toText } from '../core/index.ts'
import { readAnnotations } from './citations.ts'
import { readReasoning } from './reasoning-item.ts'
import { OPENAI_RESPONSES } from './wire.ts'

/** An item of an answer. Lenient: what a host writes oddly is read as far as it goes. */
export function readOutputItem(item: JsonObject): readonly Part[] {
  switch (item.type) {
    case 'message':
      return objectsIn(item.content).flatMap(readMessagePart)
    case 'reasoning':
      return readReasoning(item)
    case 'function_call':
    case 'custom_tool_call':
      return [
        {
          type: 'tool-call',
          kind: callKind(item),
          id: callId(item),
          name: toText(item.name),
          // Empty arguments mean none; a free-form input may be empty.
          input: callInput(item) || (item.type === 'function_call' ? '{}' : ''),
        },
      ]
    default:
      return [{ type: 'opaque', protocol: OPENAI_RESPONSES, kind: toText(item.type), value: item }]
  }
}

function readMessagePart(part: JsonObject): readonly Part[] {
  if (part.type === 'refusal') return [{ type: 'refusal', text: toText(part.refusal) }]
  const text = toText(part.text)
  const citations = readAnnotations(part.annotations)
  return text === '' ? [] : [{ type: 'text', text, ...(citations.length > 0 && { citations }) }]
}

export function callKind({ type }: JsonObject): 'json' | 'custom' {
  return type === 'function_call' ? 'json' : 'custom'
}

/** The id that the call's result must name. */
export function callId({ call_id: callId, id }: JsonObject): string {
  return toText(callId) || toText(id)
}

/** What the model wrote; a host that sends an object has its text judged. */
export function callInput({ type, arguments: args, input }: JsonObject): string {
  const written = type === 'function_call' ? args : input
  if (typeof written === 'string') return written.trim() === '' ? '' : written
  return written === undefined || written === null ? '' : JSON.stringify(written)
}
