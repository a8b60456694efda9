import type { JsonObject } from '../core/index.ts'
import { reasoningItem } from './reasoning-item.ts'
import { itemAdded, itemDone, type ItemWriter } from './stream-item.ts'
import type { WireEvent } from './wire.ts'

/** One part of the core's thinking, as a reasoning item with a summary of one paragraph. */
export class ReasoningWriter implements ItemWriter {
  readonly #id: string
  readonly #index: number
  /** The core's number of it. */
  readonly part: number
  #text = ''
  #signature: string | undefined

  constructor(id: string, index: number, part: number) {
    this.#id = id
    this.#index = index
    this.part = part
  }

  begin(): WireEvent {
    return itemAdded(this.#index, reasoningItem(this.#id, '', undefined))
  }

  text(text: string): readonly WireEvent[] {
    const isFirst = this.#text === ''
    this.#text += text
    const delta = this.#event('response.reasoning_summary_text.delta', { delta: text })
    const added = this.#event('response.reasoning_summary_part.added', { part: { type: 'summary_text', text: '' } })
    return isFirst ? [added, delta] : [delta]
  }

  sign(signature: string): void {
    this.#signature = signature
  }

  end(): ReturnType<ItemWriter['end']> {
    const item = reasoningItem(this.#id, this.#text, this.#signature)
    const done = itemDone(this.#index, item)
    if (this.#text === '') return { events: [done], item }
    const text = this.#event('response.reasoning_summary_text.done', { text: this.#text })
    const part = this.#event('response.reasoning_summary_part.done', {
      part: { type: 'summary_text', text: this.#text },
    })
    return { events: [text, part, done], item }
  }

  #event(type: string, fields: JsonObject): WireEvent {
    return { type, item_id: this.#id, output_index: this.#index, summary_index: 0, ...fields }
  }
}
