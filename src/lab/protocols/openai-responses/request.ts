import { checkStrictSchema } from '../openai-chat/tools.ts'
import { currentTurn } from '../../model/conversation.ts'
import { isRecord, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import { invalidParameter, missingParameter, wrongType } from '../openai/errors.ts'
import { readBoolean, readNumber, readWord } from '../openai/fields.ts'
import type { Prompt } from '../../model/prompt.ts'
import type { ReadContext, ReadRequest } from '../provider-protocol.ts'
import type { ResponseMemory } from './response-memory.ts'
import { toResponsesBody, toResponsesEvents } from './answer.ts'
import { checkResponsesCalls, itemText, readNames, readResponsesInput, responsesEntries } from './input.ts'
import { readResponsesToolChoice, readResponsesTools } from './tools.ts'
import type { SimulatedModel } from '../../simulated-models.ts'
import { countTokens } from '../../model/tokenizer.ts'

const LEAST_OUTPUT_TOKENS = 16
const MOST_TOP_LOGPROBS = 20
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const SUMMARIES = ['auto', 'concise', 'detailed']
const TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast']
const INCLUDABLE = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
]

const KNOWN_FIELDS = new Set(
  `access_programs background client_metadata context_management conversation image include input instructions
   max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls personality previous_response_id prompt
   prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream
   stream_options temperature text tool_choice tools top_logprobs top_p truncation user`.split(/\s+/),
)

/** What a Responses request asks of its answer's form. */
export interface ResponsesAsk {
  /** The request; the response repeats its settings. */
  readonly body: JsonRecord
  /** The whole conversation, with what `previous_response_id` names. */
  readonly items: readonly JsonRecord[]
  readonly obfuscate: boolean
  readonly topLogprobs: number | undefined
  readonly showsEncrypted: boolean
  readonly showsSummary: boolean
  readonly store: boolean
  readonly background: boolean
  readonly responses: ResponseMemory
}

/** Reads a Responses request; throws what the real API would answer to a bad one. */
export function readResponsesRequest(body: JsonRecord, model: SimulatedModel, context: ReadContext): ReadRequest {
  const { prompt, items } = readPrompt(body, model, context)
  const stream = readBoolean(body, 'stream')
  const options = body['stream_options']
  if (options !== undefined && options !== null && !stream) {
    throw invalidParameter(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
      'invalid_value',
    )
  }
  const include = readInclude(body['include'])
  const top = readNumber(body, 'top_logprobs', 0, MOST_TOP_LOGPROBS, true)
  const store = body['store'] !== false
  const background = readBoolean(body, 'background')
  if (background && !store) throw invalidParameter('Background mode requires store=true.', 'background')
  readWord(body['service_tier'], 'service_tier', TIERS)
  readWord(body['truncation'], 'truncation', ['auto', 'disabled'])
  const ask: ResponsesAsk = {
    body,
    items,
    obfuscate: recordOr(options)['include_obfuscation'] !== false,
    topLogprobs: top ?? (include.includes('message.output_text.logprobs') ? 0 : undefined),
    showsEncrypted: include.includes('reasoning.encrypted_content'),
    showsSummary: typeof recordOr(body['reasoning'])['summary'] === 'string',
    store,
    background,
    responses: context.responses,
  }
  return {
    prompt,
    stream,
    choices: 1,
    seed: undefined,
    toEvents: ([answer], rendering) => (answer === undefined ? [] : toResponsesEvents(answer, ask, rendering)),
    toBody: ([answer], rendering) => (answer === undefined ? '' : toResponsesBody(answer, ask, rendering)),
  }
}

/** The answer of `/v1/responses/input_tokens`: what the response itself would report as its input. */
export function countResponsesTokens(body: JsonRecord, model: SimulatedModel, context: ReadContext): JsonRecord {
  return { object: 'response.input_tokens', input_tokens: readPrompt(body, model, context).prompt.inputTokens }
}

