import { type JsonObject, type Part, readArray, readObject, readString, reject, type TextPart } from '../core/index.ts'
import { joinTexts } from './texts.ts'
import { readFile, readImage } from './media-in.ts'
import { readAudio } from '../openai/index.ts'

type ReadPart = (part: JsonObject, field: string) => Part

const text: ReadPart = (part, field) => ({ type: 'text', text: readString(part.text, `${field}.text`) })

const USER_PARTS: ReadonlyMap<unknown, ReadPart> = new Map<unknown, ReadPart>([
  ['text', text],
  ['image_url', readImage],
  ['input_audio', readAudio],
  ['file', readFile],
])

const ASSISTANT_PARTS: ReadonlyMap<unknown, ReadPart> = new Map<unknown, ReadPart>([
  ['text', text],
  ['thinking', (part) => ({ type: 'thinking', text: joinTexts(part.thinking) })],
  ['refusal', (part, field) => ({ type: 'refusal', text: readString(part.refusal, `${field}.refusal`) })],
])

const TEXT_PARTS: ReadonlyMap<unknown, ReadPart> = new Map<unknown, ReadPart>([['text', text]])

// OpenAI itself takes only text in tool results; several hosts take images too, and the core has a place for them.
const TOOL_PARTS: ReadonlyMap<unknown, ReadPart> = new Map<unknown, ReadPart>([
  ['text', text],
  ['image_url', readImage],
  ['file', readFile],
])

/** Receives the names of fields in messages that the core has no word for. */
export type OnUnknown = (name: string) => void

function readContent(
  content: unknown,
  field: string,
  kinds: ReadonlyMap<unknown, ReadPart>,
  onUnknown: OnUnknown,
): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
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
    if (part.prompt_cache_breakpoint !== undefined) onUnknown('prompt_cache_breakpoint')
    return read(part, place)
  })
}

export function readUserContent(content: unknown, field: string, onUnknown: OnUnknown): readonly Part[] {
  return readContent(content, field, USER_PARTS, onUnknown)
}

/** Empty where the content is null, absent or the empty string, all of which clients send beside tool calls. */
export function readAssistantContent(content: unknown, field: string, onUnknown: OnUnknown): readonly Part[] {
  if (content === undefined || content === null || content === '') return []
  return readContent(content, field, ASSISTANT_PARTS, onUnknown)
}

export function readToolContent(content: unknown, field: string, onUnknown: OnUnknown): readonly Part[] {
  if (content === null || content === '') return []
  return readContent(content, field, TOOL_PARTS, onUnknown)
}

export function readSystemContent(content: unknown, field: string, onUnknown: OnUnknown): readonly TextPart[] {
  return readContent(content, field, TEXT_PARTS, onUnknown).filter((part) => part.type === 'text')
}
