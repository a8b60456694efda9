import {
  type DocumentPart,
  type ImagePart,
  type JsonObject,
  optional,
  type Part,
  readArray,
  readName,
  readObject,
  readString,
  reject,
  type TextPart,
} from '../core/index.ts'
import { readAudio, readFileData, readMediaUrl } from '../openai/index.ts'
import { readAnnotations } from './citations.ts'

type ReadPart = (part: JsonObject, field: string) => Part

/** Receives the names of fields inside of items that the core has no word for. */
export type OnUnknown = (name: string) => void

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

const USER_PARTS: ReadonlyMap<unknown, ReadPart> = new Map<unknown, ReadPart>([
  ...TEXTS,
  ['input_image', readImage],
  ['input_file', readFile],
  // Not OpenAI's, but OpenRouter takes it, and the core has a place for it.
  ['input_audio', readAudio],
])

const ASSISTANT_PARTS: ReadonlyMap<unknown, ReadPart> = new Map<unknown, ReadPart>([
  ...TEXTS,
  ['refusal', (part, field) => ({ type: 'refusal', text: readString(part.refusal, `${field}.refusal`) })],
])

export function readUserContent(content: unknown, field: string, onUnknown: OnUnknown): readonly Part[] {
  return readContent(content, field, USER_PARTS, onUnknown)
}

export function readAssistantContent(content: unknown, field: string, onUnknown: OnUnknown): readonly Part[] {
  return readContent(content, field, ASSISTANT_PARTS, onUnknown)
}

function readContent(
  content: unknown,
  field: string,
  kinds: ReadonlyMap<unknown, ReadPart>,
  onUnknown: OnUnknown,
): readonly Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return reject(field, 'a string or a list of parts', content)
  return readArray(content, field).map((value, index) => {
    const place = `${field}[${index}]`
    const part = readObject(value, place)
    const read = kinds.get(part.type)
    if (read === undefined)
      return reject(
        `${place}.type`,
        [...kinds.keys()].join(' or '),
        part.type,
        typeof part.type === 'string' ? 'another kind of part' : undefined,
      )
    // A cache hint in OpenAI's own words, which no other protocol's cache marks can express.
    if (part.prompt_cache_breakpoint !== undefined && part.prompt_cache_breakpoint !== null)
      onUnknown('prompt_cache_breakpoint')
    return read(part, place)
  })
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
