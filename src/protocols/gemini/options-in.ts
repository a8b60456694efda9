import {
  type CoreRequest,
  type Json,
  type JsonObject,
  noteUnknown,
  optional,
  type OutputFormat,
  present,
  readArray,
  readBoolean,
  readCountOrZero,
  readInteger,
  readName,
  readNumber,
  readObject,
  readString,
} from '../core/index.ts'
import { readReasoning } from './reasoning.ts'
import { toJsonSchema } from './schema.ts'
import { readMessage, readMessages } from './wire.ts'

const FIELD = 'generationConfig'
const KNOWN = new Set([
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'stopSequences',
  'candidateCount',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseFormat',
  'responseJsonSchema',
  '_responseJsonSchema',
  'responseModalities',
  'thinkingConfig',
])

type Options = Pick<
  CoreRequest,
  | 'maxOutputTokens'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'seed'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'topLogprobs'
  | 'format'
  | 'reasoning'
>

/** `generationConfig`, all but the number of candidates and the stop sequences. */
export function readOptions(config: JsonObject, unknown: Map<string, Json>): Options {
  noteUnknown(config, KNOWN, `${FIELD}.`, unknown)
  noteModalities(config, unknown)
  // 0 is how proto3 says that nothing was said.
  const topK = optional(config.topK, `${FIELD}.topK`, readNumber) || undefined
  return present({
    maxOutputTokens: optional(config.maxOutputTokens, `${FIELD}.maxOutputTokens`, readCountOrZero) || undefined,
    temperature: optional(config.temperature, `${FIELD}.temperature`, readNumber),
    topP: optional(config.topP, `${FIELD}.topP`, readNumber),
    // Vertex AI has it as a number that need not be whole.
    topK: topK === undefined ? undefined : Math.max(1, Math.round(topK)),
    seed: optional(config.seed, `${FIELD}.seed`, readInteger),
    presencePenalty: optional(config.presencePenalty, `${FIELD}.presencePenalty`, readNumber),
    frequencyPenalty: optional(config.frequencyPenalty, `${FIELD}.frequencyPenalty`, readNumber),
    topLogprobs: readLogprobs(config),
    format: readFormat(config, unknown),
    reasoning: readReasoning(config),
  })
}

export function readStop(config: JsonObject): readonly string[] {
  const field = `${FIELD}.stopSequences`
  return (optional(config.stopSequences, field, readArray) ?? []).map((sequence, index) =>
    readString(sequence, `${field}[${index}]`),
  )
}

function readLogprobs(config: JsonObject): number | undefined {
  const wanted = optional(config.responseLogprobs, `${FIELD}.responseLogprobs`, readBoolean) ?? false
  const alternatives = optional(config.logprobs, `${FIELD}.logprobs`, readCountOrZero)
  return wanted ? (alternatives ?? 0) : undefined
}

/** Text alone is what everyone answers with; each other kind is a row of the loss table. */
function noteModalities(config: JsonObject, unknown: Map<string, Json>): void {
  const field = `${FIELD}.responseModalities`
  const modalities = optional(config.responseModalities, field, readArray) ?? []
  for (const [index, modality] of modalities.entries()) {
    const word = readName(modality, `${field}[${index}]`).toUpperCase()
    if (word !== 'TEXT' && word !== 'MODALITY_UNSPECIFIED') unknown.set(`${field}.${word}`, modalities)
  }
}

/** The kind of output; anything but JSON and plain text is in `unknown`. */
export function readFormat(config: JsonObject, unknown: Map<string, Json>): OutputFormat | undefined {
  const newer = optional(config.responseFormat, `${FIELD}.responseFormat`, readMessages)
  if (newer !== undefined) return readNewerFormat(newer, unknown)
  const mimeType = optional(config.responseMimeType, `${FIELD}.responseMimeType`, readString) ?? ''
  if (mimeType !== '' && mimeType !== 'text/plain' && mimeType !== 'application/json') {
    // One word out of a list (`text/x.enum`), say: what comes is no JSON, and only this protocol can hold a model to it.
    unknown.set(`${FIELD}.responseMimeType`, mimeType)
    return undefined
  }
  const given = config.responseJsonSchema ?? config._responseJsonSchema
  const json = optional(given, `${FIELD}.responseJsonSchema`, readObject)
  const dialect = optional(config.responseSchema, `${FIELD}.responseSchema`, readObject)
  const schema = json ?? (dialect === undefined ? undefined : toJsonSchema(dialect))
  return toFormat(mimeType === 'application/json', schema)
}

/** `responseFormat`, which took the place of the four fields in 2026: a list with an entry for each kind of output. */
function readNewerFormat(formats: readonly JsonObject[], unknown: Map<string, Json>): OutputFormat | undefined {
  const field = `${FIELD}.responseFormat`
  let format: OutputFormat | undefined
  for (const [index, entry] of formats.entries()) {
    const text = optional(entry.text, `${field}[${index}].text`, readMessage)
    if (text === undefined) {
      unknown.set(field, formats)
      continue
    }
    const mimeType = optional(text.mimeType, `${field}[${index}].text.mimeType`, readString) ?? ''
    const schema = optional(text.schema, `${field}[${index}].text.schema`, readObject)
    // The word is an enum's in one version of the API (`APPLICATION_JSON`) and a media type in the other.
    if (mimeType !== '' && !/^(?:application|text)[_/](?:json|plain)$/i.test(mimeType)) unknown.set(field, formats)
    else format = toFormat(/json$/i.test(mimeType), schema)
  }
  return format
}

function toFormat(isJson: boolean, schema: JsonObject | undefined): OutputFormat | undefined {
  if (schema !== undefined) return { type: 'json-schema', schema }
  return isJson ? { type: 'json' } : undefined
}
