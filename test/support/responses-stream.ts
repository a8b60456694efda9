import type { ScannerOptions, StreamScanner } from '../../src/protocols/core/index.ts'
import { createOpenAiResponsesScanner } from '../../src/protocols/openai-responses/scanner.ts'
import { scanning } from './scanning.ts'

// Streams of OpenAI Responses, written by hand. Numbers are added as events are joined.

export type Loose = Readonly<Record<string, unknown>>

export const RESPONSE: Loose = {
  id: 'resp_1',
  object: 'response',
  created_at: 7,
  model: 'gpt-5',
  status: 'in_progress',
  output: [],
}
export const CREATED: Loose = { type: 'response.created', response: RESPONSE }
export const USAGE = { input_tokens: 3, output_tokens: 5, total_tokens: 8 }

export const textItem = (text: string, more: Loose = {}): Loose => ({
  type: 'message',
  id: 'msg_1',
  status: 'completed',
  role: 'assistant',
  content: text === '' ? [] : [{ type: 'output_text', text, annotations: [] }],
  ...more,
})
export const callItem = (args: string, more: Loose = {}): Loose => ({
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'f',
  arguments: args,
  status: 'completed',
  ...more,
})

export const added = (index: number, item: Loose): Loose => ({
  type: 'response.output_item.added',
  output_index: index,
  item,
})
export const done = (index: number, item: Loose): Loose => ({
  type: 'response.output_item.done',
  output_index: index,
  item,
})
export const delta = (index: number, text: string): Loose => ({
  type: 'response.output_text.delta',
  content_index: 0,
  delta: text,
  item_id: 'msg_1',
  logprobs: [],
  obfuscation: 'x'.repeat(text.length % 5),
  output_index: index,
})

/** A message from its `added` to its `done`, its text in these pieces. */
export function message(index: number, ...pieces: readonly string[]): readonly Loose[] {
  const text = pieces.join('')
  const place = { item_id: 'msg_1', output_index: index, content_index: 0 }
  return [
    added(index, textItem('', { status: 'in_progress' })),
    { type: 'response.content_part.added', ...place, part: { type: 'output_text', text: '', annotations: [] } },
    ...pieces.map((piece) => delta(index, piece)),
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part: { type: 'output_text', text, annotations: [] } },
    done(index, textItem(text)),
  ]
}

/** A call likewise; `status` is its own word at its end. */
export function call(index: number, pieces: readonly string[], more: Loose = {}): readonly Loose[] {
  const whole = callItem(pieces.join(''), more)
  const place = { item_id: whole['id'], output_index: index }
  return [
    added(index, { ...whole, arguments: '', status: 'in_progress' }),
    ...pieces.map((piece) => ({ type: 'response.function_call_arguments.delta', ...place, delta: piece })),
    { type: 'response.function_call_arguments.done', ...place, arguments: pieces.join('') },
    done(index, whole),
  ]
}

export const completed = (output: readonly Loose[] = [], more: Loose = {}): Loose => ({
  type: 'response.completed',
  response: { ...RESPONSE, status: 'completed', output, usage: USAGE, ...more },
})
export const incomplete = (reason: string, output: readonly Loose[] = []): Loose => ({
  type: 'response.incomplete',
  response: { ...RESPONSE, status: 'incomplete', incomplete_details: { reason }, output, usage: USAGE },
})

export function numbered(events: readonly Loose[]): readonly Loose[] {
  return events.map((event, index) => ({ ...event, sequence_number: index }))
}

export function toSse(events: readonly Loose[]): string {
  return events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

const scanText = scanning(createOpenAiResponsesScanner)

export function scan(stream: string | readonly Loose[], options: Partial<ScannerOptions> = {}): StreamScanner {
  return scanText(typeof stream === 'string' ? stream : toSse(numbered(stream)), options)
}
