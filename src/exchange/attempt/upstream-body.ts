import type { Upstream } from '../ports.ts'

/** What attempts read from: one body, piece by piece, decompressed. */
export interface BodyReader {
  read(): Promise<
    { readonly done: false; readonly value: Uint8Array } | { readonly done: true; readonly value?: undefined }
  >
  cancel(): Promise<void>
}

const EMPTY: BodyReader = { read: () => Promise.resolve({ done: true }), cancel: () => Promise.resolve() }

/**
 * The response's body. Compressed ones, which nobody asked for, are undone piece by piece, so that the bound on what
 * is read holds for what comes out. `undefined` for an encoding that is not known.
 */
export function bodyReader(response: Response, isDecoded: boolean): BodyReader | undefined {
  if (response.body === null) return EMPTY
  if (isPlain(response.headers, isDecoded)) return response.body.getReader()
  const format = FORMATS.get(encodingOf(response.headers))
  if (format === undefined) return undefined
  return response.body.pipeThrough(new DecompressionStream(format)).getReader()
}

/** The body's bytes are the answer's. `isDecoded`: whatever the header says has been undone already. */
export function isPlain(headers: Headers, isDecoded: boolean): boolean {
  const encoding = isDecoded ? '' : encodingOf(headers)
  return encoding === '' || encoding === 'identity'
}

/**
 * Whether the end of the body can be told from a cut. HTTP/1.1 without length or chunking has nothing but the closing of
 * the connection (RFC 9112 §6.3), and a runtime that undoes compression may take a cut one for whole.
 */
export function hasOwnEnd({ headers }: Response, { decodesBodies, showsFraming }: Upstream): boolean {
  if (decodesBodies && !isPlain(headers, false)) return false
  return !showsFraming || headers.has('transfer-encoding') || headers.has('content-length')
}

function encodingOf(headers: Headers): string {
  return headers.get('content-encoding')?.trim().toLowerCase() ?? ''
}

const FORMATS: ReadonlyMap<string, 'gzip' | 'deflate'> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
])
