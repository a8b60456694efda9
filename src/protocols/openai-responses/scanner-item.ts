import {
  type CallPlace,
  type Json,
  type JsonObject,
  objectsIn,
  type ScannerOptions,
  type StreamEvent,
  type ToolInput,
  toText,
} from '../core/index.ts'
import { readAnnotation } from './citations.ts'
import { inputOf, isUnfinishedCall } from './client-call.ts'
import { callId, callInput, readOutputItem } from './output-in.ts'
import { PARAGRAPH, readReasoning } from './reasoning-item.ts'
import { isUnfinishedMessage } from './status.ts'
import { contentPlace, readPart, type TextEvent, type TextPlace } from './text-events.ts'
import { isClientCall } from './wire.ts'

/** Counts the core's parts of an answer in the order in which they begin. */
export interface PartCounter {
  parts: number
}

/** Why what came of an item is none of an answer's. */
export type Flaw = 'event-order' | 'not-this-protocol'

export function isFlaw(events: readonly StreamEvent[] | Flaw): events is Flaw {
  return typeof events === 'string'
}

/** One item of a streamed answer's output, from its `added` to its `done`. */
export class OutputItem {
  readonly type: string
  readonly isClientCall: boolean
  isOpen = true
  /** A message whose end says that it is not whole. */
  saysUnfinished = false
  input: ToolInput | undefined
  /** What names and judges a call; never its input. */
  #call: JsonObject
  readonly #options: ScannerOptions
  readonly #counter: PartCounter
  /** Characters that came of each text. */
  readonly #lengths: Map<string, number>
  /** Texts that came whole. */
  readonly #ended: Set<string>
  readonly #citations: Map<string, number>
  readonly #parts: Map<string, number>
  #lastThinking = ''

  constructor(wire: JsonObject, options: ScannerOptions, counter: PartCounter, origin?: OutputItem) {
    this.type = toText(wire.type)
    this.isClientCall = isClientCall(wire)
    this.#options = options
    this.#counter = counter
    this.#call = callOf(wire)
    this.#lengths = new Map(origin === undefined ? [] : origin.#lengths)
    this.#ended = new Set(origin === undefined ? [] : origin.#ended)
    this.#citations = new Map(origin === undefined ? [] : origin.#citations)
    this.#parts = new Map(origin === undefined ? [] : origin.#parts)
    if (origin !== undefined) return
    if (!BEGINS_LATER.has(this.type)) this.#part('whole')
    this.#setInput(wire)
  }

  // ## Text

