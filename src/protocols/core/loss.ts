import { FieldError } from './fields.ts'
import type { Json, JsonObject } from './json.ts'
import type { ProtocolName } from './protocol.ts'

/**
 * What becomes of a feature of the request when the answering provider speaks another protocol than the client.
 * - `carried`: arrives with the same meaning.
 * - `dropped`: left out, and the exchange record says so by this row's name; the answer means the same without it.
 * - `refused`: the request is not sent there, since the answer would mean something else without it.
 */
export type Fate = 'carried' | 'dropped' | 'refused'

export interface LossRow {
  readonly name: string
  readonly feature: string
  /** By the protocol of the provider that is to answer. */
  readonly to: Readonly<Record<ProtocolName, Fate>>
  readonly why: string
}

const EVERYWHERE: Readonly<Record<ProtocolName, Fate>> = {
  anthropic: 'carried',
  'openai-chat': 'carried',
  'openai-responses': 'carried',
  gemini: 'carried',
}
const NOWHERE = (fate: Fate): Readonly<Record<ProtocolName, Fate>> => ({
  anthropic: fate,
  'openai-chat': fate,
  'openai-responses': fate,
  gemini: fate,
})
const row = (name: string, feature: string, to: Partial<Record<ProtocolName, Fate>>, why: string): LossRow => ({
  name,
  feature,
  to: { ...EVERYWHERE, ...to },
  why,
})

