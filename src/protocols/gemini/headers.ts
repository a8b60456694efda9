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
 * A candidate without words, as Gemini itself sends it. Every client that was tried takes it, before the first event
 * too (@google/genai 2.32 with and without a chat, @google/generative-ai 0.24, @ai-sdk/google, both of LangChain's), and
 * each other form breaks one: a comment fails LangChain's and Google's older SDK, and after a chunk without a candidate,
 * `{}` say, a chat of Google's SDK leaves the whole answer out of its history.
 */
export const KEEP_ALIVE = 'data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0}]}\n\n'

/** None of the client's headers mean anything to the provider; its key is for Fullstop alone. */
export function requestHeaders({ apiKey }: { readonly apiKey: string | undefined }): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(apiKey !== undefined && { 'x-goog-api-key': apiKey }),
  }
}
