import type { IncomingRequest } from '../exchange/index.ts'
import { fromUtf8 } from '../protocols/core/index.ts'
import { toRouteUrl } from './route-url.ts'

/**
 * What `fetch` is called with, as the engine reads requests. No `Request` is made of it: undici's costs more than the
 * engine's own work on it. Throws a `TypeError` where `fetch` would.
 */
export function toIncomingRequest(input: string | URL | Request, init: RequestInit | undefined): IncomingRequest {
  if (input instanceof Request) return fromRequest(init === undefined ? input : new Request(input, init))
  const url = toRouteUrl(input)
  const method = init?.method?.toUpperCase() ?? 'GET'
  const headers = init?.headers instanceof Headers ? init.headers : new Headers(init?.headers)
  const signal = init?.signal ?? new AbortController().signal
  const body = init?.body
  const bodyText = textAtHand(body)
  if (bodyText === undefined) return { method, url, signal, ...streamed(new Response(body), { headers, signal }) }
  // Without a spread: this is the way that every SDK goes.
  return {
    method,
    url,
    headers,
    signal,
    bodyText,
    // Asked for by what is passed through alone, whose bytes need not be a text.
    get body() {
      return body === null || body === undefined ? null : new Response(body).body
    },
    arrayBuffer: () => new Response(body ?? null).arrayBuffer(),
  }
}

function fromRequest(request: Request): IncomingRequest {
  const { method, url, headers, signal } = request
  return { method, url: toRouteUrl(url), ...streamed(request, { headers, signal }), signal }
}

/** What needs no waiting for; `undefined` also for what is no text, as whoever reads it has to say. */
function textAtHand(body: RequestInit['body']): string | undefined {
  if (typeof body === 'string') return body
  if (body === null || body === undefined) return ''
  if (body instanceof ArrayBuffer) return fromUtf8(body)
  // What several views share may change meanwhile, and the decoder takes none of it.
  if (!ArrayBuffer.isView(body) || !(body.buffer instanceof ArrayBuffer)) return undefined
  return fromUtf8(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
}

/** A body that is still to come. Nobody holds its sender to the length it announces, so nothing is announced. */
function streamed(
  carrier: Request | Response,
  { headers, signal }: { readonly headers: Headers; readonly signal: AbortSignal },
): Pick<IncomingRequest, 'headers' | 'body' | 'arrayBuffer'> {
  const unannounced = new Headers(headers)
  unannounced.delete('content-length')
  // A form's has the boundary that only its encoding knows.
  const type = carrier.headers.get('content-type')
  if (type !== null && !unannounced.has('content-type')) unannounced.set('content-type', type)
  // The pipe ends its sender when the caller gives up.
  const piped =
    carrier.body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>(), { signal }) ?? null
  return { headers: unannounced, body: piped, arrayBuffer: () => new Response(piped).arrayBuffer() }
}
