import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * How an upstream's body ends on the wire. `clean` is a complete HTTP body, whatever it says; `close` is one too, which
 * has neither chunks nor a length and so ends where the connection does.
 */
export type Ending = 'clean' | 'close' | 'fin' | 'reset' | 'stall'

/** One answer, byte for byte. */
export interface Replay {
  /** Each is written on its own, one turn of the event loop after the other. */
  readonly pieces: readonly Uint8Array[]
  readonly ending: Ending
  readonly contentType?: string
  /** Declares this length instead of sending chunks; may be a lie. */
  readonly declaredLength?: number
  /** Between two pieces, ms. Default 0: the next turn. */
  readonly pauseMs?: number
}

const HEAD_END = '\r\n\r\n'
/** An early end may overtake bytes that are still on their way, or discard what was not read; this long they have. */
const LINGER_MS = 5

/** A provider on a plain TCP socket that plays what it was given, selected by the model's name in the request or its path. */
export class ReplayUpstream {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #replays = new Map<string, Replay>()
  #port = 0
  #count = 0

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async start(): Promise<ReplayUpstream> {
    const upstream = new ReplayUpstream()
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve))
    upstream.#port = (upstream.#server.address() as AddressInfo).port
    return upstream
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** The model's name that asks for this replay, as often as wanted, until `forget`. */
  add(replay: Replay): string {
    this.#count += 1
    const model = `replay-${this.#count}`
    this.#replays.set(model, replay)
    return model
  }

  forget(model: string): void {
    this.#replays.delete(model)
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => this.#sockets.delete(socket))
    // The gateway aborts attempts on purpose; the close that follows is what matters.
    socket.on('error', () => undefined)
    let pending = ''
    socket.on('data', (data) => {
      pending += data.toString('latin1')
      const request = takeRequest(pending)
      if (request === undefined) return
      pending = ''
      const replay = this.#replays.get(request.model)
      if (replay === undefined) socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')
      else void play(socket, replay)
    })
  }
}

const GEMINI_CALL = /^POST [^ ]*\/models\/([^ :]+):\w+/

function takeRequest(text: string): { readonly model: string } | undefined {
  const headEnd = text.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2))?.[1] ?? 0)
  const bodyAt = headEnd + HEAD_END.length
  if (text.length - bodyAt < length) return undefined
  const [, inPath] = GEMINI_CALL.exec(text) ?? []
  if (inPath !== undefined) return { model: inPath }
  const body: { model?: unknown } = JSON.parse(Buffer.from(text.slice(bodyAt), 'latin1').toString())
  return { model: String(body.model) }
}

async function play(socket: Socket, replay: Replay): Promise<void> {
  const { pieces, ending, declaredLength, contentType = 'text/event-stream', pauseMs = 0 } = replay
  const isChunked = declaredLength === undefined && ending !== 'close'
  const plain = ending === 'close' ? 'connection: close' : `content-length: ${declaredLength}`
  const framing = isChunked ? 'transfer-encoding: chunked' : plain
  const head = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\n${framing}${HEAD_END}`)
  const wire = pieces.filter(({ length }) => length > 0).map((piece) => (isChunked ? toChunk(piece) : piece))
  const [first = Buffer.alloc(0), ...rest] = wire
  const last = isChunked && ending === 'clean' ? Buffer.from('0\r\n\r\n') : Buffer.alloc(0)
  // One piece is one write, its end included.
  socket.write(Buffer.concat([head, first, ...(rest.length === 0 ? [last] : [])]))
  for (const [at, piece] of rest.entries()) {
    await pause(pauseMs)
    if (socket.destroyed) return
    socket.write(at === rest.length - 1 ? Buffer.concat([piece, last]) : piece)
  }
  if (ending === 'clean' || ending === 'stall') return
  await pause(LINGER_MS)
  if (socket.destroyed) return
  if (ending === 'reset') socket.resetAndDestroy()
  else socket.end()
}

function toChunk(piece: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms > 0) setTimeout(resolve, ms)
    else setImmediate(resolve)
  })
}
