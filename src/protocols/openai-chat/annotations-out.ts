import type { Citation } from '../core/index.ts'
import type { WireAnnotation } from './wire.ts'

/**
 * The citations of a text that begins at `offset` of the message. Only web pages have a place here; citations of
 * documents in the prompt are left out, and the text stands without them.
 */
export function renderCitations(citations: readonly Citation[], offset: number, textLength: number): WireAnnotation[] {
  return citations.flatMap(({ url, title, start, end }) => {
    if (url === undefined) return []
    const url_citation = {
      url,
      title: title ?? '',
      // Without a place of its own a citation is about the whole text.
      start_index: offset + (start ?? 0),
      end_index: offset + (end ?? textLength),
    }
    return [{ type: 'url_citation', url_citation } as const]
  })
}
