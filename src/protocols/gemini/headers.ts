import type { Address } from '../core/index.ts'

/** A model's or tuned model's whole name, as the API gives it out. */
const RESOURCE = /^(models|tunedModels)\/(.+)$/s

/** `models/gemini-x`; whatever else a model is called, its name stays one segment of the path. */
export function resourceName(model: string): string {
  const [, collection = 'models', id = model] = RESOURCE.exec(model) ?? []
  // Half of a surrogate pair cannot be encoded, and is in no model's name.
  return `${collection}/${encodeURIComponent(id.replaceAll(/\p{Surrogate}/gu, '\uFFFD'))}`
}

/** Path below the base URL, as Google's SDK takes it. */
export function path({ model, stream }: Address): string {
  const resource = `/v1beta/${resourceName(model)}`
  return stream ? `${resource}:streamGenerateContent?alt=sse` : `${resource}:generateContent`
}

/**
 * An answer that says nothing yet. Not a comment: LangChain's Google client fails on one, and on blank lines, while
 * every client that was tried takes an empty object, before the first event too.
 */
export const KEEP_ALIVE = 'data: {}\n\n'

/** None of the client's headers mean anything to the provider; its key is for Fullstop alone. */
export function requestHeaders({ apiKey }: { readonly apiKey: string | undefined }): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(apiKey !== undefined && { 'x-goog-api-key': apiKey }),
  }
}
