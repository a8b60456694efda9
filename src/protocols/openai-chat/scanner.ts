import { type FinishedVerdict, type Label, type Proof, toLabel, type Usage } from '../../evidence/index.ts'
import {
  ChoiceStates,
  type CoreStop,
  finishedVerdict,
  isFilled,
  isJsonObject,
  type JsonObject,
  listOf,
  mergeUsage,
  overallStop,
  type ScannerOptions,
  SseScanner,
  type StreamHead,
  type StreamScanner,
} from '../core/index.ts'
import { inBandErrorOf } from '../openai/index.ts'
import { plainDelta } from './plain-delta.ts'
import { ChoiceState } from './scanner-choice.ts'
import { isFailedFinish } from './stop-reason.ts'
import { usageOf } from './usage.ts'
import { choiceIndex, withoutCalls } from './withheld-calls.ts'

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
  #choices = new ChoiceStates((index) => new ChoiceState(index, this.options))
  #usage: Usage = {}
  /** What the chunks before the first choice say of the answer. */
  #head: StreamHead = { id: '', model: '', created: undefined }
  #done = false

  protected override onData(data: string): boolean {
    const text = data.trim()
    if (text === SENTINEL) this.#onSentinel()
    return text === SENTINEL || text === ''
  }

  protected override isInBandError(message: JsonObject): boolean {
    return inBandErrorOf(message) !== undefined
  }

  #onSentinel(): void {
    this.#done = true
    this.hold()
    if (this.options.completion !== 'sentinel-only') {
      // Clients stop reading here, whatever comes behind.
      if (!this.#allFinished()) this.break('truncated', 'ended-before-proof')
      return
    }
    // Such a host never says how it stopped, so its declared sentinel is also the end of each choice.
    for (const choice of this.#choices.all) {
      choice.finishAtSentinel()
      for (const event of choice.takeEvents()) this.emit(event)
    }
  }

  protected override onMessage(chunk: JsonObject, event: string): void {
    this.servedModel = toLabel(chunk.model) ?? this.servedModel
    const usage = usageOf(chunk)
    if (usage !== undefined) this.#onUsage(usage)
    this.#readHead(chunk)
    const choices = listOf(chunk.choices)
    for (const choice of choices) if (isJsonObject(choice)) this.#onChoice(choice)
    const only = choices.length === 1 ? choices[0] : undefined
    const plain = usage === undefined && isJsonObject(only) ? plainDelta(only) : undefined
    if (plain === undefined || !isJsonObject(only)) return
    const target = this.#choices.at(choiceIndex(only))?.target(plain.type)
    if (target !== undefined) this.learn(event, plain.source, target)
  }

  /** Azure's first chunk, its filters' report, names neither itself nor its model, and has no choice. */
  #readHead({ id, model, created }: JsonObject): void {
    if (this.hasStarted) return
    this.#head = {
      id: isFilled(id) ? id : this.#head.id,
      model: isFilled(model) ? model : this.#head.model,
      created: typeof created === 'number' && created > 0 ? created : this.#head.created,
    }
  }

  #onUsage(usage: Usage): void {
    this.#usage = mergeUsage(this.#usage, usage)
    this.emit({ type: 'usage', usage: this.#usage })
  }

  #onChoice(wire: JsonObject): void {
    const choice = this.#choices.at(choiceIndex(wire))
    if (choice === undefined) return this.break('malformed', 'too-large')
    this.start(this.#head)
    if (isJsonObject(wire.delta)) this.advance(choice.onDelta(wire.delta))
    if (isFilled(wire.finish_reason)) this.#onFinish(choice, wire.finish_reason)
    for (const event of choice.takeEvents()) this.emit(event)
    this.toolCalls = this.#choices.toolCalls
  }

  #onFinish(choice: ChoiceState, raw: string): void {
    this.hold()
    if (isFailedFinish(raw)) {
      this.break('failed', 'failed-finish')
      return
    }
    const flaw = choice.finish(raw)
    this.invalidToolCalls = this.#choices.unfinishedCalls
    if (flaw !== undefined) this.break('malformed', flaw)
  }

  // ## Proof

  protected override proofSoFar(): FinishedVerdict | undefined {
    if (!this.#done || !this.#allFinished()) return undefined
    return this.#finished(this.options.completion === 'sentinel-only' ? 'done' : 'finish-reason+done')
  }

  protected override proofAtEnd(pending: string): FinishedVerdict | undefined {
    if (this.options.completion !== 'finish-only' || !this.#allFinished()) return undefined
    // The sentinel without its blank line is still whole; half of anything else is a cut.
    return pending === '' || UNTERMINATED_SENTINEL.test(pending) ? this.#finished('finish-reason+end') : undefined
  }

  #allFinished(): boolean {
    return this.#choices.haveAllStopped(this.options.choices)
  }

  #finished(proof: Proof): FinishedVerdict {
    return finishedVerdict(proof, this.#overallStop())
  }

  #overallStop(): CoreStop | undefined {
    return overallStop(this.#choices.all.flatMap(({ stop }) => (stop === undefined ? [] : [stop])))
  }

  protected override usage(): Usage {
    return this.#usage
  }

  protected override rawStop(): Label | undefined {
    return this.#overallStop()?.raw
  }

  override withoutUnfinishedCalls(held: Uint8Array): Uint8Array {
    if (this.invalidToolCalls === 0) return held
    return withoutCalls(held, this.#choices.withheld)
  }

  override fork(): StreamScanner {
    const copy = new OpenAiChatScanner(this.options)
    this.copyTo(copy)
    copy.#choices = this.#choices.fork()
    copy.#usage = this.#usage
    copy.#head = this.#head
    copy.#done = this.#done
    return copy
  }
}
