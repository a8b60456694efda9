import type { JsonObject, ProtocolName } from '../../src/protocols/core/index.ts'
import { ask, askAfter, askWith } from './asking.ts'
import type { LossCase } from './loss-case.ts'

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

type Options = Partial<Readonly<Record<ProtocolName, JsonObject>>>

/** Options as each protocol has them: both what is asked with and what must arrive. */
function option(words: Options): Pick<Required<LossCase>, 'asks' | 'due'> {
  const { anthropic, gemini } = words
  const chat = words['openai-chat']
  const responses = words['openai-responses']
  return {
    asks: {
      ...(anthropic !== undefined && { anthropic: ask.anthropic(anthropic) }),
      ...(chat !== undefined && { 'openai-chat': ask['openai-chat'](chat) }),
      ...(responses !== undefined && { 'openai-responses': ask['openai-responses'](responses) }),
      ...(gemini !== undefined && { gemini: ask.gemini(gemini) }),
    },
    due: words,
  }
}

/** Options that no other provider gets. */
function lost(words: Options, lacks: string): Pick<Required<LossCase>, 'asks' | 'lacks'> {
  return { asks: option(words).asks, lacks }
}

const config = (generationConfig: JsonObject): JsonObject => ({ generationConfig })
const words = (count: number): readonly string[] => ['one', 'two', 'three', 'four', 'five', 'six'].slice(0, count)

