import { EventEmitter } from 'node:events'
import type { ProviderRequest, ProviderResponse } from '../provider-http.ts'

export interface MemoryRequestInit {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | ReadableStream<Uint8Array> | null
  readonly signal: AbortSignal
}

/** More than this unread, and the writer is told to wait, bytes. */
const UNREAD_LIMIT_BYTES = 64 * 1024

/**
 * Hands a request to a provider's handler without a socket between them, and gives the response as `fetch` does: rejects
 * when the connection is reset before the headers; errors the body when it is closed without its last chunk, after
 * everything that was sent before has been read.
 */
export function fetchInMemory(
  serve: (request: ProviderRequest, response: ProviderResponse) => void,
  url: string,
  { method, headers, body, signal }: MemoryRequestInit,
): Promise<Response> {
  const { pathname, search } = new URL(url)
  const request: ProviderRequest = {
    method,
    url: pathname + search,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    [Symbol.asyncIterator]: () => pieces(body ?? ''),
  }
  return new Promise((resolve, reject) => {
    const response = new MemoryResponse({ resolve, reject })
    const leave = (): void => response.leave(new DOMException('The client left.', 'AbortError'))
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave)
    response.once('close', () => signal.removeEventListener('abort', leave))
    serve(request, response)
  })
}

async function* pieces(body: string | ReadableStream<Uint8Array>): AsyncGenerator<Buffer> {
  if (typeof body === 'string') yield Buffer.from(body)
  else for await (const piece of body) yield Buffer.from(piece)
}

interface Answering {
  readonly resolve: (response: Response) => void
  readonly reject: (error: unknown) => void
}

/** A response as a handler writes it, and as a stream for whoever asked. */
class MemoryResponse extends EventEmitter implements ProviderResponse {
  headersSent = false
  destroyed = false
  readonly socket: ProviderResponse['socket'] = {
    end: () => this.#breakOff('The connection was closed before the body’s end.'),
    resetAndDestroy: () => this.#breakOff('The connection was reset.'),
  }
  readonly #answering: Answering
  readonly #unread: Uint8Array[] = []
  #unreadBytes = 0
  #end: 'clean' | Error | undefined
  #head: ResponseInit = {}
  #wake: (() => void) | undefined

  constructor(answering: Answering) {
    super()
    this.#answering = answering
  }

  writeHead(status: number, headers: Readonly<Record<string, string>>): void {
    this.#head = { status, headers }
  }

  flushHeaders(): void {
    if (this.headersSent) return
    this.headersSent = true
    const body = new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.leave(new Error('Not read to its end.')) },
      { highWaterMark: 0 },
    )
    this.#answering.resolve(new Response(body, this.#head))
  }

  write(data: string | Uint8Array): boolean {
    this.flushHeaders()
    if (this.#end !== undefined) return true
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    this.#unread.push(bytes)
    this.#unreadBytes += bytes.length
    this.#wake?.()
    return this.#unreadBytes <= UNREAD_LIMIT_BYTES
  }

  end(data = ''): void {
    if (data === '') this.flushHeaders()
    else this.write(data)
    this.#finish('clean')
  }

  destroy(): void {
    this.#breakOff('The connection was closed.')
  }

  /** Whoever asked does not read on. */
  leave(reason: Error): void {
    this.#unread.length = 0
    this.#finish(reason)
    this.#answering.reject(reason)
  }

  #breakOff(message: string): void {
    const error = new Error(message)
    this.#finish(error)
    // Does nothing once there was a head.
    this.#answering.reject(error)
  }

  #finish(end: 'clean' | Error): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.destroyed = end !== 'clean'
    this.#wake?.()
    this.emit('close')
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (this.#unread.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const bytes = this.#unread.shift()
    if (bytes !== undefined) {
      this.#unreadBytes -= bytes.length
      controller.enqueue(bytes)
      if (this.#unreadBytes <= UNREAD_LIMIT_BYTES) this.emit('drain')
    } else if (this.#end === 'clean') controller.close()
    else controller.error(this.#end)
  }
}
