import type { ProviderResponse } from './provider-http.ts'

// Long enough for what was written to reach the peer first: a reset may overtake data that is still on its way.
const RESET_LINGER_MS = 5
const WRITE_SLICE_CHARACTERS = 256 * 1024

/** Waits; resolves early when the signal aborts. */
export type Sleep = (durationMs: number, signal: AbortSignal) => Promise<void>

/** One response on its connection, down to the ways in which a connection can end. */
export class Connection {
  readonly #response: ProviderResponse
  readonly #sleep: Sleep
  readonly #byteDelayMs: number
  readonly #gone = new AbortController()

  constructor(
    response: ProviderResponse,
    { sleep, byteDelayMs }: { readonly sleep: Sleep; readonly byteDelayMs: number },
  ) {
    this.#response = response
    this.#sleep = sleep
    this.#byteDelayMs = byteDelayMs
    response.on('close', () => this.#gone.abort())
    response.on('error', () => this.#gone.abort())
  }

  /** Whether the client is no longer there, or the response is over. */
  get isGone(): boolean {
    return this.#gone.signal.aborted
  }

  /** Sends status and headers at once, before there is a body. */
  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(status, headers)
    this.#response.flushHeaders()
  }

  /** Writes and waits until the socket takes more. */
  async write(data: string | Uint8Array): Promise<void> {
    if (this.#byteDelayMs > 0) return this.#writeBytes(typeof data === 'string' ? new TextEncoder().encode(data) : data)
    for (let at = 0; at < data.length && !this.isGone; at += WRITE_SLICE_CHARACTERS) {
      await this.#writeOnce(data.slice(at, at + WRITE_SLICE_CHARACTERS))
    }
  }

  /** Waits, but not for a client that left. */
  async wait(durationMs: number): Promise<void> {
    if (durationMs > 0 && !this.isGone) await this.#sleep(durationMs, this.#gone.signal)
  }

  /** Keeps the connection open and silent until the client leaves or the server stops. */
  async hang(): Promise<void> {
    const { signal } = this.#gone
    if (signal.aborted) return
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }

  /** A clean end: the last chunk is sent. */
  end(): void {
    if (!this.isGone) this.#response.end()
  }

  /** TCP FIN without the last chunk. */
  closeEarly(): void {
    this.#response.socket?.end()
  }

  /** TCP RST. */
  async reset(): Promise<void> {
    await this.wait(RESET_LINGER_MS)
    this.#response.socket?.resetAndDestroy()
  }

  async #writeBytes(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isGone; at += 1) {
      await this.#writeOnce(bytes.subarray(at, at + 1))
      await this.wait(this.#byteDelayMs)
    }
  }

  async #writeOnce(data: string | Uint8Array): Promise<void> {
    if (this.isGone || this.#response.write(data)) return
    const { signal } = this.#gone
    await new Promise<void>((resolve) => {
      this.#response.once('drain', () => resolve())
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}
