import type { Citation, JsonObject } from '../core/index.ts'
import { byteLength } from './bytes.ts'

interface Support {
  readonly citation: Citation
  readonly text: string
  /** Where the text begins, in bytes. */
  readonly offset: number
  readonly partIndex: number
}

/**
 * A `groundingMetadata` for a client. Only web pages have a place in it; citations of documents in the prompt are left
 * out, and the text stands without them.
 */
export class GroundingMetadata {
  readonly #supports: Support[] = []

  /** `text` begins at `offset` bytes of the answer's part `partIndex`, or of all the text of a stream. */
  add(citation: Citation, text: string, offset: number, partIndex: number): void {
    if (citation.url !== undefined) this.#supports.push({ citation, text, offset, partIndex })
  }

  /** Nothing where there are no citations. */
  render(): JsonObject {
    if (this.#supports.length === 0) return {}
    const urls = [...new Set(this.#supports.map(({ citation }) => citation.url ?? ''))]
    const titles = new Map(this.#supports.map(({ citation: { url = '', title } }) => [url, title]))
    return {
      groundingMetadata: {
        groundingChunks: urls.map((uri) => {
          const title = titles.get(uri)
          return { web: { uri, ...(title !== undefined && { title }) } }
        }),
        groundingSupports: this.#supports.map((support) => ({
          segment: renderSegment(support),
          groundingChunkIndices: [urls.indexOf(support.citation.url ?? '')],
        })),
      },
    }
  }
}

/** Without a place of its own a citation is about the whole text. Google counts bytes, and leaves zeros out. */
function renderSegment({ citation: { start = 0, end }, text, offset, partIndex }: Support): JsonObject {
  const cited = text.slice(start, end ?? text.length)
  const startIndex = offset + byteLength(text.slice(0, start))
  return {
    ...(partIndex > 0 && { partIndex }),
    ...(startIndex > 0 && { startIndex }),
    endIndex: startIndex + byteLength(cited),
    text: cited,
  }
}
