import { isLoopbackAddress } from '../config/index.ts'
import type { ClientConnection } from '../exchange/index.ts'
import { type Clock, wait } from '../resilience/index.ts'
import type { TcpTable } from '../runtime/bun/index.ts'

export interface BunConnectionOptions {
  readonly server: Bun.Server<undefined>
  readonly request: Request
  readonly clock: Clock
  readonly tcpTable: TcpTable
}

/** How long a client on this machine may take to read an ending before it counts as stalled, ms. */
const PROMPT_MS = 300
const FIRST_POLL_MS = 5
/** What a process has read waits in its own queues, and a reset empties those too: so long it has to work them off, ms. */
const READING_MS = 400
/** The same for a client elsewhere that takes any close in good order for the end of the answer, ms. */
const READING_ELSEWHERE_MS = 3_000
/** The longest wait for a client that is closed in good order, ms; Bun's time-outs have a grain of four seconds. */
const CLOSING_MS = 10_000
/**
 * Connections that say nothing while a request arrives, or between requests, are closed after this many seconds. More than 60,
 * which is what AWS load balancers and nginx keep one for unless told otherwise: a request must not cross its close.
 */
export const IDLE_CONNECTION_SECONDS = 75

/**
 * Sees a response's last bytes off. An aborted response ends in a reset, and a reset discards whatever the client's
 * process has not read yet, in either kernel. For a client on this machine the kernel tells when it has read
 * everything: a moment later the reset does no harm. For any other, and for one that has stopped reading, Bun's idle time-out is
 * used instead: it closes without the last chunk but in good order, so that the kernels deliver what they hold. That would be a whole answer
 * for HTTP/1.0, which has no chunks and which nginx speaks unless told otherwise: its clients get a reset, after a while.
 */
export class BunConnection implements ClientConnection {
  readonly #options: BunConnectionOptions

  constructor(options: BunConnectionOptions) {
    this.#options = options
  }

  answering(): void {
    // Streams may be silent for minutes, and whole answers are until they come; attempts have deadlines of their own.
    this.#options.server.timeout(this.#options.request, 0)
  }

  answered(): void {
    this.#options.server.timeout(this.#options.request, IDLE_CONNECTION_SECONDS)
  }

  async drained(signal: AbortSignal): Promise<void> {
    const { server, request, clock } = this.#options
    if (await this.#hasReadAll(signal)) return wait(READING_MS, clock, signal)
    if (signal.aborted) return
    if (mayHaveNoChunks(request)) return wait(READING_ELSEWHERE_MS, clock, signal)
    server.timeout(request, 1)
    await wait(CLOSING_MS, clock, signal)
  }

  /** Whether a client on this machine has read everything, or does within a moment. */
  async #hasReadAll(signal: AbortSignal): Promise<boolean> {
    const { server, request, clock, tcpTable } = this.#options
    const peer = server.requestIP(request)
    if (peer === null || !isLoopbackAddress(peer.address)) return false
    const untilMs = clock.nowMs() + PROMPT_MS
    let emptyPolls = 0
    for (let pauseMs = FIRST_POLL_MS; clock.nowMs() < untilMs && !signal.aborted; pauseMs *= 2) {
      const queues = await tcpTable.loopbackQueues(server.port ?? 0, peer.port)
      if (queues === undefined) return false
      emptyPolls = queues.unsent + queues.unread === 0 ? emptyPolls + 1 : 0
      // Twice: what waits in this process is handed to the kernel only when the kernel's queue has emptied.
      if (emptyPolls === 2) return true
      await wait(pauseMs, clock, signal)
    }
    return false
  }
}

/** Bun does not tell the version of HTTP, but who closes after one answer may be of 1.0, and others lose little by it. */
function mayHaveNoChunks({ headers }: Request): boolean {
  return headers.get('connection')?.toLowerCase().includes('close') ?? false
}
