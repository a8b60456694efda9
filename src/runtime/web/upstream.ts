import type { Upstream } from '../../exchange/index.ts'

/** What a standard `fetch` is asked for: an absolute address, and a body in one text or, passed through, a stream. */
export type UpstreamFetch = (url: string, init: RequestInit) => Promise<Response>

// A word that the DOM's types do not have.
const HALF_DUPLEX: RequestInit = { duplex: 'half' } as RequestInit

/**
 * Any standard `fetch`, such as Node's, Bun's or Deno's: it undoes a `content-encoding` by itself. Deno speaks HTTP/2, and
 * what an application's own `fetch` speaks is its own matter, so of those the framing is not asked.
 */
export function webUpstream(fetch: UpstreamFetch): Upstream {
  const showsFraming = fetch === globalThis.fetch && !('Deno' in globalThis)
  return {
    decodesBodies: true,
    showsFraming,
    fetch: (url, { method, headers, body, signal }) =>
      fetch(url, {
        method,
        headers,
        body: body ?? null,
        signal,
        redirect: 'manual',
        // Node wants to be told that a stream goes up before the answer comes down.
        ...(body instanceof ReadableStream && HALF_DUPLEX),
      }),
  }
}
