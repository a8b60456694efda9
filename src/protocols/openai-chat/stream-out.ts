import type { Usage } from '../../evidence/index.ts'
import {
  type BegunText,
  type CoreStop,
  type EncoderOptions,
  isClientCall,
  isFilled,
  type JsonObject,
  mergeUsage,
  type Part,
  type StreamEncoder,
  type StreamEvent,
  TextEvent,
} from '../core/index.ts'
import { renderCitations } from './annotations-out.ts'
import { renderToolCall } from './messages-out.ts'
import { toCompletionId } from './response-out.ts'
import { renderFinishReason } from './stop-reason.ts'
import { renderUsage } from './usage.ts'
import type { WireDelta } from './wire.ts'

const DONE = 'data: [DONE]\n\n'

/** Stream events as `chat.completion.chunk` events. No finish reason and no `[DONE]` is written before `finish`. */
export function createStreamEncoder(options: EncoderOptions): StreamEncoder {
  return new ChunkEncoder(options)
}

class ChunkEncoder implements StreamEncoder {
  readonly #options: EncoderOptions
  readonly #choices = new Map<number, ChoiceProgress>()
  #head: JsonObject
  /** Of each choice, for its text. */
  readonly #texts = new Map<number, TextEvent>()
  #usage: Usage = {}

  constructor(options: EncoderOptions) {
    this.#options = options
    this.#head = head(options.fallbackId, options.nowSeconds, options.fallbackModel)
    if (options.begun !== undefined) this.#resume(options.begun)
  }

  #resume({ messages, text }: BegunText): void {
    // As the client has them, whoever gave them.
    const { id, created, model } = messages.findLast((message) => isFilled(message.id)) ?? this.#head
    this.#head = { id, object: 'chat.completion.chunk', created, model }
    const choice = this.#choice(0)
    choice.isOpen = true
    choice.onText({ type: 'text', choice: 0, part: 0, text })
  }

  encode(event: StreamEvent): string {
    switch (event.type) {
      case 'start': {
        // Nothing is written yet: until content comes, the answer may still be another provider's.
        const { fallbackId, fallbackModel, nowSeconds } = this.#options
        const model = event.model === '' ? fallbackModel : event.model
        this.#head = head(event.id === '' ? fallbackId : event.id, event.created ?? nowSeconds, model)
        this.#texts.clear()
        this.#usage = mergeUsage(this.#usage, event.usage)
        return ''
      }
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage)
        return ''
      case 'stop':
        this.#choice(event.choice).stop = event.stop
        return ''
      case 'thinking-signature':
        return ''
      case 'text':
        this.#choice(event.choice).onText(event)
        return this.#open(event.choice) + this.#text(event.choice).with(event.text)
      case 'thinking':
      case 'refusal':
      case 'citation':
      case 'whole': {
        const delta = this.#choice(event.choice).toDelta(event)
        return delta === undefined ? '' : this.#open(event.choice) + this.#write(event.choice, delta)
      }
    }
  }

  finish(): string {
    // An answer without any content is still an answer of one choice.
    if (this.#choices.size === 0) this.#choice(0)
    const indexes = [...this.#choices.keys()].toSorted((a, b) => a - b)
    const ends = indexes.map((index) => this.#open(index) + this.#write(index, {}, this.#choice(index).finishReason))
    const usage = this.#options.includeUsage
      ? toEvent({ ...this.#head, choices: [], usage: renderUsage(this.#usage) })
      : ''
    return ends.join('') + usage + DONE
  }

  #choice(index: number): ChoiceProgress {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = new ChoiceProgress()
      this.#choices.set(index, choice)
    }
    return choice
  }

  /** The chunk with the role, once and first. */
  #open(index: number): string {
    const choice = this.#choice(index)
    if (choice.isOpen) return ''
    choice.isOpen = true
    return this.#write(index, { role: 'assistant', content: '' })
  }

  #text(index: number): TextEvent {
    let text = this.#texts.get(index)
    if (text === undefined) {
      text = new TextEvent((content) => this.#write(index, { content }))
      this.#texts.set(index, text)
    }
    return text
  }

  #write(index: number, delta: WireDelta, finishReason: string | null = null): string {
    return toEvent({ ...this.#head, choices: [{ index, delta, logprobs: null, finish_reason: finishReason }] })
  }
}

type ContentEvent = Extract<StreamEvent, { type: 'thinking' | 'refusal' | 'citation' | 'whole' }>

/** What a client has of one choice. */
class ChoiceProgress {
  isOpen = false
  stop: CoreStop | undefined
  #textLength = 0
  #toolCalls = 0
  #sentRefusal = false
  /** Where each text part begins in the message, for its citations. */
  readonly #partStarts = new Map<number, number>()

  onText({ part, text }: Extract<StreamEvent, { type: 'text' }>): void {
    if (!this.#partStarts.has(part)) this.#partStarts.set(part, this.#textLength)
    this.#textLength += text.length
  }

  toDelta(event: ContentEvent): WireDelta | undefined {
    switch (event.type) {
      case 'thinking':
        return { reasoning_content: event.text }
      case 'refusal':
        this.#sentRefusal = true
        return { refusal: event.text }
      case 'citation': {
        const start = this.#partStarts.get(event.part) ?? this.#textLength
        const annotations = renderCitations([event.citation], start, this.#textLength - start)
        return annotations.length === 0 ? undefined : { annotations }
      }
      case 'whole':
        return this.#toCall(event.content)
    }
  }

  // Calls that the provider ran itself are over, and nothing else that comes whole has a place here.
  #toCall(content: Part): WireDelta | undefined {
    if (!isClientCall(content)) return undefined
    this.#toolCalls += 1
    return { tool_calls: [{ index: this.#toolCalls - 1, ...renderToolCall(content) }] }
  }

  /** Only for a proven stream. Without a stop (the proof was `[DONE]` alone) what was sent says how it ended. */
  get finishReason(): string {
    const sent = { toolCalls: this.#toolCalls > 0, refusal: this.#sentRefusal }
    return renderFinishReason(this.stop ?? { kind: sent.toolCalls ? 'tool-use' : 'end', raw: undefined }, sent)
  }
}

function head(id: string, created: number, model: string): JsonObject {
  return { id: toCompletionId(id), object: 'chat.completion.chunk', created, model }
}

function toEvent(chunk: JsonObject): string {
  return `data: ${JSON.stringify(chunk)}\n\n`
}
