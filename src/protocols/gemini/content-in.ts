import {
  isFilled,
  type Json,
  type JsonObject,
  optional,
  type Part,
  readBoolean,
  readName,
  readObject,
  readString,
  type TextPart,
  type ToolCallPart,
} from '../core/index.ts'
import type { CallIds } from './call-ids.ts'
import { readFileData, readInlineData } from './media.ts'
import { readResultContent } from './tool-result-in.ts'
import { GEMINI, readMessage, readMessages } from './wire.ts'

export interface ContentContext {
  readonly ids: CallIds
  /** Receives fields that the core has no word for. */
  readonly unknown: Map<string, Json>
}

/** Fields of a part that are not what it holds. */
const ABOUT = new Set(['thought', 'thoughtSignature'])
/** They fit the media to one model, or say where a client has them from. */
const DETAILS = new Set(['videoMetadata', 'mediaResolution', 'mediaProcessing', 'partMetadata', 'speechMetadata'])

/** The parts of one content. What nobody has taught us stays whole, for this protocol alone. */
export function readParts(value: unknown, field: string, context: ContentContext): readonly Part[] {
  return (optional(value, field, readMessages) ?? []).flatMap((part, index) =>
    readPart(part, `${field}[${index}]`, context),
  )
}

/** A system instruction's parts, which are text. */
export function readSystem(value: unknown): readonly TextPart[] {
  const field = 'systemInstruction'
  const { parts } = readMessage(value, field)
  return (optional(parts, `${field}.parts`, readMessages) ?? []).map((part, index) => ({
    type: 'text',
    text: readString(part.text, `${field}.parts[${index}].text`),
  }))
}

function readPart(part: JsonObject, field: string, context: ContentContext): readonly Part[] {
  const kinds = Object.keys(part).filter((name) => part[name] !== undefined && part[name] !== null && !ABOUT.has(name))
  for (const name of kinds) if (DETAILS.has(name)) context.unknown.set(`parts.${name}`, part[name] ?? null)
  const kind = kinds.find((name) => !DETAILS.has(name))
  const signature = optional(part.thoughtSignature, `${field}.thoughtSignature`, readString)
  switch (kind) {
    case undefined:
      return isFilled(signature) ? [{ type: 'thinking', text: '', signature }] : []
    case 'text':
      return readText(part, field, signature)
    case 'inlineData':
      return [readInlineData(readMessage(part.inlineData, `${field}.inlineData`), `${field}.inlineData`)]
    case 'fileData':
      return [readFileData(readMessage(part.fileData, `${field}.fileData`), `${field}.fileData`)]
    case 'functionCall':
      return [
        readCall(readMessage(part.functionCall, `${field}.functionCall`), `${field}.functionCall`, signature, context),
      ]
    case 'functionResponse':
      return [readResult(part, field, context)]
    default:
      return [{ type: 'opaque', protocol: GEMINI, kind, value: part }]
  }
}

/** Text has no place for a signature in the core, so that it stands behind it as a thought without words. */
function readText(part: JsonObject, field: string, signature: string | undefined): readonly Part[] {
  const text = readString(part.text, `${field}.text`)
  const isThought = optional(part.thought, `${field}.thought`, readBoolean) ?? false
  const signed = isFilled(signature) && { signature }
  if (isThought) return [{ type: 'thinking', text, ...signed }]
  return [
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ...(isFilled(signature) ? [{ type: 'thinking', text: '', signature } as const] : []),
  ]
}

function readCall(
  call: JsonObject,
  field: string,
  signature: string | undefined,
  { ids }: ContentContext,
): ToolCallPart {
  const name = readName(call.name, `${field}.name`)
  const args = optional(call.args, `${field}.args`, readObject) ?? {}
  return {
    type: 'tool-call',
    kind: 'json',
    id: ids.call(optional(call.id, `${field}.id`, readString), name),
    name,
    input: JSON.stringify(args),
    ...(isFilled(signature) && { signature }),
  }
}

function readResult(part: JsonObject, field: string, { ids, unknown }: ContentContext): Part {
  const place = `${field}.functionResponse`
  const result = readMessage(part.functionResponse, place)
  for (const name of ['scheduling', 'willContinue'])
    if (result[name] !== undefined && result[name] !== null) unknown.set(`functionResponse.${name}`, result[name])
  const name = readName(result.name, `${place}.name`)
  const callId = ids.result(optional(result.id, `${place}.id`, readString), name, `${place}.name`)
  return { type: 'tool-result', callId, ...readResultContent(result, place) }
}
