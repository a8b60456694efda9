import {
  type Checked,
  checked,
  type CoreRequest,
  type Json,
  type JsonObject,
  Losses,
  type OutputFormat,
  type RenderedRequest,
  type RenderOptions,
} from '../core/index.ts'
import { isOpenAiModel, renderReasoningEffort, renderSchema, renderUserId } from '../openai/index.ts'
import { renderMessages } from './messages-out.ts'
import { renderToolUse } from './tools-out.ts'

const STOP_SEQUENCE_LIMIT = 4

/** A core request for a provider of this protocol, or the first thing in it that must not be lost. */
export function renderRequest(request: CoreRequest, { model }: RenderOptions): Checked<RenderedRequest> {
  const losses = new Losses('openai-chat')
  return checked(() => {
    const body = renderBody(request, model, losses)
    return { body, dropped: losses.dropped }
  })
}

function renderBody(request: CoreRequest, model: string, losses: Losses): JsonObject {
  const { stop, format } = request
  if (stop.length > STOP_SEQUENCE_LIMIT) return losses.refuse('stop-sequences-above-4', 'stop')
  if (request.topLogprobs !== undefined) return losses.refuse('logprobs', 'logprobs')
  if (request.topK !== undefined) losses.drop('top-k')
  if (request.metadata !== undefined) losses.drop('metadata')
  const reasoningEffort = renderReasoningEffort(request.reasoning)
  // Fields that were not asked for are left out, null or not: several hosts refuse what they don't know.
  return {
    model,
    messages: renderMessages(request, losses),
    // Always with a usage report: the gateway's own record needs it, whether or not the client does.
    ...(request.stream && { stream: true, stream_options: { include_usage: true } }),
    ...renderToolUse(request, losses),
    ...renderLimit(request.maxOutputTokens, model),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.topP !== undefined && { top_p: request.topP }),
    ...(stop.length > 0 && { stop }),
    ...(format !== undefined && { response_format: renderFormat(format) }),
    ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
    ...(request.choices > 1 && { n: request.choices }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.frequencyPenalty !== undefined && { frequency_penalty: request.frequencyPenalty }),
    ...(request.presencePenalty !== undefined && { presence_penalty: request.presencePenalty }),
    ...renderUserId(request.userId, model, losses),
    ...losses.settleUnknown(request.unknown),
  }
}

function renderLimit(maxOutputTokens: number | undefined, model: string): JsonObject {
  if (maxOutputTokens === undefined) return {}
  return { [isOpenAiModel(model) ? 'max_completion_tokens' : 'max_tokens']: maxOutputTokens }
}

function renderFormat(format: OutputFormat): Json {
  if (format.type === 'json') return { type: 'json_object' }
  return { type: 'json_schema', json_schema: renderSchema(format) }
}

export function withFormat(body: JsonObject, format: OutputFormat): JsonObject {
  return { ...body, response_format: renderFormat(format) }
}
