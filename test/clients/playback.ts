import type { Socket } from 'node:net'
import { type Script, SLOW_MS } from './script.ts'
import type { WireAnswer, WireEvent } from './wire-event.ts'

/** Between the last byte and the end of the connection, ms: an abort may overtake what is still on its way. */
const LINGER_MS = 15
const PAGE = '<!doctype html><title>Sign in</title><p>Sign in to continue</p>'

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** One response, written by hand. */
export class Wire {
  /** The caller closed before the response was over; ms since the request. */
  readonly abandoned: Promise<number>
  readonly #socket: Socket
  #isOver = false

  constructor(socket: Socket) {
    this.#socket = socket
    const startedAtMs = performance.now()
    this.abandoned = new Promise((resolve) => {
      socket.on('close', () => {
        if (!this.#isOver) resolve(performance.now() - startedAtMs)
        this.#isOver = true
      })
    })
  }

  head(status: number, contentType: string, contentLength?: number): void {
    const framing = contentLength === undefined ? 'transfer-encoding: chunked' : `content-length: ${contentLength}`
    this.raw(`HTTP/1.1 ${status} Scripted\r\ncontent-type: ${contentType}\r\n${framing}\r\nconnection: close\r\n\r\n`)
  }

  raw(text: string): void {
    if (!this.#isOver) this.#socket.write(text)
  }

  /** One chunk; resolves when the kernel has it. */
  async chunk(text: string): Promise<void> {
    if (this.#isOver || text === '') return
    const bytes = Buffer.from(text)
    const framed = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
    if (this.#socket.write(framed)) return
    await new Promise<void>((resolve) => {
      this.#socket.once('drain', () => resolve())
      this.#socket.once('close', () => resolve())
    })
  }

  whole(status: number, contentType: string, body: string): void {
    this.head(status, contentType, Buffer.byteLength(body))
    this.raw(body)
    this.close()
  }

  /** The last chunk, then FIN: a clean end of the body. */
  end(): void {
    this.raw('0\r\n\r\n')
    this.close()
  }

  /** FIN. */
  close(): void {
    this.#isOver = true
    this.#socket.end()
  }

  /** RST. */
  reset(): void {
    this.#isOver = true
    this.#socket.resetAndDestroy()
  }
}

export interface Play {
  readonly script: Script
  readonly parts: WireAnswer
  readonly streamed: boolean
}

export async function play(wire: Wire, { script, parts, streamed }: Play): Promise<void> {
  if (script.fault === 'silent') return
  if (script.fault === 'wrong-type') return wire.whole(200, 'text/html; charset=utf-8', PAGE)
  if (streamed) return playStream(wire, script, parts)
  return playBody(wire, script, parts)
}

async function playStream(wire: Wire, script: Script, { events, errorEvent }: WireAnswer): Promise<void> {
  const { fault } = script
  const at = placeOf(script, events)
  const next = events[at]?.text ?? ''
  wire.head(200, 'text/event-stream; charset=utf-8')
  if (script.pace === 'slow') await pause(SLOW_MS)
  for (const [index, event] of sent(script, events, at).entries()) {
    // What comes in one piece with its fault is never shown; here the text is on its way before the fault comes.
    const isAfterText = events[index - 1]?.part === 'text' && event.part !== 'text'
    if (isAfterText || (fault === 'malformed' && index === at)) await pause(LINGER_MS)
    await wire.chunk(event.text)
  }
  if (fault === 'err') await pause(LINGER_MS)
  if (fault === 'midjson') await wire.chunk(next.slice(0, next.lastIndexOf('"')))
  if (fault === 'err') await wire.chunk(errorEvent)
  await pause(LINGER_MS)
  ending(wire, fault)
}

function ending(wire: Wire, fault: Script['fault']): void {
  if (fault === 'stall') return
  if (fault === 'fin') return wire.close()
  if (fault === 'rst') return wire.reset()
  wire.end()
}

/** The events that arrive whole. */
function sent({ fault }: Script, events: readonly WireEvent[], at: number): readonly WireEvent[] {
  switch (fault) {
    case 'noterm':
      return events.filter(({ part }) => part !== 'terminal')
    case 'nostop':
      return events.filter(({ part }) => part !== 'stop')
    case 'malformed':
      return events.map((event, index) => (index === at ? { ...event, text: broken(event.text) } : event))
    case 'none':
    case 'bad-arguments':
      return events
    default:
      return events.slice(0, at)
  }
}

/** Ends inside the event's JSON, with its blank line. */
function broken(text: string): string {
  return `${text.slice(0, text.lastIndexOf('"'))}\n\n`
}

/** The index of the event that the fault befalls, which is the first that does not arrive. */
function placeOf({ position }: Script, events: readonly WireEvent[]): number {
  if (position === 'start') return events.findIndex(({ part }) => part !== 'opening')
  if (position === 'late') return events.findIndex(({ part }) => part === 'stop' || part === 'terminal')
  const inside = (['input', 'text', 'call'] as const).find((part) => events.some((event) => event.part === part))
  const places = events.flatMap(({ part }, index) => (part === inside ? [index] : []))
  return places[Math.floor(places.length / 2)] ?? 1
}

async function playBody(wire: Wire, script: Script, { body, unfinishedBody, errorBody }: WireAnswer): Promise<void> {
  const { fault, pace } = script
  if (pace === 'slow') await pause(SLOW_MS)
  if (fault === 'err') return wire.whole(200, 'application/json', errorBody)
  const half = body.slice(0, body.length / 2)
  switch (fault) {
    case 'eof':
    case 'midjson':
      wire.head(200, 'application/json')
      await wire.chunk(fault === 'eof' ? half : body.slice(0, -2))
      return wire.end()
    case 'fin':
    case 'rst':
    case 'stall':
      wire.head(200, 'application/json', Buffer.byteLength(body))
      wire.raw(half)
      await pause(LINGER_MS)
      return ending(wire, fault)
    case 'malformed':
      return wire.whole(200, 'application/json', `${body.slice(0, -1)},`)
    case 'noterm':
    case 'nostop':
      return wire.whole(200, 'application/json', unfinishedBody)
    default:
      return wire.whole(200, 'application/json', body)
  }
}