/** The one table of what translation loses; `docs/translation.md` is made from it. */
export const LOSS_TABLE: readonly LossRow[] = [
  row('text', 'system prompts, text, multi-turn conversations', {}, ''),
  row('tools', 'tool definitions, calls, parallel calls, tool choice, results', {}, ''),
  row('images', 'images, inline or by URL', {}, ''),
  row('structured-output', 'JSON Schema output', {}, ''),
  row('stop-reason', 'stop reason', {}, 'a word that the target does not know becomes its limit word'),
  row('usage', 'usage with cache and reasoning tokens', {}, ''),
  row(
    'custom-tools',
    'custom (free-form) tools',
    { anthropic: 'refused', gemini: 'refused' },
    'tools of Anthropic and Gemini take JSON arguments only',
  ),
  row(
    'single-call',
    'at most one tool call an answer',
    { gemini: 'dropped' },
    'Gemini has no such switch; more than one call may come',
  ),
  row(
    'server-tools',
    'tools that the provider runs itself',
    NOWHERE('refused'),
    'they exist at one provider only; the answer would lack what they find',
  ),
  row('file-references', 'files in a provider’s own store', NOWHERE('refused'), 'the other provider cannot read them'),
  row(
    'provider-state',
    'what a provider stores for later requests (earlier responses, conversations, prompts, cached content, containers)',
    NOWHERE('refused'),
    'the other provider does not have it',
  ),
  row(
    'provider-content',
    'parts of the history that only their maker understands (server tool results, compactions)',
    NOWHERE('dropped'),
    'the text around them is carried',
  ),
  row(
    'thinking-history',
    'thinking, signed or redacted, in the history',
    NOWHERE('dropped'),
    'it is bound to the platform that made it, and goes back to that one only',
  ),
  row('document-text', 'plain-text documents', {}, 'the others than Anthropic receive them as text'),
  row('document-url', 'documents by URL', { 'openai-chat': 'refused' }, 'OpenAI Chat takes inline files only'),
  row(
    'document-options',
    'document title, context and citation switches',
    { 'openai-chat': 'dropped', 'openai-responses': 'dropped', gemini: 'dropped' },
    'OpenAI has a file name only, Gemini nothing',
  ),
  row(
    'audio',
    'audio input',
    { anthropic: 'refused', 'openai-responses': 'refused' },
    'Anthropic Messages and OpenAI Responses have no audio',
  ),
  row(
    'video',
    'video input',
    { anthropic: 'refused', 'openai-chat': 'refused', 'openai-responses': 'refused' },
    'only Gemini has video',
  ),
  row(
    'audio-output',
    'audio output as OpenAI Chat gives it',
    { anthropic: 'refused', 'openai-responses': 'refused', gemini: 'refused' },
    'such an answer has a place in its own protocol only',
  ),
  row(
    'media-output',
    'answers with pictures, video or sound, as Gemini gives them',
    { anthropic: 'refused', 'openai-chat': 'refused', 'openai-responses': 'refused' },
    'such an answer has a place in its own protocol only',
  ),
  row(
    'output-media-type',
    'answers in a media type other than text or JSON',
    NOWHERE('refused'),
    'only Gemini can hold a model to one (`text/x.enum`)',
  ),
  row(
    'image-detail',
    'image detail',
    { anthropic: 'dropped', gemini: 'dropped' },
    'a cost hint that only OpenAI has for a single image',
  ),
  row(
    'tool-error',
    'the error mark of a tool result',
    { 'openai-chat': 'dropped', 'openai-responses': 'dropped' },
    'the text of the result is carried; OpenAI has no mark for errors',
  ),
  row(
    'tool-result-media',
    'images and documents inside a tool result',
    {},
    'OpenAI Chat and Gemini receive them behind the results',
  ),
  row('strict-tools', 'strict tool schemas', { gemini: 'dropped' }, 'Gemini has no such mark'),
  row(
    'json-mode',
    'JSON mode without a schema',
    { anthropic: 'refused' },
    'Anthropic Messages guarantees JSON only with a schema',
  ),
  row('reasoning', 'reasoning effort and budget', {}, 'a budget becomes the nearest effort and the reverse'),
  row(
    'cache-control',
    'prompt-cache breakpoints',
    { 'openai-chat': 'dropped', 'openai-responses': 'dropped', gemini: 'dropped' },
    'OpenAI and Gemini cache by themselves',
  ),
  row(
    'output-limit-below-16',
    'limits of fewer than 16 output tokens',
    { 'openai-responses': 'dropped' },
    'OpenAI Responses takes 16 at least; it is sent as 16',
  ),
  row('top-k', 'top_k', { 'openai-chat': 'dropped', 'openai-responses': 'dropped' }, 'OpenAI has no such parameter'),
  row(
    'temperature-above-1',
    'temperatures above 1',
    { anthropic: 'dropped' },
    'Anthropic allows 0 to 1; it is sent as 1',
  ),
  row(
    'seed',
    'seed',
    { anthropic: 'dropped', 'openai-responses': 'dropped' },
    'Anthropic Messages and OpenAI Responses have no such parameter',
  ),
  row(
    'penalties',
    'frequency and presence penalties',
    { anthropic: 'dropped', 'openai-responses': 'dropped' },
    'Anthropic Messages and OpenAI Responses have no such parameters',
  ),
  row(
    'logit-bias',
    'logit bias',
    { anthropic: 'dropped', 'openai-responses': 'dropped', gemini: 'dropped' },
    'only OpenAI Chat has it, and its token numbers mean something to one model only',
  ),
  row(
    'logprobs',
    'log probabilities',
    NOWHERE('refused'),
    'they are reported for one tokenizer, in one protocol’s form',
  ),
  row(
    'choices',
    'several answers (n above 1)',
    { anthropic: 'refused', 'openai-responses': 'refused' },
    'Anthropic Messages and OpenAI Responses give one answer',
  ),
  row(
    'prefill',
    'a last assistant message to be continued',
    { 'openai-chat': 'refused', 'openai-responses': 'refused', gemini: 'refused' },
    'OpenAI would start the answer again, newer Gemini models refuse it',
  ),
  row(
    'stop-sequences',
    'stop sequences',
    { 'openai-responses': 'refused' },
    'OpenAI Responses has no stop sequences; the answer would run on',
  ),
  row(
    'stop-sequences-above-4',
    'more than four stop sequences',
    { 'openai-chat': 'refused' },
    'OpenAI Chat takes four at most',
  ),
  row('stop-sequences-above-5', 'more than five stop sequences', { gemini: 'refused' }, 'Gemini takes five at most'),
  row('safety-settings', 'safety settings', NOWHERE('dropped'), 'thresholds of Google’s own filters'),
  row('metadata', 'metadata and storage flags', NOWHERE('dropped'), 'they concern the provider’s own records'),
  row(
    'service-tier',
    'service tiers and other account options',
    NOWHERE('dropped'),
    'they concern one provider’s account',
  ),
  row(
    'unknown-fields',
    'fields that Fullstop does not know',
    NOWHERE('dropped'),
    'they pass untouched where client and provider speak the same protocol',
  ),
]

