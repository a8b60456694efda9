import { verdictOfStop } from '../../evidence/index.ts'
import {
  type CoreStop,
  type DeltaTarget,
  graver,
  isFilled,
  isJsonObject,
  type Json,
  type JsonObject,
  mayCutCalls,
  type Progress,
  type ScannerOptions,
  type StreamEvent,
  ToolInput,
  toText,
} from '../core/index.ts'
import { naturalEnd } from '../openai/index.ts'
import { CallKeys, type KeyedPiece, MOST_CALLS } from './call-keys.ts'
import { readFinishReason } from './stop-reason.ts'
import { holdsNoText, needsName } from './texts.ts'

interface OpenCall {
  readonly id: string
  readonly name: string
  /** Every call of a client's own tool does; a host's own kinds of calls may not. */
  readonly needsName: boolean
  readonly input: ToolInput
  readonly isDeprecated: boolean
}

const isNameless = ({ name, needsName }: OpenCall): boolean => needsName && name === ''

/** One `choices[]` entry of a stream: its parts in order, its tool calls, and how it stopped. */
export class ChoiceState {
  readonly #index: number
  readonly #options: ScannerOptions
  #keys = new CallKeys()
  readonly #calls = new Map<number, OpenCall>()
  #events: StreamEvent[] = []
  #partKind: 'text' | 'thinking' | 'refusal' | undefined
  #part = -1
  #sawRefusal = false
  stop: CoreStop | undefined
  /** Keys of calls that the model was stopped inside, or whose arguments no tool could be called with. */
  unfinishedCalls: ReadonlySet<number> = new Set()

  constructor(index: number, options: ScannerOptions) {
    this.#index = index
    this.#options = options
  }

  get toolCallCount(): number {
    return this.#calls.size
  }

