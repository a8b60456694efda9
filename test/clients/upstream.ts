import { createServer, type Server, type Socket } from 'node:net'
import { isJsonObject, parseJson } from '../../src/protocols/core/index.ts'
import { play, Wire } from './playback.ts'
import { answerFor, fromModel } from './script.ts'
import { readQuestion, WIRES } from './wires.ts'

/** A request that reached the upstream. */
export interface UpstreamRequest {
  readonly model: string
  /** Resolves when the caller closed the connection before the script was over; the time since the request, ms. */
  readonly abandoned: Promise<number>
}

export interface ScriptedUpstream {
  readonly url: string
  readonly requests: readonly UpstreamRequest[]
  /** Resolves with the next request for this model. */
  readonly nextRequest: (model: string) => Promise<UpstreamRequest>
  readonly stop: () => Promise<void>
}

/**
 * A provider that plays exactly what the requested model's name says, on bare TCP: how a connection ends is the
 * point, and HTTP servers differ in that.
 */
export async function startUpstream(): Promise<ScriptedUpstream> {
  const requests: UpstreamRequest[] = []
  const waiting = new Map<string, (request: UpstreamRequest) => void>()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    onRequest(socket, ({ path, body }) => {
      const request = answer(new Wire(socket), path, body)
      requests.push(request)
      waiting.get(request.model)?.(request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    requests,
    nextRequest: (model) => new Promise((resolve) => waiting.set(model, resolve)),
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the upstream has no port')
  return address.port
}

/** Collects one request with a `content-length`; each connection carries one. */
function onRequest(socket: Socket, handle: (request: { path: string; body: string }) => void): void {
  let raw = Buffer.alloc(0)
  let isHandled = false
  socket.on('data', (data: Buffer) => {
    raw = Buffer.concat([raw, data])
    const headEnd = raw.indexOf('\r\n\r\n')
    if (headEnd < 0 || isHandled) return
    const head = raw.subarray(0, headEnd).toString('latin1')
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (raw.length < headEnd + 4 + length) return
    isHandled = true
    handle({ path: head.split(' ')[1] ?? '', body: raw.subarray(headEnd + 4).toString('utf8') })
  })
}

function answer(wire: Wire, path: string, text: string): UpstreamRequest {
  const body = parseJson(text)
  const { protocol, model, streamed } = readQuestion(path, isJsonObject(body) ? body : {})
  const script = fromModel(model)
  if (script === undefined || !isJsonObject(body)) {
    void wire.whole(404, 'application/json', '{"error":{"type":"not_found_error","message":"no such script"}}')
    return { model, abandoned: wire.abandoned }
  }
  const includeUsage = isJsonObject(body.stream_options) && body.stream_options.include_usage === true
  const parts = WIRES[protocol](answerFor(script), { model, includeUsage })
  void play(wire, { script, parts, streamed })
  return { model, abandoned: wire.abandoned }
}
