import type { Usage } from '../../evidence/index.ts'
import {
  type CoreStop,
  type EncoderOptions,
  isFilled,
  type JsonObject,
  mergeUsage,
  type StreamEncoder,
  type StreamEvent,
  UNSAID_STOP,
} from '../core/index.ts'
import { ItemIds, toResponseId } from './item-ids.ts'
import { hasPlace, renderWhole } from './output-out.ts'
import { responseObject } from './response-out.ts'
import { type RenderedStatus, renderStatus } from './status.ts'
import { type ItemWriter, wholeItem } from './stream-item.ts'
import { type BegunStream, readBegun } from './stream-begun.ts'
import { MessageWriter } from './stream-message.ts'
import { ReasoningWriter } from './stream-reasoning.ts'
import { renderUsage } from './usage.ts'
import { toServerSentEvent, type WireEvent, type WireItem } from './wire.ts'

type WholeContent = Extract<StreamEvent, { type: 'whole' }>['content']

export function createStreamEncoder(options: EncoderOptions): StreamEncoder {
  return new ResponsesEncoder(options)
}

/**
 * Writes core events as a Responses stream. Items are placed and events numbered here, one after the other; the answer's
 * end, with all that it consists of, waits for `finish`.
 */
class ResponsesEncoder implements StreamEncoder {
  readonly #options: EncoderOptions
  #head: { readonly id: string; readonly model: string; readonly created: number }
  #ids: ItemIds
  #events = 0
  #isStarted = false
  /** The items that are whole. */
  readonly #output: WireItem[] = []
  /** The answer as the client was shown it first, where this goes on behind another platform's. */
  #begun: JsonObject | undefined
  #open: ItemWriter | undefined
  #hasRefusal = false
  #stop: CoreStop = UNSAID_STOP
  #usage: Usage = {}

  constructor(options: EncoderOptions) {
    const { fallbackId, fallbackModel, nowSeconds } = options
    this.#options = options
    this.#head = { id: toResponseId(fallbackId), model: fallbackModel, created: nowSeconds }
    this.#ids = new ItemIds(fallbackId)
    if (options.begun !== undefined) this.#resume(readBegun(options.begun))
  }

  #resume({ response, number, output, open }: BegunStream): void {
    const { id, model, created_at: created } = response
    const head = this.#head
    this.#head = {
      id: isFilled(id) ? id : head.id,
      model: isFilled(model) ? model : head.model,
      created: typeof created === 'number' ? created : head.created,
    }
    this.#begun = response
    this.#isStarted = true
    this.#events = number
    this.#output.push(...output)
    this.#open = open
    this.#ids = new ItemIds(this.#head.id, this.#nextIndex)
  }

  encode(event: StreamEvent): string {
    // An answer of this protocol is one answer.
    if ('choice' in event && event.choice !== 0) return ''
    if ('text' in event && event.text === '') return ''
    switch (event.type) {
      case 'start':
        return this.#onStart(event)
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage)
        return ''
      case 'stop':
        this.#stop = event.stop
        return ''
      case 'text':
        return this.#inMessage((message) => message.text(event.part, 'output_text', event.text))
      case 'refusal':
        this.#hasRefusal = true
        return this.#inMessage((message) => message.text(event.part, 'refusal', event.text))
      case 'citation':
        return this.#inMessage((message) => message.citation(event.part, event.citation))
      case 'thinking':
        return this.#inReasoning(event.part, (reasoning) => reasoning.text(event.text))
      case 'thinking-signature':
        return this.#inReasoning(event.part, (reasoning) => {
          reasoning.sign(event.signature)
          return []
        })
      case 'whole':
        return this.#whole(event.content)
    }
  }

  finish(): string {
    const end = renderStatus(this.#stop, this.#hasRefusal)
    const before = this.#ensureStarted() + this.#close(end.status)
    const response = this.#response(end, this.#output, renderUsage(this.#usage))
    return before + this.#write([{ type: `response.${end.status}`, response }])
  }

  // Nothing is written yet: until content comes, the answer may still be another provider's.
  #onStart({ id, model, created, usage }: Extract<StreamEvent, { type: 'start' }>): string {
    const { fallbackId, fallbackModel, nowSeconds } = this.#options
    this.#usage = mergeUsage(this.#usage, usage)
    if (this.#isStarted) return ''
    this.#head = {
      id: toResponseId(id === '' ? fallbackId : id),
      model: model === '' ? fallbackModel : model,
      created: created ?? nowSeconds,
    }
    this.#ids = new ItemIds(this.#head.id)
    return ''
  }

  #ensureStarted(): string {
    if (this.#isStarted) return ''
    this.#isStarted = true
    const response = this.#response({ status: 'in_progress', incomplete_details: null }, [], null)
    return this.#write([
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ])
  }

  #response(
    { status, incomplete_details }: Pick<RenderedStatus, 'incomplete_details'> & { readonly status: string },
    output: readonly WireItem[],
    usage: JsonObject | null,
  ): JsonObject {
    const response = responseObject({ ...this.#head, status, incomplete_details, output, usage })
    // What it says of the request stays as it was said; but nobody has stored this answer.
    if (this.#begun === undefined) return response
    return { ...response, ...this.#begun, status, incomplete_details, output, usage, store: false }
  }

  // ## Items

  #inMessage(write: (message: MessageWriter) => readonly WireEvent[]): string {
    if (this.#open instanceof MessageWriter) return this.#write(write(this.#open))
    const message = new MessageWriter(this.#ids.next('msg'), this.#nextIndex)
    return this.#begin(message) + this.#write(write(message))
  }

  #inReasoning(part: number, write: (reasoning: ReasoningWriter) => readonly WireEvent[]): string {
    if (this.#open instanceof ReasoningWriter && this.#open.part === part) return this.#write(write(this.#open))
    const reasoning = new ReasoningWriter(this.#ids.next('rs'), this.#nextIndex, part)
    return this.#begin(reasoning) + this.#write(write(reasoning))
  }

  #whole(content: WholeContent): string {
    if (!hasPlace(content)) return ''
    const item = renderWhole(content, this.#ids)
    const before = this.#ensureStarted() + this.#close('completed')
    const events = this.#write(wholeItem(this.#output.length, item))
    this.#output.push(item)
    return before + events
  }

  #begin(item: ItemWriter): string {
    const before = this.#ensureStarted() + this.#close('completed')
    this.#open = item
    return before + this.#write([item.begin()])
  }

  /** Where the next item will stand, once the open one is closed. */
  get #nextIndex(): number {
    return this.#output.length + (this.#open === undefined ? 0 : 1)
  }

  #close(status: RenderedStatus['status']): string {
    if (this.#open === undefined) return ''
    const { events, item } = this.#open.end(status)
    this.#output.push(item)
    this.#open = undefined
    return this.#write(events)
  }

  #write(events: readonly WireEvent[]): string {
    return events
      .map(({ type, ...fields }) => {
        const event = toServerSentEvent({ type, sequence_number: this.#events, ...fields })
        this.#events += 1
        return event
      })
      .join('')
  }
}
