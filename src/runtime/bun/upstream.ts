import type { Upstream } from '../../exchange/index.ts'

/** Bun's `fetch`. It leaves compressed bodies alone, so that what comes out of them can be bounded. */
export const bunUpstream: Upstream = {
  decodesBodies: false,
  showsFraming: true,
  fetch: (url, { method, headers, body, signal }) =>
    fetch(url, {
      method,
      headers,
      body: body ?? null,
      signal,
      redirect: 'manual',
      decompress: false,
      verbose: false,
    }),
}
