import { type Reason, toLabel, verdictOfStop } from '../../evidence/index.ts'
import {
  type Completion,
  type CoreResponse,
  isJsonObject,
  type Json,
  type JsonObject,
  type Part,
  type ReadResponse,
  type StreamFacts,
} from '../core/index.ts'
import { readBlock } from './content-in.ts'
import { checked } from './fields.ts'
import { readStopReason } from './stop-reason.ts'
import { readUsage } from './usage.ts'

const NO_FACTS: StreamFacts = {
  events: 0,
  toolCalls: 0,
  invalidToolCalls: 0,
  servedModel: undefined,
  rawStop: undefined,
  usage: {},
}

/**
 * An answer that came as one body; `undefined` is a body that is no JSON. Its proof is its stop reason, whatever
 * `completion` says of the provider's streams: a whole message always has one.
 */
export function readResponse(body: Json | undefined, _options: { readonly completion: Completion }): ReadResponse {
  if (body === undefined) return unfinished('malformed', 'not-json', NO_FACTS)
  if (!isJsonObject(body)) return unfinished('malformed', 'not-this-protocol', NO_FACTS)
  if (body['type'] === 'error' || isJsonObject(body['error'])) return unfinished('failed', 'in-band-error', NO_FACTS)
  const { content, usage } = body
  if (body['type'] !== 'message' || !Array.isArray(content) || !isJsonObject(usage))
    return unfinished('malformed', 'not-this-protocol', NO_FACTS)
  return readMessage(body, content as readonly Json[])
}

function readMessage(body: JsonObject, content: readonly Json[]): ReadResponse {
  const raw = body['stop_reason']
  const facts: StreamFacts = {
    ...NO_FACTS,
    toolCalls: content.filter(isCall).length,
    servedModel: toLabel(body['model']),
    rawStop: toLabel(raw),
    usage: readUsage(body['usage']),
  }
  if (raw === undefined || raw === null) return unfinished('truncated', 'ended-before-proof', facts)
  if (typeof raw !== 'string') return unfinished('malformed', 'not-this-protocol', facts)
  const sequence = body['stop_sequence']
  const stop = readStopReason(raw, typeof sequence === 'string' ? sequence : null)
  // The body holds parsed arguments only, so it cannot show whether the model had finished the last call's.
  const isCutCall = stop.kind === 'limit' && isCall(content.at(-1))
  const kept = isCutCall ? content.slice(0, -1) : content
  // Gateways that imitate this protocol have sent the arguments as the text that the model wrote, whole or not.
  if (kept.some((block) => isCall(block) && !hasArguments(block)))
    return unfinished('malformed', 'arguments-not-json', facts)
  const parts = readParts(kept)
  if (parts === undefined) return unfinished('malformed', 'not-this-protocol', facts)
  const response: CoreResponse = {
    id: typeof body['id'] === 'string' ? body['id'] : '',
    model: typeof body['model'] === 'string' ? body['model'] : '',
    choices: [{ content: parts, stop }],
    usage: facts.usage,
  }
  return {
    verdict: { name: verdictOfStop(stop.kind), proof: 'body', stop: stop.kind },
    facts: isCutCall ? { ...facts, invalidToolCalls: 1 } : facts,
    response,
    ...(isCutCall && { amended: { ...body, content: kept } }),
  }
}

function readParts(content: readonly Json[]): readonly Part[] | undefined {
  const read = checked(() => content.flatMap((block, index) => readBlock(block, `content[${index}]`, new Map())))
  return read.ok ? read.value : undefined
}

function isCall(block: Json | undefined): boolean {
  return isJsonObject(block) && block['type'] === 'tool_use'
}

function hasArguments(block: Json): boolean {
  return isJsonObject(block) && isJsonObject(block['input'])
}

function unfinished(name: 'truncated' | 'malformed' | 'failed', reason: Reason, facts: StreamFacts): ReadResponse {
  return { verdict: { name, reason }, facts }
}
