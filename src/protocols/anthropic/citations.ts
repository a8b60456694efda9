import { type Citation, isJsonObject, type Json, type JsonObject } from '../core/index.ts'
import { ANTHROPIC } from './wire.ts'

/**
 * A citation of an answer. `start` and `end` stay out: Anthropic's indexes count in the cited document, the core's in
 * the text that cites.
 */
export function readCitation(raw: Json): Citation {
  const citation = isJsonObject(raw) ? raw : {}
  const url = text(citation, 'url') ?? webAddress(text(citation, 'source'))
  const title = text(citation, 'title') ?? text(citation, 'document_title')
  const citedText = text(citation, 'cited_text')
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
    raw,
    protocol: ANTHROPIC,
  }
}

/**
 * For a client. Citations of other protocols have a place here only if they name a URL: they become what Anthropic's
 * web search gives, with an empty `encrypted_index`, by which they are known again when the history comes back.
 */
export function renderCitation(citation: Citation): Json | undefined {
  if (citation.protocol === ANTHROPIC) return citation.raw
  if (citation.url === undefined) return undefined
  return {
    type: 'web_search_result_location',
    url: citation.url,
    title: citation.title ?? null,
    cited_text: citation.citedText ?? '',
    encrypted_index: '',
  }
}

/** For a provider, which accepts only citations that it made itself. */
export function renderOwnCitation(citation: Citation): Json | undefined {
  if (citation.protocol !== ANTHROPIC || !isJsonObject(citation.raw)) return undefined
  return citation.raw['encrypted_index'] === '' ? undefined : citation.raw
}

function text(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}

function webAddress(source: string | undefined): string | undefined {
  return source !== undefined && /^https?:\/\//i.test(source) ? source : undefined
}
