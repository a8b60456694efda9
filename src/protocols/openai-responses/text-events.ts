import { isJsonObject, isNoText, type Json, type JsonObject, toText } from '../core/index.ts'

export type TextKind = 'text' | 'refusal' | 'thinking'

/** Where in an item a text stands. */
export interface TextPlace {
  readonly kind: TextKind
  /** Unique within the item; texts of one kind may stand in two lists. */
  readonly key: string
}

/** What an event has of a text: what is there of it as its part begins, a piece, or all of it. */
type Extent = 'start' | 'piece' | 'whole'

export interface TextEvent {
  readonly place: TextPlace
  /** `undefined` where something else stands in its place, which would be lost. */
  readonly text: string | undefined
  readonly extent: Extent
}

interface Source {
  readonly kind: TextKind
  readonly list: 'content' | 'summary'
  /** The event's field with the text. */
  readonly field: string
  readonly extent: Extent
}

const SOURCES: ReadonlyMap<unknown, Source> = new Map<unknown, Source>([
  ['response.output_text.delta', { kind: 'text', list: 'content', field: 'delta', extent: 'piece' }],
  ['response.output_text.done', { kind: 'text', list: 'content', field: 'text', extent: 'whole' }],
  ['response.refusal.delta', { kind: 'refusal', list: 'content', field: 'delta', extent: 'piece' }],
  ['response.refusal.done', { kind: 'refusal', list: 'content', field: 'refusal', extent: 'whole' }],
  ['response.reasoning_text.delta', { kind: 'thinking', list: 'content', field: 'delta', extent: 'piece' }],
  ['response.reasoning_text.done', { kind: 'thinking', list: 'content', field: 'text', extent: 'whole' }],
  ['response.reasoning_summary_text.delta', { kind: 'thinking', list: 'summary', field: 'delta', extent: 'piece' }],
  ['response.reasoning_summary_text.done', { kind: 'thinking', list: 'summary', field: 'text', extent: 'whole' }],
])

const PARTS: ReadonlyMap<unknown, Pick<Source, 'list' | 'extent'>> = new Map<unknown, Pick<Source, 'list' | 'extent'>>([
  ['response.content_part.added', { list: 'content', extent: 'start' }],
  ['response.content_part.done', { list: 'content', extent: 'whole' }],
  ['response.reasoning_summary_part.added', { list: 'summary', extent: 'start' }],
  ['response.reasoning_summary_part.done', { list: 'summary', extent: 'whole' }],
])

/** What an event adds to a text of an open item; `undefined` for events about anything else. */
export function readTextEvent(message: JsonObject): TextEvent | undefined {
  const source = SOURCES.get(message.type)
  if (source !== undefined) {
    const { kind, list, field, extent } = source
    return { place: placeOf(kind, list, indexIn(message, list)), text: textOf(message[field]), extent }
  }
  const about = PARTS.get(message.type)
  if (about === undefined || !isJsonObject(message.part)) return undefined
  const part = readPart(message.part, about.list, indexIn(message, about.list))
  return part === undefined ? undefined : { ...part, extent: about.extent }
}

/** A part of an item's content or summary, as the text that it holds. */
export function readPart(part: JsonObject, list: Source['list'], index: number): TextEvent | undefined {
  const kind = PART_KINDS.get(part.type)
  if (kind === undefined) return undefined
  const text = textOf(kind === 'refusal' ? part.refusal : part.text)
  return { place: placeOf(kind, list, index), text, extent: 'whole' }
}

const textOf = (value: Json | undefined): string | undefined => (isNoText(value) ? undefined : toText(value))

const PART_KINDS: ReadonlyMap<unknown, TextKind> = new Map<unknown, TextKind>([
  ['output_text', 'text'],
  ['refusal', 'refusal'],
  ['reasoning_text', 'thinking'],
  ['summary_text', 'thinking'],
])

function placeOf(kind: TextKind, list: string, index: number): TextPlace {
  return { kind, key: `${kind} ${list} ${index}` }
}

// Hosts whose items have one part may leave its index out.
function indexIn(message: JsonObject, list: Source['list']): number {
  const index: Json | undefined = list === 'content' ? message.content_index : message.summary_index
  return typeof index === 'number' ? index : 0
}

/** Where the citations of an `annotation.added` belong. */
export function citedPlace(message: JsonObject): TextPlace {
  return placeOf('text', 'content', indexIn(message, 'content'))
}

export function contentPlace(index: number): TextPlace {
  return placeOf('text', 'content', index)
}
