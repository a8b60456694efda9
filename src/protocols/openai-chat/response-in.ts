import { toLabel, verdictOfStop } from '../../evidence/index.ts'
import {
  type CoreResponse,
  isJsonObject,
  type Json,
  type JsonObject,
  listOf,
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
import { type ReadChoice, readChoice } from './choice-in.ts'
import { inBandErrorOf } from '../openai/index.ts'
import { isFailedFinish } from './stop-reason.ts'
import { usageOf } from './usage.ts'

/** A whole answer body of a provider; `undefined` is a body that was not JSON. */
export function readResponse(body: Json | undefined, options: ReadResponseOptions): ReadResponse {
  if (body === undefined) return unfinished('malformed', 'not-json', NO_FACTS)
  if (!isJsonObject(body)) return unfinished('malformed', 'not-this-protocol', NO_FACTS)
  const facts = { ...NO_FACTS, servedModel: toLabel(body.model), usage: usageOf(body) ?? {} }
  if (inBandErrorOf(body) !== undefined) return unfinished('failed', 'in-band-error', facts)
  const wires = readWires(body)
  if (wires === undefined) return unfinished('malformed', 'not-this-protocol', facts)
  const choices = wires.map(({ wire, message }, index) => readChoice(wire, message, index))
  return judge(body, wires, choices, facts, options)
}

interface WireChoice {
  readonly wire: JsonObject
  readonly message: JsonObject
}

function readWires(body: JsonObject): readonly WireChoice[] | undefined {
  const values = listOf(body.choices)
  const wires = values.flatMap((wire) =>
    isJsonObject(wire) && isJsonObject(wire.message) ? [{ wire, message: wire.message }] : [],
  )
  if (wires.length === 0 || wires.length < values.length) return undefined
  // The core counts choices by their place.
  return wires.length === 1 ? wires : wires.toSorted((a, b) => placeOf(a) - placeOf(b))
}

function placeOf({ wire }: WireChoice): number {
  return typeof wire.index === 'number' ? wire.index : 0
}

function judge(
  body: JsonObject,
  wires: readonly WireChoice[],
  choices: readonly ReadChoice[],
  bodyFacts: StreamFacts,
  options: ReadResponseOptions,
): ReadResponse {
  const stop = overallStop(choices.map((choice) => choice.stop))
  const facts: StreamFacts = {
    ...bodyFacts,
    toolCalls: sum(choices, ({ toolCallCount }) => toolCallCount),
    invalidToolCalls: sum(choices, ({ unfinishedCalls }) => unfinishedCalls.size),
    rawStop: stop?.raw,
  }
  const failed = choices.find(({ finishReason }) => finishReason !== undefined && isFailedFinish(finishReason))
  if (failed !== undefined)
    return unfinished('failed', 'failed-finish', { ...facts, rawStop: toLabel(failed.finishReason) })
  const hasAllReasons = choices.every(({ finishReason }) => finishReason !== undefined)
  const isWhole = hasAllReasons || options.completion === 'sentinel-only'
  if (!isWhole || choices.length < options.choices) return unfinished('truncated', 'ended-before-proof', facts)
  const flaw = choices.find((choice) => choice.flaw !== undefined)?.flaw
  if (flaw !== undefined) return unfinished('malformed', flaw, facts)
  // A limit or a filter may stop inside a call; where nothing stopped the model, a broken call is a broken answer.
  if (choices.some(({ stop, unfinishedCalls }) => !mayCutCalls(stop) && unfinishedCalls.size > 0))
    return unfinished('malformed', 'arguments-not-json', facts)
  const kind = hasAllReasons ? stop?.kind : undefined
  return {
    verdict: { name: verdictOfStop(stop?.kind), proof: 'body', stop: kind },
    facts,
    get response() {
      return toResponse(body, choices, facts)
    },
    ...(facts.invalidToolCalls > 0 && { amended: withoutUnfinished(body, wires, choices) }),
  }
}

function toResponse(body: JsonObject, choices: readonly ReadChoice[], { usage }: StreamFacts): CoreResponse {
  const { id, model, created } = body
  return {
    id: toText(id),
    model: toText(model),
    ...(typeof created === 'number' && { created }),
    choices: choices.map(({ toCore }) => toCore()),
    usage,
  }
}

function withoutUnfinished(body: JsonObject, wires: readonly WireChoice[], choices: readonly ReadChoice[]): JsonObject {
  return {
    ...body,
    choices: wires.map(({ wire, message }, index) => {
      const unfinished = choices[index]?.unfinishedCalls ?? new Set()
      return unfinished.size === 0 ? wire : { ...wire, message: withoutCalls(message, unfinished) }
    }),
  }
}

function withoutCalls(message: JsonObject, unfinished: ReadonlySet<number>): JsonObject {
  const { tool_calls: wires, function_call: deprecated, ...rest } = message
  const calls = objectsIn(wires)
  const kept = calls.filter((_, place) => !unfinished.has(place))
  return {
    ...rest,
    ...(isJsonObject(deprecated) && !unfinished.has(calls.length) && { function_call: deprecated }),
    ...(kept.length > 0 && { tool_calls: kept }),
  }
}

function sum(choices: readonly ReadChoice[], of: (choice: ReadChoice) => number): number {
  return choices.reduce((total, choice) => total + of(choice), 0)
}
