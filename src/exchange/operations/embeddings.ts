import { type Reason, toLabel } from '../../evidence/index.ts'
import {
  checked,
  isJsonObject,
  type Json,
  type JsonObject,
  NO_FACTS,
  readModel,
  reject,
  type StreamFacts,
} from '../../protocols/core/index.ts'
import type { Operation } from './operation.ts'
import { headersFor, notThis, sameProtocolBody, toJson } from './sending.ts'

/** https://platform.openai.com/docs/api-reference/embeddings */
const PATH = '/embeddings'
/** Protocols whose providers have it, with base URLs that end in `/v1`. */
const SPEAKERS: ReadonlySet<string> = new Set(['openai-chat', 'openai-responses'])

/**
 * Embeddings, in OpenAI's form. Vectors of two models have nothing in common, so a fallback to another model would
 * spoil whatever they are stored in: only the platforms of the model itself are tried.
 */
export const embeddings: Operation = {
  name: 'embeddings',
  mayFallBack: false,

  inspect: (_protocol, body) =>
    checked(() => ({
      model: readModel(body['model']),
      stream: false,
      reasoning: false,
      choices: inputCount(body['input']),
      structured: false,
      tools: false,
      session: undefined,
    })),
  parse: () => ({ ok: false, problem: { field: 'model', message: 'embeddings are not translated' } }),
  findState: () => [],

  toOutbound(inbound, platform, { apiKey, ownership }) {
    const { provider } = platform
    if (!SPEAKERS.has(provider.protocol.name)) {
      const message = `embeddings: a provider that speaks ${provider.protocol.name} has no such call`
      return { ok: false, problem: { field: 'model', message } }
    }
    const headers = headersFor(inbound, platform, apiKey)
    const url = provider.baseUrl + PATH
    return { ok: true, url, headers, apiKey, sameProtocol: true, ...sameProtocolBody(inbound, platform, { ownership }) }
  },

  judge(bytes, { inbound }) {
    const body = toJson(bytes)
    if (!isJsonObject(body)) return notThis(body)
    const facts = factsOf(body)
    if (isJsonObject(body['error']))
      return { verdict: { name: 'failed', reason: 'in-band-error' }, facts, inBandError: body }
    const flaw = flawOf(body['data'], inbound.facts.choices)
    if (flaw === 'ended-before-proof') return { verdict: { name: 'truncated', reason: flaw }, facts }
    if (flaw !== undefined) return { verdict: { name: 'malformed', reason: flaw }, facts }
    return { verdict: { name: 'complete', proof: 'body', stop: undefined }, facts, bytes, marks: [] }
  },
}

/** A text, a list of texts, one list of token numbers, or a list of such lists. */
function inputCount(input: Json | undefined): number {
  const expected = 'a text, a list of texts or lists of token numbers'
  if (typeof input === 'string' && input !== '') return 1
  if (!Array.isArray(input) || input.length === 0)
    return reject('input', expected, input, Array.isArray(input) ? 'an empty array' : undefined)
  return typeof input[0] === 'number' ? 1 : input.length
}

function factsOf(body: JsonObject): StreamFacts {
  const tokens = isJsonObject(body['usage']) ? body['usage']['prompt_tokens'] : undefined
  const usage = typeof tokens === 'number' && tokens >= 0 ? { inputTokens: tokens } : {}
  return { ...NO_FACTS, servedModel: toLabel(body['model']), usage }
}

/** What is wrong with the vectors: as many as inputs, each in its place, all of one length, every number finite. */
function flawOf(data: Json | undefined, wanted: number): Reason | undefined {
  if (!Array.isArray(data)) return 'not-this-protocol'
  const entries: readonly Json[] = data
  if (entries.length < wanted) return 'ended-before-proof'
  if (entries.length > wanted) return 'not-this-protocol'
  const lengths = new Set(entries.map((entry, place) => vectorLength(entry, place)))
  return lengths.size === 1 && !lengths.has(0) ? undefined : 'not-this-protocol'
}

/** 0 where it is no vector. */
function vectorLength(entry: Json, place: number): number {
  if (!isJsonObject(entry) || (entry['index'] ?? place) !== place) return 0
  const vector = entry['embedding']
  if (typeof vector === 'string') return vector.length
  if (!Array.isArray(vector)) return 0
  return vector.every((value) => typeof value === 'number') ? vector.length : 0
}
