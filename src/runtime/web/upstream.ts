import type { Upstream } from '../../exchange/index.ts'

/** What a standard `fetch` is asked for: an absolute address, and a body in one text. */
export type UpstreamFetch = (url: string, init: RequestInit) => Promise<Response>

/** Any standard `fetch`, such as Node's, Bun's or Deno's: it undoes a `content-encoding` by itself. */
export function webUpstream(fetch: UpstreamFetch): Upstream {
  return {
    decodesBodies: true,
    fetch: (url, { method, headers, body, signal }) =>
      fetch(url, { method, headers, body: body ?? null, signal, redirect: 'manual' }),
  }
}
