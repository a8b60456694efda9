import {
  type Checked,
  type CoreRequest,
  fateOf,
  lossRowOfField,
  type Json,
  type JsonObject,
  Losses,
  type OutputFormat,
  type RenderedRequest,
} from '../core/index.ts'
import { renderMessages } from './messages-out.ts'
import { isOpenAiModel } from './openai-model.ts'
import { renderReasoning } from './reasoning-out.ts'
import { NotExpressible } from './refusal.ts'
import { renderToolUse } from './tools-out.ts'

const STOP_SEQUENCE_LIMIT = 4
/** OpenAI requires a name for a schema; other protocols have none. */
const DEFAULT_SCHEMA_NAME = 'response'
/** A longer `user` is answered with 400 by OpenAI. */
const USER_LENGTH_LIMIT = 64

/** A core request for a provider of this protocol, or the first thing in it that must not be lost. */
export function renderRequest(request: CoreRequest, { model }: { readonly model: string }): Checked<RenderedRequest> {
  const losses = new Losses('openai-chat')
  try {
    const body = renderBody(request, model, losses)
    return { ok: true, value: { body, dropped: losses.dropped } }
  } catch (error) {
    if (error instanceof NotExpressible) return { ok: false, problem: error.problem }
    throw error
  }
}

function renderBody(request: CoreRequest, model: string, losses: Losses): JsonObject {
  const { stop, format } = request
  if (stop.length > STOP_SEQUENCE_LIMIT) throw new NotExpressible(losses, 'stop-sequences-above-4', 'stop')
  if (request.topK !== undefined) losses.drop('top-k')
  if (request.metadata !== undefined) losses.drop('metadata')
  const reasoningEffort = renderReasoning(request.reasoning)
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
    ...renderLogprobs(request.topLogprobs),
    ...renderUser(request.userId, model, losses),
    ...renderUnknown(request.unknown, losses),
  }
}

function renderLimit(maxOutputTokens: number | undefined, model: string): JsonObject {
  if (maxOutputTokens === undefined) return {}
  return { [isOpenAiModel(model) ? 'max_completion_tokens' : 'max_tokens']: maxOutputTokens }
}

function renderFormat(format: OutputFormat): Json {
  if (format.type === 'json') return { type: 'json_object' }
  const { name = DEFAULT_SCHEMA_NAME, schema, strict } = format
  return { type: 'json_schema', json_schema: { name, schema, ...(strict !== undefined && { strict }) } }
}

function renderLogprobs(topLogprobs: number | undefined): JsonObject {
  if (topLogprobs === undefined) return {}
  return { logprobs: true, ...(topLogprobs > 0 && { top_logprobs: topLogprobs }) }
}

function renderUser(userId: string | undefined, model: string, losses: Losses): JsonObject {
  if (userId === undefined) return {}
  if (isOpenAiModel(model) && userId.length <= USER_LENGTH_LIMIT) return { user: userId }
  losses.drop('metadata')
  return {}
}

// A row that is carried names a field of this very protocol, which goes back as it came.
function renderUnknown(unknown: ReadonlyMap<string, Json>, losses: Losses): JsonObject {
  const carried: [string, Json][] = []
  for (const [name, value] of unknown) {
    const row = lossRowOfField(name)
    if (fateOf(row, 'openai-chat') === 'carried') carried.push([name, value])
    else losses.drop(row)
  }
  return Object.fromEntries(carried)
}
