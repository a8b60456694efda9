import { toLabel } from '../../evidence/index.ts'
import {
  checked,
  type CoreResponse,
  finishedVerdict,
  isFilled,
  isJsonObject,
  type Json,
  type JsonObject,
  mayCutCalls,
  NO_FACTS,
  type Part,
  type ReadResponse,
  type ReadResponseOptions,
  type StreamFacts,
  toText,
  unfinished,
} from '../core/index.ts'
import { readBlock } from './content-in.ts'
import { isInBandError } from './in-band-error.ts'
import { readStopReason } from './stop-reason.ts'
import { readUsage } from './usage.ts'

/**
 * An answer that came as one body; `undefined` is a body that is no JSON. Its proof is its stop reason, whatever
 * `completion` says of the provider's streams: a whole message always has one.
 */
export function readResponse(body: Json | undefined, { choices }: ReadResponseOptions): ReadResponse {
  if (body === undefined) return unfinished('malformed', 'not-json', NO_FACTS)
  if (!isJsonObject(body)) return unfinished('malformed', 'not-this-protocol', NO_FACTS)
  if (isInBandError(body)) return unfinished('failed', 'in-band-error', NO_FACTS)
  const { content, usage } = body
  if (body['type'] !== 'message' || !Array.isArray(content) || !isJsonObject(usage))
    return unfinished('malformed', 'not-this-protocol', NO_FACTS)
  return readMessage(body, content as readonly Json[], choices)
}

function readMessage(body: JsonObject, content: readonly Json[], choices: number): ReadResponse {
  const raw = body['stop_reason']
  const facts: StreamFacts = {
    ...NO_FACTS,
    toolCalls: content.filter(isCall).length,
    servedModel: toLabel(body['model']),
    rawStop: toLabel(raw),
    usage: readUsage(body['usage']),
  }
  // An Anthropic answer is one answer, so any more that were asked for are missing.
  if (raw === undefined || raw === null || choices > 1) return unfinished('truncated', 'ended-before-proof', facts)
  if (typeof raw !== 'string') return unfinished('malformed', 'not-this-protocol', facts)
  const sequence = body['stop_sequence']
  const stop = readStopReason(raw, typeof sequence === 'string' ? sequence : null)
  if (stop.kind === 'tool-use' && facts.toolCalls === 0) return unfinished('malformed', 'event-order', facts)
  // The body holds parsed arguments only, so it cannot show whether the model had finished the last call's.
  const isCutCall = mayCutCalls(stop) && isCall(content.at(-1))
  const kept = isCutCall ? content.slice(0, -1) : content
  // Gateways that imitate this protocol have sent the arguments as the text that the model wrote, whole or not.
  if (!kept.every(hasCallableInput)) return unfinished('malformed', 'arguments-not-json', facts)
  const parts = readParts(kept)
  if (parts === undefined) return unfinished('malformed', 'not-this-protocol', facts)
  const response: CoreResponse = {
    id: toText(body['id']),
    model: toText(body['model']),
    choices: [{ content: parts, stop }],
    usage: facts.usage,
  }
  return {
    verdict: finishedVerdict('body', stop),
    get marks() {
      return marksOf(body, content)
    },
    facts: isCutCall ? { ...facts, invalidToolCalls: 1 } : facts,
    response,
    ...(isCutCall && { amended: { ...body, content: kept } }),
  }
}

function readParts(content: readonly Json[]): readonly Part[] | undefined {
  const read = checked(() => content.flatMap((block, index) => readBlock(block, `content[${index}]`, new Map())))
  return read.ok ? read.value : undefined
}

/** What only the platform can read again: signatures, redacted thinking, the container of its own tools. */
function marksOf({ container }: JsonObject, content: readonly Json[]): readonly string[] {
  const blocks = content.map((block) => {
    if (!isJsonObject(block)) return undefined
    if (block['type'] === 'thinking') return block['signature']
    return block['type'] === 'redacted_thinking' ? block['data'] : undefined
  })
  const all = [...blocks, isJsonObject(container) ? container['id'] : undefined]
  return all.filter(isFilled)
}

function isCall(block: Json | undefined): boolean {
  return isJsonObject(block) && block['type'] === 'tool_use'
}

/** Not a call at all, or one with a JSON object; a provider's own tool may also have been called with nothing. */
function hasCallableInput(block: Json): boolean {
  if (!isJsonObject(block) || typeof block['type'] !== 'string' || !block['type'].endsWith('tool_use')) return true
  const { input } = block
  return isJsonObject(input) || (!isCall(block) && (input === undefined || input === null))
}
