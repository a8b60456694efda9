import { toAnthropicBody, toAnthropicEvents } from './answer.ts'
import { invalid } from './errors.ts'
import { readTurns } from './messages.ts'
import type { AnthropicTurn } from './messages.ts'
import { readAnthropicToolChoice, readAnthropicTools } from './tools.ts'
import { isRecord, isRecordList, isStringList, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import { currentTurn } from '../../model/conversation.ts'
import type { ConversationEntry } from '../../model/conversation.ts'
import type { Prompt } from '../../model/prompt.ts'
import type { ReadContext, ReadRequest } from '../provider-protocol.ts'
import type { SimulatedModel } from '../../simulated-models.ts'
import { countTokens } from '../../model/tokenizer.ts'

const LEAST_THINKING_TOKENS = 1024
// Lets a system message stand between the others. Claude Code asks for it.
const INTERJECTION_BETA = 'mid-conversation-system'

// Unknown fields are refused by the real API, so a gateway that leaks one of its own is caught here.
const KNOWN_FIELDS = new Set(
  `model messages max_tokens system stream temperature top_p top_k stop_sequences tools tool_choice thinking metadata
   service_tier output_config container cache_control inference_geo context_management mcp_servers speed betas
   output_format fallbacks diagnostics compaction user_profile_id workspace_id thread`.split(/\s+/),
)

/** Reads a Messages request; throws what the real API would answer to a bad one. */
export function readAnthropicRequest(body: JsonRecord, model: SimulatedModel, context: ReadContext): ReadRequest {
  const maxTokens = readMaxTokens(body, model)
  const stream = body['stream'] ?? false
  if (typeof stream !== 'boolean') throw invalid('stream: Input should be a valid boolean')
  const prompt = readAnthropicPrompt(body, model, context, maxTokens)
  return {
    prompt,
    stream,
    choices: 1,
    seed: undefined,
    toEvents: ([answer], rendering) => (answer === undefined ? [] : toAnthropicEvents(answer, rendering)),
    toBody: ([answer], rendering) => (answer === undefined ? '' : toAnthropicBody(answer, rendering)),
  }
}

/** The answer of `/v1/messages/count_tokens`: what the message itself would report as its input. */
export function countAnthropicTokens(body: JsonRecord, model: SimulatedModel, context: ReadContext): JsonRecord {
  return { input_tokens: readAnthropicPrompt(body, model, context).inputTokens }
}

// Without `maxTokens` it is a token count, which needs no limit.
function readAnthropicPrompt(
  body: JsonRecord,
  model: SimulatedModel,
  { platform, header }: ReadContext,
  maxTokens?: number,
): Prompt {
  checkFields(body)
  const turns = readTurns(body['messages'], {
    platform,
    mayInterject: (header('anthropic-beta') ?? '').includes(INTERJECTION_BETA),
  })
  const system = readSystem(body['system'])
  const tools = readAnthropicTools(body['tools'])
  const { toolChoice, parallel } = readAnthropicToolChoice(body['tool_choice'], tools, body['tools'] !== undefined)
  const thinking = readThinking(body, maxTokens, toolChoice.kind === 'any' || toolChoice.kind === 'named')
  const answerSchema = readAnswerSchema(body)
  const prefill = readPrefill(turns, model, thinking || answerSchema !== undefined)
  const text = [system, ...turns.flatMap((turn) => turn.blocks.map(blockText))].join('\n')
  const inputTokens = countTokens(text) + turns.length * 4 + (tools.length > 0 ? countTokens(JSON.stringify(tools)) : 0)
  if (inputTokens > model.contextWindowTokens) {
    throw invalid(`prompt is too long: ${inputTokens} tokens > ${model.contextWindowTokens} maximum`)
  }
  return {
    text,
    ...currentTurn(turns.flatMap(entriesOf)),
    prefill,
    tools,
    toolChoice,
    parallelToolCalls: parallel,
    answerSchema,
    thinking,
    maxTokens,
    stopSequences: readStopSequences(body['stop_sequences']),
    temperature: readNumber(body, 'temperature', 1) ?? 1,
    inputTokens,
  }
}

function checkFields(body: JsonRecord): void {
  for (const key of Object.keys(body)) {
    if (!KNOWN_FIELDS.has(key)) throw invalid(`${key}: Extra inputs are not permitted`)
  }
  readNumber(body, 'top_p', 1)
  const topK = body['top_k']
  if (topK !== undefined && (!Number.isInteger(topK) || Number(topK) < 0)) {
    throw invalid('top_k: Input should be greater than or equal to 0')
  }
  if (body['metadata'] !== undefined && !isRecord(body['metadata'])) {
    throw invalid('metadata: Input should be a valid dictionary')
  }
}

function readMaxTokens(body: JsonRecord, model: SimulatedModel): number {
  const value = body['max_tokens']
  if (value === undefined) throw invalid('max_tokens: Field required')
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw invalid('max_tokens: Input should be a valid integer')
  if (value < 1) throw invalid('max_tokens: Input should be greater than or equal to 1')
  if (value > model.maxOutputTokens) {
    throw invalid(
      `max_tokens: ${value} > ${model.maxOutputTokens}, which is the maximum allowed number of output tokens for ${model.id}`,
    )
  }
  return value
}

function readNumber(body: JsonRecord, key: string, max: number): number | undefined {
  const value = body[key]
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw invalid(`${key}: Input should be a valid number`)
  if (value < 0 || value > max) throw invalid(`${key}: range: 0..${max}`)
  return value
}

function readSystem(system: unknown): string {
  if (system === undefined || typeof system === 'string') return system ?? ''
  if (!isRecordList(system)) throw invalid('system: Input should be a valid string or a valid list')
  for (const [index, block] of system.entries()) {
    if (block['type'] !== 'text' || typeof block['text'] !== 'string') {
      throw invalid(`system.${index}: Input should be a text block`)
    }
    if (block['text'] === '') throw invalid('system: text content blocks must be non-empty')
  }
  return system.map(blockText).join('\n')
}

function readThinking(body: JsonRecord, maxTokens: number | undefined, isForced: boolean): boolean {
  const thinking = body['thinking']
  if (thinking === undefined || thinking === null) return false
  const type = recordOr(thinking)['type']
  if (type === 'disabled') return false
  if (type !== 'adaptive' && type !== 'enabled') {
    throw invalid(
      "thinking: Input tag found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'",
    )
  }
  if (type === 'enabled') {
    const budget = recordOr(thinking)['budget_tokens']
    if (typeof budget !== 'number') throw invalid('thinking.enabled.budget_tokens: Field required')
    if (budget < LEAST_THINKING_TOKENS) {
      throw invalid(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${LEAST_THINKING_TOKENS}`)
    }
    if (maxTokens !== undefined && budget >= maxTokens) {
      throw invalid('`max_tokens` must be greater than `thinking.budget_tokens`.')
    }
  }
  if (body['temperature'] !== undefined && body['temperature'] !== 1) {
    throw invalid('`temperature` may only be set to 1 when thinking is enabled.')
  }
  if (isForced) throw invalid('Thinking may not be enabled when tool_choice forces tool use.')
  return true
}

function readAnswerSchema(body: JsonRecord): JsonRecord | undefined {
  const format = recordOr(body['output_config'])['format'] ?? body['output_format']
  if (format === undefined || format === null) return undefined
  const schema = recordOr(format)['schema']
  if (recordOr(format)['type'] !== 'json_schema' || !isRecord(schema)) {
    throw invalid('output_config.format: Input should be a `json_schema` with a `schema`')
  }
  return schema
}

function readPrefill(turns: readonly AnthropicTurn[], model: SimulatedModel, isExcluded: boolean): string | undefined {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return undefined
  if (model.prefill === 'refused' || isExcluded) {
    throw invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
  }
  const text = last.blocks.map(blockText).join('')
  if (/\s$/.test(text)) throw invalid('messages: final assistant content cannot end with trailing whitespace')
  return model.prefill === 'accepted' ? text : undefined
}

function readStopSequences(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (!isStringList(value)) throw invalid('stop_sequences: Input should be a valid list of strings')
  if (value.some((sequence) => sequence.trim() === '')) {
    throw invalid('stop_sequences: each stop sequence must contain non-whitespace')
  }
  return value
}

function entriesOf({ role, blocks }: AnthropicTurn): ConversationEntry[] {
  return blocks.flatMap((block): ConversationEntry[] => {
    if (role === 'system') return []
    if (block['type'] === 'text') return [{ kind: role, text: stringOr(block['text']) }]
    if (block['type'] === 'tool_use') return [{ kind: 'call' }]
    return block['type'] === 'tool_result' ? [{ kind: 'result', text: blockText(block) }] : []
  })
}

function blockText(block: JsonRecord): string {
  if (typeof block['text'] === 'string') return block['text']
  if (typeof block['content'] === 'string') return block['content']
  if (isRecordList(block['content'])) return block['content'].map(blockText).join('\n')
  return block['type'] === 'tool_use' ? JSON.stringify(block['input']) : stringOr(block['thinking'])
}
