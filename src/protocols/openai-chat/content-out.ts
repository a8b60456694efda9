import { type DocumentPart, type ImagePart, type Losses, type Part } from '../core/index.ts'
import { toFileName, toMediaUrl } from '../openai/index.ts'
import type { WireContent, WirePart } from './wire.ts'

/** Part by part; what only its maker understands is dropped, and the losses say so. */
export function renderParts(parts: readonly Part[], field: string, losses: Losses): readonly WirePart[] {
  return parts.flatMap((part, index) => renderPart(part, `${field}[${index}]`, losses) ?? [])
}

/** The plain string where one text is all there is: the form that every host takes. */
export function toContent(parts: readonly WirePart[]): WireContent {
  const [first] = parts
  if (first === undefined) return ''
  return parts.length === 1 && first.type === 'text' ? first.text : parts
}

function renderPart(part: Part, field: string, losses: Losses): WirePart | undefined {
  if ('cache' in part && part.cache !== undefined) losses.drop('cache-control')
  switch (part.type) {
    case 'text':
      if (part.citations !== undefined && part.citations.length > 0) losses.drop('provider-content')
      return { type: 'text', text: part.text }
    case 'image':
      return renderImage(part, field, losses)
    case 'document':
      return renderDocument(part, field, losses)
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } }
    case 'video':
      return losses.refuse('video', field)
    case 'thinking':
    case 'redacted-thinking':
      losses.drop('thinking-history')
      return undefined
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'tool-call':
    case 'tool-result':
    case 'opaque':
      losses.drop('provider-content')
      return undefined
  }
}

function renderImage(part: ImagePart, field: string, losses: Losses): WirePart {
  const { detail } = part
  return {
    type: 'image_url',
    image_url: { url: toMediaUrl(part.source, field, losses), ...(detail !== undefined && { detail }) },
  }
}

function renderDocument(part: DocumentPart, field: string, losses: Losses): WirePart {
  const { source, title } = part
  if (part.context !== undefined || part.citationsEnabled === true) losses.drop('document-options')
  switch (source.kind) {
    case 'text':
      if (title !== undefined) losses.drop('document-options')
      return { type: 'text', text: source.text }
    case 'base64': {
      const filename = title ?? toFileName(source.mediaType)
      return { type: 'file', file: { filename, file_data: toMediaUrl(source, field, losses) } }
    }
    case 'url':
      return losses.refuse('document-url', field)
    case 'file':
      return losses.refuse('file-references', field)
  }
}
