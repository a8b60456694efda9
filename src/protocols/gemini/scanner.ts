import { type Caveat, type FinishedVerdict, type Label, toLabel, type Usage } from '../../evidence/index.ts'
import {
  ChoiceStates,
  type CoreStop,
  finishedVerdict,
  isFilled,
  isJsonObject,
  type JsonObject,
  listOf,
  mergeReports,
  overallStop,
  type ScannerOptions,
  SseScanner,
  type StreamHead,
  type StreamScanner,
} from '../core/index.ts'
import { isInBandError } from './in-band-error.ts'
import { CandidateState, candidateIndex } from './scanner-candidate.ts'
import { finishReasonOf, isFailedFinish, readBlockReason } from './stop-reason.ts'
import { USAGE_COUNTS, readUsage } from './usage.ts'
import { withoutWithheld } from './withheld-calls.ts'

export function createGeminiScanner(options: ScannerOptions): StreamScanner {
  return new GeminiScanner(options)
}

/**
 * `streamGenerateContent?alt=sse`: whole answers, each with what is new. There is no sentinel, whatever `completion`
 * says: the proof is a clean transport end behind a finish reason of every candidate. A finish reason ends nothing by
 * itself. Older models give one with every chunk, and some proxies one before the text; content behind it voids it until
 * the next, and the evidence says that such a stream could have been cut without a trace. Everything from the first one
 * on is held, since only the end shows that it was the last. Chunks of usage alone, and `{}`, may come anywhere.
 */
class GeminiScanner extends SseScanner {
  #candidates = new ChoiceStates((index) => new CandidateState(index, this.options))
  /** The prompt's, which is the answer of every candidate that has not stopped itself. */
  #blocked: CoreStop | undefined
  // Merged as the wire has it: a later report may leave counts out that an earlier one gave.
  #usage: JsonObject = {}
  /** What the chunks before the first candidate say of the answer. */
  #head: StreamHead = { id: '', model: '', created: undefined }

  protected override isInBandError(message: JsonObject): boolean {
    return isInBandError(message)
  }

  protected override onMessage(chunk: JsonObject): void {
    this.servedModel = toLabel(chunk.modelVersion) ?? this.servedModel
    this.#readHead(chunk)
    for (const candidate of listOf(chunk.candidates)) if (isJsonObject(candidate)) this.#onCandidate(candidate)
    const { blockReason } = isJsonObject(chunk.promptFeedback) ? chunk.promptFeedback : {}
    if (isFilled(blockReason)) this.#onBlocked(blockReason)
    if (isJsonObject(chunk.usageMetadata)) this.#onUsage(chunk.usageMetadata)
  }

  #readHead({ responseId, modelVersion, createTime }: JsonObject): void {
    if (this.hasStarted) return
    const createdMs = typeof createTime === 'string' ? Date.parse(createTime) : Number.NaN
    this.#head = {
      id: isFilled(responseId) ? responseId : this.#head.id,
      model: isFilled(modelVersion) ? modelVersion : this.#head.model,
      created: Number.isNaN(createdMs) ? this.#head.created : Math.floor(createdMs / 1_000),
    }
  }

  #onUsage(usage: JsonObject): void {
    this.#usage = mergeReports(USAGE_COUNTS, this.#usage, usage)
    if (this.options.decode) this.emit({ type: 'usage', usage: this.usage() })
  }

  #onCandidate(wire: JsonObject): void {
    const candidate = this.#candidates.at(candidateIndex(wire))
    if (candidate === undefined) return this.break('malformed', 'too-large')
    this.start(this.#head)
    const progress = candidate.onChunk(wire, this.#head.id)
    this.advance(progress)
    // What came behind it may be an answer after all.
    if (progress !== 'nothing') this.#blocked = undefined
    const raw = finishReasonOf(wire.finishReason)
    if (raw !== undefined) this.#onFinish(candidate, raw)
    for (const event of candidate.takeEvents()) this.emit(event)
    for (const mark of candidate.takeMarks()) this.mark(mark)
    this.toolCalls = this.#candidates.toolCalls
  }

  #onFinish(candidate: CandidateState, raw: string): void {
    this.hold()
    if (isFailedFinish(raw)) return this.break('failed', 'failed-finish')
    const flaw = candidate.finish(raw)
    this.invalidToolCalls = this.#candidates.unfinishedCalls
    if (flaw !== undefined) this.break('malformed', flaw)
  }

  #onBlocked(raw: string): void {
    this.start(this.#head)
    this.hold()
    this.#blocked = readBlockReason(raw)
    const open = this.#candidates.entries.filter(([, { stop }]) => stop === undefined).map(([index]) => index)
    const choices = this.#candidates.size === 0 ? [0] : open
    for (const choice of choices) this.emit({ type: 'stop', choice, stop: this.#blocked })
  }

  // ## Proof

  protected override proofSoFar(): FinishedVerdict | undefined {
    return undefined
  }

  protected override proofAtEnd(pending: string): FinishedVerdict | undefined {
    // Half of anything is a cut: clients read no event without its blank line.
    if (pending !== '' || !this.#allFinished()) return undefined
    return finishedVerdict('finish-reason+end', this.#overallStop())
  }

  #allFinished(): boolean {
    if (this.#blocked !== undefined) return true
    return this.#candidates.haveAllStopped(this.options.choices)
  }

  #overallStop(): CoreStop | undefined {
    const stops = this.#candidates.all.map(({ stop }) => stop ?? this.#blocked)
    const known = stops.filter((stop) => stop !== undefined)
    return known.length === 0 ? this.#blocked : overallStop(known)
  }

  protected override usage(): Usage {
    return readUsage(this.#usage)
  }

  protected override rawStop(): Label | undefined {
    return this.#overallStop()?.raw
  }

  protected override caveat(): Caveat | undefined {
    const wentOn = this.#candidates.all.some(({ hasGoneOn }) => hasGoneOn)
    return wentOn ? 'finish-on-every-chunk' : undefined
  }

  override withoutUnfinishedCalls(held: Uint8Array): Uint8Array {
    if (this.invalidToolCalls === 0) return held
    return withoutWithheld(held, this.#candidates.withheld)
  }

  override fork(): StreamScanner {
    const copy = new GeminiScanner(this.options)
    this.copyTo(copy)
    copy.#candidates = this.#candidates.fork()
    copy.#blocked = this.#blocked
    copy.#usage = this.#usage
    copy.#head = this.#head
    return copy
  }
}