const ROWS: ReadonlyMap<string, LossRow> = new Map(LOSS_TABLE.map((row) => [row.name, row]))

/** Collects what one translation leaves out, held to the table. */
export class Losses {
  readonly #target: ProtocolName
  readonly #dropped = new Set<string>()

  constructor(target: ProtocolName) {
    this.#target = target
  }

  /** Records a loss. Throws where the table does not allow this target to drop it: a programming error. */
  drop(name: string): void {
    if (fateOf(name, this.#target) !== 'dropped')
      throw new Error(`the loss table does not let ${this.#target} drop ${name}`)
    this.#dropped.add(name)
  }

  /**
   * Ends the surrounding `checked` for something that must not be lost, with a sentence for the caller. Throws another
   * error where the table says otherwise: a programming error.
   */
  refuse(name: string, field: string): never {
    const row = ROWS.get(name)
    if (row === undefined || row.to[this.#target] !== 'refused')
      throw new Error(`the loss table does not let ${this.#target} refuse ${name}`)
    throw new FieldError(field, `${row.feature}: a provider that speaks ${this.#target} cannot carry this (${row.why})`)
  }

  /** The request's fields that the core has no word for, each by its row: those that this target knows come back. */
  settleUnknown(unknown: ReadonlyMap<string, Json>): JsonObject {
    const carried: [string, Json][] = []
    for (const [name, value] of unknown) {
      const row = lossRowOfField(name)
      const fate = fateOf(row, this.#target)
      if (fate === 'carried') carried.push([name, value])
      else if (fate === 'refused') this.refuse(row, name)
      else this.drop(row)
    }
    return Object.fromEntries(carried)
  }

  get dropped(): readonly string[] {
    return [...this.#dropped]
  }
}

export function fateOf(name: string, target: ProtocolName): Fate | undefined {
  return ROWS.get(name)?.to[target]
}

/** Rows of wire fields that the core has no word for, of whatever protocol. */
const ROW_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ['modalities', 'audio-output'],
  ['audio', 'audio-output'],
  ['web_search_options', 'server-tools'],
  ['logit_bias', 'logit-bias'],
  ['service_tier', 'service-tier'],
  ['inference_geo', 'service-tier'],
  ['speed', 'service-tier'],
  ['prompt_cache_key', 'service-tier'],
  ['prompt_cache_retention', 'service-tier'],
  ['prompt_cache_options', 'service-tier'],
  ['store', 'metadata'],
  ['previous_response_id', 'provider-state'],
  ['conversation', 'provider-state'],
  ['prompt', 'provider-state'],
  // Of an item in a Responses input: only its own provider has, or can read, what it stands for.
  ['item_reference', 'provider-state'],
  ['compaction', 'provider-state'],
  ['container', 'provider-state'],
  ['cachedContent', 'provider-state'],
  ['continuationToken', 'provider-state'],
  ['serviceTier', 'service-tier'],
  ['generationConfig.responseModalities.AUDIO', 'media-output'],
  ['generationConfig.responseModalities.IMAGE', 'media-output'],
  ['generationConfig.responseModalities.VIDEO', 'media-output'],
  ['generationConfig.responseMimeType', 'output-media-type'],
  ['generationConfig.responseFormat', 'output-media-type'],
  ['safetySettings', 'safety-settings'],
])

/** The row that decides about a field in a core request's `unknown`. */
function lossRowOfField(name: string): string {
  return ROW_OF_FIELD.get(name) ?? 'unknown-fields'
}
