import {
  type DocumentPart,
  isJsonObject,
  type Losses,
  type Part,
  readArguments,
  reject,
  type ToolCallPart,
  type ToolResultPart,
} from '../core/index.ts'
import { renderAudio, renderSource } from './media.ts'
import { GEMINI, messageOf, type WirePart } from './wire.ts'

export interface ContentContext {
  readonly losses: Losses
  /** See `RenderOptions`. */
  readonly isOwn: (mark: string) => boolean
  /** Names of the calls so far by their ids: results need them. */
  readonly names: Map<string, string>
}

/** Stands as the result of a call that gave images or files alone, which come behind the results. */
const MEDIA_FOLLOWS = '(The result is attached behind the results.)'

/** A turn's parts. Throws a `FieldError` for what Gemini cannot carry. */
export function renderContent(content: readonly Part[], field: string, context: ContentContext): readonly WirePart[] {
  return content.flatMap((part, index) => renderPart(part, `${field}[${index}]`, context))
}

function renderPart(part: Part, field: string, context: ContentContext): readonly WirePart[] {
  const { losses, isOwn } = context
  if ('cache' in part && part.cache !== undefined) losses.drop('cache-control')
  switch (part.type) {
    case 'text':
      if (part.citations !== undefined && part.citations.length > 0) losses.drop('provider-content')
      return renderText(part.text)
    case 'refusal':
      return renderText(part.text)
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') losses.drop('image-detail')
      return [renderSource(part.source, field, context)]
    case 'video':
      return [renderSource(part.source, field, context)]
    case 'audio':
      return [renderAudio(part.data, part.format)]
    case 'document':
      return renderDocument(part, field, context)
    case 'tool-call':
      return renderCall(part, field, context)
    case 'tool-result':
      return renderResult(part, field, context)
    case 'thinking':
      if (part.signature !== undefined && isOwn(part.signature))
        return [{ text: part.text, ...(part.text !== '' && { thought: true }), thoughtSignature: part.signature }]
      losses.drop('thinking-history')
      return []
    case 'redacted-thinking':
      losses.drop('thinking-history')
      return []
    case 'opaque': {
      const { thoughtSignature: signature } = messageOf(part.value)
      const isReadable = typeof signature !== 'string' || isOwn(signature)
      if (part.protocol === GEMINI && isJsonObject(part.value) && isReadable) return [part.value]
      losses.drop('provider-content')
      return []
    }
  }
}

/** Vertex AI refuses empty texts; they say nothing. */
function renderText(text: string): readonly WirePart[] {
  return text === '' ? [] : [{ text }]
}

function renderDocument(part: DocumentPart, field: string, context: ContentContext): readonly WirePart[] {
  const { source, title, context: about, citationsEnabled } = part
  if (title !== undefined || about !== undefined || citationsEnabled === true) context.losses.drop('document-options')
  return source.kind === 'text' ? renderText(source.text) : [renderSource(source, field, context)]
}

function renderCall(part: ToolCallPart, field: string, context: ContentContext): readonly WirePart[] {
  const { losses, isOwn, names } = context
  if (part.kind === 'custom') return losses.refuse('custom-tools', field)
  if (part.kind === 'server') {
    losses.drop('provider-content')
    return []
  }
  const args = readArguments(part, field)
  names.set(part.id, part.name)
  const isSigned = part.signature !== undefined && isOwn(part.signature)
  return [
    { functionCall: { id: part.id, name: part.name, args }, ...(isSigned && { thoughtSignature: part.signature }) },
  ]
}

/**
 * The result, and its images and files as parts of the same turn: only models since 3 take them inside of it, and all
 * of them in this way. `output` and `error` are Google's own words for the two kinds of outcome.
 */
function renderResult(part: ToolResultPart, field: string, context: ContentContext): readonly WirePart[] {
  const name = context.names.get(part.callId)
  if (name === undefined) return reject(field, 'the result of a call before it', part, 'the result of another call')
  const texts = part.content.flatMap((each) => (each.type === 'text' || each.type === 'refusal' ? [each.text] : []))
  const others = part.content.filter((each) => each.type !== 'text' && each.type !== 'refusal')
  const media = renderContent(others, `${field}.content`, context)
  const text = texts.length === 0 && media.length > 0 ? MEDIA_FOLLOWS : texts.join('\n')
  const response = part.isError ? { error: text } : { output: text }
  return [{ functionResponse: { id: part.callId, name, response } }, ...media]
}
