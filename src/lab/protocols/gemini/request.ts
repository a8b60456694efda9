import { currentTurn } from '../../model/conversation.ts'
import { toGeminiBody, toGeminiEvents } from './answer.ts'
import { checkSignatures, geminiEntries, partText, readGeminiContents } from './contents.ts'
import type { GeminiTurn } from './contents.ts'
import { invalidArgument } from './errors.ts'
import { countTokensRequest, generateContentRequest } from './fields.ts'
import { readGeminiToolChoice, readGeminiTools, toJsonSchema } from './tools.ts'
import { isRecord, isRecordList, isStringList, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import type { Prompt } from '../../model/prompt.ts'
import { readMessage } from './proto-json.ts'
import type { ReadContext, ReadRequest } from '../provider-protocol.ts'
import type { SimulatedModel } from '../../simulated-models.ts'
import { countTokens } from '../../model/tokenizer.ts'

const MOST_STOPS = 5
const MOST_CANDIDATES = 8
const RESPONSE_TYPES = ['text/plain', 'application/json', 'text/x.enum']
const THINKING_LEVELS = ['THINKING_LEVEL_UNSPECIFIED', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH']

/** Whether a model signs its function calls and wants the signatures back, as Gemini 3 does. */
function signsCalls(model: SimulatedModel): boolean {
  return model.reasoning === 'always'
}

/** Reads a `generateContent` request; throws what the real API would answer to a bad one. */
export function readGeminiRequest(body: JsonRecord, model: SimulatedModel, context: ReadContext): ReadRequest {
  const request = readMessage(body, generateContentRequest)
  const config = recordOr(request['generationConfig'])
  const prompt = readPrompt(request, config, model, context)
  const ask = {
    isArray: context.address === 'array',
    showsThoughts: recordOr(config['thinkingConfig'])['includeThoughts'] === true,
    signs: signsCalls(model),
  }
  return {
    prompt,
    stream: context.address !== 'whole',
    choices: readNumber(config, 'candidateCount', 1, MOST_CANDIDATES) ?? 1,
    seed: typeof config['seed'] === 'number' ? config['seed'] : undefined,
    toEvents: (answers, rendering) => toGeminiEvents(answers, ask, rendering),
    toBody: (answers, rendering) => toGeminiBody(answers, ask, rendering),
    ...(ask.isArray ? { streamType: 'application/json; charset=UTF-8' } : { streamType: 'text/event-stream' }),
  }
}

/** The answer of `:countTokens`, for contents alone or for a whole request. */
export function countGeminiTokens(body: JsonRecord, model: SimulatedModel, context: ReadContext): JsonRecord {
  const asked = readMessage(body, countTokensRequest)
  const whole = asked['generateContentRequest']
  const request = isRecord(whole) ? whole : asked
  const { inputTokens } = readPrompt(request, recordOr(request['generationConfig']), model, context)
  return {
    totalTokens: inputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
  }
}

function readPrompt(request: JsonRecord, config: JsonRecord, model: SimulatedModel, { platform }: ReadContext): Prompt {
  const turns = readGeminiContents(request['contents'])
  checkSignatures(turns, { platform, required: signsCalls(model) })
  const { toolChoice, tools } = readGeminiToolChoice(recordOr(request['toolConfig']), readGeminiTools(request['tools']))
  const prefill = readPrefill(turns, model)
  const { parts: system } = recordOr(request['systemInstruction'])
  const texts = [...(isRecordList(system) ? system : []), ...turns.flatMap(({ parts }) => parts)].map(partText)
  const text = texts.join('\n')
  const inputTokens = countTokens(text) + turns.length * 2 + (tools.length > 0 ? countTokens(JSON.stringify(tools)) : 0)
  if (inputTokens > model.contextWindowTokens) {
    throw invalidArgument(
      `The input token count (${inputTokens}) exceeds the maximum number of tokens allowed (${model.contextWindowTokens}).`,
    )
  }
  return {
    text,
    ...currentTurn(turns.flatMap(geminiEntries)),
    prefill,
    tools,
    toolChoice,
    parallelToolCalls: true,
    answerSchema: readAnswerSchema(config),
    thinking: readThinking(config['thinkingConfig'], model),
    maxTokens: readMaxTokens(config, model),
    stopSequences: readStops(config['stopSequences']),
    temperature: readNumber(config, 'temperature', 0, 2) ?? 1,
    inputTokens,
  }
}

function readPrefill(turns: readonly GeminiTurn[], model: SimulatedModel): string | undefined {
  const last = turns.at(-1)
  if (last?.role !== 'model') return undefined
  if (model.prefill !== 'accepted') {
    throw invalidArgument('Please ensure that single turn requests end with a user role or the role field is empty.')
  }
  return last.parts.map(partText).join('')
}

function readThinking(value: unknown, model: SimulatedModel): boolean {
  const { thinkingBudget: budget, thinkingLevel: level, includeThoughts } = recordOr(value)
  if (budget !== undefined && level !== undefined) {
    throw invalidArgument('You can only set only one of thinking budget and thinking level.')
  }
  if (level !== undefined && !THINKING_LEVELS.includes(stringOr(level).toUpperCase())) {
    throw invalidArgument(`Invalid value at 'generation_config.thinking_config.thinking_level', "${stringOr(level)}"`)
  }
  if (model.reasoning === 'always') return true
  return budget !== 0 && (budget !== undefined || level !== undefined || includeThoughts === true)
}

function readMaxTokens(config: JsonRecord, model: SimulatedModel): number | undefined {
  const value = config['maxOutputTokens']
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= model.maxOutputTokens) return value
  throw invalidArgument(
    `Unable to submit request because it has a maxOutputTokens value of ${String(value)} but the supported range is from 1 (inclusive) to ${model.maxOutputTokens + 1} (exclusive). Update the value and try again.`,
  )
}

function readAnswerSchema(config: JsonRecord): JsonRecord | undefined {
  const { responseMimeType: type = 'text/plain', responseSchema, responseJsonSchema } = config
  if (!RESPONSE_TYPES.includes(stringOr(type))) {
    throw invalidArgument(
      `* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are \`text/plain\`, \`application/json\`, \`application/xml\`, \`application/yaml\` and \`text/x.enum\`.\n`,
    )
  }
  const hasSchema = responseSchema !== undefined || responseJsonSchema !== undefined
  if (responseSchema !== undefined && responseJsonSchema !== undefined) {
    throw invalidArgument('Only one of response_schema and response_json_schema can be set.')
  }
  if (type === 'text/plain' && hasSchema) {
    throw invalidArgument(
      '* GenerateContentRequest.generation_config.response_schema: only allowed with a JSON response.\n',
    )
  }
  if (type === 'text/plain') return undefined
  return isRecord(responseJsonSchema) ? responseJsonSchema : toJsonSchema(recordOr(responseSchema))
}

function readStops(value: unknown): readonly string[] {
  if (!isStringList(value)) return []
  if (value.length > MOST_STOPS) {
    throw invalidArgument(
      `* GenerateContentRequest.generation_config.stop_sequences: the number of stop_sequences should not exceed ${MOST_STOPS}.\n`,
    )
  }
  return value.filter((sequence) => sequence !== '')
}

function readNumber(config: JsonRecord, key: string, min: number, max: number): number | undefined {
  const value = config[key]
  if (typeof value !== 'number') return undefined
  if (value >= min && value <= max) return value
  const name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  throw invalidArgument(
    `* GenerateContentRequest.generation_config.${name}: ${name} must be in the range [${min}, ${max}].\n`,
  )
}
