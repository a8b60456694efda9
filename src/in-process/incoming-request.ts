import type { IncomingRequest } from '../exchange/index.ts'
import { toRouteUrl } from './route-url.ts'

/**
 * What `fetch` is called with, as the engine reads requests. No `Request` is made of it: undici's costs more than the
 * engine's own work on it. Throws a `TypeError` where `fetch` would.
 */
export function toIncomingRequest(input: string | URL | Request, init: RequestInit | undefined): IncomingRequest {
  if (input instanceof Request) return fromRequest(init === undefined ? input : new Request(input, init))
  const { method = 'GET', headers, body, signal } = init ?? {}
  const common = {
    method: method.toUpperCase(),
    url: toRouteUrl(input),
    headers: headers instanceof Headers ? headers : new Headers(headers),
    signal: signal ?? new AbortController().signal,
  }
  const bodyText = textAtHand(body)
  if (bodyText !== undefined) return { ...common, bodyText, body: null, text: () => Promise.resolve(bodyText) }
  return { ...common, ...streamed(new Response(body).body, common) }
}

function fromRequest(request: Request): IncomingRequest {
  const { method, url, headers, signal } = request
  return { method, url: toRouteUrl(url), ...streamed(request.body, { headers, signal }), signal }
}

/** What needs no waiting for. */
function textAtHand(body: RequestInit['body']): string | undefined {
  if (typeof body === 'string') return body
  if (body === null || body === undefined) return ''
  // What several views share may change meanwhile, and the decoder takes none of it.
  return body instanceof ArrayBuffer || (ArrayBuffer.isView(body) && body.buffer instanceof ArrayBuffer)
    ? decoder.decode(body)
    : undefined
}

/** A body that is still to come. Nobody holds its sender to the length it announces, so nothing is announced. */
function streamed(
  body: ReadableStream<Uint8Array> | null,
  { headers, signal }: { readonly headers: Headers; readonly signal: AbortSignal },
): Pick<IncomingRequest, 'headers' | 'body' | 'text'> {
  const unannounced = new Headers(headers)
  unannounced.delete('content-length')
  // The pipe ends its sender when the caller gives up.
  const piped = body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>(), { signal }) ?? null
  return { headers: unannounced, body: piped, text: () => new Response(piped).text() }
}

const decoder = new TextDecoder()
