import type { Answer } from '../../model/answer.ts'
import { isRecordList, recordOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import type { RenderContext } from '../provider-protocol.ts'
import { itemBody } from './items.ts'
import type { OutputItem } from './items.ts'
import type { ResponsesAsk } from './request.ts'

const SERVER_ERROR = {
  code: 'server_error',
  message: 'The server had an error while processing your request. Sorry about that!',
}

export type ResponseShell = JsonRecord & { readonly id: string }

/** A response before its output: the settings it was asked with, and what their defaults are. */
export function responseShell({ body, background, store }: ResponsesAsk, context: RenderContext): ResponseShell {
  const { random, nowMs, model } = context
  const { format, verbosity } = recordOr(body['text'])
  const { effort, summary } = recordOr(body['reasoning'])
  return {
    id: `resp_${random.identifier(48)}`,
    object: 'response',
    created_at: Math.floor(nowMs / 1000),
    status: 'in_progress',
    background,
    completed_at: null,
    error: null,
    frequency_penalty: 0,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: body['max_tool_calls'] ?? null,
    model: model.id,
    output: [],
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    presence_penalty: 0,
    previous_response_id: body['previous_response_id'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    prompt_cache_retention: body['prompt_cache_retention'] ?? null,
    reasoning: { effort: effort ?? (model.reasoning === 'always' ? 'medium' : null), summary: summary ?? null },
    safety_identifier: body['safety_identifier'] ?? null,
    service_tier: 'default',
    store,
    temperature: body['temperature'] ?? 1,
    text: { format: format ?? { type: 'text' }, verbosity: verbosity ?? 'medium' },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: isRecordList(body['tools']) ? body['tools'].map(toolEcho) : [],
    top_logprobs: body['top_logprobs'] ?? 0,
    top_p: body['top_p'] ?? 1,
    truncation: body['truncation'] ?? 'disabled',
    usage: null,
    user: body['user'] ?? null,
    metadata: body['metadata'] ?? {},
  }
}

/** The response with its output and how it ended. A server that gave up has a failed one. */
export function finishedResponse(
  shell: ResponseShell,
  answer: Answer,
  items: readonly OutputItem[],
  { nowMs }: RenderContext,
): JsonRecord {
  const isCut = answer.stop === 'limit' || answer.stop === 'context'
  const status = answer.stop === 'aborted' ? 'failed' : isCut ? 'incomplete' : 'completed'
  return {
    ...shell,
    status,
    completed_at: status === 'completed' ? Math.floor(nowMs / 1000) : null,
    error: status === 'failed' ? SERVER_ERROR : null,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    output: items.map((item) => itemBody(item)),
    usage: {
      input_tokens: answer.inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: answer.outputTokens,
      output_tokens_details: { reasoning_tokens: answer.thinkingTokens },
      total_tokens: answer.inputTokens + answer.outputTokens,
    },
  }
}

// Functions are strict unless they say otherwise, and the response says which they are.
function toolEcho(tool: JsonRecord): JsonRecord {
  return tool['type'] === 'function' ? { ...tool, strict: tool['strict'] ?? true } : tool
}
