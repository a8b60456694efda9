import { type FinishedVerdict, type Label, type Proof, toLabel, type Usage } from '../../evidence/index.ts'
import {
  type CoreStop,
  finishedVerdict,
  isJsonObject,
  isNoText,
  type Json,
  type JsonObject,
  mayCutCalls,
  objectsIn,
  type ScannerOptions,
  SseScanner,
  type StreamEvent,
  type StreamScanner,
  toText,
} from '../core/index.ts'
import { inBandErrorOf } from '../openai/index.ts'
import { marksOfAnnotation, marksOfItem, marksOfResponse } from './marks.ts'
import { type Flaw, isFlaw, type OutputItem } from './scanner-item.ts'
import { StreamedOutput } from './scanner-output.ts'
import { isUnfinishedMessage, readStop, saysIncomplete } from './status.ts'
import { citedPlace, readTextEvent, type TextEvent, type TextPlace } from './text-events.ts'
import { readUsage } from './usage.ts'
import { withoutItems } from './withheld-items.ts'

const SENTINEL = '[DONE]'
const STARTS: ReadonlySet<Json | undefined> = new Set(['response.created', 'response.queued', 'response.in_progress'])
/** What the last event may say of the answer; that it is the last of its name says enough. */
const ENDS: ReadonlySet<Json | undefined> = new Set(['completed', 'incomplete', null, undefined])

export function createOpenAiResponsesScanner(options: ScannerOptions): StreamScanner {
  return new OpenAiResponsesScanner(options)
}

/**
 * Responses streams: `response.created`, then for each item of the output an `added`, what comes of it, and a `done`, then
 * `response.completed`, or `response.incomplete` where something stopped the answer; either is the proof, alone, whatever
 * the declared `completion`. Where events are numbered, as OpenAI numbers them, none may be missing. OpenRouter sends a
 * `[DONE]` behind it, which proves nothing.
 */
class OpenAiResponsesScanner extends SseScanner {
  #output: StreamedOutput
  #isNumbered = false
  #usage: Usage = {}
  #stop: CoreStop | undefined
  #proof: Proof | undefined
  readonly #marked = new Set<Json | undefined>()
  /** The text that deltas of the learned shape belong to, and how much of it came since the last parsed event. */
  #plain: { readonly index: number; readonly place: TextPlace } | undefined
  #plainLength = 0

  constructor(options: ScannerOptions) {
    super(options)
    this.#output = new StreamedOutput(options)
  }

  protected override onData(data: string): boolean {
    const text = data.trim()
    // Clients stop reading here.
    if (text === SENTINEL) this.break('truncated', 'ended-before-proof')
    return text === SENTINEL || text === ''
  }

  protected override isInBandError(message: JsonObject): boolean {
    return message.type === 'error' || message.type === 'response.failed' || inBandErrorOf(message) !== undefined
  }

