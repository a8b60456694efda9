import { isJsonObject, type Json, type JsonObject, toText } from '../core/index.ts'

export type TextKind = 'text' | 'refusal' | 'thinking'

/** Where in an item a text stands. */
export interface TextPlace {
  readonly kind: TextKind
  /** Unique within the item; texts of one kind may stand in two lists. */
  readonly key: string
}

/** A piece of a text, or all of it. */
export interface TextEvent {
  readonly place: TextPlace
  readonly text: string
  readonly isWhole: boolean
}

interface Source {
  readonly kind: TextKind
  readonly list: 'content' | 'summary'
  /** The event's field with the text. */
  readonly field: string
  readonly isWhole: boolean
}

const SOURCES: ReadonlyMap<unknown, Source> = new Map<unknown, Source>([
  ['response.output_text.delta', { kind: 'text', list: 'content', field: 'delta', isWhole: false }],
  ['response.output_text.done', { kind: 'text', list: 'content', field: 'text', isWhole: true }],
  ['response.refusal.delta', { kind: 'refusal', list: 'content', field: 'delta', isWhole: false }],
  ['response.refusal.done', { kind: 'refusal', list: 'content', field: 'refusal', isWhole: true }],
  ['response.reasoning_text.delta', { kind: 'thinking', list: 'content', field: 'delta', isWhole: false }],
  ['response.reasoning_text.done', { kind: 'thinking', list: 'content', field: 'text', isWhole: true }],
  ['response.reasoning_summary_text.delta', { kind: 'thinking', list: 'summary', field: 'delta', isWhole: false }],
  ['response.reasoning_summary_text.done', { kind: 'thinking', list: 'summary', field: 'text', isWhole: true }],
])

const PART_LISTS: ReadonlyMap<unknown, Source['list']> = new Map<unknown, Source['list']>([
  ['response.content_part.added', 'content'],
  ['response.content_part.done', 'content'],
  ['response.reasoning_summary_part.added', 'summary'],
  ['response.reasoning_summary_part.done', 'summary'],
])

/** What an event adds to a text of an open item; `undefined` for events about anything else. */
export function readTextEvent(message: JsonObject): TextEvent | undefined {
  const source = SOURCES.get(message.type)
  if (source !== undefined) {
    const { kind, list, field, isWhole } = source
    return { place: placeOf(kind, list, indexIn(message, list)), text: toText(message[field]), isWhole }
  }
  const list = PART_LISTS.get(message.type)
  if (list === undefined || !isJsonObject(message.part)) return undefined
  return readPart(message.part, list, indexIn(message, list))
}

/** A part of an item's content or summary, as the text that it holds. */
export function readPart(part: JsonObject, list: Source['list'], index: number): TextEvent | undefined {
  const kind = PART_KINDS.get(part.type)
  if (kind === undefined) return undefined
  const text = toText(kind === 'refusal' ? part.refusal : part.text)
  return { place: placeOf(kind, list, index), text, isWhole: true }
}

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
