import { connect } from 'node:net'

/** How a connection ended: `clean` is a complete HTTP body, whatever it says. */
export type WireEnd = 'clean' | 'fin' | 'reset' | 'open'

/** The response as the bytes tell it. */
export interface WireReading {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The body without its chunk framing. */
  readonly body: string
  readonly end: WireEnd
  /** Every byte that came, as Latin-1. */
  readonly raw: string
}

export interface WireProbeOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Stop reading and report `open` once the body contains this. */
  readonly until?: string
  /** Give up after this silence and report `open`. Default 2000. */
  readonly silenceMs?: number
}

const LAST_CHUNK = '0\r\n\r\n'

/**
 * Sends one HTTP/1.1 request over a plain TCP socket and tells how the connection ended. HTTP clients hide what a
 * truncated answer looks like on the wire; this one does not.
 */
export async function probeWire(url: string, options: WireProbeOptions = {}): Promise<WireReading> {
  const { method = 'GET', headers = {}, body = '', until, silenceMs = 2000 } = options
  const { hostname, port, pathname, search, host } = new URL(url)
  const lines = { host, 'content-length': String(Buffer.byteLength(body)), ...headers }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${method} ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
    })
    let raw = ''
    const finish = (end: WireEnd): void => {
      socket.destroy()
      resolve({ ...readResponse(raw), end, raw })
    }
    socket.setTimeout(silenceMs, () => finish('open'))
    socket.on('data', (data) => {
      raw += data.toString('latin1')
      if (isWholeBody(raw)) finish('clean')
      else if (until !== undefined && readResponse(raw).body.includes(until)) finish('open')
    })
    socket.on('end', () => finish('fin'))
    socket.on('error', () => finish('reset'))
  })
}

function isWholeBody(raw: string): boolean {
  const at = raw.indexOf('\r\n\r\n')
  if (at === -1) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(raw.slice(0, at))?.[1]
  if (length !== undefined) return raw.length - at - 4 >= Number(length)
  return raw.endsWith(LAST_CHUNK) && readChunks(raw.slice(at + 4)).isWhole
}

function readResponse(raw: string): Pick<WireReading, 'status' | 'headers' | 'body'> {
  const at = raw.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = (at === -1 ? raw : raw.slice(0, at)).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const rest = at === -1 ? '' : raw.slice(at + 4)
  const isChunked = headers['transfer-encoding'] === 'chunked'
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body: isChunked ? readChunks(rest).text : rest }
}

function readChunks(raw: string): { readonly text: string; readonly isWhole: boolean } {
  let text = ''
  for (let at = 0; at < raw.length;) {
    const lineEnd = raw.indexOf('\r\n', at)
    if (lineEnd === -1) break
    const size = Number.parseInt(raw.slice(at, lineEnd), 16)
    if (size === 0) return { text, isWhole: raw.slice(lineEnd) === '\r\n\r\n' }
    text += raw.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 4 + size
  }
  return { text, isWhole: false }
}
