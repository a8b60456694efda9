import type { IncomingHttpHeaders } from 'node:http'

/** What a provider needs of a request: Node's `IncomingMessage` is one, and so is one that never was on a wire. */
export interface ProviderRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
}

/** What a provider needs of a response: Node's `ServerResponse` is one. */
export interface ProviderResponse {
  readonly headersSent: boolean
  readonly destroyed: boolean
  readonly socket: { end(): unknown; resetAndDestroy(): unknown } | null
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  flushHeaders(): void
  /** False when the writer had better wait for `drain`. */
  write(data: string | Uint8Array): boolean
  end(data?: string): unknown
  /** Breaks the response off. */
  destroy(): unknown
  on(event: 'close' | 'error' | 'drain', listener: () => void): unknown
  once(event: 'close' | 'error' | 'drain', listener: () => void): unknown
}
