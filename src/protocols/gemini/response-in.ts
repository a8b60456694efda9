import { toLabel } from '../../evidence/index.ts'
import {
  AnswerAssembler,
  type CoreChoice,
  type CoreResponse,
  type CoreStop,
  finishedVerdict,
  isFilled,
  isJsonObject,
  type Json,
  type JsonObject,
  mayCutCalls,
  NO_FACTS,
  objectsIn,
  overallStop,
  type ReadResponse,
  type ReadResponseOptions,
  type StreamFacts,
  toText,
  unfinished,
} from '../core/index.ts'
import { CallNumbers, withoutCalls } from './call-numbers.ts'
import { isInBandError } from './in-band-error.ts'
import { CandidateState, candidateIndex } from './scanner-candidate.ts'
import { finishReasonOf, isFailedFinish, readBlockReason } from './stop-reason.ts'
import { readUsage } from './usage.ts'

/**
 * An answer that came as one body; `undefined` is a body that is no JSON. Its proof is the finish reason of every
 * candidate, or that the prompt was blocked.
 */
export function readResponse(body: Json | undefined, { choices }: ReadResponseOptions): ReadResponse {
  if (body === undefined) return unfinished('malformed', 'not-json', NO_FACTS)
  // Google's errors sometimes come in a list.
  const only = Array.isArray(body) && body.length === 1 ? (body as readonly Json[])[0] : body
  if (isJsonObject(only) && isInBandError(only)) return unfinished('failed', 'in-band-error', NO_FACTS)
  if (!isJsonObject(body)) return unfinished('malformed', 'not-this-protocol', NO_FACTS)
  const facts = { ...NO_FACTS, servedModel: toLabel(body.modelVersion), usage: readUsage(body.usageMetadata) }
  const { blockReason } = isJsonObject(body.promptFeedback) ? body.promptFeedback : {}
  const wires = readWires(body)
  if (wires.length === 0 && isFilled(blockReason)) return refused(body, readBlockReason(blockReason), facts)
  const isAnswer = body.candidates !== undefined || body.usageMetadata !== undefined || body.modelVersion !== undefined
  if (wires.length === 0 && !isAnswer) return unfinished('malformed', 'not-this-protocol', facts)
  return judge(body, wires, facts, choices)
}

/** Candidates in the order of their indexes: the core counts them by their place. */
function readWires({ candidates }: JsonObject): readonly JsonObject[] {
  const wires = objectsIn(candidates)
  return wires.length <= 1 ? wires : wires.toSorted((a, b) => candidateIndex(a) - candidateIndex(b))
}

function refused(body: JsonObject, stop: CoreStop, facts: StreamFacts): ReadResponse {
  return {
    verdict: finishedVerdict('body', stop),
    facts: { ...facts, rawStop: stop.raw },
    get response() {
      return toResponse(body, [{ content: [], stop }], facts)
    },
  }
}

function judge(body: JsonObject, wires: readonly JsonObject[], bodyFacts: StreamFacts, choices: number): ReadResponse {
  const raws = wires.map(({ finishReason }) => finishReasonOf(finishReason))
  const failed = raws.find((raw) => raw !== undefined && isFailedFinish(raw))
  if (failed !== undefined) return unfinished('failed', 'failed-finish', { ...bodyFacts, rawStop: toLabel(failed) })
  const candidates = wires.map((wire, index) => readCandidate(wire, index, body, false))
  const stops = candidates.flatMap(({ state: { stop } }) => (stop === undefined ? [] : [stop]))
  const stop = overallStop(stops)
  const facts: StreamFacts = {
    ...bodyFacts,
    toolCalls: candidates.reduce((sum, { state }) => sum + state.toolCallCount, 0),
    invalidToolCalls: candidates.reduce((sum, { state }) => sum + state.unfinishedCalls.size, 0),
    rawStop: stop?.raw,
  }
  if (stop === undefined || stops.length < Math.max(wires.length, choices))
    return unfinished('truncated', 'ended-before-proof', facts)
  if (candidates.some(({ hasNoText }) => hasNoText)) return unfinished('malformed', 'not-this-protocol', facts)
  // A limit or a filter may stop inside a call; where nothing stopped the model, a broken call is a broken answer.
  if (
    candidates.some(
      ({ state }) => state.stop !== undefined && !mayCutCalls(state.stop) && state.unfinishedCalls.size > 0,
    )
  )
    return unfinished('malformed', 'arguments-not-json', facts)
  return {
    verdict: finishedVerdict('body', stop),
    facts,
    get marks() {
      return candidates.flatMap(({ marks }) => marks)
    },
    get response() {
      return toResponse(body, toChoices(wires, body), facts)
    },
    ...(facts.invalidToolCalls > 0 && {
      amended: {
        ...body,
        candidates: wires.map((wire, index) =>
          withoutCalls(wire, candidates[index]?.state.unfinishedCalls ?? new Set(), new CallNumbers()),
        ),
      },
    }),
  }
}

interface ReadCandidate {
  readonly state: CandidateState
  /** It has something else where text should be. */
  readonly hasNoText: boolean
  readonly marks: readonly string[]
}

/** A whole candidate is a stream of one chunk. */
function readCandidate(wire: JsonObject, index: number, { responseId }: JsonObject, decode: boolean): ReadCandidate {
  const state = new CandidateState(index, { decode, eventLimitBytes: Infinity })
  const progress = state.onChunk(wire, toText(responseId))
  const raw = finishReasonOf(wire.finishReason)
  if (raw !== undefined) state.finish(raw)
  return { state, hasNoText: progress === 'no-text', marks: state.takeMarks() }
}

function toResponse(body: JsonObject, choices: readonly CoreChoice[], { usage }: StreamFacts): CoreResponse {
  const { responseId, modelVersion, createTime } = body
  const createdMs = typeof createTime === 'string' ? Date.parse(createTime) : Number.NaN
  return {
    id: toText(responseId),
    model: toText(modelVersion),
    ...(!Number.isNaN(createdMs) && { created: Math.floor(createdMs / 1_000) }),
    choices,
    usage,
  }
}

/** The choices that the events of the candidates build, in order. */
function toChoices(wires: readonly JsonObject[], body: JsonObject): readonly CoreChoice[] {
  const assembler = new AnswerAssembler()
  for (const [index, wire] of wires.entries())
    for (const event of readCandidate(wire, index, body, true).state.takeEvents()) assembler.add(event)
  return assembler.answer().choices
}
