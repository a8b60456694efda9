import {
  type AnswerTerms,
  type Checked,
  checked,
  type CoreRequest,
  type Json,
  type JsonObject,
  type Message,
  noteUnknown,
  optional,
  type OutputFormat,
  present,
  readArray,
  readCountOrZero,
  readNumber,
  readObject,
  readString,
  unexpected,
} from '../core/index.ts'
import { readContent, readSystem, type Unknown } from './content-in.ts'
import { readFacts } from './inspect.ts'
import { readReasoning } from './reasoning.ts'
import { readToolChoice, readTools } from './tools.ts'

const KNOWN = new Set([
  'model',
  'stream',
  'system',
  'messages',
  'tools',
  'mcp_servers',
  'tool_choice',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
])
const ROLES = ['user', 'assistant', 'system'] as const

/**
 * A client's Messages request in core words. Lenient: null is absent, block types that are new stay whole, and fields
 * without a core word are kept in `unknown` under their path without indexes (`tools.defer_loading`).
 */
export function parseRequest(body: JsonObject): Checked<CoreRequest> {
  return checked(() => readRequest(body))
}

export function readTerms(body: JsonObject): Checked<AnswerTerms> {
  return checked(() => ({ ...present({ format: readFormat(body) }), tools: readTools(body, new Map()) }))
}

function readRequest(body: JsonObject): CoreRequest {
  const { model, stream } = readFacts(body)
  const unknown: Unknown = new Map()
  noteUnknown(body, KNOWN, '', unknown)
  noteNested(body, unknown)
  const metadata = optional(body['metadata'], 'metadata', readObject)
  const given = present({
    maxOutputTokens: optional(body['max_tokens'], 'max_tokens', readCountOrZero),
    temperature: optional(body['temperature'], 'temperature', readNumber),
    topP: optional(body['top_p'], 'top_p', readNumber),
    topK: optional(body['top_k'], 'top_k', readCountOrZero),
    format: readFormat(body),
    reasoning: readReasoning(body),
    userId: optional(metadata?.['user_id'], 'metadata.user_id', readString),
  })
  return {
    model,
    stream,
    system: optional(body['system'], 'system', (value, field) => readSystem(value, field, unknown)) ?? [],
    messages: readMessages(body['messages'], unknown),
    tools: readTools(body, unknown),
    ...readToolChoice(body),
    ...given,
    stop: readStop(body['stop_sequences']),
    choices: 1,
    includeUsage: true,
    unknown,
  }
}

/** An unknown field inside a known object keeps its path, so that nothing is lost without a word. */
function noteNested(body: JsonObject, unknown: Unknown): void {
  const nested: readonly (readonly [string, readonly string[]])[] = [
    ['metadata', ['user_id']],
    ['thinking', ['type', 'budget_tokens']],
    ['output_config', ['effort', 'format']],
  ]
  for (const [name, known] of nested) {
    const value = optional(body[name], name, readObject)
    if (value !== undefined) noteUnknown(value, new Set(known), `${name}.`, unknown)
  }
}

function readMessages(value: Json | undefined, unknown: Unknown): readonly Message[] {
  const messages = readArray(value, 'messages')
  if (messages.length === 0) throw unexpected('messages', 'at least one message', 'an empty array')
  return messages.map((entry, index) => {
    const field = `messages[${index}]`
    const message = readObject(entry, field)
    const word = readString(message['role'], `${field}.role`)
    const role = ROLES.find((known) => known === word)
    if (role === undefined) throw unexpected(`${field}.role`, 'user, assistant or system', 'another word')
    return { role, content: readContent(message['content'], `${field}.content`, unknown) }
  })
}

function readStop(value: Json | undefined): readonly string[] {
  const sequences = optional(value, 'stop_sequences', readArray) ?? []
  return sequences.map((sequence, index) => readString(sequence, `stop_sequences[${index}]`))
}

/** `output_config.format`, or `output_format` as its beta called it. */
function readFormat(body: JsonObject): OutputFormat | undefined {
  const config = optional(body['output_config'], 'output_config', readObject)
  const current = optional(config?.['format'], 'output_config.format', readObject)
  const field = current === undefined ? 'output_format' : 'output_config.format'
  const format = current ?? optional(body['output_format'], 'output_format', readObject)
  if (format === undefined) return undefined
  if (readString(format['type'], `${field}.type`) !== 'json_schema')
    throw unexpected(`${field}.type`, 'json_schema', 'another word')
  return { type: 'json-schema', schema: readObject(format['schema'], `${field}.schema`) }
}
