import type { ClientConnection } from '../exchange/index.ts'
import { type Clock, wait } from '../resilience/index.ts'
import { sendQueueBytes } from '../runtime/index.ts'

export interface BunConnectionOptions {
  readonly server: Bun.Server<undefined>
  readonly request: Request
  readonly clock: Clock
}

/** How long a client's kernel may take to acknowledge an ending before the client counts as stalled, ms. */
const PROMPT_MS = 250
const POLL_MS = 10
/** After everything was acknowledged, the time that the client's process has to read it, ms. */
const READING_MS = 40
/** The longest wait for a stalled client, ms. */
const STALLED_MS = 10_000

/**
 * Sees a response's last bytes off. Bun ends an aborted response with a reset, and a reset discards what the kernel
 * still holds: so first the send queue must be empty. For a client that has stopped reading, Bun's own idle time-out
 * is used instead: it closes without the last chunk but in good order, so that the kernel goes on delivering what it
 * holds, for as long as the client takes.
 */
export class BunConnection implements ClientConnection {
  readonly #options: BunConnectionOptions

  constructor(options: BunConnectionOptions) {
    this.#options = options
  }

  async drained(signal: AbortSignal): Promise<void> {
    const { server, request, clock } = this.#options
    const remotePort = server.requestIP(request)?.port
    const untilMs = clock.nowMs() + PROMPT_MS
    let emptyPolls = 0
    while (remotePort !== undefined && clock.nowMs() < untilMs && !signal.aborted) {
      const queued = await sendQueueBytes(server.port ?? 0, remotePort)
      if (queued === undefined) break
      emptyPolls = queued === 0 ? emptyPolls + 1 : 0
      // Twice: what waits in the process is handed to the kernel only when the kernel's queue has emptied.
      if (emptyPolls === 2) return wait(READING_MS, clock, signal)
      await wait(POLL_MS, clock, signal)
    }
    if (signal.aborted) return
    server.timeout(request, 1)
    await wait(STALLED_MS, clock, signal)
  }
}
