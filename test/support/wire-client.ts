import { connect } from 'node:net'

/** How a response's body ended on the wire. `silent`: nothing more came for too long. */
export type BodyEnd = 'clean' | 'fin' | 'reset' | 'silent'

/** A response as its bytes tell it. */
export interface WireAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  /** Without the chunk framing. */
  readonly body: Uint8Array
  readonly end: BodyEnd
  /** The body's length after each whole HTTP chunk: what a client may have seen at that moment. */
  readonly seen: readonly number[]
}

export interface WireRequest {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  /** Default 15000: a gateway may take seconds to close on a reader it cannot see. */
  readonly silenceMs?: number
}

/**
 * Sends one request on a TCP socket of its own and reads the answer as bytes: HTTP clients hide how a body ended. A
 * whole answer is closed by a reset, so that thousands of requests leave no sockets in TIME_WAIT.
 */
export async function askWire(url: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port, host } = new URL(url)
  const { path, headers = {}, silenceMs = 15_000 } = request
  const body = JSON.stringify(request.body)
  const lines = {
    host,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  return new Promise((resolve) => {
    const reader = new AnswerReader()
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST ${path} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
    })
    let isOver = false
    const finish = (end: BodyEnd): void => {
      if (isOver) return
      isOver = true
      resolve(reader.answer(end))
      socket.resetAndDestroy()
    }
    socket.setTimeout(silenceMs, () => finish('silent'))
    socket.on('data', (data) => {
      reader.push(Buffer.from(data))
      if (reader.isWhole) finish('clean')
    })
    socket.on('end', () => finish('fin'))
    socket.on('close', () => finish('fin'))
    socket.on('error', () => finish('reset'))
  })
}

class AnswerReader {
  isWhole = false
  #status = 0
  #headers: ReadonlyMap<string, string> | undefined
  #rest: Buffer = Buffer.alloc(0)
  readonly #body: Buffer[] = []
  #length = 0
  readonly #seen: number[] = []

  push(data: Buffer): void {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data])
    if (this.#headers === undefined) this.#readHead()
    if (this.#headers === undefined) return
    if (this.#headers.get('transfer-encoding') === 'chunked') this.#readChunks()
    else this.#readPlain(Number(this.#headers.get('content-length') ?? Number.NaN))
  }

  #readHead(): void {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return
    const [statusLine = '', ...lines] = this.#rest.subarray(0, end).toString('latin1').split('\r\n')
    this.#status = Number(statusLine.split(' ')[1])
    this.#headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    this.#rest = this.#rest.subarray(end + 4)
  }

  #readPlain(length: number): void {
    this.#take(this.#rest.length)
    this.isWhole = this.#length >= length
  }

  #readChunks(): void {
    for (;;) {
      const lineEnd = this.#rest.indexOf('\r\n')
      if (lineEnd < 0) return
      const size = Number.parseInt(this.#rest.subarray(0, lineEnd).toString('latin1'), 16)
      if (this.#rest.length < lineEnd + 2 + size + 2) return
      this.#rest = this.#rest.subarray(lineEnd + 2)
      if (size === 0) {
        this.isWhole = true
        return
      }
      this.#take(size)
      this.#rest = this.#rest.subarray(2)
    }
  }

  #take(size: number): void {
    this.#body.push(this.#rest.subarray(0, size))
    this.#rest = this.#rest.subarray(size)
    this.#length += size
    this.#seen.push(this.#length)
  }

  answer(end: BodyEnd): WireAnswer {
    const headers = this.#headers ?? new Map<string, string>()
    return { status: this.#status, headers, body: new Uint8Array(Buffer.concat(this.#body)), end, seen: this.#seen }
  }
}
