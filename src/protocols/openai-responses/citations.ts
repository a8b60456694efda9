import { type Citation, isJsonObject, type Json, type JsonObject, objectsIn } from '../core/index.ts'
import { OPENAI_RESPONSES } from './wire.ts'

export function readAnnotations(value: Json | undefined): readonly Citation[] {
  return objectsIn(value).map(readAnnotation)
}

/** A web page's address and place, or a file's name: a file in OpenAI's store means nothing to anybody else. */
export function readAnnotation(raw: JsonObject): Citation {
  const { url, title, filename, start_index: start, end_index: end } = raw
  const name = typeof title === 'string' ? title : filename
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof name === 'string' && { title: name }),
    ...(typeof start === 'number' && { start }),
    ...(typeof end === 'number' && { end }),
    raw,
    protocol: OPENAI_RESPONSES,
  }
}

/**
 * For a client: its own protocol's annotation as it came, a web page's of any other. Without a place of its own a citation
 * is about the whole text.
 */
export function renderCitation(citation: Citation, textLength: number): JsonObject | undefined {
  const { url, title, start, end, raw, protocol } = citation
  if (protocol === OPENAI_RESPONSES) return isJsonObject(raw) ? raw : undefined
  if (url === undefined) return undefined
  return { type: 'url_citation', url, title: title ?? '', start_index: start ?? 0, end_index: end ?? textLength }
}
