// Asks over bare TCP, reads the head of the response, then nothing for a while, then the rest. Runs on Node and on Bun:
//   node stalling-reader.mjs PORT PATH STALL_MS BODY
// Writes every byte of the response to stdout, and how the connection ended (fin, reset, open) to stderr.
import { connect } from 'node:net'
import process from 'node:process'

const [port, path, stallMs, body] = process.argv.slice(2)
const SILENCE_MS = 15_000

const socket = connect(Number(port), '127.0.0.1', () => {
  const head = ['host: 127.0.0.1', 'content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]
  socket.write(`POST ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`)
})
const pieces = []
let isOver = false
socket.on('data', (piece) => {
  pieces.push(piece)
  if (pieces.length > 1) return
  socket.pause()
  setTimeout(() => socket.resume(), Number(stallMs))
})
socket.on('end', () => finish('fin'))
socket.on('error', () => finish('reset'))
socket.setTimeout(SILENCE_MS, () => finish('open'))

function finish(end) {
  if (isOver) return
  isOver = true
  socket.destroy()
  process.stderr.write(end)
  process.stdout.write(Buffer.concat(pieces))
}
