import { type Reason, toLabel, type Verdict, verdictOfStop } from '../../evidence/index.ts'
import {
  type Completion,
  type CoreResponse,
  isJsonObject,
  type Json,
  type JsonObject,
  type ReadResponse,
  type StreamFacts,
} from '../core/index.ts'
import { type ReadChoice, readChoice } from './choice-in.ts'
import { isFailedFinish, overallStop } from './stop-reason.ts'
import { usageOf } from './usage.ts'

/** A whole answer body of a provider; `undefined` is a body that was not JSON. */
export function readResponse(
  body: Json | undefined,
  { completion }: { readonly completion: Completion },
): ReadResponse {
  if (body === undefined) return unfinished('malformed', 'not-json', NO_FACTS)
  if (!isJsonObject(body)) return unfinished('malformed', 'not-this-protocol', NO_FACTS)
  const facts = { ...NO_FACTS, servedModel: toLabel(body.model), usage: usageOf(body) ?? {} }
  // `error: null` beside a normal answer is no error.
  if (body.error !== undefined && body.error !== null) return unfinished('failed', 'in-band-error', facts)
  const wires = readWires(body)
  if (wires === undefined) return unfinished('malformed', 'not-this-protocol', facts)
  // OpenRouter reports an upstream's failure inside the choice.
  if (wires.some(({ wire }) => isJsonObject(wire.error))) return unfinished('failed', 'in-band-error', facts)
  return judge(
    body,
    wires,
    wires.map(({ wire, message }, index) => readChoice(wire, message, index)),
    facts,
    completion,
  )
}

interface WireChoice {
  readonly wire: JsonObject
  readonly message: JsonObject
}

function readWires(body: JsonObject): readonly WireChoice[] | undefined {
  const values: readonly Json[] = Array.isArray(body.choices) ? body.choices : []
  const wires = values.flatMap((wire) =>
    isJsonObject(wire) && isJsonObject(wire.message) ? [{ wire, message: wire.message }] : [],
  )
  if (wires.length === 0 || wires.length < values.length) return undefined
  // The core counts choices by their place.
  return wires.toSorted((a, b) => placeOf(a) - placeOf(b))
}

function placeOf({ wire }: WireChoice): number {
  return typeof wire.index === 'number' ? wire.index : 0
}

function judge(
  body: JsonObject,
  wires: readonly WireChoice[],
  choices: readonly ReadChoice[],
  bodyFacts: StreamFacts,
  completion: Completion,
): ReadResponse {
  const stop = overallStop(choices.map(({ choice }) => choice.stop))
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
  if (!hasAllReasons && completion !== 'sentinel-only') return unfinished('truncated', 'ended-before-proof', facts)
  // A limit may stop inside a call; where nothing stopped the model, a broken call is a broken answer.
  if (choices.some(({ choice, unfinishedCalls }) => choice.stop.kind !== 'limit' && unfinishedCalls.size > 0))
    return unfinished('malformed', 'arguments-not-json', facts)
  const kind = hasAllReasons ? stop?.kind : undefined
  return {
    verdict: { name: verdictOfStop(stop?.kind), proof: 'body', stop: kind },
    facts,
    response: toResponse(body, choices, facts),
    ...(facts.invalidToolCalls > 0 && { amended: withoutUnfinished(body, wires, choices) }),
  }
}

function toResponse(body: JsonObject, choices: readonly ReadChoice[], { usage }: StreamFacts): CoreResponse {
  const { id, model, created } = body
  return {
    id: typeof id === 'string' ? id : '',
    model: typeof model === 'string' ? model : '',
    ...(typeof created === 'number' && { created }),
    choices: choices.map(({ choice }) => choice),
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
  const { tool_calls: calls, function_call: call, ...rest } = message
  const kept = Array.isArray(calls) ? calls.filter(isJsonObject).filter((_, place) => !unfinished.has(place)) : []
  if (kept.length > 0) return { ...rest, ...(call !== undefined && { function_call: call }), tool_calls: kept }
  return rest
}

const NO_FACTS: StreamFacts = {
  events: 0,
  toolCalls: 0,
  invalidToolCalls: 0,
  servedModel: undefined,
  rawStop: undefined,
  usage: {},
}

function unfinished(
  name: Extract<Verdict, { reason: Reason }>['name'],
  reason: Reason,
  facts: StreamFacts,
): ReadResponse {
  return { verdict: { name, reason }, facts }
}

function sum(choices: readonly ReadChoice[], of: (choice: ReadChoice) => number): number {
  return choices.reduce((total, choice) => total + of(choice), 0)
}
