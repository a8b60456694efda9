import type { Answer } from '../../model/answer.ts'
import { stringOr } from '../../json-checks.ts'
import { piecesOf } from '../../pieces.ts'
import type { RenderContext, WireEvent } from '../provider-protocol.ts'
import { itemBody, outputItems, partBody } from './items.ts'
import type { OutputItem, OutputPart } from './items.ts'
import type { ResponsesAsk } from './request.ts'
import { finishedResponse, responseShell } from './body.ts'

type Emit = (type: string, fields: object, kind?: WireEvent['kind']) => void

/** The answer as a stream of events, without their sequence numbers: they are known when all faults have struck. */
export function toResponsesEvents(answer: Answer, ask: ResponsesAsk, context: RenderContext): WireEvent[] {
  const shell = responseShell(ask, context)
  const items = outputItems(answer, ask, context)
  const finished = finishedResponse(shell, answer, items, context)
  remember(ask, shell.id, items, finished, context)
  const events: WireEvent[] = []
  const emit: Emit = (type, fields, kind = 'other') =>
    events.push({ text: `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`, kind })
  const first = { ...shell, status: ask.background ? 'queued' : 'in_progress' }
  emit('response.created', { response: first }, 'start')
  if (ask.background) emit('response.queued', { response: first })
  emit('response.in_progress', { response: { ...shell, status: 'in_progress' } })
  for (const [index, item] of items.entries()) {
    emit('response.output_item.added', { item: itemBody(item, true), output_index: index })
    emitContent(item, index, emit, ask, context)
    emit('response.output_item.done', { item: itemBody(item), output_index: index })
  }
  emit(`response.${stringOr(finished['status'])}`, { response: finished }, 'terminal')
  return events
}

/** The answer as one JSON body. A background response is only queued yet; retrieving it gives the answer. */
export function toResponsesBody(answer: Answer, ask: ResponsesAsk, context: RenderContext): string {
  const shell = responseShell(ask, context)
  const items = outputItems(answer, ask, context)
  const finished = finishedResponse(shell, answer, items, context)
  remember(ask, shell.id, items, finished, context)
  return JSON.stringify(ask.background ? { ...shell, status: 'queued' } : finished, null, 2)
}

function remember(
  ask: ResponsesAsk,
  id: string,
  items: readonly OutputItem[],
  body: Readonly<Record<string, unknown>>,
  { platform }: RenderContext,
): void {
  if (!ask.store) return
  // Kept before it is sent: a provider has stored what it answered, whatever becomes of the connection.
  ask.responses.store(platform, id, { items: [...ask.items, ...items.map((item) => itemBody(item))], body })
}

function emitContent(
  item: OutputItem,
  outputIndex: number,
  emit: Emit,
  ask: ResponsesAsk,
  { random }: RenderContext,
): void {
  const at = { item_id: item.id, output_index: outputIndex }
  const delta = (type: string, fields: { readonly delta: string }): void => {
    // Padding that hides the length of a token; its own length is random.
    const padding = ask.obfuscate ? { obfuscation: random.identifier(random.integer(2, 15)) } : {}
    emit(`response.${type}.delta`, { ...fields, ...padding }, 'content')
  }
  switch (item.kind) {
    case 'reasoning':
      for (const [index, text] of item.summary.entries()) {
        const where = { ...at, summary_index: index }
        emit('response.reasoning_summary_part.added', { ...where, part: { type: 'summary_text', text: '' } })
        for (const piece of text.split(/(?= )/)) delta('reasoning_summary_text', { ...where, delta: piece })
        emit('response.reasoning_summary_text.done', { ...where, text })
        emit('response.reasoning_summary_part.done', { ...where, part: { type: 'summary_text', text } })
      }
      return
    case 'message':
      for (const [index, part] of item.parts.entries()) emitPart(part, { ...at, content_index: index }, emit, delta)
      return
    case 'function':
    case 'custom': {
      const [name, whole] =
        item.kind === 'function' ? ['function_call_arguments', 'arguments'] : ['custom_tool_call_input', 'input']
      for (const piece of piecesOf(item.tokens, random, 3)) delta(name, { ...at, delta: piece })
      emit(`response.${name}.done`, { ...at, [whole]: item.tokens.join('') })
    }
  }
}

function emitPart(
  part: OutputPart,
  at: object,
  emit: Emit,
  delta: (type: string, fields: { readonly delta: string }) => void,
): void {
  emit('response.content_part.added', { ...at, part: partBody(part, true) })
  const text = part.tokens.join('')
  if (part.type === 'refusal') {
    for (const token of part.tokens) delta('refusal', { ...at, delta: token })
    emit('response.refusal.done', { ...at, refusal: text })
  } else {
    for (const [index, token] of part.tokens.entries()) {
      const fields = { ...at, delta: token, logprobs: part.logprobs.slice(index, index + 1) }
      delta('output_text', fields)
    }
    emit('response.output_text.done', { ...at, logprobs: part.logprobs, text })
  }
  emit('response.content_part.done', { ...at, part: partBody(part) })
}

/** Writes an event's number into it: the last field, as most of the real events have it. */
export function withSequenceNumber(text: string, sequence: number): string {
  // An event that a fault has broken has no end to write into, and its number goes missing with it.
  return text.endsWith('}\n\n') ? `${text.slice(0, -3)},"sequence_number":${sequence}}\n\n` : text
}

/** The `error` event. */
export function responsesErrorEvent(): string {
  const error = {
    type: 'error',
    code: 'server_error',
    message: 'The server had an error while processing your request. Sorry about that!',
    param: null,
  }
  return `event: error\ndata: ${JSON.stringify(error)}\n\n`
}
