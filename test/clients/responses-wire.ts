import type { JsonObject } from '../../src/protocols/core/index.ts'
import type { Answer, ScriptedCall } from './answers.ts'
import type { EventPart, WireAnswer, WireEvent } from './wire-event.ts'

const USAGE = {
  input_tokens: 11,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 22,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 33,
}
const MESSAGE = 'The server had an error while it answered.'
const ERROR = JSON.stringify({ error: { message: MESSAGE, type: 'server_error', param: null, code: null } })
const MESSAGE_ID = 'msg_scripted'

/** An answer as OpenAI's Responses has it, streamed and whole. */
export function toResponsesWire(answer: Answer, { model }: { readonly model: string }): WireAnswer {
  const items = itemsOf(answer)
  const base = { id: 'resp_scripted', object: 'response', created_at: 1_790_000_000, model, parallel_tool_calls: true }
  const rest = { instructions: null, metadata: {}, tool_choice: 'auto', tools: [], temperature: 1, top_p: 1 }
  const opening = { ...base, ...rest, status: 'in_progress', error: null, incomplete_details: null, output: [] }
  const isLimited = answer.stop === 'limit'
  const final = {
    ...base,
    ...rest,
    status: isLimited ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: isLimited ? { reason: 'max_output_tokens' } : null,
    output: items.map(({ whole }) => whole),
    usage: USAGE,
  }
  const numbered = numberer()
  const events = [
    numbered('opening', { type: 'response.created', response: opening }),
    numbered('opening', { type: 'response.in_progress', response: opening }),
    ...items.flatMap(({ events }, index) =>
      events.map(({ part, fields }) => numbered(part, { ...fields, output_index: index })),
    ),
    numbered('terminal', { type: isLimited ? 'response.incomplete' : 'response.completed', response: final }),
  ]
  const errorEvent = eventText({
    type: 'error',
    sequence_number: events.length,
    code: 'server_error',
    message: MESSAGE,
    param: null,
  })
  return {
    events,
    body: JSON.stringify(final),
    unfinishedBody: JSON.stringify({ ...final, status: 'in_progress' }),
    errorEvent,
    errorBody: ERROR,
  }
}

interface Item {
  readonly whole: JsonObject
  readonly events: readonly { readonly part: EventPart; readonly fields: JsonObject & { readonly type: string } }[]
}

function itemsOf({ text, calls }: Answer): readonly Item[] {
  return [...(text.length > 0 ? [messageItem(text)] : []), ...calls.map(callItem)]
}

function messageItem(pieces: readonly string[]): Item {
  const item = { id: MESSAGE_ID, type: 'message', role: 'assistant' }
  const at = { item_id: MESSAGE_ID, content_index: 0 }
  const partOf = (text: string): JsonObject => ({ type: 'output_text', text, annotations: [], logprobs: [] })
  const text = pieces.join('')
  const whole = { ...item, status: 'completed', content: [partOf(text)] }
  const opened = { ...item, status: 'in_progress', content: [] }
  return {
    whole,
    events: [
      { part: 'text', fields: { type: 'response.output_item.added', item: opened } },
      { part: 'text', fields: { type: 'response.content_part.added', ...at, part: partOf('') } },
      ...pieces.map((delta) => ({
        part: 'text' as const,
        fields: { type: 'response.output_text.delta', ...at, delta, logprobs: [] },
      })),
      { part: 'text', fields: { type: 'response.output_text.done', ...at, text, logprobs: [] } },
      { part: 'text', fields: { type: 'response.content_part.done', ...at, part: partOf(text) } },
      { part: 'text', fields: { type: 'response.output_item.done', item: whole } },
    ],
  }
}

function callItem({ id, name, kind, pieces, isCut }: ScriptedCall): Item {
  const itemId = `item_${id}`
  const words = kind === 'custom' ? CUSTOM : FUNCTION
  const item = { id: itemId, type: words.item, call_id: id, name }
  const input = pieces.join('')
  const whole = { ...item, status: isCut === true ? 'incomplete' : 'completed', [words.field]: input }
  const opened = { ...item, status: 'in_progress', [words.field]: '' }
  return {
    whole,
    events: [
      { part: 'call', fields: { type: 'response.output_item.added', item: opened } },
      ...pieces.map((delta) => ({
        part: 'input' as const,
        fields: { type: `${words.event}.delta`, item_id: itemId, delta },
      })),
      { part: 'call', fields: { type: `${words.event}.done`, item_id: itemId, [words.field]: input } },
      { part: 'call', fields: { type: 'response.output_item.done', item: whole } },
    ],
  }
}

const FUNCTION = { item: 'function_call', field: 'arguments', event: 'response.function_call_arguments' }
const CUSTOM = { item: 'custom_tool_call', field: 'input', event: 'response.custom_tool_call_input' }

function numberer(): (part: EventPart, fields: JsonObject & { readonly type: string }) => WireEvent {
  let next = 0
  return (part, fields) => ({ part, text: eventText({ ...fields, sequence_number: next++ }) })
}

function eventText(fields: JsonObject & { readonly type: string }): string {
  return `event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`
}
