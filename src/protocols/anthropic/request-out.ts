import {
  type Checked,
  checked,
  type CoreRequest,
  type JsonObject,
  Losses,
  type RenderedRequest,
  type RenderOptions,
  isJsonObject,
  type OutputFormat,
} from '../core/index.ts'
import type { ContentContext } from './content-out.ts'
import { renderReasoning } from './reasoning.ts'
import { ToolIds } from './tool-ids.ts'
import { renderTools } from './tools.ts'
import { lacksThinking, type RenderedTurns, renderTurns } from './turns.ts'
import { ANTHROPIC } from './wire.ts'

/**
 * `max_tokens` where the client gave no limit: Anthropic requires one. It is what every Claude since 3.5 can write in one
 * answer; one that needs more ends as `limited`, and the client learns of it.
 */
export const DEFAULT_MAX_TOKENS = 8192

/** A core request, from a client of whatever protocol, as a Messages request for `model`. */
export function renderRequest(request: CoreRequest, { model, isOwn }: RenderOptions): Checked<RenderedRequest> {
  const losses = new Losses(ANTHROPIC)
  return checked(() => {
    const body = renderBody(request, model, { losses, isOwn })
    return { body, dropped: losses.dropped }
  })
}

function renderBody(
  request: CoreRequest,
  model: string,
  { losses, isOwn }: Pick<ContentContext, 'losses' | 'isOwn'>,
): JsonObject {
  refuseInexpressible(request, losses)
  dropExtras(request, losses)
  const turns = renderTurns(request, { losses, isOwn, ids: new ToolIds() })
  const reasoning = renderReasoning(request, model, DEFAULT_MAX_TOKENS)
  const { format } = request
  const config: JsonObject = {
    ...(reasoning.effort !== undefined && { effort: reasoning.effort }),
    ...(format?.type === 'json-schema' && { format: renderFormat(format.schema) }),
  }
  return {
    model,
    max_tokens: reasoning.maxTokens,
    ...(request.stream && { stream: true }),
    ...turns,
    ...renderTools(request, losses),
    ...(request.temperature !== undefined && { temperature: toTemperature(request.temperature, losses) }),
    ...(request.topP !== undefined && { top_p: request.topP }),
    ...(request.topK !== undefined && { top_k: request.topK }),
    ...(request.stop.length > 0 && { stop_sequences: request.stop }),
    ...renderThinking(reasoning.thinking, turns, losses),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...(request.userId !== undefined && { metadata: { user_id: request.userId } }),
  }
}

function renderThinking(thinking: JsonObject | undefined, turns: RenderedTurns, losses: Losses): JsonObject {
  if (thinking === undefined) return {}
  if (thinking['type'] !== 'enabled' || !lacksThinking(turns)) return { thinking }
  losses.drop('thinking-history')
  return {}
}

function refuseInexpressible(request: CoreRequest, losses: Losses): void {
  if (request.choices > 1) losses.refuse('choices', 'n')
  if (request.topLogprobs !== undefined) losses.refuse('logprobs', 'logprobs')
  if (request.format?.type === 'json') losses.refuse('json-mode', 'format')
}

function dropExtras(request: CoreRequest, losses: Losses): void {
  if (request.seed !== undefined) losses.drop('seed')
  // 0 is what their absence means.
  if ((request.frequencyPenalty ?? 0) !== 0 || (request.presencePenalty ?? 0) !== 0) losses.drop('penalties')
  if (request.metadata !== undefined) losses.drop('metadata')
  losses.settleUnknown(request.unknown)
}

function toTemperature(temperature: number, losses: Losses): number {
  if (temperature <= 1) return temperature
  losses.drop('temperature-above-1')
  return 1
}

/** It has no word for JSON alone. */
export function withFormat(body: JsonObject, format: OutputFormat): JsonObject {
  if (format.type === 'json') return body
  const config = body['output_config']
  return { ...body, output_config: { ...(isJsonObject(config) && config), format: renderFormat(format.schema) } }
}

/** The schema alone: Anthropic holds every answer to it, so a name or `strict` has nothing to add. */
function renderFormat(schema: JsonObject): JsonObject {
  return { type: 'json_schema', schema }
}
