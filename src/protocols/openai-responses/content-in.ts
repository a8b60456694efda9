import {
  type DocumentPart,
  type ImagePart,
  type JsonObject,
  optional,
  type Part,
  readName,
  readString,
  type TextPart,
} from '../core/index.ts'
import {
  type OnUnknown,
  type PartKinds,
  readAudio,
  readFileData,
  readMediaUrl,
  type ReadPart,
  readParts,
} from '../openai/index.ts'
import { readAnnotations } from './citations.ts'

const text = (part: JsonObject, field: string): TextPart => {
  const citations = readAnnotations(part.annotations)
  return { type: 'text', text: readString(part.text, `${field}.text`), ...(citations.length > 0 && { citations }) }
}

// `input_text` in an assistant's turn and `output_text` in a user's are common among clients.
const TEXTS: readonly (readonly [string, ReadPart])[] = [
  ['input_text', text],
  ['output_text', text],
  ['text', text],
]

const USER_PARTS: PartKinds = new Map<unknown, ReadPart>([
  ...TEXTS,
  ['input_image', readImage],
  ['input_file', readFile],
  // Not OpenAI's, but OpenRouter takes it, and the core has a place for it.
  ['input_audio', readAudio],
])

const ASSISTANT_PARTS: PartKinds = new Map<unknown, ReadPart>([
  ...TEXTS,
  ['refusal', (part, field) => ({ type: 'refusal', text: readString(part.refusal, `${field}.refusal`) })],
])

export function readUserContent(content: unknown, field: string, onUnknown: OnUnknown): readonly Part[] {
  return readContent(content, field, USER_PARTS, onUnknown)
}

export function readAssistantContent(content: unknown, field: string, onUnknown: OnUnknown): readonly Part[] {
  return readContent(content, field, ASSISTANT_PARTS, onUnknown)
}

function readContent(content: unknown, field: string, kinds: PartKinds, onUnknown: OnUnknown): readonly Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return readParts(content, field, kinds, onUnknown)
}

function readImage(part: JsonObject, field: string): ImagePart {
  const detail = optional(part.detail, `${field}.detail`, readString)
  const fileId = optional(part.file_id, `${field}.file_id`, readName)
  return {
    type: 'image',
    source:
      fileId === undefined
        ? readMediaUrl(readName(part.image_url, `${field}.image_url`), `${field}.image_url`)
        : { kind: 'file', fileId },
    // The default, which OpenAI's types want written out.
    ...(detail !== undefined && detail !== 'auto' && { detail }),
  }
}

function readFile(part: JsonObject, field: string): DocumentPart {
  const filename = optional(part.filename, `${field}.filename`, readString)
  return { type: 'document', source: readFileSource(part, field), ...(filename !== undefined && { title: filename }) }
}

function readFileSource(part: JsonObject, field: string): DocumentPart['source'] {
  const fileId = optional(part.file_id, `${field}.file_id`, readName)
  if (fileId !== undefined) return { kind: 'file', fileId }
  const url = optional(part.file_url, `${field}.file_url`, readName)
  if (url !== undefined) return { kind: 'url', url }
  return readFileData(readName(part.file_data, `${field}.file_data`), `${field}.file_data`)
}
