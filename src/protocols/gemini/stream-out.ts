import type { Usage } from '../../evidence/index.ts'
import {
  type BegunText,
  type Citation,
  type CoreStop,
  type EncoderOptions,
  isFilled,
  type JsonObject,
  mergeUsage,
  type StreamEncoder,
  type StreamEvent,
  UNSAID_STOP,
} from '../core/index.ts'
import { byteLength } from './bytes.ts'
import { GroundingMetadata } from './grounding-out.ts'
import { EMPTY_PART, renderAnswerPart } from './response-out.ts'
import { renderFinishReason } from './stop-reason.ts'
import { renderUsage } from './usage.ts'
import type { WirePart } from './wire.ts'

/** Stream events as `alt=sse` chunks, each a whole answer with what is new. No finish reason is written before `finish`. */
export function createStreamEncoder(options: EncoderOptions): StreamEncoder {
  return new ChunkEncoder(options)
}

class ChunkEncoder implements StreamEncoder {
  readonly #options: EncoderOptions
  readonly #choices = new Map<number, ChoiceProgress>()
  #modelVersion: string
  #responseId: string
  #usage: Usage = {}

  constructor(options: EncoderOptions) {
    this.#options = options
    this.#modelVersion = options.fallbackModel
    this.#responseId = options.fallbackId
    if (options.begun !== undefined) this.#resume(options.begun)
  }

  #resume({ messages, text }: BegunText): void {
    const { modelVersion, responseId } = messages.findLast((message) => isFilled(message.responseId)) ?? {}
    if (isFilled(modelVersion)) this.#modelVersion = modelVersion
    if (isFilled(responseId)) this.#responseId = responseId
    this.#choice(0).toPart({ type: 'text', choice: 0, part: 0, text })
  }

  encode(event: StreamEvent): string {
    switch (event.type) {
      case 'start':
        // Nothing is written yet: until content comes, the answer may still be another provider's.
        if (event.model !== '') this.#modelVersion = event.model
        if (event.id !== '') this.#responseId = event.id
        this.#usage = mergeUsage(this.#usage, event.usage)
        return ''
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage)
        return ''
      case 'stop':
        this.#choice(event.choice).stop = event.stop
        return ''
      case 'citation':
        this.#choice(event.choice).cite(event.part, event.citation)
        return ''
      case 'text':
      case 'thinking':
      case 'refusal':
      case 'thinking-signature':
      case 'whole': {
        const part = this.#choice(event.choice).toPart(event)
        return part === undefined ? '' : this.#write([renderCandidate(event.choice, [part])])
      }
    }
  }

  finish(): string {
    // An answer without any content is still an answer of one candidate.
    if (this.#choices.size === 0) this.#choice(0)
    const choices = [...this.#choices].toSorted(([a], [b]) => a - b)
    return this.#write(
      choices.map(([index, choice]) => renderCandidate(index, [EMPTY_PART], choice.end())),
      this.#options.includeUsage ? { usageMetadata: renderUsage(this.#usage) } : {},
    )
  }

  #choice(index: number): ChoiceProgress {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = new ChoiceProgress()
      this.#choices.set(index, choice)
    }
    return choice
  }

  #write(candidates: readonly JsonObject[], more: JsonObject = {}): string {
    const chunk = { candidates, ...more, modelVersion: this.#modelVersion, responseId: this.#responseId }
    return `data: ${JSON.stringify(chunk)}\n\n`
  }
}

function renderCandidate(index: number, parts: readonly WirePart[], more: JsonObject = {}): JsonObject {
  return { content: { parts, role: 'model' }, ...more, index }
}

type PartEvent = Extract<StreamEvent, { type: 'text' | 'thinking' | 'refusal' | 'thinking-signature' | 'whole' }>

/** What a client has of one candidate. */
class ChoiceProgress {
  stop: CoreStop | undefined
  #hasRefusal = false
  #textBytes = 0
  /** Each text part and where it begins in the candidate's text, for citations: Google counts them over all of it. */
  readonly #texts = new Map<number, { text: string; readonly offset: number }>()
  readonly #citations: { readonly part: number; readonly citation: Citation }[] = []

  toPart(event: PartEvent): WirePart | undefined {
    switch (event.type) {
      case 'text':
        this.#addText(event.part, event.text)
        return { text: event.text }
      case 'refusal':
        this.#hasRefusal = true
        this.#textBytes += byteLength(event.text)
        return { text: event.text }
      case 'thinking':
        return { text: event.text, thought: true }
      case 'thinking-signature':
        // A client sends it back behind the thought's other pieces, which are then read as one.
        return { text: '', thought: true, thoughtSignature: event.signature }
      case 'whole':
        return renderAnswerPart(event.content)
    }
  }

  #addText(part: number, text: string): void {
    const known = this.#texts.get(part)
    if (known === undefined) this.#texts.set(part, { text, offset: this.#textBytes })
    else known.text += text
    this.#textBytes += byteLength(text)
  }

  cite(part: number, citation: Citation): void {
    this.#citations.push({ part, citation })
  }

  /** Only for a proven stream. */
  end(): JsonObject {
    const grounding = new GroundingMetadata()
    for (const { part, citation } of this.#citations) {
      const { text, offset } = this.#texts.get(part) ?? { text: '', offset: this.#textBytes }
      grounding.add(citation, text, offset, 0)
    }
    return {
      finishReason: renderFinishReason(this.stop ?? UNSAID_STOP, { refusal: this.#hasRefusal }),
      ...grounding.render(),
    }
  }
}
