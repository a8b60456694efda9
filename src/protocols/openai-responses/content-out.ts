import { type DocumentPart, type Losses, type Part } from '../core/index.ts'
import { toFileName, toMediaUrl } from '../openai/index.ts'
import type { WirePart } from './wire.ts'

/** What a user, or a tool, says. What only its maker understands is dropped, and the losses say so. */
export function renderParts(parts: readonly Part[], field: string, losses: Losses): readonly WirePart[] {
  return parts.flatMap((part, index) => renderPart(part, `${field}[${index}]`, losses) ?? [])
}

/** The plain string where one text is all there is: the form that every host takes. */
export function toContent(parts: readonly WirePart[]): string | readonly WirePart[] {
  const [first] = parts
  if (first === undefined) return ''
  return parts.length === 1 && first.type === 'input_text' && typeof first.text === 'string' ? first.text : parts
}

function renderPart(part: Part, field: string, losses: Losses): WirePart | undefined {
  if ('cache' in part && part.cache !== undefined) losses.drop('cache-control')
  switch (part.type) {
    case 'text':
      if (part.citations !== undefined && part.citations.length > 0) losses.drop('provider-content')
      return { type: 'input_text', text: part.text }
    case 'refusal':
      return { type: 'input_text', text: part.text }
    case 'image':
      // Not every host has OpenAI's default.
      return { type: 'input_image', image_url: toMediaUrl(part.source, field, losses), detail: part.detail ?? 'auto' }
    case 'document':
      return renderDocument(part, field, losses)
    case 'audio':
    case 'video':
      return losses.refuse(part.type, field)
    case 'thinking':
    case 'redacted-thinking':
      losses.drop('thinking-history')
      return undefined
    case 'tool-call':
    case 'tool-result':
    case 'opaque':
      losses.drop('provider-content')
      return undefined
  }
}

function renderDocument(part: DocumentPart, field: string, losses: Losses): WirePart {
  const { source, title } = part
  if (part.context !== undefined || part.citationsEnabled === true) losses.drop('document-options')
  switch (source.kind) {
    case 'text':
      if (title !== undefined) losses.drop('document-options')
      return { type: 'input_text', text: source.text }
    case 'url':
      // The name is the URL's own.
      if (title !== undefined) losses.drop('document-options')
      return { type: 'input_file', file_url: source.url }
    case 'base64':
      return {
        type: 'input_file',
        filename: title ?? toFileName(source.mediaType),
        file_data: toMediaUrl(source, field, losses),
      }
    case 'file':
      return losses.refuse('file-references', field)
  }
}
