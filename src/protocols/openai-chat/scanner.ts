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
  filterEvents,
  isJsonObject,
  type Json,
  type JsonObject,
  mergeUsage,
  parseJson,
  parseSseEvent,
  type ScannerOptions,
  SseScanner,
  type StreamScanner,
} from '../core/index.ts'
import { ChoiceState } from './scanner-choice.ts'
import { isFailedFinish, overallStop } from './stop-reason.ts'
import { usageOf } from './usage.ts'

const SENTINEL = '[DONE]'
const UNTERMINATED_SENTINEL = /^data: ?\[DONE\]$/

export function createOpenAiChatScanner(options: ScannerOptions): StreamScanner {
  return new OpenAiChatScanner(options)
}

/**
 * `chat.completion.chunk` streams. The proof is a finish reason for every choice and `[DONE]`; which of the two an
 * upstream is known to send is its declared `completion`. Chunks without `choices` or `delta` (Azure's filters, usage
 * reports) and repeated finish reasons (OpenRouter) are normal.
 */
class OpenAiChatScanner extends SseScanner {
  readonly #choices = new Map<number, ChoiceState>()
  #usage: Usage = {}
  #started = false
  #done = false

  protected override onEvent(event: string): void {
    const { name, data } = parseSseEvent(event)
    // Some hosts write their error without `data:` in the middle of a stream.
    const text = data ?? (event.startsWith('{') ? event : undefined)
    if (text === undefined || text.trim() === '') return
    if (text.trim() === SENTINEL) {
      this.#onSentinel()
      return
    }
    const chunk = parseJson(text)
    if (chunk === undefined) this.break('malformed', 'not-json')
    else if (!isJsonObject(chunk)) this.break('malformed', 'not-this-protocol')
    else if (name === 'error') this.break('failed', 'in-band-error', chunk)
    else this.#onChunk(chunk, event)
  }