  /** The events of a text's piece, or what is wrong with it: the whole is more than what came in pieces, or came before them. */
  onText({ place, text, extent }: TextEvent): readonly StreamEvent[] | Flaw {
    if (text === undefined) return 'not-this-protocol'
    const came = this.#lengths.get(place.key) ?? 0
    // Of thinking nobody needs to have all, or only once.
    const isStrict = place.kind !== 'thinking'
    if (extent === 'piece' && isStrict && text !== '' && this.#ended.has(place.key)) return 'event-order'
    if (extent === 'whole' && text !== '') this.#ended.add(place.key)
    // Hosts that send no pieces send the whole; those that do may trim it.
    if (extent !== 'piece' && came > 0) return isStrict && text.trim().length > came ? 'event-order' : NO_EVENTS
    if (text === '') return NO_EVENTS
    this.addLength(place, text.length)
    if (!this.#options.decode) return NO_EVENTS
    return [{ type: place.kind, choice: 0, part: this.partOf(place), text: this.#separator(place) + text }]
  }

  addLength({ key }: TextPlace, length: number): void {
    this.#lengths.set(key, (this.#lengths.get(key) ?? 0) + length)
  }

  /** Characters of the answer's text that came. */
  get textLength(): number {
    let sum = 0
    for (const [key, length] of this.#lengths) if (key.startsWith('text ')) sum += length
    return sum
  }

  get hasRefusal(): boolean {
    return [...this.#lengths.keys()].some((key) => key.startsWith('refusal '))
  }

  /** All that an item thinks is one part of the core's, which has one signature. */
  partOf({ kind, key }: TextPlace): number {
    return this.#part(kind === 'thinking' ? kind : key)
  }

  #part(name: string): number {
    let part = this.#parts.get(name)
    if (part === undefined) {
      part = this.#counter.parts
      this.#counter.parts += 1
      this.#parts.set(name, part)
    }
    return part
  }

  #separator({ kind, key }: TextPlace): string {
    if (kind !== 'thinking') return ''
    const isNext = this.#lastThinking !== '' && this.#lastThinking !== key
    this.#lastThinking = key
    return isNext ? PARAGRAPH : ''
  }

  onCitation(place: TextPlace, annotation: JsonObject): readonly StreamEvent[] {
    this.#citations.set(place.key, (this.#citations.get(place.key) ?? 0) + 1)
    if (!this.#options.decode) return NO_EVENTS
    return [{ type: 'citation', choice: 0, part: this.partOf(place), citation: readAnnotation(annotation) }]
  }

  // ## Input of a call

  /** What clients take for the input: the whole as it is said last. */
  #setInput({ arguments: args, input }: JsonObject): void {
    const written = { type: this.type, arguments: args, input }
    if (this.input !== undefined && callInput(written) === '') return
    this.input = inputOf(written, { keepText: this.#options.decode, limitBytes: this.#options.eventLimitBytes })
  }

  onInput(event: JsonObject): void {
    if (typeof event.delta === 'string') this.input?.push(event.delta)
    else this.#setInput(event)
  }

  // ## End

  /** The events of the item's end, or what is wrong with it: it holds more text than came of it, or is of another type than began. */
  done(wire: JsonObject): readonly StreamEvent[] | Flaw {
    if (wire.type !== this.type) return 'event-order'
    this.isOpen = false
    this.saysUnfinished = isUnfinishedMessage(wire)
    this.#call = { ...this.#call, ...callOf(wire) }
    if (this.isClientCall) this.#setInput(wire)
    switch (this.type) {
      case 'message':
        return this.#endOfMessage(wire)
      case 'reasoning':
        return this.#endOfReasoning(wire)
      default:
        return this.isClientCall && this.input !== undefined ? NO_EVENTS : this.#whole(wire)
    }
  }

  #endOfMessage(wire: JsonObject): readonly StreamEvent[] | Flaw {
    const events: StreamEvent[] = []
    for (const [index, part] of objectsIn(wire.content).entries()) {
      const text = readPart(part, 'content', index)
      const rest = text === undefined ? NO_EVENTS : this.onText(text)
      if (isFlaw(rest)) return rest
      events.push(...rest)
      const place = contentPlace(index)
      // Not every host announces its citations one by one.
      const untold = objectsIn(part.annotations).slice(this.#citations.get(place.key) ?? 0)
      events.push(...untold.flatMap((annotation) => this.onCitation(place, annotation)))
    }
    return events
  }

  #endOfReasoning(wire: JsonObject): readonly StreamEvent[] {
    const [read] = readReasoning(wire)
    if (read?.type === 'redacted-thinking')
      return this.#options.decode
        ? [{ type: 'whole', choice: 0, part: this.#part('thinking'), content: read }]
        : NO_EVENTS
    const lists = ['summary', 'content'] as const
    const events = lists.flatMap((list) =>
      objectsIn(wire[list]).flatMap((part, index) => {
        const text = readPart(part, list, index)
        const rest = text === undefined ? NO_EVENTS : this.onText(text)
        return isFlaw(rest) ? NO_EVENTS : rest
      }),
    )
    if (!this.#options.decode || read?.type !== 'thinking' || read.signature === undefined) return events
    const { signature } = read
    return [...events, { type: 'thinking-signature', choice: 0, part: this.#part('thinking'), signature }]
  }

  #whole(wire: JsonObject): readonly StreamEvent[] {
    const [content] = readOutputItem(wire)
    if (!this.#options.decode || content?.type !== 'opaque') return NO_EVENTS
    return [{ type: 'whole', choice: 0, part: this.#part('whole'), content }]
  }

  isUnfinished(place: CallPlace): boolean {
    const status = this.isOpen ? 'in_progress' : this.#call.status
    return isUnfinishedCall(status === undefined ? this.#call : { ...this.#call, status }, this.input, place)
  }

  get id(): Json | undefined {
    return this.#call.id
  }

  /** By what the answer's end names this call. */
  get callId(): string {
    return callId(this.#call)
  }

  /** The client's call, whole; sent once the end has shown that nothing cut it. */
  call(): readonly StreamEvent[] {
    const { input } = this
    if (input === undefined) return NO_EVENTS
    const { kind } = input
    const content = {
      type: 'tool-call',
      kind,
      id: this.callId,
      name: toText(this.#call.name),
      input: input.text,
    } as const
    return [{ type: 'whole', choice: 0, part: this.#part('whole'), content }]
  }

  fork(counter: PartCounter): OutputItem {
    const copy = new OutputItem(this.#call, this.#options, counter, this)
    copy.isOpen = this.isOpen
    copy.input = this.input?.fork()
    copy.#lastThinking = this.#lastThinking
    return copy
  }
}

/** Their parts of the core's begin with their text. */
const BEGINS_LATER: ReadonlySet<string> = new Set(['message', 'reasoning'])

const NO_EVENTS: readonly StreamEvent[] = []

function callOf({ type, id, call_id, name, status, execution }: JsonObject): JsonObject {
  const said = Object.entries({ type, id, call_id, name, status, execution })
  return Object.fromEntries(said.filter(([, value]) => value !== undefined && value !== null))
}
