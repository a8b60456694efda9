import { type FinishedVerdict, type Label, toLabel, type Usage, verdictOfStop } from '../../evidence/index.ts'
import {
  type CoreStop,
  finishedVerdict,
  isJsonObject,
  isNoText,
  type Json,
  type JsonObject,
  mayCutCalls,
  mergeReports,
  type ScannerOptions,
  SseScanner,
  type StreamScanner,
  toText,
} from '../core/index.ts'
import { isInBandError } from './in-band-error.ts'
import { BlockState } from './scanner-block.ts'
import { readStopReason } from './stop-reason.ts'
import { USAGE_COUNTS, readUsage } from './usage.ts'
import { withoutBlocks } from './withheld-blocks.ts'

/** More blocks than any answer has; each costs memory until the end. */
const MOST_BLOCKS = 10_000

export function createAnthropicScanner(options: ScannerOptions): StreamScanner {
  return new AnthropicScanner(options)
}

/**
 * Anthropic Messages streams: `message_start`, then for each block a start, deltas and a stop, then `message_delta`
 * with the stop reason, then `message_stop`, which is the proof. Under `finish-only` (gateways that leave
 * `message_stop` out) the stop reason and a clean transport end are. `ping` may come anywhere, and so may event
 * types that are newer than this code.
 */
class AnthropicScanner extends SseScanner {
  readonly #blocks = new Map<number, BlockState>()
  #stopped = false
  #stop: CoreStop | undefined
  // Merged as the wire has it: a later report may repeat only some of the counts that belong together.
  #usage: JsonObject = {}
  #unfinished: ReadonlySet<number> = new Set()

  protected override isInBandError(message: JsonObject): boolean {
    return isInBandError(message)
  }

  protected override onMessage(message: JsonObject, event: string, name: string): void {
    // Anthropic's SDKs pass over events without a name, and over whatever is called a ping.
    if (this.options.verbatim === true && name !== message.type && TELLING.has(message.type))
      return this.break('malformed', 'not-this-protocol')
    switch (message.type) {
      case 'message_start':
        return this.#onStart(message)
      case 'content_block_start':
        return this.#onBlockStart(message)
      case 'content_block_delta':
        return this.#onBlockDelta(message, event)
      case 'content_block_stop':
        return this.#onBlockStop(message)
      case 'message_delta':
        return this.#onMessageDelta(message)
      case 'message_stop':
        return this.#onStop()
    }
  }

  // ## Start

