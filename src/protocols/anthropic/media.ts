import {
  type DocumentPart,
  type Json,
  type JsonObject,
  type Losses,
  type MediaSource,
  optional,
  readArray,
  readObject,
  readString,
  textInBase64,
  unexpected,
} from '../core/index.ts'

type DocumentSource = DocumentPart['source']

/** The `source` of an image, or `undefined` where its type is unknown. */
export function readMediaSource(value: JsonObject, field: string): MediaSource | undefined {
  switch (value['type']) {
    case 'base64':
      return {
        kind: 'base64',
        mediaType: readString(value['media_type'], `${field}.media_type`),
        data: readString(value['data'], `${field}.data`),
      }
    case 'url':
      return { kind: 'url', url: readString(value['url'], `${field}.url`) }
    case 'file':
      return { kind: 'file', fileId: readString(value['file_id'], `${field}.file_id`) }
    default:
      return undefined
  }
}

/** The `source` of a document, with the images that stood in it: the core's documents hold none. */
export function readDocumentSource(
  value: JsonObject,
  field: string,
): { readonly source: DocumentSource; readonly images: readonly Json[] } | undefined {
  if (value['type'] === 'text') {
    const mediaType = optional(value['media_type'], `${field}.media_type`, readString) ?? 'text/plain'
    return { source: { kind: 'text', text: readString(value['data'], `${field}.data`), mediaType }, images: [] }
  }
  if (value['type'] === 'content') return readContentSource(value['content'], `${field}.content`)
  const source = readMediaSource(value, field)
  return source && { source, images: [] }
}

function readContentSource(
  value: Json | undefined,
  field: string,
): { readonly source: DocumentSource; readonly images: readonly Json[] } {
  if (typeof value === 'string') return { source: plainText(value), images: [] }
  const images: Json[] = []
  const texts: string[] = []
  for (const [index, entry] of readArray(value, field).entries()) {
    const block = readObject(entry, `${field}[${index}]`)
    if (block['type'] === 'image') images.push(block)
    else texts.push(readString(block['text'], `${field}[${index}].text`))
  }
  return { source: plainText(texts.join('\n\n')), images }
}

/** The text of a search result, whose blocks are text only. */
export function readSearchResultText(value: Json | undefined, field: string): string {
  const source = readContentSource(value, field)
  if (source.images.length > 0) throw unexpected(field, 'text blocks only', 'an image')
  return source.source.kind === 'text' ? source.source.text : ''
}

/** Anthropic's words for where bytes are found. Throws a `FieldError` for another provider's file store. */
export function renderMediaSource(source: DocumentSource, field: string, losses: Losses): JsonObject {
  switch (source.kind) {
    case 'base64': {
      const text = source.mediaType.startsWith('text/') ? textInBase64(source.data) : undefined
      // Anthropic takes PDF and images as base64, and plain text only as text; what is none it gets as it came.
      if (text !== undefined) return { type: 'text', media_type: 'text/plain', data: text }
      return { type: 'base64', media_type: source.mediaType, data: source.data }
    }
    case 'url':
      return { type: 'url', url: source.url }
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text }
    case 'file':
      return losses.refuse('file-references', field)
  }
}

function plainText(text: string): DocumentSource {
  return { kind: 'text', text, mediaType: 'text/plain' }
}