/** Sampling, limits, formats, reasoning, and what only one provider has. */
export const OPTION_CASES: readonly LossCase[] = [
  {
    row: 'text',
    name: 'limit and sampling',
    ...option({
      anthropic: { max_tokens: 300, temperature: 0.5, top_p: 0.9 },
      'openai-chat': { max_completion_tokens: 300, temperature: 0.5, top_p: 0.9 },
      'openai-responses': { max_output_tokens: 300, temperature: 0.5, top_p: 0.9 },
      gemini: config({ maxOutputTokens: 300, temperature: 0.5, topP: 0.9 }),
    }),
  },
  {
    row: 'structured-output',
    ...option({
      anthropic: { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
      'openai-chat': { response_format: { type: 'json_schema', json_schema: { name: 'response', schema: SCHEMA } } },
      'openai-responses': { text: { format: { type: 'json_schema', name: 'response', schema: SCHEMA } } },
      gemini: config({ responseMimeType: 'application/json', responseJsonSchema: SCHEMA }),
    }),
  },
  {
    row: 'json-mode',
    ...option({
      'openai-chat': { response_format: { type: 'json_object' } },
      'openai-responses': { text: { format: { type: 'json_object' } } },
      gemini: config({ responseMimeType: 'application/json' }),
    }),
  },
  {
    row: 'reasoning',
    name: 'an effort',
    ...option({
      anthropic: { output_config: { effort: 'high' } },
      'openai-chat': { reasoning_effort: 'high' },
      'openai-responses': { reasoning: { effort: 'high' } },
      gemini: config({ thinkingConfig: { thinkingLevel: 'HIGH' } }),
    }),
    due: {
      // This model is told by a budget.
      anthropic: { thinking: { type: 'enabled', budget_tokens: 16_384 } },
      'openai-chat': { reasoning_effort: 'high' },
      'openai-responses': { reasoning: { effort: 'high', summary: 'auto' }, include: ['reasoning.encrypted_content'] },
      gemini: config({ thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true } }),
    },
  },
  {
    row: 'reasoning',
    name: 'a budget',
    asks: {
      anthropic: ask.anthropic({ max_tokens: 30_000, thinking: { type: 'enabled', budget_tokens: 16_000 } }),
      gemini: ask.gemini(config({ thinkingConfig: { thinkingBudget: 16_000 } })),
    },
    due: {
      anthropic: { thinking: { type: 'enabled', budget_tokens: 16_000 } },
      'openai-chat': { reasoning_effort: 'medium' },
      'openai-responses': { reasoning: { effort: 'medium' } },
      gemini: config({ thinkingConfig: { thinkingLevel: 'MEDIUM' } }),
    },
  },
  {
    row: 'stop-sequences',
    ...option({
      anthropic: { stop_sequences: words(2) },
      'openai-chat': { stop: words(2) },
      gemini: config({ stopSequences: words(2) }),
    }),
  },
  {
    row: 'stop-sequences-above-4',
    ...option({ anthropic: { stop_sequences: words(5) }, gemini: config({ stopSequences: words(5) }) }),
    refusedBy: { 'openai-responses': 'stop-sequences' },
  },
  {
    row: 'stop-sequences-above-5',
    ...option({ anthropic: { stop_sequences: words(6) } }),
    refusedBy: { 'openai-responses': 'stop-sequences', 'openai-chat': 'stop-sequences-above-4' },
  },
  {
    row: 'output-limit-below-16',
    asks: {
      anthropic: ask.anthropic({ max_tokens: 5 }),
      'openai-chat': ask['openai-chat']({ max_completion_tokens: 5 }),
      gemini: ask.gemini(config({ maxOutputTokens: 5 })),
    },
    due: {
      anthropic: { max_tokens: 5 },
      'openai-chat': { max_completion_tokens: 5 },
      'openai-responses': { max_output_tokens: 16 },
      gemini: config({ maxOutputTokens: 5 }),
    },
  },
  {
    row: 'top-k',
    ...option({ anthropic: { top_k: 40 }, gemini: config({ topK: 40 }) }),
  },
  {
    row: 'temperature-above-1',
    asks: {
      'openai-chat': ask['openai-chat']({ temperature: 1.5 }),
      'openai-responses': ask['openai-responses']({ temperature: 1.5 }),
      gemini: ask.gemini(config({ temperature: 1.5 })),
    },
    due: {
      anthropic: { temperature: 1 },
      'openai-chat': { temperature: 1.5 },
      'openai-responses': { temperature: 1.5 },
      gemini: config({ temperature: 1.5 }),
    },
  },
  { row: 'seed', ...option({ 'openai-chat': { seed: 7 }, gemini: config({ seed: 7 }) }) },
  {
    row: 'penalties',
    ...option({
      'openai-chat': { frequency_penalty: 0.5, presence_penalty: -0.5 },
      gemini: config({ frequencyPenalty: 0.5, presencePenalty: -0.5 }),
    }),
  },
  { row: 'logit-bias', ...option({ 'openai-chat': { logit_bias: { '50256': -100 } } }) },
  {
    row: 'logprobs',
    ...option({
      'openai-chat': { logprobs: true, top_logprobs: 2 },
      'openai-responses': { top_logprobs: 2 },
      gemini: config({ responseLogprobs: true, logprobs: 2 }),
    }),
  },
  // Asked for twice, answered twice: `asking.ts` knows how.
  { row: 'choices', ...option({ 'openai-chat': { n: 2 }, gemini: config({ candidateCount: 2 }) }) },
  {
    row: 'audio-output',
    ...option({ 'openai-chat': { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } } }),
  },
  {
    row: 'media-output',
    name: 'pictures',
    ...option({ gemini: config({ responseModalities: ['TEXT', 'IMAGE'] }) }),
  },
  { row: 'media-output', name: 'sound', ...option({ gemini: config({ responseModalities: ['AUDIO'] }) }) },
  { row: 'output-media-type', ...option({ gemini: config({ responseMimeType: 'text/x.enum' }) }) },
  {
    row: 'safety-settings',
    ...lost(
      {
        gemini: { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] },
      },
      'HARM_',
    ),
  },
  {
    row: 'metadata',
    ...lost(
      {
        'openai-chat': { metadata: { team: 'a' }, store: true },
        'openai-responses': { metadata: { team: 'a' } },
        gemini: { labels: { team: 'a' } },
      },
      'team',
    ),
  },
  {
    row: 'service-tier',
    ...lost(
      {
        anthropic: { service_tier: 'standard_only' },
        'openai-chat': { service_tier: 'flex' },
        'openai-responses': { prompt_cache_key: 'a' },
        gemini: { serviceTier: 'flex' },
      },
      'flex',
    ),
  },
  {
    row: 'unknown-fields',
    ...lost(
      {
        anthropic: { shine: 1 },
        'openai-chat': { shine: 1 },
        'openai-responses': { shine: 1 },
        gemini: { shine: 1 },
      },
      'shine',
    ),
  },
  {
    row: 'file-references',
    asks: {
      anthropic: askWith.anthropic({ type: 'document', source: { type: 'file', file_id: 'file_1' } }),
      'openai-chat': askWith['openai-chat']({ type: 'file', file: { file_id: 'file-1' } }),
      'openai-responses': askWith['openai-responses']({ type: 'input_file', file_id: 'file-1' }),
      gemini: askWith.gemini({
        fileData: {
          mimeType: 'application/pdf',
          fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/a',
        },
      }),
    },
  },
  {
    row: 'provider-state',
    asks: {
      anthropic: ask.anthropic({ container: 'container_1' }),
      'openai-responses': ask['openai-responses']({ previous_response_id: 'resp_1' }),
      gemini: ask.gemini({ cachedContent: 'cachedContents/a' }),
    },
  },
  {
    row: 'provider-state',
    name: 'a stored item',
    asks: { 'openai-responses': askAfter['openai-responses']({ type: 'item_reference', id: 'msg_1' }) },
  },
]
