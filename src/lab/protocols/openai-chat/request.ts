import { toChatBody, toChatEvents } from './answer.ts'
import { invalidParameter, missingParameter, wrongType } from '../openai/errors.ts'
import { chatCalls, chatText, readChatMessages } from './messages.ts'
import { checkStrictSchema, readChatToolChoice, readChatTools } from './tools.ts'
import { currentTurn } from '../../model/conversation.ts'
import type { ConversationEntry } from '../../model/conversation.ts'
import { isRecord, isStringList, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import { readBoolean, readNumber } from '../openai/fields.ts'
import type { Prompt } from '../../model/prompt.ts'
import type { ReadRequest } from '../provider-protocol.ts'
import type { SimulatedModel } from '../../simulated-models.ts'
import { countTokens } from '../../model/tokenizer.ts'

const MOST_CHOICES = 128
const MOST_STOPS = 4
const MOST_TOP_LOGPROBS = 20

const KNOWN_FIELDS = new Set(
  `model messages audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
   metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options
   prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream
   stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options`.split(/\s+/),
)

/** Reads a Chat Completions request; throws what the real API would answer to a bad one. */
export function readChatRequest(body: JsonRecord, model: SimulatedModel): ReadRequest {
  const unknown = Object.keys(body).find((key) => !KNOWN_FIELDS.has(key))
  if (unknown !== undefined) throw invalidParameter(`Unrecognized request argument supplied: ${unknown}`, undefined)
  const stream = readBoolean(body, 'stream')
  const streamOptions = body['stream_options']
  if (streamOptions !== undefined && streamOptions !== null && !stream) {
    throw invalidParameter(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
      'invalid_value',
    )
  }
  const logprobs = readBoolean(body, 'logprobs')
  const topLogprobs = readNumber(body, 'top_logprobs', 0, MOST_TOP_LOGPROBS, true) ?? 0
  if (topLogprobs > 0 && !logprobs) {
    throw invalidParameter("'top_logprobs' is only allowed when 'logprobs' is true.", 'top_logprobs')
  }
  const options = {
    includeUsage: recordOr(streamOptions)['include_usage'] === true,
    obfuscate: recordOr(streamOptions)['include_obfuscation'] !== false,
    topLogprobs: logprobs ? topLogprobs : undefined,
  }
  return {
    prompt: readPrompt(body, model),
    stream,
    choices: readNumber(body, 'n', 1, MOST_CHOICES, true) ?? 1,
    seed: readNumber(body, 'seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, true),
    toEvents: (answers, context) => toChatEvents(answers, options, context),
    toBody: (answers, context) => toChatBody(answers, options, context),
  }
}

function readPrompt(body: JsonRecord, model: SimulatedModel): Prompt {
  const messages = readChatMessages(body['messages'])
  const { toolChoice, tools } = readChatToolChoice(body['tool_choice'], readChatTools(body['tools']))
  const maxTokens = readMaxTokens(body, model)
  readNumber(body, 'top_p', 0, 1, false)
  readNumber(body, 'frequency_penalty', -2, 2, false)
  readNumber(body, 'presence_penalty', -2, 2, false)
  const text = messages.map(chatText).join('\n')
  const called = messages
    .flatMap(chatCalls)
    .map((call) => JSON.stringify(call))
    .join('')
  const inputTokens =
    countTokens(text + called) + messages.length * 4 + (tools.length > 0 ? countTokens(JSON.stringify(tools)) : 0)
  if (inputTokens > model.contextWindowTokens) {
    throw invalidParameter(
      `This model's maximum context length is ${model.contextWindowTokens} tokens. However, your messages resulted in ${inputTokens} tokens. Please reduce the length of the messages.`,
      'messages',
      'context_length_exceeded',
    )
  }
  const effort = body['reasoning_effort']
  return {
    text,
    ...currentTurn(messages.flatMap(entriesOf)),
    prefill: model.prefill === 'accepted' ? prefillOf(messages) : undefined,
    tools,
    toolChoice,
    parallelToolCalls: body['parallel_tool_calls'] !== false,
    answerSchema: readAnswerSchema(body['response_format'], text),
    thinking: typeof effort === 'string' && effort !== 'none',
    maxTokens,
    stopSequences: readStops(body['stop']),
    temperature: readNumber(body, 'temperature', 0, 2, false) ?? 1,
    inputTokens,
  }
}

function readMaxTokens(body: JsonRecord, model: SimulatedModel): number | undefined {
  const older = readNumber(body, 'max_tokens', 1, Infinity, true)
  const newer = readNumber(body, 'max_completion_tokens', 1, Infinity, true)
  if (older !== undefined && newer !== undefined) {
    throw invalidParameter(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    )
  }
  const value = newer ?? older
  if (value !== undefined && value > model.maxOutputTokens) {
    throw invalidParameter(
      `max_tokens is too large: ${value}. This model supports at most ${model.maxOutputTokens} completion tokens, whereas you provided ${value}.`,
      newer === undefined ? 'max_tokens' : 'max_completion_tokens',
      'invalid_value',
    )
  }
  return value
}

function readStops(stop: unknown): readonly string[] {
  if (stop === undefined || stop === null) return []
  const stops = typeof stop === 'string' ? [stop] : stop
  if (!isStringList(stops)) throw wrongType('stop', 'one of a string or array of strings', stop)
  if (stops.length > MOST_STOPS) {
    throw invalidParameter(
      `Invalid 'stop': array too long. Expected an array with maximum length ${MOST_STOPS}, but got an array with length ${stops.length} instead.`,
      'stop',
      'array_above_max_length',
    )
  }
  return stops.filter((sequence) => sequence !== '')
}

function readAnswerSchema(format: unknown, text: string): JsonRecord | undefined {
  if (format === undefined || format === null) return undefined
  const { type, json_schema: named } = recordOr(format)
  switch (type) {
    case 'text':
      return undefined
    case 'json_object':
      if (/json/i.test(text)) return {}
      throw invalidParameter(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        'messages',
      )
    case 'json_schema': {
      const { schema, name, strict } = recordOr(named)
      if (typeof name !== 'string' || !isRecord(schema)) {
        throw missingParameter('response_format.json_schema')
      }
      if (strict === true) checkStrictSchema(schema, `response_format '${name}'`, 'response_format')
      return schema
    }
    default:
      throw invalidParameter(
        `Invalid value: '${String(type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
        'response_format.type',
        'invalid_value',
      )
  }
}

function entriesOf(message: JsonRecord): ConversationEntry[] {
  const text = chatText(message)
  switch (message['role']) {
    case 'user':
      return [{ kind: 'user', text }]
    case 'tool':
      return [{ kind: 'result', text }]
    case 'assistant':
      return [
        ...(text === '' ? [] : [{ kind: 'assistant', text } as const]),
        ...chatCalls(message).map(() => ({ kind: 'call' }) as const),
      ]
    default:
      return []
  }
}

// Hosts that serve a model with prefill continue a trailing assistant message; OpenAI's own models begin anew.
function prefillOf(messages: readonly JsonRecord[]): string | undefined {
  const last = messages.at(-1)
  return last !== undefined && stringOr(last['role']) === 'assistant' ? chatText(last) : undefined
}
