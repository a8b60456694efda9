import type { Usage } from '../../evidence/index.ts'
import type { Citation, Part } from './content.ts'
import { type CoreChoice, type CoreResponse, type CoreStop, UNSAID_STOP } from './response.ts'
import type { StreamEvent } from './stream-event.ts'
import { mergeUsage } from './usage.ts'

/**
 * Puts a streamed answer together from its core events: what `CoreResponse` would be had it come whole. `callsOnly`: only its
 * calls, in memory too.
 */
export class AnswerAssembler {
  readonly #callsOnly: boolean
  #id = ''
  #model = ''
  #created: number | undefined
  #usage: Usage = {}
  readonly #choices = new Map<number, ChoiceDraft>()

  constructor({ callsOnly = false }: { readonly callsOnly?: boolean } = {}) {
    this.#callsOnly = callsOnly
  }

  add(event: StreamEvent): void {
    if (this.#callsOnly && event.type !== 'whole') return
    switch (event.type) {
      case 'start':
        this.#id = event.id
        this.#model = event.model
        this.#created = event.created
        this.#usage = mergeUsage(this.#usage, event.usage)
        return
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage)
        return
      case 'stop':
        this.#choice(event.choice).stop = event.stop
        return
      default:
        addContent(this.#choice(event.choice).parts, event)
    }
  }

  #choice(index: number): ChoiceDraft {
    const known = this.#choices.get(index)
    if (known !== undefined) return known
    const fresh: ChoiceDraft = { parts: new Map(), stop: UNSAID_STOP }
    this.#choices.set(index, fresh)
    return fresh
  }

  /** What has come so far; whether it is finished is the scanner's to say. */
  answer(): CoreResponse {
    const choices = inOrder(this.#choices).map(({ parts, stop }): CoreChoice => ({
      content: inOrder(parts).map(toPart),
      stop,
    }))
    const created = this.#created
    return { id: this.#id, model: this.#model, ...(created !== undefined && { created }), choices, usage: this.#usage }
  }
}

/** An answer as the stream that it could have come as; each text is one piece. */
export function eventsOf({ id, model, created, choices, usage }: CoreResponse): readonly StreamEvent[] {
  return [
    { type: 'start', id, model, ...(created !== undefined && { created }), usage },
    ...choices.flatMap(({ content, stop }, choice): readonly StreamEvent[] => [
      ...content.flatMap((content, part) => eventsOfPart(content, { choice, part })),
      { type: 'stop', choice, stop },
    ]),
    { type: 'usage', usage },
  ]
}

type Place = Pick<Extract<StreamEvent, { type: 'text' }>, 'choice' | 'part'>

function eventsOfPart(content: Part, place: Place): readonly StreamEvent[] {
  switch (content.type) {
    case 'text':
      return [
        { type: 'text', ...place, text: content.text },
        ...(content.citations ?? []).map((citation) => ({ type: 'citation', ...place, citation }) as const),
      ]
    case 'thinking':
      return [
        { type: 'thinking', ...place, text: content.text },
        ...(content.signature === undefined
          ? []
          : [{ type: 'thinking-signature', ...place, signature: content.signature } as const]),
      ]
    case 'refusal':
      return [{ type: 'refusal', ...place, text: content.text }]
    case 'tool-call':
    case 'redacted-thinking':
    case 'opaque':
      return [{ type: 'whole', ...place, content }]
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
    case 'tool-result':
      // No stream of the four protocols brings one in an answer.
      return []
  }
}

interface ChoiceDraft {
  readonly parts: Map<number, PartDraft>
  stop: CoreStop
}

/** Text is kept in pieces until it is asked for. */
interface TextDraft {
  readonly type: 'text' | 'thinking' | 'refusal'
  readonly pieces: string[]
  readonly citations: Citation[]
  signature: string | undefined
}

type PartDraft = TextDraft | Extract<StreamEvent, { type: 'whole' }>['content']

type ContentEvent = Exclude<StreamEvent, { type: 'start' | 'usage' | 'stop' }>

function addContent(parts: Map<number, PartDraft>, event: ContentEvent): void {
  switch (event.type) {
    case 'whole':
      parts.set(event.part, event.content)
      return
    case 'citation':
      textDraft(parts, event.part, 'text')?.citations.push(event.citation)
      return
    case 'thinking-signature': {
      const draft = textDraft(parts, event.part, 'thinking')
      if (draft !== undefined) draft.signature = event.signature
      return
    }
    case 'text':
    case 'thinking':
    case 'refusal':
      textDraft(parts, event.part, event.type)?.pieces.push(event.text)
  }
}

/** `undefined` where the part's number belongs to one of another kind. */
function textDraft(parts: Map<number, PartDraft>, part: number, type: TextDraft['type']): TextDraft | undefined {
  const known = parts.get(part)
  if (known !== undefined) return 'pieces' in known && known.type === type ? known : undefined
  const fresh: TextDraft = { type, pieces: [], citations: [], signature: undefined }
  parts.set(part, fresh)
  return fresh
}

function toPart(draft: PartDraft): Part {
  if (!('pieces' in draft)) return draft
  const { type, pieces, citations, signature } = draft
  const text = pieces.join('')
  switch (type) {
    case 'text':
      return citations.length === 0 ? { type, text } : { type, text, citations }
    case 'thinking':
      return signature === undefined ? { type, text } : { type, text, signature }
    case 'refusal':
      return { type, text }
  }
}

function inOrder<T>(numbered: ReadonlyMap<number, T>): readonly T[] {
  return [...numbered].toSorted(([a], [b]) => a - b).map(([, value]) => value)
}
