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

const BOTH: Readonly<Record<ProtocolName, Fate>> = { anthropic: 'carried', 'openai-chat': 'carried' }
const row = (name: string, feature: string, to: Partial<Record<ProtocolName, Fate>>, why: string): LossRow => ({
  name,
  feature,
  to: { ...BOTH, ...to },
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
  row('custom-tools', 'custom (free-form) tools', { anthropic: 'refused' }, 'Anthropic tools take JSON arguments only'),
  row(
    'server-tools',
    'tools that the provider runs itself',
    { anthropic: 'refused', 'openai-chat': 'refused' },
    'they exist at one provider only; the answer would lack what they find',
  ),
  row(
    'file-references',
    'files in a provider’s own store',
    { anthropic: 'refused', 'openai-chat': 'refused' },
    'the other provider cannot read them',
  ),
  row(
    'provider-content',
    'parts of the history that only their maker understands (server tool results, compactions)',
    { anthropic: 'dropped', 'openai-chat': 'dropped' },
    'the text around them is carried',
  ),
  row(
    'thinking-history',
    'thinking, signed or redacted, in the history',
    { anthropic: 'dropped', 'openai-chat': 'dropped' },
    'it is bound to the platform that made it',
  ),
  row('document-text', 'plain-text documents', {}, 'OpenAI Chat receives them as text'),
  row('document-url', 'documents by URL', { 'openai-chat': 'refused' }, 'OpenAI Chat takes inline files only'),
  row(
    'document-options',
    'document title, context and citation switches',
    { 'openai-chat': 'dropped' },
    'OpenAI Chat has a file name only',
  ),
  row('audio', 'audio input', { anthropic: 'refused' }, 'Anthropic Messages has no audio'),
  row('audio-output', 'audio output, modalities', { anthropic: 'refused' }, 'Anthropic Messages answers in text'),
  row('image-detail', 'image detail', { anthropic: 'dropped' }, 'a cost hint that Anthropic does not have'),
  row(
    'tool-error',
    'the error mark of a tool result',
    { 'openai-chat': 'dropped' },
    'the text of the result is carried; OpenAI Chat has no mark for errors',
  ),
  row(
    'tool-result-media',
    'images and documents inside a tool result',
    {},
    'OpenAI Chat receives them in a user message after the results',
  ),
  row('strict-tools', 'strict tool schemas', {}, ''),
  row(
    'json-mode',
    'JSON mode without a schema',
    { anthropic: 'refused' },
    'Anthropic Messages guarantees JSON only with a schema',
  ),
  row('reasoning', 'reasoning effort and budget', {}, 'a budget becomes the nearest effort and the reverse'),
  row('cache-control', 'prompt-cache breakpoints', { 'openai-chat': 'dropped' }, 'OpenAI caches by itself'),
  row('top-k', 'top_k', { 'openai-chat': 'dropped' }, 'OpenAI Chat has no such parameter'),
  row(
    'temperature-above-1',
    'temperatures above 1',
    { anthropic: 'dropped' },
    'Anthropic allows 0 to 1; it is sent as 1',
  ),
  row('seed', 'seed', { anthropic: 'dropped' }, 'Anthropic Messages has no such parameter'),
  row(
    'penalties',
    'frequency and presence penalties, logit bias',
    { anthropic: 'dropped' },
    'Anthropic Messages has no such parameters',
  ),
  row('logprobs', 'log probabilities', { anthropic: 'refused' }, 'Anthropic Messages does not report them'),
  row('choices', 'several answers (n above 1)', { anthropic: 'refused' }, 'Anthropic Messages gives one answer'),
  row(
    'prefill',
    'a last assistant message to be continued',
    { 'openai-chat': 'refused' },
    'OpenAI Chat would start the answer again',
  ),
  row(
    'stop-sequences-above-4',
    'more than four stop sequences',
    { 'openai-chat': 'refused' },
    'OpenAI Chat takes four at most',
  ),
  row(
    'metadata',
    'metadata and storage flags',
    { anthropic: 'dropped', 'openai-chat': 'dropped' },
    'they concern the provider’s own records',
  ),
  row(
    'service-tier',
    'service tiers and other account options',
    { anthropic: 'dropped', 'openai-chat': 'dropped' },
    'they concern one provider’s account',
  ),
  row(
    'unknown-fields',
    'fields that Fullstop does not know',
    { anthropic: 'dropped', 'openai-chat': 'dropped' },
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

  /** The caller-facing sentence for something that must not be lost. Throws where the table says otherwise. */
  refusal(name: string): string {
    const row = ROWS.get(name)
    if (row === undefined || row.to[this.#target] !== 'refused')
      throw new Error(`the loss table does not let ${this.#target} refuse ${name}`)
    return `${row.feature}: a provider that speaks ${this.#target} cannot carry this (${row.why})`
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
  ['logit_bias', 'penalties'],
  ['service_tier', 'service-tier'],
  ['inference_geo', 'service-tier'],
  ['speed', 'service-tier'],
  ['prompt_cache_key', 'service-tier'],
  ['prompt_cache_retention', 'service-tier'],
  ['prompt_cache_options', 'service-tier'],
  ['store', 'metadata'],
])

/** The row that decides about a field in a core request's `unknown`. */
export function lossRowOfField(name: string): string {
  return ROW_OF_FIELD.get(name) ?? 'unknown-fields'
}
