import {
  type CoreStop,
  type Json,
  type JsonObject,
  mayCutCalls,
  objectsIn,
  type ScannerOptions,
  type StreamEvent,
  toText,
} from '../core/index.ts'
import { OutputItem, type PartCounter } from './scanner-item.ts'
import type { TextPlace } from './text-events.ts'
import type { WithheldCalls } from './withheld-items.ts'
import { isClientCall } from './wire.ts'

/** More items than any answer has; each costs memory until the end. */
const MOST_ITEMS = 10_000

/** The items of a streamed answer, by their place in its output. */
export class StreamedOutput {
  readonly #options: ScannerOptions
  readonly #items = new Map<number, OutputItem>()
  readonly #counter: PartCounter = { parts: 0 }
  /** Places of the calls that no client may see. */
  #unfinished: ReadonlySet<number> = new Set()

  constructor(options: ScannerOptions) {
    this.#options = options
  }

  get isFull(): boolean {
    return this.#items.size >= MOST_ITEMS
  }

  has(index: number): boolean {
    return this.#items.has(index)
  }

  add(index: number, wire: JsonObject): OutputItem {
    const item = new OutputItem(wire, this.#options, this.#counter)
    this.#items.set(index, item)
    return item
  }

  /** The open item that an event is about. */
  find({ output_index: index, item_id: id }: JsonObject): OutputItem | undefined {
    // By place: Copilot gives the same item another id in each event, OpenRouter another one at the end.
    const item = typeof index === 'number' ? this.#items.get(index) : this.#byId(id)
    return item?.isOpen === true ? item : undefined
  }

  #byId(id: Json | undefined): OutputItem | undefined {
    for (const item of this.#items.values()) if (item.id === id) return item
    return undefined
  }

  addLength(index: number, place: TextPlace, length: number): void {
    this.#items.get(index)?.addLength(place, length)
  }

  get hasOpen(): boolean {
    return this.#some(({ isOpen }) => isOpen)
  }

  get hasUnfinishedMessage(): boolean {
    return this.#some(({ saysUnfinished }) => saysUnfinished)
  }

  get hasCalls(): boolean {
    return this.#some((item) => item.isClientCall)
  }

  get hasRefusal(): boolean {
    return this.#some((item) => item.hasRefusal)
  }

  #some(is: (item: OutputItem) => boolean): boolean {
    for (const item of this.#items.values()) if (is(item)) return true
    return false
  }

  /**
   * Whether what the end says the answer consists of has come: all text and all calls. Some hosts say nothing of it there
   * (Codex's own), and OpenRouter has other ids there, so only amounts can be compared.
   */
  holdsAllOf(output: Json | undefined): boolean {
    let text = 0
    let calls = 0
    for (const item of this.#items.values()) {
      text += item.textLength
      if (item.isClientCall) calls += 1
    }
    for (const item of objectsIn(output)) {
      if (isClientCall(item)) calls -= 1
      if (item.type !== 'message') continue
      for (const part of objectsIn(item.content))
        if (part.type === 'output_text') text -= toText(part.text).trim().length
    }
    return text >= 0 && calls >= 0
  }

  /**
   * How many calls are none that a tool could be called with. Asked at the end: only then is it known whether something
   * stopped the model, and so whether a half call is cut or bad.
   */
  judgeCalls(stop: CoreStop): number {
    const mayBeCut = mayCutCalls(stop)
    const items = [...this.#items]
    const unfinished = items.filter(
      ([, item], i) => item.isClientCall && item.isUnfinished({ mayBeCut, isLast: i === items.length - 1 }),
    )
    this.#unfinished = new Set(unfinished.map(([index]) => index))
    return unfinished.length
  }

  /** The client's calls that are whole. */
  calls(): readonly StreamEvent[] {
    return [...this.#items].flatMap(([index, item]) =>
      item.isClientCall && !this.#unfinished.has(index) ? item.call() : [],
    )
  }

  get withheld(): WithheldCalls {
    const ids = [...this.#unfinished].map((index) => this.#items.get(index)?.callId ?? '')
    return { indexes: this.#unfinished, ids: new Set(ids) }
  }

  fork(): StreamedOutput {
    const copy = new StreamedOutput(this.#options)
    copy.#counter.parts = this.#counter.parts
    // A closed item changes no more, so both may hold it.
    for (const [index, item] of this.#items) copy.#items.set(index, item.isOpen ? item.fork(copy.#counter) : item)
    copy.#unfinished = this.#unfinished
    return copy
  }
}
