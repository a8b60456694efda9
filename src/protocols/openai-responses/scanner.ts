import {
  type FinishedVerdict,
  type Label,
  type Proof,
  toLabel,
  type Usage,
  verdictOfStop,
} from '../../evidence/index.ts'
import {
  type CoreStop,
  isJsonObject,
  type Json,
  type JsonObject,
  mayCutCalls,
  type ScannerOptions,
  SseScanner,
  type StreamScanner,
  unescaped,
} from '../core/index.ts'
import { inBandErrorOf, toText } from '../openai/index.ts'
import { marksOfAnnotation, marksOfItem, marksOfResponse } from './marks.ts'
import { OutputItem, type PartCounter } from './scanner-item.ts'
import { readStop } from './status.ts'
import { citedPlace, readTextEvent, type TextEvent, type TextPlace } from './text-events.ts'
import { readUsage } from './usage.ts'
import { withoutItems } from './withheld-items.ts'
import { isClientCall, objectsIn } from './wire.ts'

/** More items than any answer has; each costs memory until the end. */
const MOST_ITEMS = 10_000
const SENTINEL = '[DONE]'

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
  readonly #items = new Map<number, OutputItem>()
  readonly #counter: PartCounter = { parts: 0 }
  #started = false
  #isNumbered = false
  #usage: Usage = {}
  #stop: CoreStop | undefined
  #proof: Proof | undefined
  /** By what the end of the answer names the calls that no client may see. */
  #unfinished: ReadonlySet<number> = new Set()
  /** The text that deltas of the learned shape belong to, and how much of it came since the last parsed event. */
  #plain: { readonly index: number; readonly place: TextPlace } | undefined
  #plainLength = 0
  readonly #marked = new Set<Json | undefined>()

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
    if (!this.#started) return this.break('malformed', 'event-order')
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
    if (this.#started) return
    this.#started = true
    this.#markAll(marksOfResponse(response))
    this.emit({
      type: 'start',
      id: toText(response.id),
      model: toText(response.model),
      ...(typeof response.created_at === 'number' && { created: response.created_at }),
      usage: {},
    })
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

  #onItem({ output_index: index, item }: JsonObject): void {
    if (typeof index !== 'number' || !isJsonObject(item) || this.#items.has(index))
      return this.break('malformed', 'event-order')
    if (this.#items.size >= MOST_ITEMS) return this.break('malformed', 'too-large')
    const state = new OutputItem(item, this.options, this.#counter)
    this.#items.set(index, state)
    this.#markAll(marksOfItem(item))
    if (state.isClientCall) {
      this.toolCalls += 1
      this.hold()
    } else if (state.type !== 'message' && state.type !== 'reasoning') {
      // The provider's own tools are at work, which a client can see.
      this.content()
    }
  }

  /** The open item that an event is about; `undefined`, and broken, where there is none. */
  #openItem({ output_index: index, item_id: id }: JsonObject): OutputItem | undefined {
    // By place: Copilot gives the same item another id in each event, OpenRouter another one at the end.
    const item = typeof index === 'number' ? this.#items.get(index) : this.#byId(id)
    if (item?.isOpen === true) return item
    this.break('malformed', 'event-order')
    return undefined
  }

  #byId(id: Json | undefined): OutputItem | undefined {
    for (const item of this.#items.values()) if (item.id === id) return item
    return undefined
  }

  #onText(message: JsonObject, text: TextEvent, event: string): void {
    const item = this.#openItem(message)
    if (item === undefined) return
    const events = item.onText(text)
    if (events === undefined) return this.break('malformed', 'event-order')
    for (const each of events) this.emit(each)
    if (text.text !== '') this.content()
    const { place, isWhole } = text
    if (isWhole || text.text === '' || place.kind === 'refusal' || typeof message.output_index !== 'number') return
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

  protected override onPlainText(text: string, start: number, end: number): void {
    this.#plainLength += unescaped(text.slice(start, end)).length
  }

  #settlePlainText(): void {
    if (this.#plain !== undefined && this.#plainLength > 0)
      this.#items.get(this.#plain.index)?.addLength(this.#plain.place, this.#plainLength)
    this.#plain = undefined
    this.#plainLength = 0
  }

  #onCitation(message: JsonObject): void {
    const item = this.#openItem(message)
    if (item === undefined || !isJsonObject(message.annotation)) return
    this.#markAll(marksOfAnnotation(message.annotation))
    for (const each of item.onCitation(citedPlace(message), message.annotation)) this.emit(each)
  }

  #onInput(message: JsonObject): void {
    const item = this.#openItem(message)
    if (item === undefined) return
    item.onInput(message)
    if (item.input?.isTooLarge === true) this.break('malformed', 'too-large')
  }

  #onItemDone(message: JsonObject): void {
    const { item: wire } = message
    if (!isJsonObject(wire)) return this.break('malformed', 'event-order')
    const item = this.#openItem(message)
    if (item === undefined) return
    this.#markAll(marksOfItem(wire))
    const lengthBefore = item.textLength
    const events = item.done(wire)
    if (events === undefined) return this.break('malformed', 'event-order')
    if (item.input?.isTooLarge === true) return this.break('malformed', 'too-large')
    for (const each of events) this.emit(each)
    const isReasoning = item.type === 'reasoning' && toText(wire.encrypted_content) !== ''
    if (isReasoning || item.textLength > lengthBefore || item.hasRefusal) this.content()
  }

  // ## End

  #onEnd({ type, response }: JsonObject): void {
    this.hold()
    if (!isJsonObject(response)) return this.break('malformed', 'not-this-protocol')
    const { status } = response
    if (status === 'failed' || status === 'cancelled') return this.break('failed', 'failed-finish')
    // An end that says of itself that it is none.
    if (status === 'in_progress' || status === 'queued') return this.break('malformed', 'event-order')
    const isIncomplete = type === 'response.incomplete' || status === 'incomplete'
    const items = [...this.#items.values()]
    // What stopped the answer may have done so inside of an item.
    if (!isIncomplete && items.some(({ isOpen }) => isOpen)) return this.break('malformed', 'event-order')
    if (!this.#holdsAllOf(response)) return this.break('malformed', 'event-order')
    const held = { calls: this.toolCalls > 0, refusal: items.some(({ hasRefusal }) => hasRefusal) }
    this.#stop = readStop(response, isIncomplete, held)
    this.servedModel = toLabel(response.model) ?? this.servedModel
    this.#usage = readUsage(response.usage)
    this.#markAll(objectsIn(response.output).flatMap(marksOfItem))
    this.#judgeCalls(this.#stop)
    if (this.isBroken) return
    this.#proof = isIncomplete ? 'response.incomplete' : 'response.completed'
    this.#emitEnd(this.#stop)
  }

  /**
   * Whether what the end says the answer consists of has come: all text and all calls. Some hosts say nothing of it there
   * (Codex's own), and OpenRouter has other ids there, so only amounts can be compared.
   */
  #holdsAllOf({ output }: JsonObject): boolean {
    const items = objectsIn(output)
    const texts = items.flatMap((item) => (item.type === 'message' ? objectsIn(item.content) : []))
    const said = texts.reduce(
      (sum, part) => sum + (part.type === 'output_text' ? toText(part.text).trim().length : 0),
      0,
    )
    let came = 0
    for (const item of this.#items.values()) came += item.textLength
    return said <= came && items.filter(isClientCall).length <= this.toolCalls
  }

  /** Only now is it known whether something stopped the model, so only now can a half call be told from a bad one. */
  #judgeCalls(stop: CoreStop): void {
    const mayBeCut = mayCutCalls(stop)
    const items = [...this.#items]
    const unfinished = items.filter(
      ([, item], i) => item.isClientCall && item.isUnfinished({ mayBeCut, isLast: i === items.length - 1 }),
    )
    this.invalidToolCalls = unfinished.length
    if (!mayBeCut && unfinished.length > 0) return this.break('malformed', 'arguments-not-json')
    this.#unfinished = new Set(unfinished.map(([index]) => index))
  }

  #emitEnd(stop: CoreStop): void {
    if (!this.options.decode) return
    for (const [index, item] of this.#items)
      if (item.isClientCall && !this.#unfinished.has(index)) for (const each of item.call()) this.emit(each)
    this.emit({ type: 'stop', choice: 0, stop })
    this.emit({ type: 'usage', usage: this.#usage })
  }

  // ## Proof

  protected override proofSoFar(): FinishedVerdict | undefined {
    // An answer of this protocol is one answer.
    if (this.#proof === undefined || this.options.choices > 1) return undefined
    return { name: verdictOfStop(this.#stop?.kind), proof: this.#proof, stop: this.#stop?.kind }
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
    if (this.#unfinished.size === 0) return held
    const ids = [...this.#unfinished].map((index) => this.#items.get(index)?.callId ?? '')
    return withoutItems(held, { indexes: this.#unfinished, ids: new Set(ids) })
  }

  override fork(): StreamScanner {
    const copy = new OpenAiResponsesScanner(this.options)
    this.copyTo(copy)
    copy.#counter.parts = this.#counter.parts
    // A closed item changes no more, so both may hold it.
    for (const [index, item] of this.#items) copy.#items.set(index, item.isOpen ? item.fork(copy.#counter) : item)
    copy.#started = this.#started
    copy.#isNumbered = this.#isNumbered
    copy.#usage = this.#usage
    copy.#stop = this.#stop
    copy.#proof = this.#proof
    copy.#unfinished = this.#unfinished
    copy.#plain = this.#plain
    copy.#plainLength = this.#plainLength
    for (const mark of this.#marked) copy.#marked.add(mark)
    return copy
  }
}

const STARTS: ReadonlySet<Json | undefined> = new Set(['response.created', 'response.queued', 'response.in_progress'])
