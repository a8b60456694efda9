import { type Part, readString, type TextPart } from '../core/index.ts'
import { joinTexts } from './texts.ts'
import { readFile, readImage } from './media-in.ts'
import { type OnUnknown, type PartKinds, readAudio, type ReadPart, readParts } from '../openai/index.ts'

const text: ReadPart = (part, field) => ({ type: 'text', text: readString(part.text, `${field}.text`) })

const USER_PARTS: PartKinds = new Map<unknown, ReadPart>([
  ['text', text],
  ['image_url', readImage],
  ['input_audio', readAudio],
  ['file', readFile],
])

const ASSISTANT_PARTS: PartKinds = new Map<unknown, ReadPart>([
  ['text', text],
  ['thinking', (part) => ({ type: 'thinking', text: joinTexts(part.thinking) })],
  ['refusal', (part, field) => ({ type: 'refusal', text: readString(part.refusal, `${field}.refusal`) })],
])

const TEXT_PARTS: PartKinds = new Map<unknown, ReadPart>([['text', text]])

// OpenAI itself takes only text in tool results; several hosts take images too, and the core has a place for them.
const TOOL_PARTS: PartKinds = new Map<unknown, ReadPart>([
  ['text', text],
  ['image_url', readImage],
  ['file', readFile],
])

function readContent(content: unknown, field: string, kinds: PartKinds, onUnknown: OnUnknown): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return readParts(content, field, kinds, onUnknown)
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
