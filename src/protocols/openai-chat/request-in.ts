import {
  type AnswerTerms,
  type Checked,
  checked,
  type CoreRequest,
  isJsonObject,
  type Json,
  type JsonObject,
  noteUnknown,
  optional,
  readBoolean,
  readCount,
  readInteger,
  readNumber,
  readObject,
  present,
  readModel,
  readString,
} from '../core/index.ts'
import { readMessages } from './messages-in.ts'
import { readFormat, readReasoning, readStop } from './options-in.ts'
import { readToolUse } from './tools-in.ts'

// Every top-level field that is read below; all others are handed on by name.
const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'web_search_options',
  'parallel_tool_calls',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'n',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logprobs',
  'top_logprobs',
  'user',
  'safety_identifier',
  'metadata',
])

/** A client's whole request, for translation. Never throws, whatever JSON it gets. */
export function parseRequest(body: JsonObject): Checked<CoreRequest> {
  return checked(() => {
    const unknown = unknownFields(body)
    const { system, messages } = readMessages(body.messages, (name) => unknown.set(name, true))
    const toolUse = readToolUse(body)
    return {
      model: readModel(body.model),
      stream: optional(body.stream, 'stream', readBoolean) ?? false,
      system,
      messages,
      ...toolUse,
      ...present({
        parallelToolCalls: optional(body.parallel_tool_calls, 'parallel_tool_calls', readBoolean),
        maxOutputTokens:
          optional(body.max_completion_tokens, 'max_completion_tokens', readCount) ??
          optional(body.max_tokens, 'max_tokens', readCount),
        temperature: optional(body.temperature, 'temperature', readNumber),
        topP: optional(body.top_p, 'top_p', readNumber),
        // Not OpenAI's, but most hosts of open models take it.
        topK: readTopK(body),
        format: optional(body.response_format, 'response_format', readFormat),
        reasoning: readReasoning(body),
        seed: optional(body.seed, 'seed', readInteger),
        frequencyPenalty: optional(body.frequency_penalty, 'frequency_penalty', readNumber),
        presencePenalty: optional(body.presence_penalty, 'presence_penalty', readNumber),
        topLogprobs: readLogprobs(body),
        userId:
          optional(body.safety_identifier, 'safety_identifier', readString) ?? optional(body.user, 'user', readString),
        metadata: optional(body.metadata, 'metadata', readObject),
      }),
      stop: readStop(body),
      choices: optional(body.n, 'n', readCount) ?? 1,
      includeUsage: readIncludeUsage(body),
      unknown,
    }
  })
}

export function readTerms(body: JsonObject): Checked<AnswerTerms> {
  return checked(() => ({
    ...present({ format: optional(body.response_format, 'response_format', readFormat) }),
    tools: readToolUse(body).tools,
  }))
}

function unknownFields(body: JsonObject): Map<string, Json> {
  const unknown = new Map<string, Json>()
  noteUnknown(body, KNOWN, '', unknown)
  const { modalities } = body
  // Text alone is what everyone answers with; only more than that is a demand.
  if (Array.isArray(modalities) && modalities.every((modality) => modality === 'text')) unknown.delete('modalities')
  const format = isJsonObject(body.response_format) ? body.response_format.json_schema : undefined
  if (isJsonObject(format) && typeof format.description === 'string')
    unknown.set('response_format.json_schema.description', format.description)
  return unknown
}

function readLogprobs(body: JsonObject): number | undefined {
  const wanted = optional(body.logprobs, 'logprobs', readBoolean) ?? false
  const alternatives = optional(body.top_logprobs, 'top_logprobs', readInteger)
  return wanted ? (alternatives ?? 0) : undefined
}

// vLLM takes 0 and -1 for all tokens, which is what leaving it out means everywhere.
function readTopK(body: JsonObject): number | undefined {
  const topK = optional(body.top_k, 'top_k', readInteger)
  return topK !== undefined && topK >= 1 ? topK : undefined
}

function readIncludeUsage(body: JsonObject): boolean {
  const options = optional(body.stream_options, 'stream_options', readObject) ?? {}
  return optional(options.include_usage, 'stream_options.include_usage', readBoolean) ?? false
}