  #onSentinel(): void {
    this.#done = true
    this.hold()
    // Such a host never says how it stopped, so its declared sentinel is also the end of each choice.
    if (this.options.completion !== 'sentinel-only') return
    for (const choice of this.#choices.values()) {
      choice.finishAtSentinel()
      for (const event of choice.takeEvents()) this.emit(event)
    }
  }

  #onChunk(chunk: JsonObject, event: string): void {
    if (isError(chunk.error)) {
      this.break('failed', 'in-band-error', chunk)
      return
    }
    this.servedModel = toLabel(chunk.model) ?? this.servedModel
    const usage = usageOf(chunk)
    if (usage !== undefined) this.#onUsage(usage)
    if (!Array.isArray(chunk.choices)) return
    if (!this.#started) this.#onStart(chunk)
    const choices: readonly Json[] = chunk.choices
    for (const choice of choices) if (isJsonObject(choice)) this.#onChoice(choice)
    const only = choices.length === 1 ? choices[0] : undefined
    if (usage === undefined && isJsonObject(only)) this.#learnFrom(only, event)
  }

  #onStart(chunk: JsonObject): void {
    this.#started = true
    const { id, model, created } = chunk
    this.emit({
      type: 'start',
      id: typeof id === 'string' ? id : '',
      model: typeof model === 'string' ? model : '',
      ...(typeof created === 'number' && { created }),
      usage: {},
    })
  }

  #onUsage(usage: Usage): void {
    this.#usage = mergeUsage(this.#usage, usage)
    this.emit({ type: 'usage', usage: this.#usage })
  }

  #onChoice(wire: JsonObject): void {
    const index = typeof wire.index === 'number' ? wire.index : 0
    const choice = this.#choice(index)
    if (isJsonObject(wire.delta)) {
      const progress = choice.onDelta(wire.delta)
      if (progress === 'content') this.content()
      else if (progress === 'tool') this.hold()
      else if (progress === 'too-late') this.break('malformed', 'event-order')
      else if (progress === 'too-large') this.break('malformed', 'too-large')
    }
    if (typeof wire.finish_reason === 'string' && wire.finish_reason !== '') this.#onFinish(choice, wire.finish_reason)
    for (const event of choice.takeEvents()) this.emit(event)
    this.toolCalls = this.#sum((each) => each.toolCallCount)
  }

  #onFinish(choice: ChoiceState, raw: string): void {
    this.hold()
    if (isFailedFinish(raw)) {
      this.break('failed', 'failed-finish')
      return
    }
    const isWhole = choice.finish(raw)
    this.invalidToolCalls = this.#sum((each) => each.unfinishedCalls.size)
    if (!isWhole) this.break('malformed', 'arguments-not-json')
  }

  /** Plain text deltas of one choice look alike but for the text and OpenAI's padding. */
  #learnFrom(wire: JsonObject, event: string): void {
    const { delta } = wire
    if (!isJsonObject(delta) || typeof wire.finish_reason === 'string' || isFilled(delta.tool_calls)) return
    if (isFilled(delta.refusal) || isFilled(delta.function_call)) return
    const choice = this.#choice(typeof wire.index === 'number' ? wire.index : 0)
    const { content } = delta
    const thinking = delta.reasoning_content ?? delta.reasoning
    const hasText = typeof content === 'string' && content !== ''
    if (hasText && !isFilled(thinking))
      this.learn(event, { marker: '"content":"', padding: PADDING, value: content }, choice.target('text'))
    else if (!hasText && typeof delta.reasoning_content === 'string' && delta.reasoning_content !== '')
      this.learn(
        event,
        { marker: '"reasoning_content":"', padding: PADDING, value: delta.reasoning_content },
        choice.target('thinking'),
      )
  }

  #choice(index: number): ChoiceState {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = new ChoiceState(index, this.options)
      this.#choices.set(index, choice)
    }
    return choice
  }

  #sum(of: (choice: ChoiceState) => number): number {
    let sum = 0
    for (const choice of this.#choices.values()) sum += of(choice)
    return sum
  }

  // ## Proof

  protected override proofSoFar(): FinishedVerdict | undefined {
    if (!this.#done) return undefined
    if (this.options.completion === 'sentinel-only') {
      const isWhole = this.#sum((choice) => choice.openCallCount) === 0
      return isWhole ? this.#finished('done') : undefined
    }
    return this.#allFinished() ? this.#finished('finish-reason+done') : undefined
  }

  protected override proofAtEnd(pending: string): FinishedVerdict | undefined {
    if (this.options.completion !== 'finish-only' || !this.#allFinished()) return undefined
    // The sentinel without its blank line is still whole; half of anything else is a cut.
    return pending === '' || UNTERMINATED_SENTINEL.test(pending) ? this.#finished('finish-reason+end') : undefined
  }

  #allFinished(): boolean {
    if (this.#choices.size < Math.max(1, this.options.choices)) return false
    for (const choice of this.#choices.values()) if (choice.stop === undefined) return false
    return true
  }

  #finished(proof: Proof): FinishedVerdict {
    const stop = this.#overallStop()
    return { name: verdictOfStop(stop?.kind), proof, stop: stop?.kind }
  }

  #overallStop(): CoreStop | undefined {
    return overallStop([...this.#choices.values()].flatMap(({ stop }) => (stop === undefined ? [] : [stop])))
  }

  protected override usage(): Usage {
    return this.#usage
  }

  protected override rawStop(): Label | undefined {
    return this.#overallStop()?.raw
  }

  override withoutUnfinishedCalls(held: Uint8Array): Uint8Array {
    if (this.invalidToolCalls === 0) return held
    return filterEvents(held, (event) => this.#withoutUnfinished(event))
  }

  #withoutUnfinished(event: string): string | undefined {
    const { data } = parseSseEvent(event)
    const chunk = data === undefined ? undefined : parseJson(data)
    if (!isJsonObject(chunk) || !Array.isArray(chunk.choices)) return event
    const wires: readonly Json[] = chunk.choices
    const kept = wires.flatMap((wire) => {
      const index = isJsonObject(wire) && typeof wire.index === 'number' ? wire.index : 0
      const left = isJsonObject(wire) ? this.#choices.get(index)?.withoutUnfinished(wire) : wire
      return left === undefined ? [] : [left]
    })
    if (kept.length === wires.length && kept.every((wire, i) => wire === wires[i])) return event
    return kept.length === 0 ? undefined : `data: ${JSON.stringify({ ...chunk, choices: kept })}`
  }

  override fork(): StreamScanner {
    const copy = new OpenAiChatScanner(this.options)
    this.copyTo(copy)
    for (const [index, choice] of this.#choices) copy.#choices.set(index, choice.fork())
    copy.#usage = this.#usage
    copy.#started = this.#started
    copy.#done = this.#done
    return copy
  }
}

/** Sent by OpenAI against guessing of lengths; differs in every chunk. */
const PADDING = '"obfuscation":"'

const isFilled = (value: Json | undefined): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== ''

// `error: null` beside a normal chunk is no error.
const isError = (value: Json | undefined): boolean => isFilled(value) && value !== false
