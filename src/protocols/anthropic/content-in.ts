import {
  describe,
  type DocumentPart,
  isJsonObject,
  type Json,
  type JsonObject,
  noteUnknown,
  optional,
  type Part,
  readArray,
  readBoolean,
  readObject,
  readString,
  type TextPart,
  type ToolResultPart,
  unexpected,
} from '../core/index.ts'
import { readCitation } from './citations.ts'
import { readDocumentSource, readMediaSource, readSearchResultText } from './media.ts'
import { ANTHROPIC } from './wire.ts'

/** Where fields go that the core has no word for. */
export type Unknown = Map<string, Json>

const KNOWN: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    text: ['text', 'citations', 'cache_control'],
    image: ['source', 'cache_control'],
    document: ['source', 'title', 'context', 'citations', 'cache_control'],
    search_result: ['content', 'source', 'title', 'citations', 'cache_control'],
    container_upload: ['file_id', 'cache_control'],
    tool_use: ['id', 'name', 'input', 'cache_control', 'caller'],
    tool_result: ['tool_use_id', 'content', 'is_error', 'cache_control'],
    thinking: ['thinking', 'signature'],
    redacted_thinking: ['data'],
  }).map(([type, names]) => [type, new Set(['type', ...names])]),
)

/** A message's or a tool result's content: a string or blocks. */
export function readContent(value: unknown, field: string, unknown: Unknown): readonly Part[] {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }]
  if (!Array.isArray(value)) throw unexpected(field, 'a string or an array of content blocks', describe(value))
  return (value as readonly Json[]).flatMap((block, index) => readBlock(block, `${field}[${index}]`, unknown))
}

/** A system prompt: a string or text blocks. */
export function readSystem(value: unknown, field: string, unknown: Unknown): readonly TextPart[] {
  return readContent(value, field, unknown).map((part, index) => {
    if (part.type !== 'text') throw unexpected(`${field}[${index}]`, 'a text block', 'another kind of block')
    return part
  })
}

/** One block; several parts where the core has no single one that holds it. A type nobody has taught us stays whole. */
export function readBlock(value: Json, field: string, unknown: Unknown): readonly Part[] {
  const block = readObject(value, field)
  const type = readString(block['type'], `${field}.type`)
  const known = KNOWN.get(type)
  if (known !== undefined) noteUnknown(block, known, `${type}.`, unknown)
  const cache = block['cache_control']
  const cached = cache === undefined || cache === null ? {} : { cache }
  switch (type) {
    case 'text':
      return [{ ...readText(block, field), ...cached }]
    case 'image': {
      const source = readMediaSource(readObject(block['source'], `${field}.source`), `${field}.source`)
      return source === undefined ? [toOpaque(type, block)] : [{ type: 'image', source, ...cached }]
    }
    case 'document':
    case 'search_result':
    case 'container_upload':
      return readDocument(type, block, field, cached, unknown)
    case 'tool_use':
      noteCaller(block, unknown)
      return [
        {
          type: 'tool-call',
          kind: 'json',
          id: readString(block['id'], `${field}.id`),
          name: readString(block['name'], `${field}.name`),
          input: JSON.stringify(block['input'] ?? {}),
          ...cached,
        },
      ]
    case 'tool_result':
      return [{ ...readToolResult(block, field, unknown), ...cached }]
    case 'thinking': {
      const text = readString(block['thinking'], `${field}.thinking`)
      const signature = optional(block['signature'], `${field}.signature`, readString)
      return [{ type: 'thinking', text, ...(signature !== undefined && signature !== '' && { signature }) }]
    }
    case 'redacted_thinking':
      return [{ type: 'redacted-thinking', data: readString(block['data'], `${field}.data`) }]
    default:
      return [toOpaque(type, block)]
  }
}

function toOpaque(kind: string, value: JsonObject): Part {
  return { type: 'opaque', protocol: ANTHROPIC, kind, value }
}

function readText(block: JsonObject, field: string): TextPart {
  const text = readString(block['text'], `${field}.text`)
  const citations = optional(block['citations'], `${field}.citations`, readArray) ?? []
  return { type: 'text', text, ...(citations.length > 0 && { citations: citations.map(readCitation) }) }
}

function readDocument(
  type: string,
  block: JsonObject,
  field: string,
  cached: { readonly cache?: Json },
  unknown: Unknown,
): readonly Part[] {
  const title = optional(block['title'], `${field}.title`, readString)
  const citations = optional(block['citations'], `${field}.citations`, readObject)
  const enabled = optional(citations?.['enabled'], `${field}.citations.enabled`, readBoolean)
  const document = (source: DocumentPart['source'], context: string | undefined): DocumentPart => ({
    type: 'document',
    source,
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
    ...(enabled !== undefined && { citationsEnabled: enabled }),
    ...cached,
  })
  switch (type) {
    case 'container_upload':
      return [document({ kind: 'file', fileId: readString(block['file_id'], `${field}.file_id`) }, undefined)]
    case 'search_result': {
      // What the client found is part of its question: as text every protocol can carry it.
      const text = readSearchResultText(block['content'], `${field}.content`)
      return [document({ kind: 'text', text, mediaType: 'text/plain' }, readString(block['source'], `${field}.source`))]
    }
    default: {
      const read = readDocumentSource(readObject(block['source'], `${field}.source`), `${field}.source`)
      if (read === undefined) return [toOpaque(type, block)]
      const context = optional(block['context'], `${field}.context`, readString)
      const images = read.images.flatMap((image, index) =>
        readBlock(image, `${field}.source.content[${index}]`, unknown),
      )
      return [document(read.source, context), ...images]
    }
  }
}

function readToolResult(block: JsonObject, field: string, unknown: Unknown): ToolResultPart {
  return {
    type: 'tool-result',
    callId: readString(block['tool_use_id'], `${field}.tool_use_id`),
    content:
      optional(block['content'], `${field}.content`, (value, name) => readResultContent(value, name, unknown)) ?? [],
    isError: optional(block['is_error'], `${field}.is_error`, readBoolean) ?? false,
  }
}

/** Results hold no calls or further results: such a block stays whole, which also bounds the recursion. */
function readResultContent(value: unknown, field: string, unknown: Unknown): readonly Part[] {
  if (!Array.isArray(value)) return readContent(value, field, unknown)
  return (value as readonly Json[]).flatMap((entry, index) => {
    if (isJsonObject(entry) && (entry['type'] === 'tool_result' || entry['type'] === 'tool_use'))
      return [toOpaque(entry['type'], entry)]
    return readBlock(entry, `${field}[${index}]`, unknown)
  })
}

/** Every answer says that the model itself made the call; only another caller is worth a note. */
function noteCaller(block: JsonObject, unknown: Unknown): void {
  const caller = block['caller']
  if (isJsonObject(caller) && caller['type'] !== 'direct') unknown.set('tool_use.caller', caller)
}
