import {
  type Checked,
  checked,
  type CoreRequest,
  type JsonObject,
  Losses,
  type OutputFormat,
  type RenderedRequest,
  type RenderOptions,
} from '../core/index.ts'
import { renderContents } from './contents-out.ts'
import { renderReasoning } from './reasoning.ts'
import { renderToolUse } from './tools-out.ts'
import { camelCased, messageOf, GEMINI } from './wire.ts'

const STOP_SEQUENCE_LIMIT = 5

/** A core request, from a client of whatever protocol, for `model`; whether it streams stands in the address. */
export function renderRequest(request: CoreRequest, { model, isOwn }: RenderOptions): Checked<RenderedRequest> {
  const losses = new Losses(GEMINI)
  return checked(() => {
    const { systemInstruction, contents } = renderContents(request, model, { losses, isOwn, names: new Map() })
    const config = renderConfig(request, model, losses)
    const body: JsonObject = {
      contents,
      ...(systemInstruction !== undefined && { systemInstruction }),
      ...renderToolUse(request, losses),
      ...(Object.keys(config).length > 0 && { generationConfig: config }),
    }
    return { body, dropped: losses.dropped }
  })
}

function renderConfig(request: CoreRequest, model: string, losses: Losses): JsonObject {
  const { stop, seed, format } = request
  if (stop.length > STOP_SEQUENCE_LIMIT) losses.refuse('stop-sequences-above-5', 'stop')
  if (request.topLogprobs !== undefined) losses.refuse('logprobs', 'logprobs')
  // Labels are Vertex AI's alone, and nobody here knows of an end user.
  if (request.metadata !== undefined || request.userId !== undefined) losses.drop('metadata')
  const thinkingConfig = renderReasoning(request.reasoning, model)
  return {
    ...(request.maxOutputTokens !== undefined && { maxOutputTokens: request.maxOutputTokens }),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.topP !== undefined && { topP: request.topP }),
    ...(request.topK !== undefined && { topK: request.topK }),
    ...(stop.length > 0 && { stopSequences: stop }),
    ...(request.choices > 1 && { candidateCount: request.choices }),
    // 32 bits wide. All that a seed has to be is the same for the same request.
    ...(seed !== undefined && { seed: seed | 0 }),
    ...(request.presencePenalty !== undefined && { presencePenalty: request.presencePenalty }),
    ...(request.frequencyPenalty !== undefined && { frequencyPenalty: request.frequencyPenalty }),
    ...(format !== undefined && renderFormat(format)),
    ...(thinkingConfig !== undefined && { thinkingConfig }),
    ...renderCarried(losses.settleUnknown(request.unknown)),
  }
}

/** Gemini holds every answer to the schema, so a name or `strict` has nothing to add. */
function renderFormat(format: OutputFormat): JsonObject {
  const responseMimeType = 'application/json'
  if (format.type === 'json') return { responseMimeType }
  const { $schema: _, ...schema } = format.schema
  return { responseMimeType, responseJsonSchema: schema }
}

/** What the loss table lets through of the fields without a core word: `generationConfig.name.…`, all of them. */
function renderCarried(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([path, value]) => [path.split('.')[1] ?? path, value]))
}

export function withFormat(body: JsonObject, format: OutputFormat): JsonObject {
  const { generationConfig, ...rest } = camelCased(body)
  return { ...rest, generationConfig: { ...messageOf(generationConfig), ...renderFormat(format) } }
}