  /** Calls whose input is not one that a tool could be called with. */
  get openCallCount(): number {
    return [...this.#calls.values()].filter((call) => isNameless(call) || !call.input.isWhole).length
  }

  onDelta(delta: JsonObject): Progress {
    if (holdsNoText(delta)) return 'no-text'
    let progress: Progress = 'nothing'
    // One of the two names of the same thing; hosts that send both send the same text twice.
    if (this.#onText('thinking', delta.reasoning_content ?? delta.reasoning)) progress = 'content'
    if (this.#onContent(delta.content)) progress = 'content'
    if (this.#onText('refusal', delta.refusal)) progress = 'content'
    // No provider that is known does so, and many clients stop reading at the first reason: half an answer to them.
    if (progress === 'content' && this.stop !== undefined) return 'too-late'
    for (const piece of this.#keys.piecesOf(delta)) progress = graver(progress, this.#onToolCall(piece))
    return progress
  }

  /** A string, or Mistral's list of text and thinking pieces. */
  #onContent(content: Json | undefined): boolean {
    if (!Array.isArray(content)) return this.#onText('text', content)
    let any = false
    const pieces: readonly Json[] = content
    for (const piece of pieces) {
      if (!isJsonObject(piece)) continue
      if (piece.type === 'thinking') any = this.#onThinkingPieces(piece.thinking) || any
      else any = this.#onText('text', piece.text) || any
    }
    return any
  }

  #onThinkingPieces(thinking: Json | undefined): boolean {
    if (!Array.isArray(thinking)) return this.#onText('thinking', thinking)
    const pieces: readonly Json[] = thinking
    return pieces.map((piece) => isJsonObject(piece) && this.#onText('thinking', piece.text)).includes(true)
  }

  #onText(type: 'text' | 'thinking' | 'refusal', text: Json | undefined): boolean {
    if (typeof text !== 'string' || text === '') return false
    if (type === 'refusal') this.#sawRefusal = true
    this.#beginPart(type)
    if (this.#options.decode) this.#events.push({ type, choice: this.#index, part: this.#part, text })
    return true
  }

  #beginPart(kind: 'text' | 'thinking' | 'refusal'): void {
    if (this.#partKind === kind) return
    this.#partKind = kind
    this.#part += 1
  }

  /** Where plain deltas of this kind go from here on. */
  target(type: 'text' | 'thinking'): DeltaTarget {
    return { type, choice: this.#index, part: this.#part }
  }

  #onToolCall({ key, wire, isDeprecated }: KeyedPiece): Progress {
    const body = isJsonObject(wire.custom) ? wire.custom : isJsonObject(wire.function) ? wire.function : {}
    let call = this.#calls.get(key)
    if (call === undefined) {
      if (this.#calls.size >= MOST_CALLS) return 'too-large'
      call = { ...this.#openCall(key, wire, body), isDeprecated }
      this.#calls.set(key, call)
    } else if (call.name === '' && typeof body.name === 'string') {
      call = { ...call, name: body.name }
      this.#calls.set(key, call)
    }
    const piece = typeof body.input === 'string' ? body.input : body.arguments
    if (typeof piece === 'string') call.input.push(piece)
    // Ollama's compatible surface has sent objects; any other value is judged as such.
    else if (piece !== undefined && piece !== null) call.input.push(JSON.stringify(piece))
    if (call.input.isTooLarge) return 'too-large'
    return this.stop === undefined ? 'tool' : 'too-late'
  }

  #openCall(key: number, wire: JsonObject, { name }: JsonObject): Omit<OpenCall, 'isDeprecated'> {
    const input = new ToolInput({
      kind: isJsonObject(wire.custom) ? 'custom' : 'json',
      keepText: this.#options.decode,
      limitBytes: this.#options.eventLimitBytes,
    })
    const id = isFilled(wire.id) ? wire.id : `call_${this.#index}_${key}`
    return { id, name: toText(name), needsName: needsName(wire), input }
  }

  /**
   * The choice says that it has stopped; what is wrong with that, if anything: a tool call that cannot be called with
   * what it has or that has no name, no call where it says that there is one, or an earlier reason that says the
   * opposite. (OpenRouter repeats its reason.)
   */
  finish(raw: string): 'arguments-not-json' | 'not-this-protocol' | 'event-order' | undefined {
    const earlier = this.stop
    this.stop = readFinishReason(raw, this.#sawRefusal, this.#calls.size > 0)
    if (earlier !== undefined && verdictOfStop(earlier.kind) !== verdictOfStop(this.stop.kind)) return 'event-order'
    if (this.stop.kind === 'tool-use' && this.#calls.size === 0) return 'event-order'
    const mayBeCut = mayCutCalls(this.stop)
    const calls = [...this.#calls]
    const unfinished = calls.filter(
      ([, call], i) => isNameless(call) || call.input.isUnfinished({ mayBeCut, isLast: i === calls.length - 1 }),
    )
    this.unfinishedCalls = new Set(unfinished.map(([key]) => key))
    if (!mayBeCut && unfinished.length > 0)
      return unfinished.some(([, call]) => isNameless(call)) ? 'not-this-protocol' : 'arguments-not-json'
    if (earlier === undefined && this.#options.decode) this.#emitEnd()
    return undefined
  }

  /** The declared sentinel came without a finish reason. */
  finishAtSentinel(): void {
    if (this.stop !== undefined || this.openCallCount > 0) return
    this.stop = { kind: naturalEnd({ calls: this.#calls.size > 0, refusal: this.#sawRefusal }), raw: undefined }
    if (this.#options.decode) this.#emitEnd()
  }

  #emitEnd(): void {
    for (const [key, { id, name, input, isDeprecated }] of this.#calls) {
      // Beside other calls the deprecated one is their echo, for old clients: translated, it would be made twice.
      const isEcho = isDeprecated && this.#calls.size > 1
      if (isEcho || this.unfinishedCalls.has(key)) continue
      this.#partKind = undefined
      this.#part += 1
      const content = { type: 'tool-call', kind: input.kind, id, name, input: input.text } as const
      this.#events.push({ type: 'whole', choice: this.#index, part: this.#part, content })
    }
    if (this.stop !== undefined) this.#events.push({ type: 'stop', choice: this.#index, stop: this.stop })
  }

  takeEvents(): readonly StreamEvent[] {
    const events = this.#events
    if (events.length > 0) this.#events = []
    return events
  }

  fork(): ChoiceState {
    const copy = new ChoiceState(this.#index, this.#options)
    copy.#keys = this.#keys.fork()
    for (const [key, call] of this.#calls) copy.#calls.set(key, { ...call, input: call.input.fork() })
    copy.#events = [...this.#events]
    copy.#partKind = this.#partKind
    copy.#part = this.#part
    copy.#sawRefusal = this.#sawRefusal
    copy.stop = this.stop
    copy.unfinishedCalls = this.unfinishedCalls
    return copy
  }
}
