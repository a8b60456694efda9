import {
  type Citation,
  type CoreStop,
  type EncoderOptions,
  isClientCall,
  isJsonObject,
  type Json,
  type JsonObject,
  mergeUsage,
  type StreamEncoder,
  type StreamEvent,
  TextEvent,
  UNSAID_STOP,
} from '../core/index.ts'
import type { Usage } from '../../evidence/index.ts'
import { renderCitation } from './citations.ts'
import { renderAnswerPart, toInputText } from './response-out.ts'
import { renderStop } from './stop-reason.ts'
import { renderUsage } from './usage.ts'
import { toMessageId, toServerSentEvent, type WireBlock, type WireMessage } from './wire.ts'

type WholeContent = Extract<StreamEvent, { type: 'whole' }>['content']
type BlockKind = 'text' | 'thinking' | 'refusal'

export function createStreamEncoder(options: EncoderOptions): StreamEncoder {
  return new AnthropicStreamEncoder(options)
}

/**
 * Writes core events as a Messages stream. Blocks are numbered here, not by the core's parts, since some parts have no
 * place in an Anthropic answer. The stop reason waits for `finish`: before it the client has nothing that looks like an end.
 */
class AnthropicStreamEncoder implements StreamEncoder {
  readonly #options: EncoderOptions
  #isStarted = false
  #open: { readonly part: number; readonly kind: BlockKind } | undefined
  /** A signature of no thinking that the client was shown; it is sent once something follows, see `withoutLateSignature`. */
  #bareSignature: string | undefined
  #blocks = 0
  /** Of the block that was opened last. */
  #textEvent: TextEvent | undefined
  #hasCalls = false
  #hasRefusal = false
  #stop: CoreStop = UNSAID_STOP
  #usage: Usage = {}

  constructor(options: EncoderOptions) {
    this.#options = options
    for (const message of options.begun?.messages ?? []) this.#resume(message)
  }

  #resume({ type, index, content_block: block }: JsonObject): void {
    this.#isStarted = true
    if (type === 'content_block_stop') this.#open = undefined
    if (type !== 'content_block_start' || typeof index !== 'number') return
    this.#blocks = index + 1
    const isText = isJsonObject(block) && block.type === 'text'
    this.#open = isText ? { part: 0, kind: 'text' } : { part: NO_PART, kind: 'thinking' }
  }

  encode(event: StreamEvent): string {
    // An Anthropic answer is one answer.
    if ('choice' in event && event.choice !== 0) return ''
    switch (event.type) {
      case 'start':
        this.#usage = mergeUsage(this.#usage, event.usage)
        return this.#start(event.id, event.model)
      case 'text':
        return this.#openBlock(event.part, 'text') + this.#text(event.text)
      case 'refusal':
        this.#hasRefusal = true
        return this.#openBlock(event.part, 'refusal') + this.#text(event.text)
      case 'thinking':
        if (event.text === '' && !this.#isOpen(event.part, 'thinking')) return ''
        return this.#piece(event.part, 'thinking', { type: 'thinking_delta', thinking: event.text })
      case 'thinking-signature':
        return this.#signature(event.part, event.signature)
      case 'citation':
        return this.#citation(event.part, event.citation)
      case 'whole':
        return this.#whole(event.content)
      case 'stop':
        this.#stop = event.stop
        return ''
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage)
        return ''
    }
  }

  finish(): string {
    const hasCalls = this.#hasCalls
    const delta: JsonObject = {
      stop_reason: renderStop(this.#stop, { hasCalls, hasRefusal: this.#hasRefusal }),
      stop_sequence: this.#stop.sequence ?? null,
      stop_details: null,
    }
    return (
      this.#ensureStarted() +
      this.#close() +
      toServerSentEvent({ type: 'message_delta', delta, usage: renderUsage(this.#usage) }) +
      toServerSentEvent({ type: 'message_stop' })
    )
  }

  #start(id: string, model: string): string {
    if (this.#isStarted) return ''
    this.#isStarted = true
    const message: WireMessage = {
      id: toMessageId(id === '' ? this.#options.fallbackId : id),
      type: 'message',
      role: 'assistant',
      model: model === '' ? this.#options.fallbackModel : model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: renderUsage(this.#usage),
    }
    return toServerSentEvent({ type: 'message_start', message })
  }

  /** Some providers begin without saying who they are. */
  #ensureStarted(): string {
    return this.#start('', '')
  }

  #piece(part: number, kind: BlockKind, delta: JsonObject): string {
    return this.#openBlock(part, kind) + this.#delta(delta)
  }

  #signature(part: number, signature: string): string {
    if (this.#isOpen(part, 'thinking')) return this.#delta({ type: 'signature_delta', signature })
    const before = this.#ensureStarted() + this.#close() + this.#flushSignature()
    this.#bareSignature = signature
    return before
  }

  #flushSignature(): string {
    const signature = this.#bareSignature
    if (signature === undefined) return ''
    this.#bareSignature = undefined
    const delta = { type: 'signature_delta', signature }
    return this.#blockStart(EMPTY_BLOCKS.thinking) + this.#delta(delta) + this.#blockStop()
  }

  #isOpen(part: number, kind: BlockKind): boolean {
    return this.#open?.part === part && this.#open.kind === kind
  }

  #citation(part: number, citation: Citation): string {
    const rendered: Json | undefined = renderCitation(citation)
    return rendered === undefined ? '' : this.#piece(part, 'text', { type: 'citations_delta', citation: rendered })
  }

  /** Blocks never overlap: a part that goes on after another began goes on in a new block. */
  #openBlock(part: number, kind: BlockKind): string {
    if (this.#isOpen(part, kind)) return ''
    const before = this.#ensureStarted() + this.#close() + this.#flushSignature()
    this.#open = { part, kind }
    return before + this.#blockStart(EMPTY_BLOCKS[kind])
  }

  #whole(content: WholeContent): string {
    const block = renderAnswerPart(content)
    const ended = this.#ensureStarted() + this.#close()
    if (block === undefined) return ended
    const before = ended + this.#flushSignature()
    if (!isClientCall(content)) return before + this.#blockStart(block) + this.#blockStop()
    this.#hasCalls = true
    // Clients collect a call's arguments from deltas alone.
    const start = this.#blockStart({ ...block, input: {} })
    return (
      before + start + this.#delta({ type: 'input_json_delta', partial_json: toInputText(content) }) + this.#blockStop()
    )
  }

  #blockStart(block: WireBlock): string {
    const index = this.#blocks
    this.#blocks += 1
    this.#textEvent = undefined
    return toServerSentEvent({ type: 'content_block_start', index, content_block: block })
  }

  #delta(delta: JsonObject): string {
    return toServerSentEvent({ type: 'content_block_delta', index: this.#blocks - 1, delta })
  }

  #text(text: string): string {
    this.#textEvent ??= new TextEvent((each) => this.#delta({ type: 'text_delta', text: each }))
    return this.#textEvent.with(text)
  }

  #blockStop(): string {
    return toServerSentEvent({ type: 'content_block_stop', index: this.#blocks - 1 })
  }

  #close(): string {
    if (this.#open === undefined) return ''
    this.#open = undefined
    return this.#blockStop()
  }
}

/** Of a block that nothing can go on in. */
const NO_PART = -1

const EMPTY_BLOCKS: Readonly<Record<BlockKind, WireBlock>> = {
  text: { type: 'text', text: '' },
  refusal: { type: 'text', text: '' },
  thinking: { type: 'thinking', thinking: '', signature: '' },
}
