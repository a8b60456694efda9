import {
  isFilled,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  type ScannerOptions,
  type StreamEvent,
  ToolInput,
  toText,
} from '../core/index.ts'
import { readCitation } from './citations.ts'
import { ANTHROPIC } from './wire.ts'

/** One content block of a streamed message, from its start to its stop. */
export class BlockState {
  readonly type: string
  readonly input: ToolInput | undefined
  isOpen = true
  #content = ''
  readonly #part: number
  readonly #id: string
  readonly #name: string
  readonly #decode: boolean
  readonly #whole: Json
  readonly #signature: string | undefined
  /** The client has something of the block with its start already. */
  readonly beginsWithContent: boolean

  constructor(part: number, wire: JsonObject, options: ScannerOptions, input?: ToolInput) {
    this.#part = part
    this.type = toText(wire.type)
    this.#id = toText(wire.id)
    this.#name = toText(wire.name)
    this.#decode = options.decode
    // Only translation needs the whole of it, and a search result may be large.
    this.#whole = options.decode ? wire : { type: this.type }
    this.#signature = this.type === 'thinking' && typeof wire.signature === 'string' ? wire.signature : undefined
    this.beginsWithContent = !OPENS_EMPTY.has(this.type) || isFilled(wire.text) || isFilled(wire.thinking)
    this.input = input ?? this.#createInput(wire, options)
  }

  #createInput(wire: JsonObject, options: ScannerOptions): ToolInput | undefined {
    if (!this.type.endsWith('tool_use')) return undefined
    const kind = this.isClientCall ? 'json' : 'server'
    const input = new ToolInput({ kind, keepText: options.decode, limitBytes: options.eventLimitBytes })
    // Some gateways put the whole input into the start and send no deltas. One that is no object is then judged as such.
    if (!isEmptyInput(wire.input)) input.push(JSON.stringify(wire.input))
    return input
  }

  /** A call that the client is to make; the provider's own tools run at the provider. */
  get isClientCall(): boolean {
    return this.type === 'tool_use'
  }

  /** The events of the block's beginning: text that is already in it. */
  begin(): readonly StreamEvent[] {
    if (!this.#decode || !isJsonObject(this.#whole)) return []
    const { text, thinking } = this.#whole
    if (this.type === 'text' && isFilled(text)) return [this.#text('text', text)]
    if (this.type === 'thinking' && isFilled(thinking)) return [this.#text('thinking', thinking)]
    return []
  }

  /** The events of one delta. */
  onDelta(delta: JsonObject): readonly StreamEvent[] {
    if (typeof delta.partial_json === 'string') this.input?.push(delta.partial_json)
    if (!this.#decode) return []
    const { type, text, thinking, signature, citation, content } = delta
    if (typeof content === 'string') this.#content += content
    if (type === 'text_delta' && typeof text === 'string') return [this.#text('text', text)]
    if (type === 'thinking_delta' && typeof thinking === 'string') return [this.#text('thinking', thinking)]
    if (type === 'signature_delta' && typeof signature === 'string') return [this.#signatureEvent(signature)]
    if (type === 'citations_delta' && isJsonObject(citation))
      return [{ type: 'citation', choice: 0, part: this.#part, citation: readCitation(citation) }]
    return []
  }

  /** The events of the block's end: what only exists whole. */
  end(): readonly StreamEvent[] {
    if (!this.#decode) return []
    if (this.#signature !== undefined && this.#signature !== '') return [this.#signatureEvent(this.#signature)]
    if (this.type === 'text' || this.type === 'thinking' || this.isClientCall) return []
    if (this.type === 'redacted_thinking' && isJsonObject(this.#whole) && typeof this.#whole.data === 'string')
      return [
        { type: 'whole', choice: 0, part: this.#part, content: { type: 'redacted-thinking', data: this.#whole.data } },
      ]
    return [
      {
        type: 'whole',
        choice: 0,
        part: this.#part,
        content: { type: 'opaque', protocol: ANTHROPIC, kind: this.type, value: this.#opaqueValue() },
      },
    ]
  }

  /** What its start, its deltas of text (a compaction's) and its input (a provider's own tool's) make together. */
  #opaqueValue(): Json {
    const wire = isJsonObject(this.#whole) ? this.#whole : {}
    return {
      ...wire,
      ...(this.input !== undefined && { input: parseJson(this.input.text) ?? {} }),
      ...(this.#content !== '' && { content: this.#content }),
    }
  }

  /** The client's call, whole; sent once the message's stop reason has shown that no limit cut it. */
  call(): StreamEvent {
    return {
      type: 'whole',
      choice: 0,
      part: this.#part,
      content: { type: 'tool-call', kind: 'json', id: this.#id, name: this.#name, input: this.input?.text ?? '{}' },
    }
  }

  #text(type: 'text' | 'thinking', text: string): StreamEvent {
    return { type, choice: 0, part: this.#part, text }
  }

  #signatureEvent(signature: string): StreamEvent {
    return { type: 'thinking-signature', choice: 0, part: this.#part, signature }
  }

  get part(): number {
    return this.#part
  }

  fork(options: ScannerOptions): BlockState {
    const wire = isJsonObject(this.#whole) ? this.#whole : {}
    const copy = new BlockState(this.#part, wire, options, this.input?.fork())
    copy.isOpen = this.isOpen
    copy.#content = this.#content
    return copy
  }
}

/** Blocks that begin empty and are filled by deltas; any other brings content with its start. */
const OPENS_EMPTY: ReadonlySet<string> = new Set(['text', 'thinking', 'server_tool_use', 'compaction'])

const isEmptyInput = (input: Json | undefined): boolean =>
  input === undefined || input === null || input === '' || (isJsonObject(input) && Object.keys(input).length === 0)