  #onStart({ message }: JsonObject): void {
    if (this.hasStarted || !isJsonObject(message)) return this.break('malformed', 'event-order')
    this.servedModel = toLabel(message.model)
    this.#markContainer(message)
    this.#addUsage(message.usage)
    const { id, model } = message
    this.start({ id: toText(id), model: toText(model), created: undefined }, this.usage())
  }

  /** Where Anthropic's own tools ran; the next request may name it. */
  #markContainer({ container }: JsonObject): void {
    if (isJsonObject(container)) this.mark(container.id)
  }

  // ## Blocks

  #onBlockStart({ index, content_block: wire }: JsonObject): void {
    const isExpected = this.hasStarted && this.#stop === undefined
    if (!isExpected || typeof index !== 'number' || !isJsonObject(wire) || this.#blocks.has(index))
      return this.break('malformed', 'event-order')
    if (wire.type === 'tool_use' && (typeof wire.name !== 'string' || wire.name === ''))
      return this.break('malformed', 'not-this-protocol')
    if (OF_TEXT.has(wire.type) && holdsNoText(wire)) return this.break('malformed', 'not-this-protocol')
    if (this.#blocks.size >= MOST_BLOCKS) return this.break('malformed', 'too-large')
    const block = new BlockState(this.#blocks.size, wire, this.options)
    this.#blocks.set(index, block)
    if (wire.type === 'thinking') this.mark(wire.signature)
    if (wire.type === 'redacted_thinking') this.mark(wire.data)
    if (block.isClientCall) {
      this.toolCalls += 1
      this.hold()
    } else if (block.beginsWithContent) {
      this.content()
    }
    for (const each of block.begin()) this.emit(each)
  }

  #onBlockDelta({ index, delta }: JsonObject, event: string): void {
    const block = typeof index === 'number' ? this.#blocks.get(index) : undefined
    // Calls were judged at the stop reason, so nothing may be added to one behind it.
    if (block === undefined || !block.isOpen || this.#stop !== undefined || !isJsonObject(delta))
      return this.break('malformed', 'event-order')
    if (holdsNoText(delta)) return this.break('malformed', 'not-this-protocol')
    for (const each of block.onDelta(delta)) this.emit(each)
    if (delta.type === 'signature_delta') this.mark(delta.signature)
    if (block.input?.isTooLarge === true) return this.break('malformed', 'too-large')
    if (!block.isClientCall && !isEmptyDelta(delta)) this.content()
    if (delta.type === 'text_delta' && typeof delta.text === 'string')
      this.#learn(event, '"text":"', delta.text, 'text', block)
    else if (delta.type === 'thinking_delta' && typeof delta.thinking === 'string')
      this.#learn(event, '"thinking":"', delta.thinking, 'thinking', block)
  }

  #learn(event: string, marker: string, value: string, type: 'text' | 'thinking', { part }: BlockState): void {
    this.learn(event, { marker, padding: undefined, value }, { type, choice: 0, part })
  }

  #onBlockStop({ index }: JsonObject): void {
    const block = typeof index === 'number' ? this.#blocks.get(index) : undefined
    if (block === undefined || !block.isOpen) return this.break('malformed', 'event-order')
    block.isOpen = false
    for (const each of block.end()) this.emit(each)
  }

  // ## Stop reason

  #onMessageDelta({ delta, usage }: JsonObject): void {
    if (!this.hasStarted) return this.break('malformed', 'event-order')
    this.#addUsage(usage)
    this.emit({ type: 'usage', usage: this.usage() })
    if (isJsonObject(delta)) this.#markContainer(delta)
    if (!isJsonObject(delta) || typeof delta.stop_reason !== 'string') return
    this.hold()
    const { stop_sequence: sequence } = delta
    const earlier = this.#stop
    this.#stop = readStopReason(delta.stop_reason, typeof sequence === 'string' ? sequence : null)
    if (earlier === undefined) {
      this.#judgeCalls(this.#stop)
      if (!this.isBroken) this.#emitEnd(this.#stop)
    } else if (verdictOfStop(earlier.kind) !== verdictOfStop(this.#stop.kind)) {
      // The end that clients heard of said the opposite; one that is repeated changes nothing.
      this.break('malformed', 'event-order')
    }
  }

  /** Only now is it known whether something stopped the model, so only now can a half call be told from a bad one. */
  #judgeCalls(stop: CoreStop): void {
    // Anthropic's own tools run before the answer ends, and stop nothing.
    if (stop.kind === 'tool-use' && this.toolCalls === 0) return this.break('malformed', 'event-order')
    const mayBeCut = mayCutCalls(stop)
    const blocks = [...this.#blocks]
    const unfinished = blocks.filter(
      ([, { input }], i) => input?.isUnfinished({ mayBeCut, isLast: i === blocks.length - 1 }) === true,
    )
    this.invalidToolCalls = unfinished.length
    if (!mayBeCut && unfinished.length > 0) return this.break('malformed', 'arguments-not-json')
    this.#unfinished = new Set(unfinished.map(([index]) => index))
  }

  #emitEnd(stop: CoreStop): void {
    for (const [index, block] of this.#blocks)
      if (block.isClientCall && !this.#unfinished.has(index)) this.emit(block.call())
    this.emit({ type: 'stop', choice: 0, stop })
  }

  #onStop(): void {
    if (this.#stop === undefined || !this.#allClosed()) return this.break('malformed', 'event-order')
    this.#stopped = true
  }

  #allClosed(): boolean {
    for (const block of this.#blocks.values()) if (block.isOpen) return false
    return true
  }

  // ## Proof

  protected override proofSoFar(): FinishedVerdict | undefined {
    return this.#stopped && this.#hasAllChoices ? finishedVerdict('message_stop', this.#stop) : undefined
  }

  protected override proofAtEnd(pending: string): FinishedVerdict | undefined {
    const isWhole = this.options.completion === 'finish-only' && this.#stop !== undefined && this.#allClosed()
    return isWhole && this.#hasAllChoices && pending === ''
      ? finishedVerdict('finish-reason+end', this.#stop)
      : undefined
  }

  /** An Anthropic answer is one answer. */
  get #hasAllChoices(): boolean {
    return this.options.choices <= 1
  }

  #addUsage(usage: Json | undefined): void {
    if (isJsonObject(usage)) this.#usage = mergeReports(USAGE_COUNTS, this.#usage, usage)
  }

  protected override usage(): Usage {
    return readUsage(this.#usage)
  }

  protected override rawStop(): Label | undefined {
    return this.#stop?.raw
  }

  override withoutUnfinishedCalls(held: Uint8Array): Uint8Array {
    const calls = [...this.#unfinished].filter((index) => this.#blocks.get(index)?.isClientCall === true)
    if (calls.length === 0) return held
    return withoutBlocks(held, calls)
  }

  override fork(): StreamScanner {
    const copy = new AnthropicScanner(this.options)
    this.copyTo(copy)
    // A closed block changes no more, so both may hold it.
    for (const [index, block] of this.#blocks) copy.#blocks.set(index, block.isOpen ? block.fork(this.options) : block)
    copy.#stopped = this.#stopped
    copy.#stop = this.#stop
    copy.#usage = this.#usage
    copy.#unfinished = this.#unfinished
    return copy
  }
}

/** Events that an answer cannot do without. */
const TELLING: ReadonlySet<Json | undefined> = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
])

const OF_TEXT: ReadonlySet<Json | undefined> = new Set(['text', 'thinking'])

/** Something else where text should be, which would be lost. */
const holdsNoText = ({ text, thinking, partial_json: json }: JsonObject): boolean =>
  isNoText(text) || isNoText(thinking) || isNoText(json)

const isEmptyDelta = ({ text, thinking, partial_json: json }: JsonObject): boolean =>
  text === '' || thinking === '' || json === ''
