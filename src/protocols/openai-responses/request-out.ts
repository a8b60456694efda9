import {
  type Checked,
  checked,
  type CoreRequest,
  type JsonObject,
  Losses,
  type OutputFormat,
  type RenderedRequest,
  type RenderOptions,
  isJsonObject,
} from '../core/index.ts'
import { renderReasoningEffort, renderSchema, renderUserId } from '../openai/index.ts'
import { CallIds } from './call-ids.ts'
import { type ItemContext, renderInput } from './items-out.ts'
import { renderToolUse } from './tools-out.ts'
import { OPENAI_RESPONSES } from './wire.ts'

/** OpenAI answers 400 to a lower limit ("integer below minimum value"). */
const LEAST_OUTPUT_TOKENS = 16

/** A core request for a provider of this protocol, or the first thing in it that must not be lost. */
export function renderRequest(request: CoreRequest, { model, isOwn }: RenderOptions): Checked<RenderedRequest> {
  const losses = new Losses(OPENAI_RESPONSES)
  return checked(() => {
    const body = renderBody(request, model, { losses, isOwn, ids: new CallIds() })
    return { body, dropped: losses.dropped }
  })
}

function renderBody(request: CoreRequest, model: string, context: ItemContext): JsonObject {
  const { losses } = context
  refuseInexpressible(request, losses)
  dropExtras(request, losses)
  const { format, maxOutputTokens } = request
  return {
    model,
    ...renderInput(request, context),
    // A client of another protocol could not look it up, and has not agreed to have it kept.
    store: false,
    ...(request.stream && { stream: true }),
    ...renderToolUse(request, losses),
    ...(maxOutputTokens !== undefined && { max_output_tokens: toLimit(maxOutputTokens, losses) }),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.topP !== undefined && { top_p: request.topP }),
    ...(format !== undefined && { text: { format: renderFormat(format) } }),
    ...renderReasoning(request),
    ...renderUserId(request.userId, model, losses),
    ...losses.settleUnknown(request.unknown),
  }
}

function refuseInexpressible(request: CoreRequest, losses: Losses): void {
  if (request.choices > 1) losses.refuse('choices', 'choices')
  if (request.stop.length > 0) losses.refuse('stop-sequences', 'stop')
  if (request.topLogprobs !== undefined) losses.refuse('logprobs', 'logprobs')
}

function dropExtras(request: CoreRequest, losses: Losses): void {
  if (request.topK !== undefined) losses.drop('top-k')
  if (request.seed !== undefined) losses.drop('seed')
  // 0 is what their absence means.
  if ((request.frequencyPenalty ?? 0) !== 0 || (request.presencePenalty ?? 0) !== 0) losses.drop('penalties')
  if (request.metadata !== undefined) losses.drop('metadata')
}

function toLimit(maxOutputTokens: number, losses: Losses): number {
  if (maxOutputTokens >= LEAST_OUTPUT_TOKENS) return maxOutputTokens
  losses.drop('output-limit-below-16')
  return LEAST_OUTPUT_TOKENS
}

function renderFormat(format: OutputFormat): JsonObject {
  if (format.type === 'json') return { type: 'json_object' }
  return { type: 'json_schema', ...renderSchema(format) }
}

/**
 * Where reasoning is on, its summary is asked for, which is all that a client can see of it, and its encrypted form,
 * without which nothing of it can go back in the next request. Models that don't reason refuse both.
 */
function renderReasoning({ reasoning }: CoreRequest): JsonObject {
  const effort = renderReasoningEffort(reasoning)
  if (effort === undefined) return {}
  if (reasoning?.enabled !== true) return { reasoning: { effort } }
  return { reasoning: { effort, summary: 'auto' }, include: ['reasoning.encrypted_content'] }
}

export function withFormat(body: JsonObject, format: OutputFormat): JsonObject {
  return { ...body, text: { ...(isJsonObject(body.text) && body.text), format: renderFormat(format) } }
}
