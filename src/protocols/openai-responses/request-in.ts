import {
  type AnswerTerms,
  type Checked,
  checked,
  type CoreRequest,
  type Json,
  type JsonObject,
  noteUnknown,
  optional,
  present,
  readBoolean,
  readCount,
  readNumber,
  readObject,
  readString,
} from '../core/index.ts'
import { readFacts } from './inspect.ts'
import { readInput } from './items-in.ts'
import { readFormat, readIncludes, readReasoning } from './options-in.ts'
import { readToolUse } from './tools-in.ts'

// Every top-level field that is read, here or in what is called from here; all others are handed on by name.
const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'stream',
  // How padded the stream is.
  'stream_options',
  'background',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'text',
  'reasoning',
  'include',
  'top_logprobs',
  'user',
  'safety_identifier',
  'metadata',
])

/** What is said by leaving the field out as well. */
const DEFAULTS: ReadonlyMap<string, Json> = new Map<string, Json>([
  // Not a default, but all that any other protocol can do.
  ['store', false],
  ['truncation', 'disabled'],
  ['service_tier', 'auto'],
])

/** A client's whole request, for translation. Never throws, whatever JSON it gets. */
export function parseRequest(body: JsonObject): Checked<CoreRequest> {
  return checked(() => {
    const { model, stream, choices } = readFacts(body)
    const unknown = new Map<string, Json>()
    noteUnknown(body, KNOWN, '', unknown)
    for (const [name, value] of DEFAULTS) if (unknown.get(name) === value) unknown.delete(name)
    const { system, messages } = readInput(body, (name) => unknown.set(name, true))
    return {
      model,
      stream,
      system,
      messages,
      ...readToolUse(body, unknown),
      ...present({
        parallelToolCalls: optional(body.parallel_tool_calls, 'parallel_tool_calls', readBoolean),
        maxOutputTokens: optional(body.max_output_tokens, 'max_output_tokens', readCount),
        temperature: optional(body.temperature, 'temperature', readNumber),
        topP: optional(body.top_p, 'top_p', readNumber),
        format: readFormat(body, unknown),
        reasoning: readReasoning(body, unknown),
        topLogprobs: readIncludes(body, unknown),
        userId:
          optional(body.safety_identifier, 'safety_identifier', readString) ?? optional(body.user, 'user', readString),
        metadata: optional(body.metadata, 'metadata', readObject),
      }),
      stop: [],
      choices,
      // Every answer of this protocol ends with one.
      includeUsage: true,
      unknown,
    }
  })
}

export function readTerms(body: JsonObject): Checked<AnswerTerms> {
  return checked(() => ({
    ...present({ format: readFormat(body, new Map()) }),
    tools: readToolUse(body, new Map()).tools,
  }))
}