  protected override onMessage(message: JsonObject, event: string): void {
    this.#settlePlainText()
    const { type } = message
    if (!this.#isNext(message)) return this.break('malformed', 'event-order')
    // Sent in long silences; undocumented, and no part of the answer.
    if (type === 'keepalive') return
    if (STARTS.has(type)) return this.#onStart(message)
    if (!this.hasStarted) return this.break('malformed', 'event-order')
    switch (type) {
      case 'response.output_item.added':
        return this.#onItem(message)
      case 'response.output_item.done':
        return this.#onItemDone(message)
      case 'response.function_call_arguments.delta':
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.delta':
      case 'response.custom_tool_call_input.done':
        return this.#onInput(message)
      case 'response.output_text.annotation.added':
        return this.#onCitation(message)
      case 'response.completed':
      case 'response.incomplete':
        return this.#onEnd(message)
      case 'response.cancelled':
        return this.break('failed', 'failed-finish')
      default: {
        const text = readTextEvent(message)
        if (text !== undefined) this.#onText(message, text, event)
      }
    }
  }

  /** Whether no numbered event is missing between the last one and this. */
  #isNext({ type, sequence_number: number }: JsonObject): boolean {
    if (number === undefined || number === null) return true
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) return false
    const isNext = !this.#isNumbered || number === this.eventNumber + 1
    // Nobody says whether these are counted; OpenAI's are.
    if (!isNext && type === 'keepalive') return true
    this.#isNumbered = true
    this.eventNumber = number
    return isNext
  }

  // ## Start

  #onStart({ response }: JsonObject): void {
    if (!isJsonObject(response)) return this.break('malformed', 'not-this-protocol')
    this.servedModel = toLabel(response.model) ?? this.servedModel
    if (this.hasStarted) return
    this.#markAll(marksOfResponse(response))
    const { id, model, created_at: created } = response
    this.start({ id: toText(id), model: toText(model), created: typeof created === 'number' ? created : undefined })
  }

  /** Each once: an item says its own at its beginning, at its end and at the answer's. */
  #markAll(marks: readonly (Json | undefined)[]): void {
    for (const mark of marks) {
      if (this.#marked.has(mark)) continue
      this.#marked.add(mark)
      this.mark(mark)
    }
  }

  // ## Items

  #onItem({ output_index: index, item: wire }: JsonObject): void {
    if (typeof index !== 'number' || !isJsonObject(wire) || this.#output.has(index))
      return this.break('malformed', 'event-order')
    if (this.#output.isFull) return this.break('malformed', 'too-large')
    const item = this.#output.add(index, wire)
    this.#markAll(marksOfItem(wire))
    if (item.isClientCall) {
      this.toolCalls += 1
      this.hold()
    } else if (item.type !== 'message' && item.type !== 'reasoning') {
      // The provider's own tools are at work, which a client can see.
      this.content()
    }
  }

  /** The open item that an event is about; `undefined`, and broken, where there is none. */
  #openItem(message: JsonObject): OutputItem | undefined {
    const item = this.#output.find(message)
    if (item === undefined) this.break('malformed', 'event-order')
    return item
  }

  #onText(message: JsonObject, text: TextEvent, event: string): void {
    const item = this.#openItem(message)
    if (item === undefined || !this.#emitAll(item.onText(text))) return
    if (text.text === undefined || text.text === '') return
    this.content()
    const { place, extent } = text
    if (extent !== 'piece' || place.kind === 'refusal' || typeof message.output_index !== 'number') return
    this.#plain = { index: message.output_index, place }
    const { sequence_number: number } = message
    this.learn(
      event,
      {
        marker: '"delta":"',
        // Against guessing of lengths; differs in every event.
        padding: '"obfuscation":"',
        number: typeof number === 'number' ? { marker: '"sequence_number":', value: number } : undefined,
        value: text.text,
      },
      { type: place.kind, choice: 0, part: item.partOf(place) },
    )
  }

  protected override onPlainText(text: string): void {
    this.#plainLength += text.length
  }

  #settlePlainText(): void {
    if (this.#plain !== undefined) this.#output.addLength(this.#plain.index, this.#plain.place, this.#plainLength)
    this.#plain = undefined
    this.#plainLength = 0
  }

  #onCitation(message: JsonObject): void {
    const item = this.#openItem(message)
    if (item === undefined || !isJsonObject(message.annotation)) return
    this.#markAll(marksOfAnnotation(message.annotation))
    this.#emitAll(item.onCitation(citedPlace(message), message.annotation))
  }

  #onInput(message: JsonObject): void {
    const item = this.#openItem(message)
    if (isNoText(message.delta)) return this.break('malformed', 'not-this-protocol')
    item?.onInput(message)
    if (item?.input?.isTooLarge === true) this.break('malformed', 'too-large')
  }

  #onItemDone(message: JsonObject): void {
    const { item: wire } = message
    if (!isJsonObject(wire)) return this.break('malformed', 'event-order')
    const item = this.#openItem(message)
    if (item === undefined) return
    this.#markAll(marksOfItem(wire))
    if (!this.#emitAll(item.done(wire))) return
    if (item.input?.isTooLarge === true) return this.break('malformed', 'too-large')
    const isReasoning = item.type === 'reasoning' && toText(wire.encrypted_content) !== ''
    if (isReasoning || item.textLength > 0 || item.hasRefusal) this.content()
  }

  /** `false`, and broken, where they are none. */
  #emitAll(events: readonly StreamEvent[] | Flaw): boolean {
    if (isFlaw(events)) {
      this.break('malformed', events)
      return false
    }
    for (const event of events) this.emit(event)
    return true
  }

  // ## End

  #onEnd({ type, response }: JsonObject): void {
    this.hold()
    if (!isJsonObject(response)) return this.break('malformed', 'not-this-protocol')
    const { status } = response
    if (status === 'failed' || status === 'cancelled') return this.break('failed', 'failed-finish')
    // An end that says of itself that it is none.
    if (status === 'in_progress' || status === 'queued') return this.break('malformed', 'event-order')
    if (!ENDS.has(status)) return this.break('malformed', 'not-this-protocol')
    const isIncomplete = type === 'response.incomplete' || status === 'incomplete'
    // What stopped the answer may have done so inside of an item.
    if (!isIncomplete && this.#output.hasOpen) return this.break('malformed', 'event-order')
    const isCut = isIncomplete || saysIncomplete(response)
    const hasUnfinished = this.#output.hasUnfinishedMessage || objectsIn(response.output).some(isUnfinishedMessage)
    if (!isCut && hasUnfinished) return this.break('malformed', 'event-order')
    if (!this.#output.holdsAllOf(response.output)) return this.break('malformed', 'event-order')
    this.servedModel = toLabel(response.model) ?? this.servedModel
    this.#usage = readUsage(response.usage)
    this.#markAll(objectsIn(response.output).flatMap(marksOfItem))
    const { hasCalls: calls, hasRefusal: refusal } = this.#output
    this.#stop = readStop(response, isCut, { calls, refusal })
    this.invalidToolCalls = this.#output.judgeCalls(this.#stop)
    if (this.invalidToolCalls > 0 && !mayCutCalls(this.#stop)) return this.break('malformed', 'arguments-not-json')
    this.#proof = isIncomplete ? 'response.incomplete' : 'response.completed'
    if (!this.options.decode) return
    this.#emitAll(this.#output.calls())
    this.emit({ type: 'stop', choice: 0, stop: this.#stop })
    this.emit({ type: 'usage', usage: this.#usage })
  }

  // ## Proof

  protected override proofSoFar(): FinishedVerdict | undefined {
    // An answer of this protocol is one answer.
    if (this.#proof === undefined || this.options.choices > 1) return undefined
    return finishedVerdict(this.#proof, this.#stop)
  }

  protected override proofAtEnd(): FinishedVerdict | undefined {
    return undefined
  }

  protected override usage(): Usage {
    return this.#usage
  }

  protected override rawStop(): Label | undefined {
    return this.#stop?.raw
  }

  override withoutUnfinishedCalls(held: Uint8Array): Uint8Array {
    return this.invalidToolCalls === 0 ? held : withoutItems(held, this.#output.withheld)
  }

  override fork(): StreamScanner {
    const copy = new OpenAiResponsesScanner(this.options)
    this.copyTo(copy)
    copy.#output = this.#output.fork()
    copy.#isNumbered = this.#isNumbered
    copy.#usage = this.#usage
    copy.#stop = this.#stop
    copy.#proof = this.#proof
    for (const mark of this.#marked) copy.#marked.add(mark)
    copy.#plain = this.#plain
    copy.#plainLength = this.#plainLength
    return copy
  }
}
