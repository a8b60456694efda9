// A provider for benchmarks, in a process of its own. It writes to plain TCP sockets, so that each event is exactly one
// write, and so that it can break off in every way that a connection can.
import { CHAT_ANSWER, CHAT_EVENTS, MESSAGES_EVENTS, SOAK_STREAM } from './answers.ts'
import { random } from './random.ts'
import { EVENTS_BEFORE_SILENCE, MESSAGES_PATH, type Script } from './traffic.ts'

interface Peer {
  received: string
  onDrain: (() => void) | undefined
}

type Socket = Bun.Socket<Peer>

const encoder = new TextEncoder()
const decoder = new TextDecoder('latin1')
const JSON_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_bench\r\n'
const STREAM_HEAD = encoder.encode(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nx-request-id: req_bench\r\n' +
    'transfer-encoding: chunked\r\n\r\n',
)
const LAST_CHUNK = encoder.encode('0\r\n\r\n')
const WHOLE_JSON = Buffer.concat([
  encoder.encode(`${JSON_HEAD}content-length: ${CHAT_ANSWER.length}\r\n\r\n`),
  CHAT_ANSWER,
])
const OVERLOADED = encoder.encode(
  'HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n' +
    '{"error":{"message":"overloaded","type":"server"}}',
)
const CHAT_CHUNKS = CHAT_EVENTS.map(toChunk)
const MESSAGES_CHUNKS = MESSAGES_EVENTS.map(toChunk)
const SOAK_CHUNKS = SOAK_STREAM.map(toChunk)
const GARBAGE = toChunk(encoder.encode('data: {"id":"chatcmpl-\n\n'))
const nextRandom = random(29)
/** As a fast model writes: what comes in one piece would leave buffers of its size behind. */
const SILENT_PACE_MS = 5
/** The mean, of a uniform distribution from its half on: 100 events a second. */
const MODEL_PACE_MS = 10

const server = Bun.listen<Peer>({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open: (socket) => {
      socket.data = { received: '', onDrain: undefined }
      socket.setNoDelay(true)
    },
    data: (socket, bytes) => {
      const peer = socket.data
      peer.received += decoder.decode(bytes)
      if (!isWholeRequest(peer.received)) return
      const request = peer.received
      peer.received = ''
      void answer(socket, request)
    },
    drain: (socket) => socket.data.onDrain?.(),
    close: (socket) => socket.data.onDrain?.(),
    // A peer that went away is no news here.
    error: () => {},
  },
})
// However the benchmark ends, nothing of it stays.
process.on('disconnect', () => process.exit())
process.send?.({ port: server.port })

function isWholeRequest(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, headEnd))?.[1]
  if (length !== undefined) return received.length >= headEnd + 4 + Number(length)
  return received.endsWith('0\r\n\r\n')
}

async function answer(socket: Socket, request: string): Promise<void> {
  const chunks = request.startsWith(`POST ${MESSAGES_PATH} `) ? MESSAGES_CHUNKS : CHAT_CHUNKS
  switch (scriptOf(request)) {
    case 'json':
      return write(socket, WHOLE_JSON)
    case 'burst':
      return stream(socket, chunks)
    case 'turns':
      return stream(socket, chunks, nextTurn)
    case 'paced':
      return stream(socket, chunks, nextToken)
    case 'silent':
      await write(socket, STREAM_HEAD)
      await writeEach(socket, chunks.slice(0, EVENTS_BEFORE_SILENCE), () => Bun.sleep(SILENT_PACE_MS))
      return
    case 'soak':
      return answerWithFaults(socket, request)
  }
}

function scriptOf(request: string): Script {
  const script = /"bench:(\w+)"/.exec(request)?.[1]
  switch (script) {
    case 'json':
    case 'burst':
    case 'turns':
    case 'paced':
    case 'silent':
    case 'soak':
      return script
    default:
      throw new Error(`expected a request that names a script; ${request.slice(0, 200)} came`)
  }
}

async function stream(socket: Socket, chunks: readonly Uint8Array[], before?: () => Promise<void>): Promise<void> {
  await write(socket, STREAM_HEAD)
  await writeEach(socket, chunks, before)
  await write(socket, LAST_CHUNK)
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
const nextToken = (): Promise<void> => Bun.sleep(MODEL_PACE_MS * (0.5 + nextRandom()))

async function writeEach(
  socket: Socket,
  chunks: readonly Uint8Array[],
  before: (() => Promise<void>) | undefined,
): Promise<void> {
  for (const chunk of chunks) {
    if (before !== undefined) await before()
    await write(socket, chunk)
  }
}

/** One in ten requests fails: refused, cut before or after content in each way, garbled, or without its terminal event. */
async function answerWithFaults(socket: Socket, request: string): Promise<void> {
  const streamed = request.includes('"stream":true')
  const dice = Math.floor(nextRandom() * 100)
  const cutAt = 1 + Math.floor(nextRandom() * (SOAK_CHUNKS.length - 2))
  if (dice >= 10) return streamed ? stream(socket, SOAK_CHUNKS) : write(socket, WHOLE_JSON)
  if (dice < 3) return write(socket, OVERLOADED)
  if (dice === 3) {
    socket.terminate()
    return
  }
  if (!streamed) {
    await write(socket, WHOLE_JSON.subarray(0, 700))
    if (dice < 7) socket.end()
    else socket.terminate()
    return
  }
  await write(socket, STREAM_HEAD)
  for (const chunk of SOAK_CHUNKS.slice(0, cutAt)) await write(socket, chunk)
  if (dice < 6) socket.end()
  else if (dice < 8) socket.terminate()
  else {
    if (dice === 8) await write(socket, GARBAGE)
    await write(socket, LAST_CHUNK)
  }
}

/** Writes the whole; waits where the peer's window is full. */
async function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  let at = 0
  while (at < bytes.length) {
    const written = socket.write(at === 0 ? bytes : bytes.subarray(at))
    if (written < 0 || socket.readyState <= 0) return
    at += written
    if (at === bytes.length) return
    await new Promise<void>((resolve) => {
      socket.data.onDrain = resolve
    })
    socket.data.onDrain = undefined
  }
}

function toChunk(event: Uint8Array): Uint8Array {
  return Buffer.concat([encoder.encode(`${event.length.toString(16)}\r\n`), event, encoder.encode('\r\n')])
}
