import { toLabel } from '../../evidence/index.ts'
import {
  type CoreResponse,
  type CoreStop,
  finishedVerdict,
  isFilled,
  isJsonObject,
  isNoText,
  type Json,
  type JsonObject,
  mayCutCalls,
  NO_FACTS,
  objectsIn,
  type ReadResponse,
  type ReadResponseOptions,
  type StreamFacts,
  toText,
  unfinished,
} from '../core/index.ts'
import { inBandErrorOf } from '../openai/index.ts'
import { inputOf, isUnfinishedCall } from './client-call.ts'
import { marksOfItem, marksOfResponse } from './marks.ts'
import { readOutputItem } from './output-in.ts'
import { isUnfinishedMessage, readStop, saysIncomplete } from './status.ts'
import { readUsage } from './usage.ts'
import { isClientCall } from './wire.ts'

/**
 * An answer that came as one body; `undefined` is a body that is no JSON. Its proof is its status, whatever `completion`
 * says of the provider's streams.
 */
export function readResponse(body: Json | undefined, { choices }: ReadResponseOptions): ReadResponse {
  if (body === undefined) return unfinished('malformed', 'not-json', NO_FACTS)
  if (!isJsonObject(body)) return unfinished('malformed', 'not-this-protocol', NO_FACTS)
  const output = objectsIn(body.output)
  const facts: StreamFacts = {
    ...NO_FACTS,
    toolCalls: output.filter(isClientCall).length,
    servedModel: toLabel(body.model),
    rawStop: toLabel(body.status),
    usage: readUsage(body.usage),
  }
  if (inBandErrorOf(body) !== undefined || body.status === 'failed') return unfinished('failed', 'in-band-error', facts)
  if (!Array.isArray(body.output)) return unfinished('malformed', 'not-this-protocol', facts)
  switch (body.status) {
    case 'completed':
    case 'incomplete':
      // An answer of this protocol is one answer, so any more that were asked for are missing.
      if (choices > 1) return unfinished('truncated', 'ended-before-proof', facts)
      return readFinished(body, output, facts)
    case 'cancelled':
      return unfinished('failed', 'failed-finish', facts)
    case 'queued':
    case 'in_progress':
    case undefined:
    case null:
      return unfinished('truncated', 'ended-before-proof', facts)
    default:
      return unfinished('malformed', 'not-this-protocol', facts)
  }
}

function readFinished(body: JsonObject, output: readonly JsonObject[], bodyFacts: StreamFacts): ReadResponse {
  const isIncomplete = body.status === 'incomplete' || saysIncomplete(body)
  if (!isIncomplete && output.some(isUnfinishedMessage)) return unfinished('malformed', 'event-order', bodyFacts)
  if (output.some(holdsNoText)) return unfinished('malformed', 'not-this-protocol', bodyFacts)
  const stop = readStop(body, isIncomplete, {
    calls: bodyFacts.toolCalls > 0,
    refusal: hasRefusal(output),
  })
  const unfinishedCalls = findUnfinished(output, stop)
  const facts = { ...bodyFacts, invalidToolCalls: unfinishedCalls.size, rawStop: stop.raw }
  // A limit or a filter may stop inside a call; where nothing stopped the model, a broken call is a broken answer.
  if (unfinishedCalls.size > 0 && !mayCutCalls(stop)) return unfinished('malformed', 'arguments-not-json', facts)
  const kept = unfinishedCalls.size === 0 ? output : output.filter((item) => !unfinishedCalls.has(item))
  return {
    verdict: finishedVerdict('body', stop),
    facts,
    get marks() {
      return [...marksOfResponse(body), ...output.flatMap(marksOfItem)].filter(isFilled)
    },
    get response() {
      return toResponse(body, kept, stop, facts)
    },
    ...(unfinishedCalls.size > 0 && { amended: { ...body, output: kept } }),
  }
}

/** A message that has something else where its text should be, which would be lost. */
function holdsNoText({ type, content }: JsonObject): boolean {
  return type === 'message' && objectsIn(content).some(({ text, refusal }) => isNoText(text) || isNoText(refusal))
}

function hasRefusal(output: readonly JsonObject[]): boolean {
  return output.some(
    (item) => item.type === 'message' && objectsIn(item.content).some(({ refusal }) => toText(refusal) !== ''),
  )
}

function findUnfinished(output: readonly JsonObject[], stop: CoreStop): ReadonlySet<JsonObject> {
  const mayBeCut = mayCutCalls(stop)
  return new Set(
    output.filter(
      (item, index) =>
        isClientCall(item) && isUnfinishedCall(item, inputOf(item), { mayBeCut, isLast: index === output.length - 1 }),
    ),
  )
}

function toResponse(
  body: JsonObject,
  output: readonly JsonObject[],
  stop: CoreStop,
  { usage }: StreamFacts,
): CoreResponse {
  return {
    id: toText(body.id),
    model: toText(body.model),
    ...(typeof body.created_at === 'number' && { created: body.created_at }),
    choices: [{ content: output.flatMap(readOutputItem), stop }],
    usage,
  }
}
