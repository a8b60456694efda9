/** The body of a chunked response as its bytes tell it. */
export interface ChunkedBody {
  readonly text: string
  /** The terminating chunk is there: whoever reads this takes the body for whole. */
  readonly isTerminated: boolean
}

/** Reads a raw HTTP/1.1 response, as far as it goes. */
export function readChunkedBody(raw: Buffer): ChunkedBody {
  const pieces: Buffer[] = []
  const headEnd = raw.indexOf('\r\n\r\n')
  let at = headEnd < 0 ? raw.length : headEnd + 4
  while (at < raw.length) {
    const lineEnd = raw.indexOf('\r\n', at)
    if (lineEnd < 0) break
    const size = Number.parseInt(raw.toString('latin1', at, lineEnd), 16)
    if (size === 0) return { text: Buffer.concat(pieces).toString('utf8'), isTerminated: true }
    pieces.push(raw.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 4 + size
  }
  return { text: Buffer.concat(pieces).toString('utf8'), isTerminated: false }
}
