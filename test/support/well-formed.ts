import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { type Loose, recordedEvents } from './recorded-events.ts'

/** What is wrong with a whole stream by its protocol's own grammar, beyond what it says; nothing if all is well. */
export function flaws(client: ProtocolName, body: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(body)
  const events = recordedEvents(body)
  return [...misnamed(client, text), ...GRAMMARS[client](events, text)]
}

/** Anthropic and Responses name each event by its type, the others name none. */
function misnamed(client: ProtocolName, text: string): readonly string[] {
  const isNamed = client === 'anthropic' || client === 'openai-responses'
  return text.split('\n\n').flatMap((block) => {
    if (block === '' || block.startsWith(':')) return []
    const [, name, data = ''] = /^(?:event: (.+)\n)?data: (.+)$/.exec(block) ?? []
    if (data === '') return [`no event: ${block.slice(0, 80)}`]
    const due = isNamed ? JSON.parse(data).type : undefined
    return name === due ? [] : [`an event named ${name} instead of ${due}`]
  })
}

const GRAMMARS: Readonly<Record<ProtocolName, (events: readonly Loose[], text: string) => readonly string[]>> = {
  anthropic: messagesFlaws,
  'openai-chat': chatFlaws,
  'openai-responses': responsesFlaws,
  gemini: geminiFlaws,
}

/** A start; blocks one behind the other; the stop reason; the end. */
function messagesFlaws(events: readonly Loose[]): readonly string[] {
  const found: string[] = []
  let open: { index: number; type: string } | undefined
  let next = 0
  for (const { type, index, content_block: block, delta } of events) {
    if (type === 'content_block_start') {
      if (open !== undefined || index !== next) found.push(`block ${index} begins where ${next} is due`)
      open = { index, type: block.type }
      next += 1
    } else if (type === 'content_block_delta') {
      const isOfBlock = open?.index === index && BLOCK_OF_DELTA[delta.type]?.includes(open?.type ?? '')
      if (isOfBlock !== true) found.push(`${delta.type} for block ${index} of type ${open?.type}`)
    } else if (type === 'content_block_stop') {
      if (open?.index !== index) found.push(`block ${index} stops where ${open?.index} is open`)
      open = undefined
    } else if (open !== undefined) found.push(`${type} inside block ${open.index}`)
  }
  const kinds = events.map(({ type }) => type).filter((type) => !type.startsWith('content_block'))
  if (kinds.join() !== 'message_start,message_delta,message_stop') found.push(`events ${kinds.join()}`)
  return found
}

const BLOCK_OF_DELTA: Readonly<Record<string, readonly string[]>> = {
  text_delta: ['text'],
  citations_delta: ['text'],
  thinking_delta: ['thinking'],
  signature_delta: ['thinking'],
  input_json_delta: ['tool_use'],
}

/** One id and model; the role first; one finish reason with no delta behind it; usage in a chunk of its own; `[DONE]`. */
function chatFlaws(events: readonly Loose[], text: string): readonly string[] {
  const found: string[] = []
  if (!text.endsWith('\n\ndata: [DONE]\n\n')) found.push('no [DONE] at the end')
  if (new Set(events.map(({ id, model, object }) => `${id} ${model} ${object}`)).size !== 1)
    found.push('several ids, models or objects')
  if (events[0]?.choices[0]?.delta.role !== 'assistant') found.push('no role at first')
  const finishAt = events.findIndex(({ choices }) => choices[0]?.finish_reason)
  if (finishAt < 0) found.push('no finish reason')
  const behind = events.slice(finishAt + 1)
  if (behind.length !== 1 || behind[0].choices.length !== 0 || behind[0].usage === undefined)
    found.push(`${behind.length} events behind the finish reason, not the usage alone`)
  return found
}

/** Numbers without a gap; each item and each part of it opened once, closed once, in order; the end repeats the items. */
function responsesFlaws(events: readonly Loose[]): readonly string[] {
  const found: string[] = []
  const types = events.map(({ type }) => type)
  if (types[0] !== 'response.created' || types[1] !== 'response.in_progress') found.push(`begins by ${types[0]}`)
  for (const [at, { sequence_number: number }] of events.entries())
    if (number !== at) found.push(`event ${at} has the number ${number}`)
  const items: Loose[] = []
  let open: Loose
  let part: string | undefined
  for (const event of events.slice(2, -1)) {
    const { type, output_index: index, item, item_id: itemId } = event
    if (type === 'response.output_item.added') {
      if (open !== undefined || index !== items.length) found.push(`item ${index} begins where ${items.length} is due`)
      open = item
    } else if (type === 'response.output_item.done') {
      if (open?.id !== item.id || part !== undefined) found.push(`item ${item.id} is done inside ${open?.id}`)
      items.push(item)
      open = undefined
    } else if (itemId !== open?.id || index !== items.length) found.push(`${type} outside its item`)
    else if (type.endsWith('part.added')) {
      if (part !== undefined) found.push('a part inside a part')
      part = ''
    } else if (type.endsWith('part.done')) {
      const { text, refusal } = event.part
      if ((text ?? refusal) !== part) found.push('a part that is not what its deltas say')
      part = undefined
    } else if (part !== undefined && type.endsWith('.delta')) part += event.delta
  }
  const last = events.at(-1)
  if (last?.type !== 'response.completed' && last?.type !== 'response.incomplete') found.push(`ends by ${last?.type}`)
  if (!Bun.deepEquals(last?.response.output, items)) found.push('the end has other items than were streamed')
  if (open !== undefined) found.push('an item is left open')
  return found
}

/** Each chunk a whole answer; the finish reason and the usage in the last one, and in no other. */
function geminiFlaws(events: readonly Loose[]): readonly string[] {
  return events.flatMap(({ candidates, usageMetadata, modelVersion, responseId }, at) => {
    const isLast = at === events.length - 1
    const [candidate] = candidates ?? []
    return [
      ...(Array.isArray(candidate?.content?.parts) && candidate.content.role === 'model'
        ? []
        : [`chunk ${at}: no parts`]),
      ...((candidate?.finishReason !== undefined) === isLast ? [] : [`chunk ${at}: ${candidate?.finishReason}`]),
      ...((usageMetadata !== undefined) === isLast ? [] : [`chunk ${at}: usage`]),
      ...(modelVersion === events[0].modelVersion && responseId === events[0].responseId
        ? []
        : [`chunk ${at}: its id`]),
    ]
  })
}
