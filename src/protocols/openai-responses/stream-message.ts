import type { Citation, JsonObject } from '../core/index.ts'
import { renderCitation } from './citations.ts'
import { messageItem, textPart } from './output-out.ts'
import { itemAdded, itemDone, type ItemWriter } from './stream-item.ts'
import type { WireEvent, WirePart } from './wire.ts'

type PartKind = 'output_text' | 'refusal'

interface OpenPart {
  /** The core's number of it. */
  readonly part: number
  readonly kind: PartKind
  text: string
  readonly annotations: JsonObject[]
}

export interface BegunMessage {
  readonly content: readonly WirePart[]
  readonly text: string | undefined
}

/** A message: texts and refusals, each a part of its content. */
export class MessageWriter implements ItemWriter {
  readonly #id: string
  readonly #index: number
  /** What is whole of the content. */
  readonly #content: WirePart[]
  #open: OpenPart | undefined

  /** `begun`: what it has already, and the text of an open part 0. */
  constructor(id: string, index: number, begun: BegunMessage = { content: [], text: undefined }) {
    this.#id = id
    this.#index = index
    this.#content = [...begun.content]
    const { text } = begun
    if (text !== undefined) this.#open = { part: 0, kind: 'output_text', text, annotations: [] }
  }

  begin(): WireEvent {
    return itemAdded(this.#index, messageItem(this.#id, [], 'in_progress'))
  }

  text(part: number, kind: PartKind, text: string): readonly WireEvent[] {
    const before = this.#openPart(part, kind)
    if (this.#open !== undefined) this.#open.text += text
    return [...before, this.#event(DELTAS[kind], { delta: text, ...(kind === 'output_text' && { logprobs: [] }) })]
  }

  citation(part: number, citation: Citation): readonly WireEvent[] {
    const before = this.#openPart(part, 'output_text')
    const open = this.#open
    const annotation = renderCitation(citation, open?.text.length ?? 0)
    if (open === undefined || annotation === undefined) return before
    open.annotations.push(annotation)
    const annotation_index = open.annotations.length - 1
    return [...before, this.#event('response.output_text.annotation.added', { annotation_index, annotation })]
  }

  end(status: 'completed' | 'incomplete'): ReturnType<ItemWriter['end']> {
    const events = this.#closePart()
    const item = messageItem(this.#id, this.#content, status)
    return { events: [...events, itemDone(this.#index, item)], item }
  }

  /** Parts never overlap: one that goes on after another began goes on in a new one. */
  #openPart(part: number, kind: PartKind): readonly WireEvent[] {
    if (this.#open?.part === part && this.#open.kind === kind) return []
    const before = this.#closePart()
    this.#open = { part, kind, text: '', annotations: [] }
    return [...before, this.#event('response.content_part.added', { part: toPart(this.#open) })]
  }

  #closePart(): readonly WireEvent[] {
    const open = this.#open
    if (open === undefined) return []
    const part = toPart(open)
    const whole =
      open.kind === 'output_text'
        ? this.#event('response.output_text.done', { text: open.text, logprobs: [] })
        : this.#event('response.refusal.done', { refusal: open.text })
    const events = [whole, this.#event('response.content_part.done', { part })]
    this.#content.push(part)
    this.#open = undefined
    return events
  }

  #event(type: string, fields: JsonObject): WireEvent {
    return { type, item_id: this.#id, output_index: this.#index, content_index: this.#content.length, ...fields }
  }
}

const DELTAS: Readonly<Record<PartKind, string>> = {
  output_text: 'response.output_text.delta',
  refusal: 'response.refusal.delta',
}

function toPart({ kind, text, annotations }: OpenPart): WirePart {
  return kind === 'refusal' ? { type: 'refusal', refusal: text } : textPart(text, [...annotations])
}
