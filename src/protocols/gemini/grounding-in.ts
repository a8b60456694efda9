import { type Citation, isFilled, isJsonObject, type Json, type JsonObject, listOf } from '../core/index.ts'
import { byteLength, charsOf } from './bytes.ts'
import { GEMINI, messageOf, messagesOf } from './wire.ts'

/** A citation, and which of the answer's text parts it is about. */
export interface PlacedCitation {
  readonly part: number
  readonly citation: Citation
}

interface TextPiece {
  /** The core's number. */
  readonly part: number
  /** The part's index in the answer's `parts`, where it came whole. */
  readonly wirePart: number
  text: string
}

/**
 * The text of an answer, kept for its citations: they come last, with offsets in bytes, counted in a stream from the
 * beginning of all its text and in a whole answer from the beginning of a part.
 */
export class CitedText {
  #pieces: TextPiece[] = []
  /** What was cited already; a stream may repeat its sources with each chunk. */
  readonly #seen = new Set<string>()

  push(part: number, wirePart: number, text: string): void {
    const last = this.#pieces.at(-1)
    if (last?.part === part) last.text += text
    else this.#pieces.push({ part, wirePart, text })
  }

  /** Those of a candidate that were not there before. */
  citationsOf(candidate: JsonObject): readonly PlacedCitation[] {
    if (this.#pieces.length === 0) return []
    const found = [...this.#grounded(candidate.groundingMetadata), ...this.#recited(candidate.citationMetadata)]
    return found.filter(({ part, citation: { url, title, start, end } }) => {
      const key = JSON.stringify([part, url, title, start, end])
      if (this.#seen.has(key)) return false
      this.#seen.add(key)
      return true
    })
  }

  /** What a search or a file store was found to support, each stretch of text with its sources. */
  #grounded(value: Json | undefined): readonly PlacedCitation[] {
    if (!isJsonObject(value)) return []
    const chunks = messagesOf(value.groundingChunks)
    return messagesOf(value.groundingSupports).flatMap((support) => {
      const place = this.#locate(messageOf(support.segment))
      return listOf(support.groundingChunkIndices).flatMap((index): readonly PlacedCitation[] => {
        const chunk = typeof index === 'number' ? chunks[index] : undefined
        return chunk === undefined || place === undefined
          ? []
          : [{ part: place.part, citation: toCitation(chunk, place) }]
      })
    })
  }

  /** What the model wrote as others have written it. */
  #recited(value: Json | undefined): readonly PlacedCitation[] {
    const metadata = messageOf(value)
    return messagesOf(metadata.citations ?? metadata.citationSources).flatMap((source): readonly PlacedCitation[] => {
      const place = this.#locate(source)
      return place === undefined ? [] : [{ part: place.part, citation: toCitation({ web: source }, place, source) }]
    })
  }

  #locate({ partIndex, startIndex, endIndex }: JsonObject): Place | undefined {
    const start = typeof startIndex === 'number' ? startIndex : 0
    const end = typeof endIndex === 'number' ? endIndex : undefined
    const named = typeof partIndex === 'number' && partIndex > 0
    const pieces = named ? this.#pieces.filter(({ wirePart }) => wirePart === partIndex) : this.#pieces
    let before = 0
    for (const { part, text } of pieces) {
      const length = byteLength(text)
      if (start < before + length) {
        const from = charsOf(text, start - before)
        return { part, start: from, end: end === undefined ? text.length : charsOf(text, end - before) }
      }
      before += length
    }
    return undefined
  }

  fork(): CitedText {
    const copy = new CitedText()
    copy.#pieces = this.#pieces.map((piece) => ({ ...piece }))
    for (const key of this.#seen) copy.#seen.add(key)
    return copy
  }
}

interface Place {
  readonly part: number
  readonly start: number
  readonly end: number
}

function toCitation(chunk: JsonObject, { start, end }: Place, raw: Json = chunk): Citation {
  const { uri, title, text } = messageOf(chunk.web ?? chunk.retrievedContext ?? chunk.maps)
  return {
    ...(isFilled(uri) && { url: uri }),
    ...(isFilled(title) && { title }),
    ...(isFilled(text) && { citedText: text }),
    start,
    end,
    raw,
    protocol: GEMINI,
  }
}