function readPrompt(
  body: JsonRecord,
  model: SimulatedModel,
  context: ReadContext,
): { readonly prompt: Prompt; readonly items: readonly JsonRecord[] } {
  const unknown = Object.keys(body).find((key) => !KNOWN_FIELDS.has(key))
  if (unknown !== undefined) {
    throw invalidParameter(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  }
  const items = readItems(body, context)
  const { toolChoice, tools } = readResponsesToolChoice(body['tool_choice'], readResponsesTools(body['tools']))
  readNumber(body, 'top_p', 0, 1, false)
  const instructions = body['instructions'] ?? ''
  if (typeof instructions !== 'string') throw wrongType('instructions', 'a string', instructions)
  const text = [instructions, ...items.map(itemText)].join('\n')
  const inputTokens = countTokens(text) + items.length * 4 + (tools.length > 0 ? countTokens(JSON.stringify(tools)) : 0)
  if (inputTokens > model.contextWindowTokens) {
    throw invalidParameter(
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
      'input',
      'context_length_exceeded',
    )
  }
  const prompt: Prompt = {
    text,
    ...currentTurn(responsesEntries(items)),
    prefill: undefined,
    tools,
    toolChoice,
    parallelToolCalls: body['parallel_tool_calls'] !== false,
    answerSchema: readAnswerSchema(body['text'], text),
    thinking: readReasoning(body['reasoning'], model),
    maxTokens: readNumber(body, 'max_output_tokens', LEAST_OUTPUT_TOKENS, Infinity, true),
    stopSequences: [],
    temperature: readNumber(body, 'temperature', 0, 2, false) ?? 1,
    inputTokens,
  }
  return { prompt, items }
}

function readItems(body: JsonRecord, context: ReadContext): readonly JsonRecord[] {
  const { previous_response_id: previousId, conversation, prompt } = body
  const input = readResponsesInput(body['input'], context)
  if (typeof previousId === 'string' && conversation !== undefined && conversation !== null) {
    throw invalidParameter(
      "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing one of them.",
      'previous_response_id',
      'mutually_exclusive_parameters',
    )
  }
  const previous = typeof previousId === 'string' ? context.responses.find(context.platform, previousId) : undefined
  if (typeof previousId === 'string' && previous === undefined) {
    throw invalidParameter(
      `Previous response with id '${previousId}' not found.`,
      'previous_response_id',
      'previous_response_not_found',
    )
  }
  const items = [...(previous?.items ?? []), ...input]
  if (items.length === 0 && prompt === undefined) {
    throw invalidParameter(
      "One of 'input' or 'previous_response_id' or 'prompt' or 'conversation' must be provided.",
      'input',
      'missing_required_parameter',
    )
  }
  checkResponsesCalls(items)
  return items
}

function readReasoning(reasoning: unknown, model: SimulatedModel): boolean {
  if (reasoning !== undefined && reasoning !== null && !isRecord(reasoning)) {
    throw wrongType('reasoning', 'an object', reasoning)
  }
  const effort = readWord(recordOr(reasoning)['effort'], 'reasoning.effort', EFFORTS)
  const summary = readWord(recordOr(reasoning)['summary'], 'reasoning.summary', SUMMARIES)
  if (effort === 'none') return false
  return model.reasoning === 'always' || effort !== undefined || summary !== undefined
}

function readInclude(include: unknown): readonly string[] {
  const names = readNames(include, 'include')
  for (const [index, name] of names.entries()) readWord(name, `include[${index}]`, INCLUDABLE)
  return names
}

function readAnswerSchema(text: unknown, promptText: string): JsonRecord | undefined {
  const { format } = recordOr(text)
  if (format === undefined || format === null) return undefined
  const { type, name, schema, strict } = recordOr(format)
  switch (type) {
    case 'text':
      return undefined
    case 'json_object':
      if (/json/i.test(promptText)) return {}
      throw invalidParameter(
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
        'input',
      )
    case 'json_schema':
      if (typeof name !== 'string' || !isRecord(schema)) {
        const param = `text.format.${typeof name === 'string' ? 'schema' : 'name'}`
        throw missingParameter(param)
      }
      if (strict === true) checkStrictSchema(schema, `response_format '${name}'`, 'text.format.schema')
      return schema
    default:
      throw invalidParameter(
        `Invalid value: '${stringOr(type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
        'text.format.type',
        'invalid_value',
      )
  }
}
