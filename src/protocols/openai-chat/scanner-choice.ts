import {
  type CoreStop,
  isJsonObject,
  type Json,
  type JsonObject,
  type ScannerOptions,
  type StreamEvent,
  ToolInput,
} from '../core/index.ts'
import { readFinishReason } from './stop-reason.ts'

/**
 * What a delta brought: nothing, content, a piece of a tool call, one behind the choice's finish reason (at which calls
 * were judged), or more than may be kept. In the order of gravity.
 */
export type Progress = (typeof PROGRESS)[number]
const PROGRESS = ['nothing', 'content', 'tool', 'too-late', 'too-large'] as const

function graver(a: Progress, b: Progress): Progress {
  return PROGRESS.indexOf(a) > PROGRESS.indexOf(b) ? a : b
}

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly input: ToolInput
}

/** One `choices[]` entry of a stream: its parts in order, its tool calls, and how it stopped. */
export class ChoiceState {
  readonly #index: number
  readonly #options: ScannerOptions
  /** By the wire's `tool_calls[].index`. */
  readonly #calls = new Map<number, OpenCall>()
  #events: StreamEvent[] = []
  #partKind: 'text' | 'thinking' | 'refusal' | undefined
  #part = -1
  #sawRefusal = false
  stop: CoreStop | undefined
  /** Wire indexes of calls that a limit stopped inside their arguments, or whose arguments do not parse. */
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
    return [...this.#calls.values()].filter(({ input }) => !input.isWhole).length
  }

  onDelta(delta: JsonObject): Progress {
    let progress: Progress = 'nothing'
    // One of the two names of the same thing; hosts that send both send the same text twice.
    if (this.#onText('thinking', delta.reasoning_content ?? delta.reasoning)) progress = 'content'
    if (this.#onContent(delta.content)) progress = 'content'
    if (this.#onText('refusal', delta.refusal)) progress = 'content'
    const calls: readonly Json[] = Array.isArray(delta.tool_calls) ? delta.tool_calls : []
    for (const call of calls) if (isJsonObject(call)) progress = graver(progress, this.#onToolCall(call))
    if (isJsonObject(delta.function_call))
      progress = graver(progress, this.#onToolCall({ index: 0, function: delta.function_call }))
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
  target(type: 'text' | 'thinking'): {
    readonly type: 'text' | 'thinking'
    readonly choice: number
    readonly part: number
  } {
    return { type, choice: this.#index, part: this.#part }
  }

  #onToolCall(wire: JsonObject): Progress {
    const body = isJsonObject(wire.custom) ? wire.custom : isJsonObject(wire.function) ? wire.function : {}
    const key = this.#keyOf(wire)
    let call = this.#calls.get(key)
    if (call === undefined) {
      const kind = isJsonObject(wire.custom) ? 'custom' : 'json'
      const input = new ToolInput({
        kind,
        keepText: this.#options.decode,
        limitBytes: this.#options.eventLimitBytes,
      })
      const id = typeof wire.id === 'string' && wire.id !== '' ? wire.id : `call_${this.#index}_${key}`
      call = { id, name: typeof body.name === 'string' ? body.name : '', input }
      this.#calls.set(key, call)
    }
    const piece = typeof body.input === 'string' ? body.input : body.arguments
    if (typeof piece === 'string') call.input.push(piece)
    else if (isJsonObject(piece)) call.input.push(JSON.stringify(piece)) // Ollama's compatible surface has sent objects.
    if (call.input.isTooLarge) return 'too-large'
    return this.stop === undefined ? 'tool' : 'too-late'
  }

  /** Hosts that number every parallel call 0, or none of them, still give each its own id. */
  #keyOf(wire: JsonObject): number {
    const index = typeof wire.index === 'number' ? wire.index : Math.max(0, this.#calls.size - 1)
    const known = this.#calls.get(index)
    const isOther = known !== undefined && typeof wire.id === 'string' && wire.id !== '' && wire.id !== known.id
    if (!isOther) return index
    for (const [key, call] of this.#calls) if (call.id === wire.id) return key
    return Math.max(...this.#calls.keys()) + 1
  }

  /** The choice says that it has stopped. `false` where a tool call cannot be called with what it has. */
  finish(raw: string): boolean {
    const isFirst = this.stop === undefined
    this.stop = readFinishReason(raw, this.#sawRefusal, this.#calls.size > 0)
    const atLimit = this.stop.kind === 'limit'
    const calls = [...this.#calls]
    const unfinished = calls.filter(([, { input }], i) =>
      atLimit ? input.isUnfinishedAtLimit(i === calls.length - 1) : !input.isWhole,
    )
    this.unfinishedCalls = new Set(unfinished.map(([key]) => key))
    if (!atLimit && unfinished.length > 0) return false
    if (isFirst && this.#options.decode) this.#emitEnd()
    return true
  }

  /** The declared sentinel came without a finish reason. */
  finishAtSentinel(): void {
    if (this.stop !== undefined || this.openCallCount > 0) return
    const kind = this.#calls.size > 0 ? 'tool-use' : this.#sawRefusal ? 'refusal' : 'end'
    this.stop = { kind, raw: undefined }
    if (this.#options.decode) this.#emitEnd()
  }

  #emitEnd(): void {
    for (const [key, { id, name, input }] of this.#calls) {
      if (this.unfinishedCalls.has(key)) continue
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

  /** The wire's choice without pieces of unfinished calls; the same object where it has none, nothing where it is all. */
  withoutUnfinished(wire: JsonObject): JsonObject | undefined {
    const { delta } = wire
    if (!isJsonObject(delta) || !Array.isArray(delta.tool_calls)) return wire
    const calls: readonly Json[] = delta.tool_calls
    const kept = calls.filter((call) => !isJsonObject(call) || !this.unfinishedCalls.has(this.#keyOf(call)))
    if (kept.length === calls.length) return wire
    const { tool_calls: _, ...rest } = delta
    const isLast = typeof wire.finish_reason === 'string'
    const hasText = typeof delta.content === 'string' && delta.content !== ''
    if (kept.length > 0) return { ...wire, delta: { ...rest, tool_calls: kept } }
    return isLast || hasText || delta.role !== undefined ? { ...wire, delta: rest } : undefined
  }

  fork(): ChoiceState {
    const copy = new ChoiceState(this.#index, this.#options)
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
